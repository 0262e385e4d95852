"""Neuronpedia's exports: every value that a folder holds is stored and served, whatever its form."""

import json
import urllib.error
import urllib.request

import pytest
from cluster import psql
from ingest_run import Ingest
from neuronpedia_files import LAYER, LAYER_SIZE, expected_examples, expected_explanations, expected_feature, make_export, write_export

MODEL = "gpt2-small-res-jb"
SHAPE = ("--shape", f"12x{LAYER_SIZE}")
SERVICES = ["explanations", "feature_examples", "features"]
FILES = make_export()


def get(url):
    """Status and body of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=30) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.fixture(scope="module")
def served(start_stack, bin_folder, tmp_path_factory):
    """A running copy with the export."""
    stack = start_stack(SAMPLE=0)
    folder = write_export(tmp_path_factory.mktemp("ex port") / "10-res-jb", FILES)
    own = Ingest(bin_folder / "deepdecipher-ingest", stack.database_url, stack.database_url)
    run = own.run("neuronpedia", MODEL, folder, *SHAPE)
    assert run.returncode == 0, run.stderr
    stack.api = lambda path: get(f"{stack.base_url}/api/{MODEL}{path}")
    return stack


@pytest.mark.parametrize("neuron", range(LAYER_SIZE))
def test_every_value_of_the_export_is_served(served, neuron):
    status, feature = served.api(f"/features/{LAYER}/{neuron}")
    assert status == 200 and feature["data"] == expected_feature(FILES, neuron)
    whole = {
        "feature_examples": expected_examples(FILES, neuron),
        "explanations": expected_explanations(FILES, neuron),
    }
    empty = {"feature_examples": "bins", "explanations": "explanations"}
    for service, wanted in whole.items():
        status, answer = served.api(f"/{service}/{LAYER}/{neuron}")
        if wanted[empty[service]]:
            assert status == 200 and answer["data"] == wanted
        else:
            assert status == 404 and f"l{LAYER}n{neuron}" in answer["detail"]
    document = served.api(f"/{LAYER}/{neuron}")[1]
    assert document["features"] == feature["data"] and "Feature Statistics" in document["available"]
    assert ("feature_examples" in document) == bool(whole["feature_examples"]["bins"])
