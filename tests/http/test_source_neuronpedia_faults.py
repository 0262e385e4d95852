"""Exports that are broken, and runs that are killed: one clear reason each, and never half a feature."""

import gzip
import json
import os
import random
import signal
import subprocess

import pytest
from cluster import Session, until
from ingest_run import Ingest
from neuronpedia_files import LAYER, LAYER_SIZE, SOURCE, example, explanation, feature, head, make_export, write_export

MODEL = "toy-sae"
SHAPE = ("--shape", f"12x{LAYER_SIZE}")
DICE = random.Random(5)
BIN = (0.0, 10.0, 0.5)


def changed(line, **members):
    """The line with members put in place, or taken out where they are ..."""
    return {key: value for key, value in (line | members).items() if value is not ...}


def raw(line, old, new):
    text = json.dumps(line)
    assert old in text
    return text.replace(old, new, 1)


def bad_feature(**members):
    return "features", lambda index: changed(feature(index, DICE), **members)


def bad_example(**members):
    return "activations", lambda index: changed(example(index, DICE, BIN), tokens=["a", "b"], values=[0, 1.5], maxValue=1.5, maxValueTokenIndex=1) | {
        key: value for key, value in members.items() if value is not ...
    }  # fmt: skip


def text_of(folder, make, old, new):
    return folder, lambda index: raw(make(index), old, new)


def a_feature(index):
    return feature(index, DICE)


def an_example(index):
    return changed(example(index, DICE, BIN), tokens=["a", "b"], values=[0, 1.5], maxValue=1.5, maxValueTokenIndex=1)


def an_explanation(index):
    return explanation(index, DICE, "gpt-4")


