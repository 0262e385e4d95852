"""The search over the words round the maxima of texts, against a count over the sample's files."""

import random

import pytest
import search_reference as reference
from cluster import psql
from hostile_site import MODEL
from test_search import ODD, pages, path

CASES = 120  # random queries of each kind


def random_words(dice, match):
    """Words of one snippet, now and then of two."""
    neuron = dice.choice(sorted(reference.snippets()))
    words = [word for word, *_ in reference.words(dice.choice(reference.snippets()[neuron]))] or ["the"]
    start, size = dice.randrange(len(words)), dice.choice((1, 1, 2, 3))
    if match == "phrase":
        return words[start : start + size]
    chosen = dice.sample(words, min(size, len(words)))
    if dice.random() < 0.2:
        chosen += random_words(dice, "phrase")[:1]
    if match == "prefix":
        chosen[-1] = chosen[-1][: max(3, len(chosen[-1]) - dice.randint(0, 3))]
    return chosen


@pytest.mark.parametrize("match", ["word", "phrase", "prefix"])
def test_texts_are_those_that_a_count_over_the_files_finds(client, match):
    dice = random.Random(f"texts {match}")
    num_found = 0
    for case in range(CASES):
        words = random_words(dice, match)
        if match == "prefix" and len(words[-1]) < 3:
            continue
        q = " ".join(words)
        q = dice.choice((q, q.upper(), f" {q}!", q.replace(" ", dice.choice((", ", "-", "/", " <")))))
        parameters = [("q", q), ("match", match)] + ([("model", MODEL)] if case % 2 else [])
        expected = [{**answer, "model": MODEL} for answer in reference.find_texts(q, match)]
        assert pages(client, "/texts", "neurons", *parameters, dice=dice) == expected, parameters
        num_found += len(expected)
    assert num_found > 5 * CASES


def test_words_are_in_any_order_and_in_one_text_when_nothing_else_is_said(client):
    expected = reference.find_texts("of the", "word")
    assert expected and expected == reference.find_texts("the of", "word")
    assert [answer["neuron"] for answer in client.json(path("/texts", ("q", "the of"), ("limit", 100)))["neurons"]] == [
        answer["neuron"] for answer in expected[:100]]  # fmt: skip


def test_what_a_word_is_postgresql_sees_alike(reader_url):
    """All words of all snippets, also those of the alphabets that the sample has."""
    for texts in reference.snippets().values():
        for text in texts:
            assert "\x1e" not in text
    rows = psql(reader_url, "SELECT neuron_layer(neuron_id), neuron_index(neuron_id), array_to_string(tsvector_to_array(snippet_words(snippets)), ' ') FROM snippet")
    found = {tuple(map(int, row.split("|")[:2])): set(row.split("|")[2].split()) for row in rows.splitlines()}
    assert found == {neuron: {word for text in texts for word, *_ in reference.words(text)} for neuron, texts in reference.snippets().items()}


def test_sql_finds_the_same_texts(client, reader_url):
    dice = random.Random("sql texts")
    for match in ("word", "phrase", "prefix"):
        for _ in range(10):
            q = " ".join(random_words(dice, match))
            if match == "prefix" and len(q.split()[-1]) < 3:
                continue
            rows = psql(reader_url, f"SELECT layer, neuron, num_texts, text FROM search_texts($q${q}$q$, '{match}', num => 50)")
            expected = [(answer["layer"], answer["neuron"], answer["num_texts"], answer["text"]) for answer in reference.find_texts(q, match)]
            assert [tuple(map(int, row.split("|"))) for row in rows.splitlines()] == expected[:50], q


WRONG = ["", "?match=word", "?q=a&match=fuzzy", "?q=a&match=", "?q=a&limit=0", "?q=a&limit=101", "?q=a&limit=", "?q=a&after=", "?q=a&after=1.2",
         "?q=a&after=1.2.3.4", "?q=a&after=1.2.3.", "?q=a&after=x.y.z", "?q=%00", "?q=%ff", "?q=a&q=b", "?q=a&layer=1", "?q=a&order=1",
         "?q=" + "a" * 1001, "?q=a" + "&model=x" * 17]  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
def test_what_is_wrong_is_refused_with_the_reason(client, query):
    answer = client.get(f"/api/search/texts{query}")
    assert answer.status == 400 and len(answer.problem["detail"]) > 20


@pytest.mark.parametrize("query", ["?q=a&model=", "?q=a&model=none", f"?q=a&model={MODEL}&model=x", "?q=!!&model=x", "?q=a&match=prefix&model=x"])
def test_a_model_that_is_not_there_is_said_to_be_missing(client, query):
    answer = client.get(f"/api/search/texts{query}")
    assert answer.status == 404 and "not found" in answer.problem["detail"]


def test_what_would_find_too_much_says_how_to_narrow_it(client, reader_url):
    answer = client.get(path("/texts", ("q", "the o"), ("match", "prefix")))
    assert answer.status == 422 and "name models" in answer.problem["detail"]
    done = psql(reader_url, "SELECT * FROM search_texts('the', num_candidates => 3)", check=False)
    assert done.returncode != 0 and "more than 3 neurons" in done.stderr and "HINT" in done.stderr


@pytest.mark.parametrize("q", ODD)
def test_odd_words_are_searched_for_like_any_other(client, q):
    for match in ("word", "phrase"):
        expected = [{**answer, "model": MODEL} for answer in reference.find_texts(q, match)]
        assert pages(client, "/texts", "neurons", ("q", q), ("match", match)) == expected
    assert client.get(path("/texts", ("q", q), ("match", "prefix"))).status in (200, 422)


@pytest.mark.parametrize("after", ["0.0.0", "8000000000000000.8000000000000000.8000000000000000", "ffffffffffffffff.ffffffffffffffff.ffffffffffffffff"])
def test_a_cursor_of_nowhere_is_no_harm(client, after):
    assert client.get(path("/texts", ("q", "the"), ("after", after))).status == 200
