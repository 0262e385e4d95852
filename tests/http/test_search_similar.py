"""The search for similar neurons, against a count over the sample's files and against what is stored."""

import random

import pytest
import search_reference as reference
from cluster import psql
from hostile_site import MODEL
from n2g_files import float32
from test_search import path


def all_pages(client, *parameters, dice=None):
    """Items of all pages of random sizes, and the number of the neuron's tokens."""
    found, after = [], None
    while True:
        limit = dice.choice((1, 3, 20, 100)) if dice and len(found) < 30 else 100
        answer = client.json(path("/similar", *parameters, ("limit", limit), *([("after", after)] if after else [])))
        assert list(answer) == ["neurons", "next", "num_tokens"]
        found += answer["neurons"]
        after = answer["next"]
        if after is None:
            return found, answer["num_tokens"]
        assert len(answer["neurons"]) == limit


def plain(neurons):
    """(layer, neuron), similarity and shared tokens, as the reference has them."""
    return [((item["layer"], item["neuron"]), float32(item["similarity"]), item["num_shared"],
             {(token["kind"], token["token"]) for token in item["shared_tokens"]}) for item in neurons]  # fmt: skip


def drawn(dice, count):
    return dice.sample(sorted(reference.own_tokens()), count)


def expected_of(neuron, min_similarity=0.4):
    others = {key: tokens for key, tokens in reference.own_tokens().items() if key != neuron}
    return reference.find_similar(reference.own_tokens()[neuron], others, min_similarity)


def test_similar_neurons_are_those_that_a_count_over_all_pairs_finds(client):
    dice = random.Random("similar")
    for case, (layer, neuron) in enumerate(drawn(dice, 150)):
        lowest = dice.choice((None, 0.4, 0.05, 0.25, 0.5, 0.75, 1))
        parameters = [("neuron", f"{dice.choice((MODEL, 'Tiny GELU 2L'))}/{layer}/{neuron}")] + ([("model", MODEL)] if case % 2 else [])
        parameters += [] if lowest is None else [("min_similarity", lowest)]
        found, num_tokens = all_pages(client, *parameters, dice=dice)
        assert num_tokens == len(reference.own_tokens()[layer, neuron])
        assert {item["model"] for item in found} <= {MODEL}
        expected = expected_of((layer, neuron), lowest or 0.4)
        assert [item[:3] for item in plain(found)] == [item[:3] for item in expected], parameters
        assert all(given == all_of[3] if len(all_of[3]) <= 100 else given < all_of[3] and len(given) == 100
                   for (*_, given), all_of in zip(plain(found), expected))  # fmt: skip


def test_within_a_model_they_are_those_that_are_stored(client, reader_url):
    for layer, neuron in drawn(random.Random("stored"), 100):
        found, _ = all_pages(client, ("neuron", f"{MODEL}/{layer}/{neuron}"), ("model", MODEL))
        rows = psql(reader_url, f"""SELECT neuron_layer(similar_id), neuron_index(similar_id), similarity, num_shared
            FROM similar_neuron WHERE neuron_id = neuron_id('{MODEL}', {layer}, {neuron})""").splitlines()
        stored = {((int(a), int(b)), float32(float(c)), int(d)) for a, b, c, d in (row.split("|") for row in rows)}
        assert {item[:3] for item in plain(found)} == stored


def test_tokens_are_told_as_the_service_tells_them(client):
    told = 0
    for layer, neuron in drawn(random.Random("told"), 40):
        stored = client.json(f"/api/{MODEL}/similar/{layer}/{neuron}?limit=100")["data"]["similar"]
        found, _ = all_pages(client, ("neuron", f"{MODEL}/{layer}/{neuron}"))
        tokens = {(item["layer"], item["neuron"]): item["shared_tokens"] for item in found}
        assert all(tokens[item["layer"], item["neuron"]] == item["shared_tokens"][:100] for item in stored)
        told += len(stored)
    assert told > 100


