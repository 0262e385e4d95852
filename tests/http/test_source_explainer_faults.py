"""Explainer files that are missing, cut or hostile, sites with faults, kills: one clear line each, and nothing half."""

import json
import os
import random
import re
import signal
import threading

import pytest
from cluster import until
from explainer_files import FOLDERS, KINDS, path_of, sample_files, write_files
from hostile_site import HostileSite
from ingest_run import Ingest

MODEL = "tiny-gelu-2l"
SHAPE = ("--shape", "2x512")
NEURONS = ("--layers", "1", "--neurons", "0-255")
PASSING = ("error_500", "error_503", "reset", "closed", "truncated", "cut", "empty", "unrelated")
TABLES = {
    "explanations": ("explanation", "simulation"),
    "activations": ("statistics", "record"),
    "related-neurons": ("connection",),
    "related-tokens": ("token_weight",),
}
RANDOM_KILLS = 8


@pytest.fixture
def explainer_site():
    """The sample's explainer files on a site that can spoil its answers."""
    with HostileSite({f"/{path}": body for path, body in sample_files().items()}) as own:
        yield own


@pytest.fixture(scope="module")
def undisturbed(cluster, template, bin_folder):
    """What an undisturbed run over every kind stores, by kind."""
    contents = {}
    for kind in KINDS:
        name = cluster.create(template)
        ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
        with HostileSite({f"/{path}": body for path, body in sample_files().items()}) as site:
            run = ingest.run("explainer", MODEL, "--kind", kind, *SHAPE, *NEURONS, "--url", site.url)
        assert run.returncode == 0, run.stderr
        contents[kind] = ingest.contents()
        assert all(contents[kind][table] for table in TABLES[kind])
        cluster.drop(name)
    return contents


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_fifth_of_all_answers_spoilt_the_same_rows_are_stored(explainer_site, ingest, undisturbed, kind):
    explainer_site.rate, explainer_site.seed, explainer_site.kinds = 0.2, 3, PASSING
    run = ingest.run("explainer", MODEL, "--kind", kind, *SHAPE, *NEURONS, "--url", explainer_site.url, "--retries", "9")
    assert run.returncode == 0, run.stderr
    assert ingest.contents() == undisturbed[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_random_requests_it_ends_with_the_same_rows(explainer_site, ingest, undisturbed, kind):
    command = ("explainer", MODEL, "--kind", kind, *SHAPE, *NEURONS, "--url", explainer_site.url)
    dice = random.Random(kind)
    for _ in range(RANDOM_KILLS):
        moment, reached = explainer_site.counts.total() + 1 + int(dice.expovariate(1 / 40)), threading.Event()
        explainer_site.at_request = lambda count, moment=moment, reached=reached: count >= moment and reached.set()
        process = ingest.start(*command)
        assert until(lambda reached=reached, process=process: reached.is_set() or process.poll() is not None, "a request")
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    explainer_site.at_request = None
    run = ingest.run(*command)
    assert run.returncode == 0, run.stderr
    assert ingest.contents() == undisturbed[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_read_again_a_neuron_has_the_same_rows(explainer_site, ingest, undisturbed, kind):
    command = ("explainer", MODEL, "--kind", kind, *SHAPE, *NEURONS, "--url", explainer_site.url)
    assert ingest.run(*command).returncode == ingest.run(*command, "--again").returncode == 0
    contents, changing = ingest.contents(), {"revision", "job", "job_sums"}
    assert {key: value for key, value in contents.items() if key not in changing} == {
        key: value for key, value in undisturbed[kind].items() if key not in changing}  # fmt: skip


def test_what_is_missing_is_listed_and_asked_for_again_by_retry(explainer_site, ingest):
    away = {f"/{path_of('activations', 1, neuron)}": "missing" for neuron in (3, 77)}
    explainer_site.faults = dict(away)
    command = ("explainer", MODEL, "--kind", "activations", *SHAPE, *NEURONS, "--url", explainer_site.url)
    run = ingest.run(*command)
    assert run.returncode == 1
    assert f"2 neurons were refused. Why: deepdecipher-ingest status {MODEL}. To ask again: deepdecipher-ingest retry {MODEL} explainer-activations" in run.stderr
    assert set(ingest.rejected()) == {(1, 3), (1, 77)} and {row["kind"] for row in ingest.rejected().values()} == {"missing"}
    assert ingest.sql("SELECT count(*) FROM record") == "254"
    explainer_site.mend()
    assert ingest.run("retry", MODEL, "explainer-activations").returncode == 0
    assert ingest.rejected() == {} and ingest.sql("SELECT count(*), count(DISTINCT neuron_id) FROM record") == "256|256"


def test_tokens_by_activation_are_kept_where_those_by_weight_are_missing(explainer_site, ingest):
    explainer_site.faults = {f"/{path_of('related-tokens', 1, 3)}": "missing"}
    run = ingest.run("explainer", MODEL, "--kind", "related-tokens", *SHAPE, "--layers", "1", "--neurons", "3", "--url", explainer_site.url)
    assert run.returncode == 1
    assert ingest.sql("SELECT kind FROM token_weight") == "activation"


def good(kind, layer=0, neuron=0):
    return json.loads(sample_files()[path_of(kind, layer, neuron)])


def with_change(kind, neuron, change):
    """A file of that neuron as text, with one thing wrong."""
    document = good(kind)
    if "neuron_id" in document:
        document["neuron_id"]["neuron_index"] = neuron
    change(document)
    return json.dumps(document)


def sequence(document):
    return document["scored_explanations"][0]["scored_simulation"]["scored_sequence_simulations"][0]


def double_key(text):
    return text.replace('"neuron_id"', '"mean": 1, "neuron_id"', 1)


COMMON = {
    "cut": (lambda kind: json.dumps(good(kind))[:-200], "the JSON ends too early"),
    "nothing": (lambda kind: "", "the JSON ends too early|empty"),
    "markup": (lambda kind: "<?xml version='1.0'?><Error/>", "not JSON at byte 0"),
    "latin-1": (lambda kind: b'{"caf\xe9": 1}', "not UTF-8 at byte 5"),
    "a NUL": (lambda kind: json.dumps(good(kind)) + "\0", "a NUL at byte"),
    "two documents": (lambda kind: json.dumps(good(kind)) + "\n" + json.dumps(good(kind)), "not JSON at byte|more than one JSON document"),
    "deep": (lambda kind: "[" * 100_000 + "]" * 100_000, "more than 32 levels deep"),
    "null": (lambda kind: "null", "the document is null"),
    "a list": (lambda kind: "[]", "the document is a list, not an object"),
    "100 MB": (lambda kind: "[" + "0," * 50_000_000 + "0]", "more than|over|larger|big"),
}
BY_KIND = {
    "explanations": {
        "another neuron": (lambda d: d["neuron_id"].update(neuron_index=500), "neuron_id is neuron l0n500, not l0n"),
        "a layer that is no number": (lambda d: d["neuron_id"].update(layer_index="0"), "neuron_id.layer_index is a string, not a whole number"),
        "no scores": (lambda d: d["scored_explanations"][0]["scored_simulation"].pop("rsquared_score"), r"scored_explanations\[0\].scored_simulation has no rsquared_score"),
        "unequal lists": (lambda d: sequence(d)["true_activations"].pop(), r"true_activations has 63 numbers, but there are 64 tokens"),
        "unequal guesses": (lambda d: sequence(d)["simulation"]["expected_activations"].append(0), "expected_activations has 65 numbers, but there are 64 tokens"),
        "a null among numbers": (lambda d: sequence(d)["true_activations"].__setitem__(5, None), r"true_activations\[5\] is null, not a number"),
        "NaN": (lambda d: sequence(d)["true_activations"].__setitem__(5, float("nan")), "a number is NaN, infinite or too big"),
        "infinity": (lambda d: sequence(d)["true_activations"].__setitem__(5, float("inf")), "a number is NaN, infinite or too big"),
        "a token that is no string": (lambda d: sequence(d)["simulation"]["tokens"].__setitem__(0, 7), r"tokens\[0\] is a number, not a string"),
        "a long token": (lambda d: sequence(d)["simulation"]["tokens"].__setitem__(0, "x" * 1025), r"tokens\[0\] has 1025 bytes, more than 1024"),
        "a long explanation": (lambda d: d["scored_explanations"][0].update(explanation="x" * 20_000), "explanation has 20000 bytes, more than 16384"),
        "no tokens": (lambda d: (sequence(d).update(true_activations=[]), sequence(d)["simulation"].update(tokens=[], expected_activations=[])), "tokens is empty"),
        "too many": (lambda d: d.update(scored_explanations=d["scored_explanations"] * 101), "scored_explanations has 101 elements, more than 100"),
    },
    "activations": {
        "another neuron": (lambda d: d["neuron_id"].update(neuron_index=500), "neuron_id is neuron l0n500, not l0n"),
        "no mean": (lambda d: d.pop("mean"), "the document has no mean"),
        "a mean in words": (lambda d: d.update(mean="much"), "mean is a string, not a number"),
        "unequal lists": (lambda d: d["random_sample"][1]["activations"].pop(), r"random_sample\[1\].activations has 63 numbers, but there are 64 tokens"),
        "a flat list": (lambda d: d.update(random_sample_by_quantile=d["random_sample"]), r"random_sample_by_quantile\[0\] is an object, not a list"),
        "too many": (lambda d: d.update(random_sample=d["random_sample"] * 251), "random_sample has 1004 elements, more than 996"),
    },
    "related-neurons": {
        "no side": (lambda d: d.pop("c_fc"), "the document has no c_fc"),
        "outside the model": (lambda d: d["c_proj"]["top_positive_neurons"].__setitem__(2, "2_0"), r"c_proj.top_positive_neurons\[2\] is '2_0', not layer_neuron of a model of 2 layers of 512 neurons"),
        "outside the layer": (lambda d: d["c_proj"]["top_positive_neurons"].__setitem__(2, "1_512"), "is '1_512', not layer_neuron"),
        "no label": (lambda d: d["c_proj"]["top_positive_neurons"].__setitem__(2, "1_+5"), "not layer_neuron"),
        "a huge label": (lambda d: d["c_proj"]["top_positive_neurons"].__setitem__(2, "1_99999999999999999999"), "not layer_neuron"),
        "unequal lists": (lambda d: d["c_proj"]["top_negative_weights"].pop(), "top_negative_weights has 49 numbers, but there are 50 neurons"),
        "a side that is a number": (lambda d: d.update(c_fc=5), "c_fc is a number, not an object"),
    },
    "related-tokens": {
        "no side": (lambda d: d.pop("output_negative"), "the document has no output_negative"),
        "unequal lists": (lambda d: d["input_positive"]["strengths"].append(1), "input_positive.strengths has 51 numbers, but there are 50 tokens"),
        "too many": (lambda d: d["input_positive"].update(tokens=["a"] * 1001), "input_positive.tokens has 1001 elements, more than 1000"),
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_bad_file_is_refused_with_its_reason_and_the_others_are_loaded(ingest, tmp_path, kind):
    bad = [(name, make(kind), reason) for name, (make, reason) in COMMON.items()]
    bad += [(name, with_change(kind, neuron, change), reason) for neuron, (name, (change, reason)) in enumerate(BY_KIND[kind].items(), len(bad))]
    if kind == "activations":
        bad.append(("a key twice", double_key(json.dumps(good(kind))), "an object has the same key twice"))
    files = {FOLDERS[kind].format(layer=0, neuron=neuron): text for neuron, (_, text, _) in enumerate(bad)}
    fine = {path_of(kind, 1, neuron): sample_files()[path_of(kind, 1, neuron)] for neuron in range(len(bad))}
    averages = {path_of("token-activations", layer, n): sample_files()[path_of("token-activations", layer, n)] for layer in (0, 1) for n in range(len(bad))}
    write_files(tmp_path, files | fine | averages)
    run = ingest.run("explainer", MODEL, "--kind", kind, *SHAPE, "--neurons", f"0-{len(bad) - 1}", "--url", f"file://{tmp_path}", "--retries", "0")
    assert run.returncode == 1 and "Traceback" not in run.stderr
    refused = ingest.rejected()
    assert set(refused) == {(0, neuron) for neuron in range(len(bad))}
    wrong = [(name, refused[0, neuron]["reason"]) for neuron, (name, _, reason) in enumerate(bad) if not re.search(reason, refused[0, neuron]["reason"])]
    assert wrong == []
    for table in TABLES[kind]:
        layers = f"SELECT DISTINCT neuron_layer(neuron_id) FROM {table}" + (" WHERE kind <> 'activation'" if table == "token_weight" else "")
        assert ingest.sql(layers) == "1"


def test_odd_but_right_files_are_read_without_loss(ingest, tmp_path):
    numbers = [-0.0, 0.0, 1e-300, 0.1, 5e-324, 1.7976931348623157e308, 65504.0, 2.0**-24, 0.30000001192092896, 123456789, 7]
    tokens = ["", "\0", "\ud83d\ude00", " the", "a\nb", "\u2028", "\ufffd", "x" * 1024, "é", "0", '"\\']
    document = good("activations")
    record = {"tokens": tokens, "activations": numbers}
    document |= {"mean": None, "kurtosis": None, "random_sample": [], "random_sample_by_quantile": [[], [record], []],
                 "most_positive_activation_records": [record, {"tokens": ["one"], "activations": [-1.5]}], "quantile_boundaries": [None]}  # fmt: skip
    empty = good("activations", 0, 1) | {"random_sample": [], "random_sample_by_quantile": [], "most_positive_activation_records": []}
    write_files(tmp_path, {path_of("activations", 0, 0): json.dumps(document), path_of("activations", 0, 1): json.dumps(empty)})
    run = ingest.run("explainer", MODEL, "--kind", "activations", *SHAPE, "--layers", "0", "--neurons", "0,1", "--url", f"file://{tmp_path}")
    assert run.returncode == 0, ingest.rejected()
    shown = ingest.rows("SELECT kind, quantile, rank, activations::text[] FROM records ORDER BY kind, rank")
    assert [(row["kind"], row["quantile"], row["rank"]) for row in shown] == [("quantile", 1, 0), ("top", None, 0), ("top", None, 1)]
    assert [list(map(repr, map(float, row["activations"]))) for row in shown[:2]] == [list(map(repr, map(float, numbers)))] * 2
    assert ingest.sql("SELECT count(*) FROM statistics WHERE mean IS NULL AND kurtosis IS NULL AND quantile_boundaries = '{NULL}'") == "1"


def test_models_that_the_site_is_known_to_have_need_not_be_stored(ingest, tmp_path):
    document = good("explanations") | {"neuron_id": {"layer_index": 47, "neuron_index": 6399}}
    write_files(tmp_path, {path_of("explanations", 47, 6399): json.dumps(document)})
    run = ingest.run("explainer", "GPT-2 XL", "--layers", "47", "--neurons", "6399", "--url", f"file://{tmp_path}")
    assert run.returncode == 0, run.stderr
    model = "SELECT m.name, activation_function, d.name AS dataset, num_layers, layer_size, num_total_parameters FROM model m JOIN dataset d USING (dataset_id)"
    assert ingest.sql(model) == "gpt2-xl|gelu|Open Web Text|48|6400|1474560000"


def test_each_known_model_is_asked_for_in_its_own_folder(ingest):
    nowhere = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    for model, folder in (("gpt2-xl", "data"), ("gpt2-small", "gpt2_small_data")):
        run = ingest.run("explainer", model, "--layers", "0", "--neurons", "0", "--retries", "0", **nowhere)
        assert run.returncode == 1
        urls = ingest.sql(f"SELECT url FROM rejections WHERE model = '{model}'")
        assert urls == f"https://openaipublic.blob.core.windows.net/neuron-explainer/{folder}"


def test_a_model_in_an_unknown_place_needs_an_address(ingest):
    run = ingest.run("explainer", MODEL, *SHAPE)
    assert run.returncode == 1 and "give --url with the folder" in run.stderr


@pytest.mark.parametrize(("words", "reason"), [
    (("explainer", MODEL, "--kind", "poems"), "must be one of explanations, activations, related-neurons, related-tokens"),
    (("neuroscope", MODEL, "--kind", "activations"), "--kind does not go with neuroscope"),
    (("status", "--kind", "activations"), "--kind does not go with status"),
    (("explainer",), "needs the name of a model"),
    (("explainer", "--list"), "has no list of models"),
])  # fmt: skip
def test_a_wrong_command_line_is_said(ingest, words, reason):
    run = ingest.run(*words)
    assert run.returncode == 2 and reason in run.stderr


def test_a_model_that_nobody_knows_needs_a_shape(ingest):
    run = ingest.run("explainer", "unheard-of", "--url", "file:///nowhere")
    assert run.returncode == 1 and "--shape 48x6400" in run.stderr
