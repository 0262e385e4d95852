"""What OpenAI's neuron explainer says of a neuron is served value for value as its files print it."""

import gzip
import json
import math
import statistics as python_statistics
import subprocess
import sys
import urllib.request

import numpy
import pytest
from cluster import ROOT
from explainer_files import KINDS, MOMENTS, expected, path_of, sample_files, write_files
from ingest_run import Ingest
from test_values import float32
from workers import Workers, free_port

SHARED = ROOT.parent / "shared"
MODEL = "tiny-gelu-2l"
SMALL = "tiny-solu-1l"
SITES = {MODEL: ("data", 2), SMALL: ("gpt2_small_data", 1)}
NEURONS = 512
needs_shared = pytest.mark.skipif(not (SHARED / "upstream").is_dir(), reason="../shared is not there")


def ingest_of(cluster, template, bin_folder):
    name = cluster.create(template)
    return Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))


def workers_of(cluster, ingest, bin_folder, socket):
    database = ingest.admin_url.split("/")[-1].split("?")[0]
    url = cluster.url(database, "deepdecipher_reader")
    return Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / socket, url, "--workers", "2")


def collect(ingest, model, url, *options):
    for kind in KINDS:
        run = ingest.run("explainer", model, "--kind", kind, "--url", url, *options)
        assert run.returncode == 0, run.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("explainer")
    write_files(place, sample_files())
    return place


@pytest.fixture(scope="module")
def explained(cluster, template, bin_folder, folder):
    """A database with all that the sample's explainer files say."""
    ingest = ingest_of(cluster, template, bin_folder)
    collect(ingest, MODEL, f"file://{folder}", "--shape", f"2x{NEURONS}")
    return ingest


@pytest.fixture(scope="module")
def workers(cluster, explained, bin_folder):
    with workers_of(cluster, explained, bin_folder, "explained.sock") as own:
        yield own


def data(workers, target, model=MODEL):
    answer = workers.ask(f"/api/{model}/{target}")
    assert answer.status == 200, (target, answer.status, answer.body[:300])
    return answer.json["data"]


def differences(workers, load, model, layer, neuron):
    """Addresses whose answer is not what the files say. The original's own service is compared as float32."""
    found = []
    for target, wanted in expected(load, layer, neuron).items():
        given = data(workers, target, model)
        if target.startswith("neuron_explainer") and wanted["score"] is not None:
            wanted, given = (value | {"score": float32(value["score"])} for value in (wanted, given))
        found += [] if given == wanted else [target]
    return found


def test_every_neuron_of_the_sample_is_served_as_its_files_print_it(workers):
    files = sample_files()
    found = [difference for layer in (0, 1) for neuron in range(NEURONS)
             for difference in differences(workers, files.__getitem__, MODEL, layer, neuron)]  # fmt: skip
    assert found == []


def test_scores_that_the_files_do_not_have_are_null(workers):
    without = [path for path, body in sample_files().items() if path.startswith("explanations") and b'"ev_correlation_score":null,' in body]
    assert without
    for path in without:
        _, layer, name = path.split("/")
        target = f"{layer}/{name.removesuffix('.jsonl')}"
        shown = data(workers, f"explanations/{target}?simulations=1")["explanations"]
        assert any(item["score"] is None or any(text["score"] is None for text in item["simulations"]) for item in shown)


def summary(values):
    return {"min": min(values), "mean": python_statistics.fmean(values), "max": max(values)}


def is_close(one, other):
    return all(math.isclose(one[key], other[key], rel_tol=1e-12) for key in ("min", "mean", "max"))


def test_statistics_of_a_layer_and_of_the_model_are_those_of_their_neurons(workers):
    files = {layer: [json.loads(sample_files()[path_of("activations", layer, neuron)]) for neuron in range(NEURONS)] for layer in (0, 1)}
    whole = data(workers, "activation_statistics")
    assert whole["num_neurons"] == 2 * NEURONS and [part["layer"] for part in whole["layers"]] == [0, 1]
    for moment in MOMENTS:
        assert is_close(whole[moment], summary([file[moment] for listed in files.values() for file in listed]))
        for layer, listed in files.items():
            one = data(workers, f"activation_statistics/{layer}")
            assert one["layer"] == layer and one["num_neurons"] == NEURONS
            assert is_close(one[moment], summary([file[moment] for file in listed]))
            assert is_close(whole["layers"][layer][moment], one[moment])
            assert numpy.allclose(one[moment]["percentiles"], numpy.percentile([file[moment] for file in listed], range(101)), rtol=1e-12, atol=0)
            assert "percentiles" not in whole[moment] and "percentiles" not in whole["layers"][layer][moment]


