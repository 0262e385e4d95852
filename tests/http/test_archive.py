"""export and archive: a model as one file, there and back, whole or not at all."""

import gzip
import json
import random
import urllib.request

import pytest
from archive_parts import Parts
from cluster import ROOT
from hostile_site import MODEL
from ingest_run import Ingest

WORDS = "King James Bible and Python standard library"
KINDS = ("model", "text", "neuron", "example", "logit_effect", "document", "neuron_source", "rejected", "model_source")
EARLIER = ROOT / "tests/data/archive/neuroscope.archive"  # two neurons with a text each, written before other sources were carried


@pytest.fixture(scope="module")
def source(module_ingest, module_site, tmp_path_factory):
    """40 neurons, some of them refused, logit effects, documents."""
    module_site.faults["/tiny-gelu-2l/0/3.html"] = "missing"
    run = module_ingest.run("neuroscope", MODEL, "--url", module_site.url, "--neurons", "0-19", "--retries", "0")
    assert run.returncode == 1
    folder = tmp_path_factory.mktemp("documents")
    (folder / "1").mkdir()
    (folder / "1" / "5.json").write_text('{"a": 1.50, "nul": "\\u0000"}')
    (folder / "1.json").write_text("[]")
    (folder / "model.json").write_text('"é"')
    assert module_ingest.run("json", MODEL, folder, "--service", "notes").returncode == 0
    module_ingest.sql("INSERT INTO logit_effect SELECT neuron_id, 1, -0.5, E'\\u2400 x' FROM neuron")
    return module_ingest


@pytest.fixture(scope="module")
def archive(source, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "tiny.archive"
    run = source.run("export", MODEL, path)
    assert run.returncode == 0 and run.stdout == f"{MODEL} is now in {path}\n", run.stderr
    assert [file.name for file in path.parent.iterdir()] == ["tiny.archive"]
    return path


def meaning(ingest):
    contents = ingest.contents()
    return {kind: contents.get(kind) for kind in KINDS}


def other_ids(ingest, tmp_path):
    """Makes model, datasets, services and tokens that take the keys which the archive's have."""
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "model.json").write_text("1")
    for service in ("first", "second"):
        assert ingest.run("json", "other", folder, "--service", service, "--shape", "1x1").returncode == 0
    ingest.sql(f"SELECT dataset_id('x'), dataset_id('y'); INSERT INTO vocabulary (name) VALUES ('x'), ('{WORDS}')")
    ingest.sql(
        f"SELECT count(*) FROM token_ids((SELECT vocabulary_id FROM vocabulary WHERE name = '{WORDS}'), "
        "(SELECT array_agg(decode(md5(i::text), 'hex')) FROM generate_series(1, 300) i WHERE false) || "
        "ARRAY['zz', ' the', 'e', 'zzz']::bytea[])"
    )


def test_an_archive_gives_back_all_that_was_stored(source, archive, ingest):
    run = ingest.run("archive", MODEL, archive)
    assert run.returncode == 0, run.stderr
    assert meaning(ingest) == meaning(source)
    assert ingest.contents()["token"] == source.contents()["token"]
    assert ingest.run("status", MODEL).stdout.splitlines()[1:3] == source.run("status", MODEL).stdout.splitlines()[1:3]


def test_keys_of_the_other_machine_do_not_matter(source, archive, ingest, tmp_path):
    other_ids(ingest, tmp_path)
    before = ingest.sql("SELECT model, service, document FROM documents ORDER BY 2")
    assert ingest.run("archive", "Tiny GELU-2L", archive).returncode == 0
    here = meaning(ingest)
    there = meaning(source)
    for kind in ("text", "neuron", "example", "logit_effect"):
        assert here[kind] == there[kind], kind
    assert ingest.sql("SELECT model, service, document FROM documents WHERE model = 'other' ORDER BY 2") == before
    rows = "SELECT service, layer, neuron, document FROM documents WHERE model = '%s' ORDER BY layer, neuron" % MODEL
    assert ingest.rows(rows) == source.rows(rows)
    assert ingest.sql("SELECT count(*) FROM (SELECT token_id FROM token GROUP BY vocabulary_id, token_id) t") != "0"
    run = ingest.run("verify", MODEL)
    assert [line for line in run.stdout.splitlines() if line.startswith(MODEL)][:-1] == [
        f"{MODEL}: 1 neuron (l0n3): neuroscope: refused by the source and not stored",
        f"{MODEL}: 984 neurons (l0n20, …): neuroscope: not read yet",
    ] or "not read yet" in run.stdout


def test_an_archive_of_an_archive_is_the_same(archive, ingest, tmp_path):
    assert ingest.run("archive", MODEL, archive).returncode == 0
    assert ingest.run("export", MODEL, tmp_path / "again").returncode == 0
    assert gzip.decompress((tmp_path / "again").read_bytes()) == gzip.decompress(archive.read_bytes())


def test_an_archive_from_before_other_sources_were_carried_is_read(ingest, tmp_path):
    run = ingest.run("archive", MODEL, EARLIER)
    assert run.returncode == 0, run.stderr
    counts = "SELECT count(*), (SELECT count(*) FROM example), (SELECT count(*) FROM text), (SELECT count(*) FROM document) FROM neuron"
    assert ingest.sql(counts) == "2|2|2|1"
    assert ingest.run("export", MODEL, tmp_path / "again").returncode == 0
    before, after = Parts(EARLIER), Parts(tmp_path / "again")
    assert after.model == before.model
    assert len(after.tables["snippet"]) == 2  # made of the rest when there are none
    later = {name: [] for name in after.tables if name not in before.tables} | {name: after.tables[name] for name in ("source", "snippet")}
    assert without_dataset_keys(after.tables) == without_dataset_keys(before.tables | later)