# What is wrong with one line of a feature: (folder, line by index) and the reason.
BAD = {
    "cut": (("features", lambda index: json.dumps(a_feature(index))[:-40]), ": a string is not closed"),
    "two documents": (("features", lambda index: json.dumps(a_feature(index)) + " {}"), 'nothing more should come where "{}" stands'),
    "NaN": (text_of("activations", an_example, "[0, 1.5]", "[NaN, 1.5]"), ": a number is NaN"),
    "infinity": (text_of("activations", an_example, "[0, 1.5]", "[Infinity, 1.5]"), 'a finite number or NaN should come where "Infinity,"'),
    "huge": (text_of("features", a_feature, '"neg_values": [', '"neg_values": [1e999, '), "a finite number or NaN should come"),
    "null in a list": (text_of("activations", an_example, "[0, 1.5]", "[null, 1.5]"), "a finite number or NaN should come"),
    "text for a number": (bad_feature(maxActApprox="12"), 'a finite number or NaN should come where ""12"'),
    "values short": (bad_example(values=[1.5]), ": values has 1 elements, but tokens has 2"),
    "no values": (bad_example(values=None), ": values has 0 elements, but tokens has 2"),
    "no tokens": (bad_example(tokens=[], values=[]), ": tokens is missing or empty"),
    "token a number": (bad_example(tokens=["a", 5]), "a string should come"),
    "long token": (bad_example(tokens=["a", "x" * 1025]), "a token has 1025 bytes; 1024 are the most"),
    "no maximum": (bad_example(maxValue=None), ": maxValue is missing"),
    "no place": (bad_example(maxValueTokenIndex=None), ": maxValueTokenIndex is missing"),
    "place outside": (bad_example(maxValueTokenIndex=2), ": maxValueTokenIndex is 2, but there are 2 tokens"),
    "place negative": (bad_example(maxValueTokenIndex=-1), ": maxValueTokenIndex is -1, but"),
    "place broken": (bad_example(maxValueTokenIndex=0.5), ": maxValueTokenIndex is 0.5, but"),
    "logits unequal": (bad_feature(pos_values=[1]), ": pos_values has 1 elements, but pos_str has 10"),
    "negative unequal": (bad_feature(neg_str=[]), ": neg_values has 9 elements, but neg_str has 0"),
    "histogram unequal": (bad_feature(freq_hist_data_bar_heights=[]), ": freq_hist_data_bar_heights has 0 elements, but freq_hist_data_bar_values has 12"),
    "logit histogram unequal": (bad_feature(logits_hist_data_bar_values=[1]), "logits_hist_data_bar_values has 1"),
    "similar outside": (bad_feature(topkCosSimIndices=[0, 1, 2, 3, LAYER_SIZE]), ": topkCosSimIndices has 128, but layers of the model have 128 neurons"),
    "similar unequal": (bad_feature(topkCosSimIndices=[0]), ": topkCosSimValues has 5 elements, but topkCosSimIndices has 1"),
    "similar negative": (bad_feature(topkCosSimIndices=[0, 1, 2, 3, -4]), ": -4 is no index"),
    "similar broken": (bad_feature(topkCosSimIndices=[0, 1, 2, 3, 4.5]), ": 4.5 is no index"),
    "correlation unequal": (bad_feature(correlated_neurons_pearson=[1]), "correlated_neurons_pearson has 1 elements"),
    "alignment unequal": (bad_feature(neuron_alignment_l1=[1]), "neuron_alignment_l1 has 1 elements"),
    "share over one": (bad_feature(frac_nonzero=1.5), ": frac_nonzero is 1.5, which is not between 0 and 1"),
    "share below zero": (bad_feature(frac_nonzero=-0.1), ": frac_nonzero is -0.1"),
    "key twice": (text_of("features", a_feature, '"pos_values"', '"maxActApprox": 1, "pos_values"'), '"maxActApprox" comes twice'),
    "deep": (("features", lambda index: changed(a_feature(index), x=json.loads("[" * 40 + "]" * 40))), "more than 32 levels deep"),
    "lone surrogate": (("explanations", lambda index: raw(an_explanation(index), "words", "\\ud800")), "a \\u that is no character"),
    "no description": (("explanations", lambda index: changed(an_explanation(index), description=...)), ": description is missing"),
    "no layer": (("explanations", lambda index: changed(an_explanation(index), layer=...)), ": layer is missing"),
    "description a number": (("explanations", lambda index: changed(an_explanation(index), description=5)), "a string should come"),
    "control": (("explanations", lambda index: raw(an_explanation(index), "words", "a\tb")), "a bare control character"),
    "twice": (("features", lambda index: [a_feature(index), a_feature(index)]), ": the feature has more than 1 line of features"),
}  # fmt: skip
# Lines that are of no feature of the folder's layer.
LOST = {
    "nothing": ("[]", "an object should come"),
    "no index": (json.dumps(changed(head(0), index=...)), "index is missing"),
    "index in words": (json.dumps(head(0) | {"index": "five"}), 'the index "five" is no number'),
    "index signed": (json.dumps(head(0) | {"index": -1}), "-1 is no index"),
    "index broken": (json.dumps(head(0) | {"index": 1.5}), "1.5 is no index"),
    "index empty": (json.dumps(head(0) | {"index": ""}), 'the index "" is no number'),
    "index with zeros": (json.dumps(head(0) | {"index": "007"}), 'the index "007" is no number'),
    "index null": (json.dumps(head(0) | {"index": None}), "a finite number or NaN should come"),
    "outside": (json.dumps(changed(a_feature(0), index=LAYER_SIZE)), "the index is 128, but layers of the model have 128 neurons, numbered from 0"),
    "2^32": (json.dumps(changed(a_feature(0), index="4294967296")), "the index is 4294967296, but"),
    "other layer": (json.dumps(changed(a_feature(0), layer="11-res-jb")), 'the layer is "11-res-jb", but that of the folder "10-res-jb"'),
    "other source": (json.dumps(changed(a_feature(0), layer="10-att-kk")), 'the layer is "10-att-kk"'),
    "latin": ('{"description": "é"}'.encode("latin-1"), "this is not UTF-8"),
    "page": ("<!doctype html>", "an object should come"),
}  # fmt: skip


def rest_of(index):
    """Good lines of a feature by folder."""
    return {"features": [a_feature(index)], "activations": [an_example(index)], "explanations": [an_explanation(index)]}