@pytest.mark.parametrize("service", ["neuron_explainer", "explanations", "records", "connections", "tokens"])
def test_services_about_neurons_know_nothing_of_layers_and_models(workers, service):
    for target, level in ((f"/api/{MODEL}/{service}/0", "layer"), (f"/api/{MODEL}/{service}", "model")):
        answer = workers.ask(target)
        reason = f"No {level} data exists for service '{service}' for model '{MODEL}'."
        assert (answer.status, answer.problem["detail"]) == (404, reason)
        assert workers.ask(target.replace(service, "all")).json[service] == {"error": reason}


def test_the_one_document_has_a_key_for_each_kind(workers):
    document = workers.ask(f"/api/{MODEL}/1/7").json
    assert list(document) == sorted(document)
    assert set(document["available"]) == {"Activation Statistics", "Connections", "Explanations", "GPT-4 Explanation", "Activation Records", "Token Weights"}
    best = data(workers, "neuron_explainer/1/7")
    assert document["GPT-4"] == {"explanation": best["explanation"], "explanation-score": best["score"]}
    for service in ("activation_statistics", "connections", "explanations", "records", "tokens"):
        assert document[service] == data(workers, f"{service}/1/7")
    assert "neuroscope" not in document


@pytest.mark.parametrize("target", ["explanations/0/1?simulations=2", "explanations/0/1?depth=2", "connections/0/1?depth=4",
                                    "connections/0/1?depth=0", "connections/0/1?limit=501", "connections/0/1?limit=0",
                                    "records/0/1?limit=3", "explanations/0?simulations=1"])  # fmt: skip
def test_parameters_that_an_address_does_not_take_are_refused(workers, target):
    assert workers.ask(f"/api/{MODEL}/{target}").status == 400


def test_a_limit_cuts_every_list(workers):
    whole, cut = data(workers, "connections/1/9"), data(workers, "connections/1/9?limit=3")
    assert cut["downstream"] is None
    assert cut["upstream"] == {sign: listed[:3] for sign, listed in whole["upstream"].items()}


def test_the_views_show_the_same_rows(explained):
    here = f"neuron_id = neuron_id('{MODEL}', 0, 77)"
    load = sample_files().__getitem__
    want = {target.split("/")[0]: value for target, value in expected(load, 0, 77).items()}
    shown = explained.rows(f"SELECT kind, quantile, rank, tokens, activations, max_activation FROM records WHERE {here} "
                          "ORDER BY kind = 'quantile', kind = 'random', quantile, rank")
    listed = [("top", None, rank, record) for rank, record in enumerate(want["records"]["top"])]
    listed += [("random", None, rank, record) for rank, record in enumerate(want["records"]["random"])]
    listed += [("quantile", group, rank, record) for group, held in enumerate(want["records"]["quantiles"]) for rank, record in enumerate(held)]
    assert [(row["kind"], row["quantile"], row["rank"], row["tokens"], row["activations"], row["max_activation"]) for row in shown] == [
        (*place, record["tokens"], record["activations"], record["max_activation"]) for *place, record in listed]  # fmt: skip
    fields = "activation_scale, score, rsquared_score, absolute_dev_explained_score, tokens, true_activations, simulated_activations"
    assert explained.rows(f"SELECT {fields} FROM simulations WHERE {here} ORDER BY text") == want["explanations"]["explanations"][0]["simulations"]
    linked = explained.rows(f"SELECT sign, other_layer AS layer, other_neuron AS neuron, weight FROM connections WHERE {here} ORDER BY sign, rank")
    for sign, wanted in want["connections"]["downstream"].items():
        assert [{key: row[key] for key in ("layer", "neuron", "weight")} for row in linked if row["sign"] == sign] == wanted
    weights = explained.rows(f"SELECT kind, sign, token, weight FROM token_weights WHERE {here} ORDER BY kind, sign, rank")
    inputs = [{key: row[key] for key in ("token", "weight")} for row in weights if (row["kind"], row["sign"]) == ("input", "negative")]
    assert inputs == want["tokens"]["input"]["negative"]


# A model of four layers of three neurons: 0_0 feeds 1_0, 1_1 and 1_2, those feed 2_0, and 2_0 feeds 3_x.
def links(positive, negative=()):
    lists = {"positive": positive, "negative": negative}
    return {f"top_{sign}_{part}": [pair[place] for pair in pairs] for sign, pairs in lists.items() for place, part in enumerate(("neurons", "weights"))}


CHAIN = {
    (0, 0): links([["1_0", 0.5], ["1_1", 0.4]], [["1_2", -0.9]]),
    (1, 0): links([["2_0", 0.3], ["2_1", 0.2]]),
    (1, 1): links([["2_0", 0.8]]),
    (1, 2): links([], [["2_2", -0.1], ["2_0", -0.7]]),
    (2, 0): links([["3_0", 0.1], ["3_1", 0.2]]),
}


