"""Folders of JSON documents as services of a user's own name: read, served, refused."""

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import pytest
from cluster import psql
from ingest_run import Ingest

MODEL = "toy"
SHAPE = ("--shape", "3x50")
NEURONS = {(0, 0): '{"score": 0.10, "deep": {"a": [1, 2.50, {"b": "x"}], "a.b": true}, "big": 123456789012345678901234567890}',
           (0, 7): "[1, 2, 3]", (1, 49): '"just text \\u0000 é \\ud83d\\ude00"', (2, 3): " null\n", (2, 4): '{"": 1, "a\\u002eb": 2}'}  # fmt: skip
LAYERS = {0: '{"neurons": 50}', 2: "[]"}
MODEL_DOCUMENT = '{"made by": "us", "layers": [{"mean": 1e-7}]}'


def write_folder(folder, neurons, layers=None, model=None):
    folder.mkdir(parents=True, exist_ok=True)
    for (layer, neuron), text in neurons.items():
        (folder / str(layer)).mkdir(exist_ok=True)
        body = text if isinstance(text, bytes) else text.encode()
        (folder / str(layer) / f"{neuron}.json").write_bytes(body)
    for layer, text in (layers or {}).items():
        (folder / f"{layer}.json").write_text(text)
    if model is not None:
        (folder / "model.json").write_text(model)
    return folder