def bad_files():
    """Features 0, 2, 4, … have one bad line each, those between are good."""
    files = {f"{folder}/batch-0": [] for folder in ("features", "activations", "explanations")}
    for place, ((folder, make), _) in enumerate(BAD.values()):
        for index in (2 * place, 2 * place + 1):
            lines = rest_of(index)
            if index % 2 == 0:
                made = make(index)
                lines[folder] = (made if isinstance(made, list) else [made]) + (lines[folder] if folder == "activations" else [])
            for name, several in lines.items():
                files[f"{name}/batch-0"] += several
    files["features/batch-1"] = [line for line, _ in LOST.values()]
    return files


@pytest.fixture(scope="module")
def refused(module_ingest, tmp_path_factory):
    module_ingest.folder = write_export(tmp_path_factory.mktemp("bad") / SOURCE, bad_files(), plain=())
    return module_ingest.run("neuronpedia", MODEL, module_ingest.folder, *SHAPE)


def counts(ingest):
    return [ingest.sql(f"SELECT count(DISTINCT neuron_id) FROM {table}") for table in ("feature", "feature_example", "explanation", "neuron_source")]


@pytest.mark.parametrize("name", BAD)
def test_a_feature_with_a_bad_line_is_refused_and_says_where(refused, module_ingest, name):
    row = module_ingest.rejected()[LAYER, 2 * list(BAD).index(name)]
    assert BAD[name][1] in row["reason"] and row["kind"] == "unreadable", row
    assert row["reason"].startswith(f"{BAD[name][0][0]}/batch-0.jsonl.gz line "), row


def test_a_reason_has_the_lines_number(refused, module_ingest):
    reason = module_ingest.rejected()[LAYER, 2 * list(BAD).index("values short")]["reason"]
    lines = gzip.decompress((module_ingest.folder / "activations" / "batch-0.jsonl.gz").read_bytes()).splitlines()
    number = int(reason.split(" line ")[1].split(":")[0])
    assert json.loads(lines[number - 1])["values"] == [1.5]


def test_all_other_features_are_stored_and_of_these_nothing(refused, module_ingest):
    good = [(LAYER, 2 * place + 1) for place in range(len(BAD))]
    for table in ("feature", "feature_example", "explanation", "neuron_source"):
        rows = module_ingest.rows(f"SELECT DISTINCT neuron_layer(neuron_id) AS layer, neuron_index(neuron_id) AS neuron FROM {table} ORDER BY 1, 2")
        assert [(row["layer"], row["neuron"]) for row in rows] == good
    assert refused.returncode == 1 and f"{len(BAD) + 1} neurons were refused" in refused.stderr


@pytest.mark.parametrize("name", LOST)
def test_a_line_of_no_feature_is_told(refused, name):
    number = list(LOST).index(name) + 1 + len([n for n in range(len(LOST)) if n % 5 == 3 and n < list(LOST).index(name)])
    (line,) = [line for line in refused.stderr.splitlines() if f"features/batch-1.jsonl.gz line {number}:" in line or f"batch-1.jsonl.gz line {number} " in line]
    assert LOST[name][1] in line


def test_lines_of_no_feature_are_noted_for_the_layer(refused, module_ingest):
    row = module_ingest.rejected()[LAYER, 2147483647]
    assert row["reason"].startswith("features/batch-1.jsonl.gz line 1 ") and f"(and {len(LOST) - 1} more that are of no neuron)" in row["reason"]
    assert f" l{LAYER} " in module_ingest.run("status", MODEL).stdout


def test_once_mended_retry_reads_what_was_refused(refused, module_ingest):
    before = module_ingest.contents()
    assert module_ingest.run("retry", MODEL, "neuronpedia").returncode == 1
    after = module_ingest.contents()
    assert {kind for kind in before if before[kind] != after[kind]} <= {"job", "job_sums", "revision"}
    mended = {"features/batch-0": [], "activations/batch-0": [], "explanations/batch-0": []}
    for index in range(2 * len(BAD)):
        for folder, lines in rest_of(index).items():
            mended[f"{folder}/batch-0"] += lines
    mended["features/batch-1"] = [""]
    write_export(module_ingest.folder, mended, plain=())
    run = module_ingest.run("retry", MODEL)
    assert run.returncode == 0, run.stderr
    assert module_ingest.rejected() == {} and counts(module_ingest) == [str(2 * len(BAD))] * 4