def test_sql_finds_the_same_neurons(reader_url):
    for layer, neuron in drawn(random.Random("sql similar"), 15):
        rows = psql(reader_url, f"SELECT similar_layer, similar_neuron, similarity, num_shared, num_tokens FROM search_similar('{MODEL}', {layer}, {neuron}, num => 50)")
        found = [((int(a), int(b)), float32(float(c)), int(d), int(e)) for a, b, c, d, e in (row.split("|") for row in rows.splitlines())]
        assert found == [(*item[:3], len(reference.own_tokens()[item[0]])) for item in expected_of((layer, neuron))[:50]]


WRONG = ["", "?model=x", "?neuron=", "?neuron=0/1", "?neuron=/0/1", "?neuron=x", "?neuron=x/0", "?neuron=x/0/", "?neuron=x//1", "?neuron=x/-1/0",
         "?neuron=x/0/a", "?neuron=x/0/1.5", "?neuron=x/1e3/0", "?neuron=x/0/99999999999999999999", "?neuron=x/0/1&neuron=x/0/2", "?neuron=x/0/1&q=a",
         "?neuron=x/0/1&min_similarity=", "?neuron=x/0/1&min_similarity=0", "?neuron=x/0/1&min_similarity=-1", "?neuron=x/0/1&min_similarity=1.1",
         "?neuron=x/0/1&min_similarity=nan", "?neuron=x/0/1&min_similarity=0x1", "?neuron=x/0/1&min_similarity=a", "?neuron=x/0/1&min_similarity=0.5,",
         "?neuron=x/0/1&limit=0", "?neuron=x/0/1&limit=101", "?neuron=x/0/1&after=1.2", "?neuron=x/0/1&after=1.2.3.4", "?neuron=x/0/1&after=",
         "?neuron=%00", "?neuron=%ff/0/1", "?neuron=" + "x" * 1001 + "/0/1", "?neuron=x/0/1" + "&model=x" * 17]  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
def test_what_is_wrong_is_refused_with_the_reason(client, query):
    answer = client.get(f"/api/search/similar{query}")
    assert answer.status == 400 and len(answer.problem["detail"]) > 20


ABSENT = {
    "none/0/1": "Model 'none' not found.", "a/b/0/1": "Model 'a/b' not found.", f"{MODEL}/2/0": "has no neuron l2n0", f"{MODEL}/0/512": "has no neuron l0n512",
    f"{MODEL}/65536/0": "has no neuron", f"{MODEL}/2147483647/2147483647": "has no neuron", "'; DROP TABLE posting; --/0/1": "not found",
}  # fmt: skip


@pytest.mark.parametrize("neuron", ABSENT)
def test_a_neuron_that_is_not_there_is_said_to_be_missing(client, neuron):
    answer = client.get(path("/similar", ("neuron", neuron)))
    assert answer.status == 404 and ABSENT[neuron] in answer.problem["detail"]


def test_a_model_that_is_not_there_and_a_neuron_without_tokens_are_said_to_be_missing(client):
    layer, neuron = sorted(reference.own_tokens())[0]
    answer = client.get(path("/similar", ("neuron", f"{MODEL}/{layer}/{neuron}"), ("model", "none")))
    assert answer.status == 404 and answer.problem["detail"] == "Model 'none' not found."
    bare = [(layer, neuron) for layer in range(2) for neuron in range(512) if (layer, neuron) not in reference.own_tokens()]
    for layer, neuron in bare[:3]:
        answer = client.get(path("/similar", ("neuron", f"{MODEL}/{layer}/{neuron}")))
        assert answer.status == 404 and "no tokens" in answer.problem["detail"]


@pytest.mark.parametrize("after", ["0.0.0", "8000000000000000.8000000000000000.8000000000000000", "7ff8000000000000.ffffffffffffffff.ffffffffffffffff"])
def test_a_cursor_of_nowhere_is_no_harm(client, after):
    layer, neuron = sorted(reference.own_tokens())[0]
    assert client.get(path("/similar", ("neuron", f"{MODEL}/{layer}/{neuron}"), ("after", after))).status == 200
