"""Neuronpedia's exports: every value that a folder holds is stored and served, whatever its form."""

import json
import urllib.error
import urllib.request

import pytest
from cluster import psql
from ingest_run import Ingest
from neuronpedia_files import LAYER, LAYER_SIZE, expected_examples, expected_explanations, expected_feature, make_export, write_export

MODEL = "gpt2-res-jb"
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


def test_coverage_counts_each_feature_once(served):
    whole = {"explanations": ("explanations", expected_explanations), "feature_examples": ("bins", expected_examples)}
    counts = {service: sum(bool(expected(FILES, n)[key]) for n in range(LAYER_SIZE)) for service, (key, expected) in whole.items()}
    status, coverage = served.api("/coverage")
    assert status == 200 and coverage["data"]["services"] == counts | {"features": LAYER_SIZE}


def test_texts_limits_each_bin(served):
    neuron = next(n for n in range(LAYER_SIZE) if max((len(b["examples"]) for b in expected_examples(FILES, n)["bins"]), default=0) > 1)
    wanted = expected_examples(FILES, neuron)
    for count in (0, 1, 2, 1000):
        limited = {"neuron_index": wanted["neuron_index"], "bins": [b | {"examples": b["examples"][:count]} for b in wanted["bins"]]}
        assert served.api(f"/feature_examples/{LAYER}/{neuron}?texts={count}")[1]["data"] == limited
        assert served.api(f"/all/{LAYER}/{neuron}?texts={count}")[1]["feature_examples"]["data"] == limited


def test_services_are_listed_and_answer_for_what_they_have_not(served):
    assert served.api("/metadata")[1]["data"]["available_services"] == sorted([*SERVICES, "metadata"])
    for service in ("features", "feature_examples"):
        assert served.api(f"/{service}")[1]["detail"] == f"No model data exists for service '{service}' for model '{MODEL}'."
        assert served.api(f"/{service}/{LAYER}")[1]["detail"] == f"No layer data exists for service '{service}' for model '{MODEL}'."
        status, answer = served.api(f"/{service}/3/5")
        assert status == 404 and "l3n5" in answer["detail"] and f"deepdecipher-ingest neuronpedia {MODEL} FOLDER" in answer["detail"]
        assert served.api(f"/{service}/12/0")[0] == served.api(f"/{service}/0/{LAYER_SIZE}")[0] == 404
        assert "error" in served.api("/all/3/5")[1][service]
    assert served.api("/neuroscope/0/0")[1]["missing_data_types"] == ["neuroscope"]
    assert served.api(f"/{LAYER}/5")[1]["available"] == sorted(served.api(f"/{LAYER}/5")[1]["available"])


@pytest.mark.parametrize("target", ["features/10/1?texts=1", "feature_examples/10/1?texts=-1", "feature_examples/10/1?limit=1", "feature_examples/10?texts=1"])
def test_a_wrong_query_is_400(served, target):
    assert served.api(f"/{target}")[0] == 400


def test_the_views_show_it_to_people_who_type_sql(served):
    def rows(query):
        return json.loads(psql(served.reader_url, f"SELECT coalesce(json_agg(q), '[]') FROM ({query}) AS q"))

    for neuron in (0, 7, 127):
        here = f"model = '{MODEL}' AND layer = {LAYER} AND neuron = {neuron}"
        wanted = expected_feature(FILES, neuron)
        names = ("max_activation", "frac_nonzero", "density_heights", "density_values", "logits_heights", "logits_values")
        assert rows(f"SELECT {', '.join(names)} FROM features WHERE {here}") == [{name: wanted[name] for name in names}]
        for sign in ("positive", "negative"):
            found = rows(f"SELECT token, logit FROM feature_logits WHERE {here} AND sign = '{sign}' ORDER BY rank")
            assert found == [pair | {"token": pair["token"].replace("\0", "␀")} for pair in wanted[f"{sign}_logits"]]
        found = rows(f"SELECT layer, similar_neuron AS neuron, similarity FROM similar_features WHERE {here} ORDER BY rank")
        assert found == wanted["similar_features"]
        examples = [e for b in expected_examples(FILES, neuron)["bins"] for e in b["examples"]]
        found = rows(f"SELECT activations, max_activation, max_activating_token_index FROM feature_examples WHERE {here} ORDER BY bin, rank")
        assert found == [{name: e[name] for name in e if name != "tokens"} for e in examples]
        explained = rows(f"SELECT author, type, explanation_model, explanation FROM explanations WHERE {here} ORDER BY place")
        assert explained == [{name: e[name] for name in ("author", "type", "explanation_model", "explanation")}
                             for e in expected_explanations(FILES, neuron)["explanations"]]  # fmt: skip


def test_a_second_run_does_nothing_and_again_gives_the_same(served, bin_folder, tmp_path):
    own = Ingest(bin_folder / "deepdecipher-ingest", served.database_url, served.database_url)
    folder = write_export(tmp_path / "x", FILES)
    before = own.contents()
    run = own.run("neuronpedia", MODEL, folder)
    assert run.returncode == 0 and "nothing to do" in run.stderr and own.contents() == before
    assert own.run("neuronpedia", MODEL, folder, "--again").returncode == 0
    after = own.contents()
    for kind in ("feature", "feature_example", "explanation", "neuron_source", "text", "token"):
        assert after[kind] == before[kind]
    assert after["revision"] != before["revision"]
    status = [line.split()[:7] for line in own.run("status", MODEL).stdout.splitlines()]
    assert [MODEL, "neuronpedia", str(12 * LAYER_SIZE), str(LAYER_SIZE), "0", "0", str(11 * LAYER_SIZE)] in status
