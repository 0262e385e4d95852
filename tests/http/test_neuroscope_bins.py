"""The histogram of all activations of a neuron's texts: ?bins= of the service neuroscope."""

import json

import numpy
import pytest
from hand_made import HAND_MADE, HAND_MADE_PAGES
from hostile_site import MODEL

NEURON = f"/api/{MODEL}/neuroscope/0/5"


def reference(texts, bins):
    """The same out of the whole texts."""
    values = numpy.array([value for text in texts for value in text["activations"]])
    low, high = values.min(), values.max()
    places = (values - low) / (high - low) * bins if high > low else numpy.zeros(len(values))
    counts = numpy.bincount(numpy.minimum(places.astype(int), bins - 1), minlength=bins)
    return {"counts": counts.tolist(), "high": high, "low": low}


@pytest.mark.parametrize("bins", [1, 2, 7, 48, 200])
@pytest.mark.parametrize("neuron", ["0/0", "0/5", "1/511"])
def test_it_counts_the_tokens_of_all_texts(client, neuron, bins):
    path = f"/api/{MODEL}/neuroscope/{neuron}"
    whole = client.json(path)["data"]
    histogram = client.json(f"{path}?bins={bins}&texts=0")["data"]["histogram"]
    assert histogram == reference(whole["texts"], bins)
    assert sum(histogram["counts"]) == sum(len(text["activations"]) for text in whole["texts"])


@pytest.mark.parametrize("layer, neuron", HAND_MADE_PAGES)
def test_odd_numbers_are_counted_too(second_client, layer, neuron):
    path = f"/api/{HAND_MADE}/neuroscope/{layer}/{neuron}"
    answer = second_client.json(f"{path}?bins=5")["data"]
    assert answer.pop("histogram") == reference(answer["texts"], 5)
    assert answer == second_client.json(path)["data"]


@pytest.mark.parametrize("query", ["texts=0", "texts=1", "texts=2&window=3,3", "window=0,0", "texts=32767"])
def test_it_is_over_all_texts_whatever_is_shown_of_them(client, query):
    bare, answer = client.get(f"{NEURON}?{query}"), client.get(f"{NEURON}?{query}&bins=3")
    assert answer.json["data"]["histogram"] == client.json(f"{NEURON}?bins=3")["data"]["histogram"]
    written = json.dumps(answer.json["data"]["histogram"], separators=(",", ":"))
    assert answer.body.decode().replace(f'"histogram":{written},', "") == bare.body.decode(), "the rest stays to the byte"
    assert list(answer.json["data"]) == sorted(answer.json["data"])


@pytest.mark.parametrize("bins", ["0", "201", "-1", "", "x", "1.5", "0x10", "+5", " 5", "99999999999999999999", "%00", "%ff", "5&bins=5"])
def test_a_wrong_number_of_bins_is_400(client, bins):
    answer = client.get(f"{NEURON}?bins={bins.replace(' ', '%20')}")
    assert answer.status == 400 and "bins" in answer.problem["detail"]


@pytest.mark.parametrize("address", ["neuroscope", "neuroscope/0", "all/0/5", "0/5", "records/0/5", "statistics/0/5", "coverage"])
def test_other_addresses_do_not_take_it(client, address):
    assert client.get(f"/api/{MODEL}/{address}?bins=3").status == 400
    assert client.get(f"/bin/{MODEL}/neuroscope/0/5?bins=3").status == 400


def test_a_neuron_without_texts_is_404_with_it_too(second_client):
    path = f"/api/{MODEL}/neuroscope/1/5"
    assert second_client.get(f"{path}?bins=3").problem["detail"] == second_client.get(path).problem["detail"]