def without_dataset_keys(tables):
    """Keys of datasets are the machine's."""
    return tables | {"dataset": [row[1:] for row in tables["dataset"]], "example": [row[:7] + row[8:] for row in tables["example"]]}


def test_a_stored_model_is_replaced_only_with_again(source, archive, ingest):
    assert ingest.run("archive", MODEL, archive).returncode == 0
    revision = int(ingest.sql("SELECT revision FROM revision"))
    ingest.sql("UPDATE neuron SET max_activation = 77; DELETE FROM document; INSERT INTO neuron_source SELECT neuron_id + 300, 1 FROM neuron_source WHERE source_id = 1")
    before = meaning(ingest)
    run = ingest.run("archive", MODEL, archive)
    assert run.returncode == 1 and "is stored already; --again replaces it; nothing was stored" in run.stderr
    assert meaning(ingest) == before
    assert ingest.run("archive", MODEL, archive, "--again").returncode == 0
    assert meaning(ingest) == meaning(source)
    assert int(ingest.sql("SELECT revision FROM revision")) > revision


EMPTY = "SELECT (SELECT count(*) FROM model) + (SELECT count(*) FROM neuron) + (SELECT count(*) FROM text) + (SELECT count(*) FROM token)"


def refused(ingest, path, words):
    """The import ends with 1 and one line that has the words, and leaves nothing."""
    run = ingest.run("archive", MODEL, path)
    assert run.returncode == 1 and run.stdout == "" and run.stderr.count("\n") == 1, run.stderr
    assert words in run.stderr and run.stderr.endswith("; nothing was stored\n"), run.stderr
    assert ingest.sql(EMPTY) == "0"


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_leaves_nothing(archive, ingest, tmp_path, share):
    whole = archive.read_bytes()
    path = tmp_path / "cut"
    path.write_bytes(whole[: int(len(whole) * share)])
    refused(ingest, path, "is no archive of a model" if share == 0 else "ends too early: it was cut off")


def test_damaged_bytes_leave_nothing(archive, ingest, tmp_path):
    whole = archive.read_bytes()
    dice = random.Random(5)
    for number in range(12):
        place = dice.randrange(100, len(whole))
        path = tmp_path / str(number)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << dice.randrange(8)]) + whole[place + 1 :])
        refused(ingest, path, "")


def test_every_kind_of_tampering_with_what_is_inside_leaves_nothing(archive, ingest, tmp_path):
    inside = gzip.decompress(archive.read_bytes())
    dice = random.Random(7)
    path = tmp_path / "tampered"
    for _ in range(40):
        place = dice.randrange(30, len(inside))
        changed = inside[:place] + bytes([inside[place] ^ 1 << dice.randrange(8)]) + inside[place + 1 :]
        path.write_bytes(gzip.compress(changed, 1))
        refused(ingest, path, "")


CASES = {
    "no archive": (b"hello", "is no archive of a model"),
    "plain": (b"DeepDecipher archive 1\n", "is no archive of a model"),
    "empty gzip": (gzip.compress(b""), "is no archive of a model"),
    "other gzip": (gzip.compress(b"x" * 100), "is no archive of a model"),
    "newer": (gzip.compress(b"DeepDecipher archive 2\n"), "is an archive of another version than 1"),
    "no model": (gzip.compress(b"DeepDecipher archive 1\n"), "ends too early"),
    "long name": (gzip.compress(b"DeepDecipher archive 1\n\xff\xff\xff\xff"), "a name of 4294967295 bytes"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_archive_is_refused(ingest, tmp_path, name):
    body, words = CASES[name]
    (tmp_path / "file").write_bytes(body)
    refused(ingest, tmp_path / "file", words)


def test_bytes_behind_the_end_are_refused(archive, ingest, tmp_path):
    (tmp_path / "more").write_bytes(gzip.compress(gzip.decompress(archive.read_bytes()) + b"x", 1))
    refused(ingest, tmp_path / "more", "something comes behind its end")


def test_another_models_archive_is_refused(archive, ingest):
    run = ingest.run("archive", "gpt2-xl", archive)
    assert run.returncode == 1 and f"holds the model {MODEL}, not gpt2-xl" in run.stderr
    assert ingest.run("archive", MODEL, "/nowhere/file").returncode == 1
    assert ingest.run("archive", MODEL).returncode == 2 and ingest.run("export", MODEL).returncode == 2


def test_an_export_that_can_not_be_written_leaves_no_file(source, tmp_path):
    run = source.run("export", MODEL, tmp_path / "none" / "file")
    assert run.returncode == 1 and "No such file or directory" in run.stderr
    run = source.run("export", "nothing", tmp_path / "file")
    assert run.returncode == 1 and list(tmp_path.iterdir()) == []


def answers(base_url):
    paths = [f"{MODEL}/neuroscope", f"{MODEL}/neuroscope/1", *(f"{MODEL}/all/{layer}/{neuron}" for layer in (0, 1) for neuron in range(0, 512, 37))]
    found = {}
    for path in paths:
        with urllib.request.urlopen(f"{base_url}/api/{path}", timeout=60) as reply:
            found[path] = json.load(reply)
    return found


def test_the_api_answers_the_same_on_both_machines(stack, start_stack, bin_folder, tmp_path):
    tmp_path.chmod(0o755)
    program = bin_folder / "deepdecipher-ingest"
    assert Ingest(program, stack.database_url, None).run("export", MODEL, tmp_path / "file").returncode == 0
    other = start_stack(SAMPLE=0)
    run = Ingest(program, other.database_url, None).run("archive", MODEL, tmp_path / "file")
    assert run.returncode == 0, run.stderr
    assert answers(other.base_url) == answers(stack.base_url)