@pytest.fixture(scope="module")
def chain(cluster, template, bin_folder, tmp_path_factory):
    place = tmp_path_factory.mktemp("chain")
    write_files(place, {path_of("related-neurons", layer, neuron): {"c_proj": CHAIN.get((layer, neuron)), "c_fc": None} for layer in range(4) for neuron in range(3)})
    ingest = ingest_of(cluster, template, bin_folder)
    run = ingest.run("explainer", "chain", "--kind", "related-neurons", "--shape", "4x3", "--url", f"file://{place}")
    assert run.returncode == 0, run.stderr
    with workers_of(cluster, ingest, bin_folder, "chain.sock") as own:
        yield own


def reached(answer):
    return [(item["hop"], item["layer"], item["neuron"]) for item in answer["neurons"]]


def edges(answer):
    return {((edge["from"]["layer"], edge["from"]["neuron"]), (edge["to"]["layer"], edge["to"]["neuron"]), edge["weight"]) for edge in answer["edges"]}


def test_connections_are_followed_to_the_third_hop_strongest_first(chain):
    answer = data(chain, "connections/0/0?depth=3", "chain")
    assert reached(answer) == [(1, 1, 2), (1, 1, 0), (1, 1, 1), (2, 2, 0), (2, 2, 1), (2, 2, 2), (3, 3, 1), (3, 3, 0)]
    listed = {(place, tuple(map(int, label.split("_"))), weight) for place, file in CHAIN.items() for sign in ("positive", "negative")
              for label, weight in zip(file[f"top_{sign}_neurons"], file[f"top_{sign}_weights"])}  # fmt: skip
    assert edges(answer) == listed and len(answer["edges"]) == len(listed)
    assert answer["upstream"] is None and [item["weight"] for item in answer["downstream"]["positive"]] == [0.5, 0.4]


def test_a_limit_bounds_all_hops_together_and_leaves_room_for_each(chain):
    answer = data(chain, "connections/0/0?depth=3&limit=3", "chain")
    assert reached(answer) == [(1, 1, 2), (2, 2, 0), (3, 3, 1)]
    assert edges(answer) == {((0, 0), (1, 2), -0.9), ((1, 2), (2, 0), -0.7), ((2, 0), (3, 1), 0.2)}
    assert "neurons" not in data(chain, "connections/0/0", "chain")


@pytest.fixture(scope="module")
def upstream():
    """Address of the stand-in site, without faults."""
    port = free_port()
    command = [sys.executable, str(SHARED / "upstream/upstream_server.py"), "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr.readline().startswith("serving")
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.communicate()


@pytest.fixture(scope="module")
def from_upstream(cluster, template, bin_folder, upstream):
    ingest = ingest_of(cluster, template, bin_folder)
    for model, (site, _) in SITES.items():
        run = ingest.run("neuroscope", model, "--layers", "0", "--neurons", "0", "--url", upstream)
        assert run.returncode == 0, run.stderr
        collect(ingest, model, f"{upstream}/neuron-explainer/{site}")
    with workers_of(cluster, ingest, bin_folder, "upstream.sock") as own:
        yield own


@needs_shared
@pytest.mark.parametrize("model", SITES)
def test_every_neuron_of_both_folders_is_served_as_its_files_print_it(from_upstream, upstream, model):
    site, layers = SITES[model]

    def load(path):
        with urllib.request.urlopen(f"{upstream}/neuron-explainer/{site}/{path}") as reply:
            return reply.read()

    found = [difference for layer in range(layers) for neuron in range(NEURONS)
             for difference in differences(from_upstream, load, model, layer, neuron)]  # fmt: skip
    assert found == []


def originals():
    if not (SHARED / "expected").is_dir():
        return {}
    recorded = json.load(gzip.open(SHARED / "expected/original.json.gz"))["responses"]
    return {url: answer["body"] for url, answer in recorded.items() if answer["status"] == 200 and ("/neuron_explainer" in url or "/all" in url)}


def plain(value):
    """Numbers as float32; services that only one of the two systems has do not count."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in ("available_services", "neuroscope")}
    return float32(value) if isinstance(value, float) else value


ORIGINALS = originals()


@needs_shared
@pytest.mark.parametrize("url", ORIGINALS)
def test_the_original_answered_the_same(from_upstream, url):
    answer, original = from_upstream.ask(url).json, ORIGINALS[url]
    part = "neuron_explainer" if "/all" in url else None
    assert plain(answer[part] if part else answer) == plain(original[part] if part else original)
    services = (value["data"] if part else value for value in ((answer["metadata"], original["metadata"])))
    ours, theirs = (set(metadata["available_services"]) for metadata in services)
    assert theirs - {"neuron2graph", "neuron2graph-search"} <= ours