def spoilt(name, tmp_path):
    """An export of 20 features whose file activations/batch-0 is broken in the way of that name."""
    files = {"features/batch-0": [], "activations/batch-0": [], "activations/batch-1": [], "explanations/batch-0": []}
    for index in range(20):
        for folder, lines in rest_of(index).items():
            files[f"{folder}/batch-{int(folder == 'activations' and index >= 10)}"] = files.get(f"{folder}/batch-{int(folder == 'activations' and index >= 10)}", []) + lines
    folder = write_export(tmp_path / SOURCE, files, plain=())
    path = folder / "activations" / "batch-0.jsonl.gz"
    body = path.read_bytes()
    if name == "cut":
        path.write_bytes(body[:-4])
    elif name == "wrong sum":
        path.write_bytes(body[:-8] + bytes([body[-8] ^ 1]) + body[-7:])
    elif name == "a folder":
        path.unlink()
        path.mkdir()
    elif name == "a broken link":
        path.unlink()
        os.symlink("nowhere", path)
    return folder


FILE_REASONS = {
    "cut": "the file can not be read to its end: it is not whole gzip",
    "wrong sum": "the file can not be read to its end: it is not whole gzip",
    "a folder": "it is no file",
    "a broken link": "No such file or directory",
}


@pytest.mark.parametrize("name", FILE_REASONS)
def test_a_file_that_is_not_whole_is_refused_with_all_features_seen_in_it(ingest, tmp_path, name):
    folder = spoilt(name, tmp_path)
    run = ingest.run("neuronpedia", MODEL, folder, *SHAPE)
    reason = f"activations/batch-0.jsonl.gz: {FILE_REASONS[name]}"
    assert run.returncode == 1 and f"{folder}/{reason}" in run.stderr
    rejected = ingest.rejected()
    seen = range(10) if name in ("cut", "wrong sum") else range(0)
    assert {neuron: row["reason"] for (_, neuron), row in rejected.items()} == dict.fromkeys([*seen, 2147483647], reason)
    assert ingest.sql("SELECT count(*) FROM feature") == str(20 - len(seen))
    spoilt("not at all", tmp_path / "new")
    mended = tmp_path / "new" / SOURCE
    assert ingest.run("neuronpedia", MODEL, mended, "--again").returncode == 0
    assert counts(ingest) == ["20"] * 4 and ingest.rejected() == {}


def test_a_line_of_many_megabytes_is_refused_and_the_rest_is_read_in_little_memory(ingest, tmp_path):
    files = {"features/batch-0": [a_feature(0), '{"index": 1, "vector": [' + "0.5, " * 8_000_000 + "1]}", a_feature(2)]}
    folder = write_export(tmp_path / SOURCE, files, plain=())
    run = ingest.run("neuronpedia", MODEL, folder, *SHAPE)
    assert run.returncode == 1 and "features/batch-0.jsonl.gz line 2: the line has over 16 MiB" in run.stderr
    assert ingest.rows("SELECT neuron_index(neuron_id) AS n FROM feature ORDER BY 1") == [{"n": 0}, {"n": 2}]