def get(url):
    """Status and body of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=30) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("documents") / "sta tistics", NEURONS, LAYERS, MODEL_DOCUMENT)


@pytest.fixture(scope="module")
def served(start_stack, bin_folder, folder):
    """A running copy with the folder as the service `numbers`."""
    stack = start_stack(SAMPLE=0)
    own = Ingest(bin_folder / "deepdecipher-ingest", stack.database_url, stack.database_url)
    run = own.run("json", MODEL, folder, "--service", "numbers", *SHAPE)
    assert run.returncode == 0, run.stderr
    run = own.run("json", MODEL, write_folder(folder.parent / "second", {(0, 0): "7"}), "--service", "a-first")
    assert run.returncode == 0, run.stderr
    stack.api = lambda path: get(f"{stack.base_url}/api/{path}")
    return stack


def data_text(body):
    """What stands behind {"data": in the reply, byte for byte."""
    assert body.startswith('{"data":')
    return body[len('{"data":') : body.rindex(',"metadata":')]


@pytest.mark.parametrize("place", NEURONS)
def test_a_neurons_document_is_served_as_the_text_it_was(served, place):
    status, body = served.api(f"{MODEL}/numbers/{place[0]}/{place[1]}")
    assert status == 200 and data_text(body) == NEURONS[place]
    assert json.loads(body)["data"] == json.loads(NEURONS[place])


def test_layers_and_the_model_have_documents_of_their_own(served):
    assert data_text(served.api(f"{MODEL}/numbers")[1]) == MODEL_DOCUMENT
    for layer, text in LAYERS.items():
        assert data_text(served.api(f"{MODEL}/numbers/{layer}")[1]) == text


FIELDS = {
    "score": "0.10", "deep": '{"a": [1, 2.50, {"b": "x"}], "a.b": true}', "deep.a": '[1, 2.50, {"b": "x"}]', "deep.a.1": "2.50",
    "deep.a.2.b": '"x"', "deep.a.b": "true", "big": "123456789012345678901234567890",
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_get_picks_a_field_and_keeps_its_digits(served, field):
    status, body = served.api(f"{MODEL}/numbers/0/0?get={field}")
    assert status == 200 and data_text(body) == FIELDS[field]


@pytest.mark.parametrize("field", ["none", "deep.", "deep.a.3", "deep.a.-1", "deep.a.x", "score.x", ".", "", "deep.a.99999999999"])
def test_a_field_that_is_not_there_is_404(served, field):
    status, body = served.api(f"{MODEL}/numbers/0/0?get={field}")
    assert status == 404 and json.loads(body)["detail"] == f"The document of service 'numbers' has no field '{field}'."


def test_keys_are_compared_decoded(served):
    assert data_text(served.api(f"{MODEL}/numbers/2/4?get=a.b")[1]) == "2"
    assert data_text(served.api(f"{MODEL}/numbers/2/4?get=")[1]) == "1"
    assert data_text(served.api(f"{MODEL}/numbers/0/7?get=2")[1]) == " 3".strip()
    assert data_text(served.api(f"{MODEL}/numbers?get=made%20by")[1]) == '"us"'
    assert data_text(served.api(f"{MODEL}/numbers?get=layers.0.mean")[1]) == "1e-7"


def test_what_is_not_stored_is_404_and_says_so(served):
    cases = {
        "numbers/0/1": "Database has no numbers data for neuron l0n1 in model 'toy'.",
        "numbers/1": "No layer data exists for service 'numbers' for layer 1 of model 'toy'.",
        "a-first": "No model data exists for service 'a-first' for model 'toy'.",
        "nothing/0/0": "Service 'nothing' not found.",
        "numbers/3/0": "Layer index is 3 but model 'toy' only has 3 layers.",
        "numbers/0/2147483647": "Neuron index is 2147483647 but model 'toy' only has 50 neurons per layer.",
        "numbers/65535/2147483647": "Layer index is 65535 but model 'toy' only has 3 layers.",
        "numbers/65535": "Layer index is 65535 but model 'toy' only has 3 layers.",
    }
    for path, detail in cases.items():
        status, body = served.api(f"{MODEL}/{path}")
        assert (status, json.loads(body)["detail"]) == (404, detail)


def test_parameters_of_other_services_are_refused(served):
    assert served.api(f"{MODEL}/numbers/0/0?texts=1")[0] == 400
    assert served.api(f"{MODEL}/numbers/0/0?window=1,1")[0] == 400
    assert served.api(f"{MODEL}/metadata?get=name")[0] == 400
    assert served.api(f"{MODEL}/numbers/0/0?get=a&get=b")[0] == 400


def test_services_are_listed_and_are_in_all(served):
    services = ["a-first", "metadata", "numbers"]
    assert json.loads(get(f"{served.base_url}/api")[1])["models"][0]["available_services"] == services
    status, body = served.api(f"{MODEL}/all/0/0")
    whole = json.loads(body)
    assert status == 200 and list(whole) == sorted(whole)
    assert whole["a-first"] == {"data": 7} and whole["numbers"] == {"data": json.loads(NEURONS[0, 0])}
    assert whole["metadata"]["data"]["available_services"] == services
    assert json.loads(served.api(f"{MODEL}/all/0")[1])["numbers"] == {"data": {"neurons": 50}}
    assert "error" in json.loads(served.api(f"{MODEL}/all/1")[1])["numbers"]
    assert json.loads(served.api(f"{MODEL}/all")[1])["numbers"] == {"data": json.loads(MODEL_DOCUMENT)}


def test_the_view_shows_documents_to_people_who_type_sql(served):
    rows = psql(served.reader_url, "SELECT layer, neuron, document FROM documents WHERE service = 'numbers' AND layer IS NULL")
    assert rows == f"||{MODEL_DOCUMENT}"
    assert psql(served.reader_url, "SELECT count(*) FROM documents WHERE service = 'numbers'") == "8"


BAD = {
    "truncated": ('{"a": 1', "the JSON ends too early"),
    "two documents": ('{"a": 1} {}', "more than one JSON document"),
    "empty": ("", "the JSON ends too early"),
    "nan": ('{"a": NaN}', "not JSON at byte 6: no value (such as NaN"),
    "infinity": ("[1e999]", "too big"),
    "duplicate": ('{"a": 1, "a": 2}', "the same key twice"),
    "deep": ("[" * 100_000, "more than 32 levels deep at byte 32"),
    "utf-8": (b'"\xff"', "not UTF-8 at byte 1"),
    "nul": (b'{"a": "\x00"}', "a NUL at byte"),
    "single quotes": ("{'a': 1}", "not JSON at byte 1: a string must be here"),
    "comma": ("[1,]", "not JSON"),
    "comment": ("[1] // one", "more than one JSON document"),
    "bom": (b"\xef\xbb\xbf[]", "not JSON"),
    "huge": (b"[" + b"0," * 5_000_000 + b"0]", "the answer is over 8 MiB"),
}


@pytest.fixture(scope="module")
def refused(module_ingest, tmp_path_factory):
    """The run of a folder with every bad document in it, and good ones between."""
    bad = {(0, 2 * index): text for index, (text, _) in enumerate(BAD.values())}
    good = {(0, 2 * index + 1): "{}" for index in range(len(BAD))}
    root = write_folder(tmp_path_factory.mktemp("bad") / "bad", bad | good, {1: "{"}, '"not ended')
    run = module_ingest.run("json", MODEL, root, "--service", "bad", "--retries", "0", *SHAPE)
    module_ingest.folder = root
    return run


def test_the_run_with_bad_documents_ends_with_1_and_says_how_to_ask_again(refused):
    assert refused.returncode == 1
    assert f"{len(BAD) + 2} documents were refused" in refused.stderr
    assert f"deepdecipher-ingest retry {MODEL} json --service bad" in refused.stderr


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_refused_with_its_reason(refused, module_ingest, name):
    row = module_ingest.rejected()[0, 2 * list(BAD).index(name)]
    assert BAD[name][1] in row["reason"] and row["source"] == "bad", row


def test_the_good_ones_beside_them_are_stored(refused, module_ingest):
    stored = module_ingest.rows("SELECT layer, neuron FROM documents")
    assert [(row["layer"], row["neuron"]) for row in stored] == [(0, 2 * index + 1) for index in range(len(BAD))]


def test_status_names_layers_and_the_model(refused, module_ingest):
    status = module_ingest.run("status", MODEL).stdout
    assert " l1 " in status and " model " in status and "2147483647" not in status


def test_mended_documents_are_read_by_retry(refused, module_ingest):
    write_folder(module_ingest.folder, {(0, 2 * index): "[]" for index in range(len(BAD))}, {1: "{}"}, "{}")
    run = module_ingest.run("retry", MODEL, "json", "--service", "bad", "--retries", "0")
    assert run.returncode == 0, run.stderr
    assert module_ingest.sql("SELECT count(*) FROM document") == str(2 * len(BAD) + 2)
    assert module_ingest.rejected() == {}


def test_reading_again_replaces_and_a_second_run_does_nothing(ingest, tmp_path):
    root = write_folder(tmp_path / "f", {(0, 0): "1", (1, 1): "2"}, {}, "3")
    command = ("json", MODEL, root, "--service", "x", *SHAPE)
    assert ingest.run(*command).returncode == 0
    revision = ingest.sql("SELECT revision FROM revision")
    write_folder(root, {(0, 0): "10"})
    again = ingest.run(*command)
    assert again.returncode == 0 and "nothing to do" in again.stderr
    assert ingest.sql("SELECT revision FROM revision") == revision
    assert ingest.run(*command, "--again").returncode == 0
    assert ingest.sql("SELECT string_agg(document, ' ' ORDER BY neuron_id) FROM document") == "10 2 3"
    assert ingest.sql("SELECT revision FROM revision") > revision


def test_two_services_do_not_stand_for_each_other(ingest, tmp_path):
    for name in ("one", "two"):
        root = write_folder(tmp_path / name, {(0, 0): f'"{name}"'})
        assert ingest.run("json", MODEL, root, "--service", name, *SHAPE).returncode == 0
    rows = ingest.rows("SELECT service, document FROM documents ORDER BY service")
    assert [row["document"] for row in rows] == ["one", "two"]
    status = [line.split()[:4] for line in ingest.run("status", MODEL).stdout.splitlines()]
    assert [MODEL, "one", "150", "1"] in status and [MODEL, "two", "150", "1"] in status


def test_files_that_can_be_nobodys_are_named_and_the_rest_is_read(ingest, tmp_path):
    root = write_folder(tmp_path / "f", {(0, 0): "1", (0, 50): "1", (9, 0): "1"}, {7: "1"})
    for name in ("stats.json", "0/007.json", "0/x.json", "0/99999999999.json", "README", "0/notes.txt"):
        (root / name).write_text("{}")
    run = ingest.run("json", MODEL, root, "--service", "x", *SHAPE)
    assert run.returncode == 1 and ingest.sql("SELECT count(*) FROM document") == "1"
    for line in (
        "/0/50.json: layers of the model have 50 neurons, numbered from 0", "/9: the model has 3 layers, numbered from 0",
        "/7.json: the model has 3 layers", "/stats.json: the name is neither model.json nor a layer's number",
        "/0/007.json: the name is no neuron's number", "/0/x.json: the name is no neuron's number",
    ):  # fmt: skip
        assert line in run.stderr
    assert "README" not in run.stderr and "notes" not in run.stderr


def test_a_file_that_is_a_folder_or_a_broken_link_is_refused(ingest, tmp_path):
    root = write_folder(tmp_path / "f", {(0, 0): "1"})
    (root / "0" / "1.json").mkdir()
    os.symlink("nowhere", root / "0" / "2.json")
    run = ingest.run("json", MODEL, root, "--service", "x", "--retries", "0", *SHAPE)
    assert run.returncode == 1 and set(ingest.rejected()) == {(0, 1), (0, 2)}
    assert ingest.sql("SELECT count(*) FROM document") == "1"


WRONG = {
    ("json", MODEL, "/tmp"): "json needs --service NAME",
    ("json", MODEL, "/tmp", "--service", ""): "--service is ''",
    ("json", MODEL, "/tmp", "--service", "A"): "--service is 'A'",
    ("json", MODEL, "/tmp", "--service", "-a"): "--service is '-a'",
    ("json", MODEL, "/tmp", "--service", "a,b"): "--service is 'a,b'",
    ("json", MODEL, "/tmp", "--service", "a" * 64): "must be 1 to 63",
    ("json", MODEL, "/tmp", "--service", "12"): "must have more than digits",
    ("json", MODEL, "/tmp", "--service", "all"): "that name is built in",
    ("json", MODEL, "/tmp", "--service", "neuroscope"): "that name is built in",
    ("json", MODEL, "/tmp/none", "--service", "a"): "No such file",
    ("neuroscope", MODEL, "--service", "a"): "--service goes with json",
    ("status", "--service", "a"): "--service goes with json",
}  # fmt: skip


@pytest.mark.parametrize("arguments", WRONG, ids=lambda words: " ".join(words)[:60])
def test_a_wrong_command_line_ends_with_2(bin_folder, arguments):
    command = [bin_folder / "deepdecipher-ingest", *arguments]
    run = subprocess.run(command, env={"DATABASE_URL": "postgresql:///nothing"}, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and WRONG[arguments] in run.stderr
