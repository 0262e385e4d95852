"""What the API and the views show is, value for value, what the pages print."""

import array
import json
import pathlib
import struct

import pytest
from cluster import psql
from hand_made import HAND_MADE, HAND_MADE_PAGES
from hostile_site import MODEL, page_path, sample_pages
from page_reader import read_page

EXPECTED = pathlib.Path(__file__).resolve().parent.parent / "data" / "sample-expected.json"
RANGES = ("max_activation", "min_activation", "max_range", "min_range")


def float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def shown(page):
    """A page as the API shows it: no dataset, ranges as float32."""
    texts = [{key: value for key, value in text.items() if key != "dataset"} for text in page["texts"]]
    for text in texts:
        text |= {key: float32(text[key]) for key in RANGES}
    return page | {"texts": texts}


def as_float32(answer):
    """The API's answer with its ranges rounded to float32 too."""
    for text in answer["texts"]:
        text |= {key: float32(text[key]) for key in RANGES}
    return answer


def is_same(one, other):
    """Numbers by their bits, as -0.0 is not 0.0."""
    if isinstance(one, list) and isinstance(other, list) and all(type(value) is float for value in (*one, *other)):
        return array.array("d", one).tobytes() == array.array("d", other).tobytes()
    return one == other


def differences(answer, page):
    """Names of what is not the same in the API's answer and on the page."""
    served, printed = as_float32(answer), shown(page)
    found = [] if served["neuron_index"] == printed["neuron_index"] else ["neuron_index"]
    if len(served["texts"]) != len(printed["texts"]):
        found.append("number of texts")
    for rank, (one, other) in enumerate(zip(served["texts"], printed["texts"])):
        found += [f"text {rank}: {key}" for key in sorted({*one, *other}) if not is_same(one.get(key), other.get(key))]
    return found


def test_every_neuron_of_the_sample_is_served_as_its_page_prints_it(client):
    for path, page in sample_pages().items():
        if path.endswith("index.html"):
            continue
        layer, neuron = path.removesuffix(".html").split("/")[2:]
        answer = client.json(f"/api/{MODEL}/neuroscope/{layer}/{neuron}")
        assert differences(answer["data"], read_page(page)) == [], path


def test_the_samples_own_oracle_agrees(client):
    oracle = json.loads(EXPECTED.read_text())
    for neuron in oracle["neurons"]:
        answer = client.json(f"/api/{oracle['model']}/neuroscope/{neuron['layer']}/{neuron['neuron']}")["data"]
        for text, expected in zip(answer["texts"], neuron["texts"], strict=True):
            assert repr(text["activations"]) == repr([float(value) for value in expected["values"]])
            assert text["tokens"] == expected["tokens"] and text["data_index"] == expected["data_index"]
            assert text["max_activating_token_index"] == expected["max_activating_token_index"]
            printed = {"max_act": "max_activation", "min_act": "min_activation", "max_range": "max_range", "min_range": "min_range"}
            assert all(text[ours] == float(expected[theirs]) for theirs, ours in printed.items())


@pytest.mark.parametrize("place", HAND_MADE_PAGES)
def test_odd_tokens_and_numbers_are_served_as_printed(second_client, second_site, place):
    layer, neuron = place
    page = second_site.pages[f"/{HAND_MADE}/{layer}/{neuron}.html"]
    answer = second_client.json(f"/api/{HAND_MADE}/neuroscope/{layer}/{neuron}")["data"]
    answer.pop("logit_effects", None)
    assert differences(answer, read_page(page)) == []


def test_logit_effects_are_served_in_the_pages_order_and_only_where_it_has_them(second_client):
    effects = second_client.json(f"/api/{HAND_MADE}/neuroscope/1/0")["data"]["logit_effects"]
    assert [effect["effect"] for effect in effects] == [0.1234, 0.1, 0.0999, -0.2, -0.0, -0.0]
    assert [effect["token"] for effect in effects] == [" the", "\n\n", "<hr>\n<p>...</p>\n", "&amp;", "\ufffd", ""]
    assert "logit_effects" not in second_client.json(f"/api/{HAND_MADE}/neuroscope/0/5")["data"]


def view_rows(url, model, layer, neuron):
    """Texts of a neuron as the SQL views show them, in the API's form."""
    key = f"neuron_id('{model}', {layer}, {neuron})"
    query = f"""
        SELECT e.data_index, e.max_activation, e.min_activation, e.max_position AS max_activating_token_index, e.dataset,
               e.max_token, a.tokens, to_json(a.activations)::text AS activations
        FROM examples e JOIN activations a USING (neuron_id, rank) WHERE e.neuron_id = {key} ORDER BY e.rank"""
    return json.loads(psql(url, f"SELECT json_agg(q) FROM ({query}) AS q"))


def as_view(page):
    """A page's texts as the views show them; NUL is shown as its sign."""
    for text in page["texts"]:
        tokens = [token.replace("\0", "\u2400") for token in text["tokens"]]
        yield {"data_index": text["data_index"], "max_activation": text["max_activation"],
               "min_activation": text["min_activation"], "max_activating_token_index": text["max_activating_token_index"],
               "dataset": text["dataset"], "max_token": tokens[text["max_activating_token_index"]], "tokens": tokens,
               "activations": text["activations"]}  # fmt: skip


@pytest.mark.parametrize("neuron", range(0, 512, 73))
def test_the_views_show_the_samples_neurons_as_their_pages_print_them(reader_url, neuron):
    layer = neuron % 2
    rows = view_rows(reader_url, MODEL, layer, neuron)
    for row in rows:
        row["activations"] = json.loads(row["activations"])
    assert rows == list(as_view(read_page(sample_pages()[page_path(neuron, layer)])))


def test_the_views_show_odd_tokens_and_numbers_as_printed(cluster, second_ingest, second_site):
    database = second_ingest.admin_url.split("/")[-1].split("?")[0]
    rows = view_rows(cluster.url(database, "deepdecipher_reader"), HAND_MADE, 3, 7)
    page = read_page(second_site.pages[f"/{HAND_MADE}/3/7.html"])
    assert [json.loads(row["activations"]) for row in rows] == [text["activations"] for text in page["texts"]]
    assert [row["tokens"] for row in rows] == [view["tokens"] for view in as_view(page)]
    assert rows[0]["dataset"] == "Debian (Prose (and more)) & <code>"


def test_the_view_neurons_and_important_neurons_agree_with_the_pages(client, reader_url):
    firsts = {}
    for path, page in sample_pages().items():
        if not path.endswith("index.html"):
            layer, neuron = map(int, path.removesuffix(".html").split("/")[2:])
            firsts[layer, neuron] = read_page(page)["texts"][0]
    wanted = sorted((float32(float32(first["max_activation"]) - float32(first["min_activation"])), *place)
                    for place, first in firsts.items())  # fmt: skip
    served = client.json(f"/api/{MODEL}/neuroscope")["data"]["important_neurons"]
    assert [(float32(value), key["layer"], key["neuron"]) for key, value in served] == wanted
    rows = psql(reader_url, "SELECT layer, neuron, num_examples, max_activation, min_activation FROM neurons").splitlines()
    listed = {tuple(map(int, row.split("|")[:2])): tuple(map(float, row.split("|")[2:])) for row in rows}
    assert listed == {place: (6, first["max_activation"], first["min_activation"]) for place, first in firsts.items()}
    layer = client.json(f"/api/{MODEL}/neuroscope/1")["data"]
    assert layer["num_neurons"] == 512
    assert [entry for entry in served if entry[0]["layer"] == 1] == layer["important_neurons"]