def test_layers_add_up_and_a_folder_of_none_is_told(ingest, tmp_path):
    for layer in (10, 3):
        lines = [changed(a_feature(index), layer=f"{layer}-res-jb") for index in range(4)]
        folder = write_export(tmp_path / f"source {layer}", {"features/batch-0": lines})
        assert ingest.run("neuronpedia", MODEL, folder, *SHAPE).returncode == 0
    assert ingest.sql("SELECT string_agg(DISTINCT neuron_layer(neuron_id)::text, ' ') FROM feature") == "10 3"
    number = write_export(tmp_path / "number", {"features/batch-0": [changed(a_feature(9), layer=7)]})
    assert ingest.run("neuronpedia", MODEL, number).returncode == 0
    beyond = write_export(tmp_path / "beyond", {"features/batch-0": [changed(a_feature(0), layer="12-res-jb")]})
    run = ingest.run("neuronpedia", MODEL, beyond)
    assert run.returncode == 1 and 'is of the layer "12-res-jb", but the model has 12 layers, numbered from 0' in run.stderr
    (tmp_path / "empty").mkdir()
    run = ingest.run("neuronpedia", MODEL, tmp_path / "empty")
    assert run.returncode == 1 and "has no batches" in run.stderr
    nameless = write_export(tmp_path / "x", {"features/batch-0": ["{}"]})
    run = ingest.run("neuronpedia", MODEL, nameless)
    assert run.returncode == 1 and "no line says which layer it is of" in run.stderr
    assert ingest.sql("SELECT count(*) FROM job WHERE done_at IS NULL") == "0"


def test_what_an_export_lacks_is_empty(ingest, tmp_path):
    files = {"features/batch-0": [head(5)], "activations/batch-0": [{"nothing": "known"} | changed(an_example(6), binMin=..., binMax=..., binContains=...)]}
    assert ingest.run("neuronpedia", MODEL, write_export(tmp_path / SOURCE, files), *SHAPE).returncode == 0
    row = ingest.rows("SELECT max_activation, frac_nonzero, density_heights, correlated_neurons FROM features")[0]
    assert row == {"max_activation": None, "frac_nonzero": None, "density_heights": [], "correlated_neurons": []}
    assert ingest.rows("SELECT neuron, bin_min, bin_max, bin_contains FROM feature_examples") == [{"neuron": 6, "bin_min": None, "bin_max": None, "bin_contains": None}]


WRITTEN = ["token", "text", "feature", "feature_example", "explanation", "rejected", "neuron_source", "job", "revision"]
FILES = make_export(set(range(LAYER_SIZE)) - {1}, seed=3)
FILES["features/batch-9"] = [changed(a_feature(1), frac_nonzero=2)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_export(tmp_path_factory.mktemp("whole") / SOURCE, FILES)


@pytest.fixture(scope="module")
def undisturbed(cluster, template, bin_folder, whole):
    """What an undisturbed run stores."""
    name = cluster.create(template)
    ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    assert ingest.run("neuronpedia", MODEL, whole, *SHAPE).returncode == 1
    assert set(ingest.rejected()) == {(LAYER, 1)} and counts(ingest)[0] == str(LAYER_SIZE - 1)
    contents = ingest.contents()
    cluster.drop(name)
    return contents


def test_killed_in_the_middle_of_every_table_it_writes_it_ends_with_the_same_rows(ingest, undisturbed, whole):
    with Session(ingest.admin_url) as session, Session(ingest.admin_url) as watcher:
        waiting = "SELECT count(*) > 0 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT granted AND relname = '{}'"
        for table in WRITTEN:
            session.run(f"BEGIN; LOCK TABLE {table} IN SHARE MODE")
            process = ingest.start("neuronpedia", MODEL, whole, *SHAPE)
            until(lambda table=table: watcher.run(waiting.format(table)) == ["t"], f"a write to {table}")
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            session.run("COMMIT")
            assert table in ("job", "revision") or ingest.sql("SELECT count(*) FROM feature") == "0"
    assert ingest.run("neuronpedia", MODEL, whole, *SHAPE).returncode == 1
    assert ingest.contents() == undisturbed


def test_a_wrong_command_line_ends_with_2(bin_folder, tmp_path):
    for words, reason in (((MODEL,), "needs a FOLDER behind the model"), ((MODEL, tmp_path / "none"), "No such file"), ((), "needs the name of a model")):
        command = [bin_folder / "deepdecipher-ingest", "neuronpedia", *words]
        run = subprocess.run(command, env={"DATABASE_URL": "postgresql:///nothing"}, capture_output=True, text=True, timeout=60)
        assert run.returncode == 2 and reason in run.stderr
