"""export and archive carry what every source has given: there and back, to other keys, whole or not at all."""

import copy
import gzip
import os
import signal
import struct

import pytest
from archive_parts import Parts
from cluster import Session, until
from every_source import MODEL, NEURONS
from workers import Workers

WORDS = "King James Bible and Python standard library"
OWN = ("job", "job_sums", "revision")  # of the machine, not of the model
TABLES = ["token", "text", "neuron", "example", "logit_effect", "snippet", "document", "explanation", "simulation", "statistics", "record", "connection",
          "token_weight", "neuron_graph", "graph_fit", "posting", "similar_neuron", "neuron_source", "rejected", "model_source", "revision"]  # fmt: skip
EMPTY = " + ".join(f"(SELECT count(*) FROM {table})" for table in ["model", *TABLES])


@pytest.fixture(scope="module")
def archive(loaded, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "every.archive"
    run = loaded.run("export", MODEL, path)
    assert run.returncode == 0, run.stderr
    return path


@pytest.fixture(scope="module")
def parts(archive):
    return Parts(archive)


def meaning(ingest, *without):
    return {kind: line for kind, line in ingest.contents().items() if kind not in (*OWN, *without)}


def test_an_archive_has_rows_of_every_table(loaded, parts):
    names = loaded.sql("SELECT name FROM archive_list() ORDER BY place").splitlines()
    assert list(parts.tables) == names and {name for name in names if not parts.tables[name]} == {"feature", "feature_example"}
    assert set(names) - {"source", "dataset"} == set(TABLES) - {"revision"} | {"feature", "feature_example"}
    assert {name for name in names if parts.tables[name]} - {"source"} <= set(loaded.contents())
    for name in set(names[4:]) - {"feature", "feature_example"}:
        assert len(parts.tables[name]) == int(loaded.sql(f"SELECT count(*) FROM {name}")), name


def test_all_that_every_source_gave_comes_back(loaded, archive, ingest):
    run = ingest.run("archive", MODEL, archive)
    assert run.returncode == 0, run.stderr
    assert meaning(ingest) == meaning(loaded)


def other_model(ingest, place):
    """Makes a model, datasets, services and tokens that take the keys which the archive's have."""
    place.mkdir()
    (place / "model.json").write_text("1")
    for service in ("first", "second"):
        assert ingest.run("json", "other", place, "--service", service, "--shape", "1x1").returncode == 0
    ingest.sql(f"SELECT dataset_id('x'), dataset_id('y'); INSERT INTO vocabulary (name) VALUES ('x'), ('{WORDS}')")
    ingest.sql(f"""SELECT count(*) FROM token_ids((SELECT vocabulary_id FROM vocabulary WHERE name = '{WORDS}'),
        (SELECT array_agg(convert_to(format('word %s', i), 'UTF8')) FROM generate_series(1, 300) i) || ARRAY[' the', 'e', 'zzz']::bytea[])""")


def forget_other_model(ingest):
    """Takes away what other_model made, except for tokens, the dataset and their keys."""
    for table in ("document", "neuron_source"):
        ingest.sql(f"DELETE FROM {table} WHERE neuron_model_id(neuron_id) = (SELECT model_id FROM model WHERE name = 'other')")
    ingest.sql("DELETE FROM model WHERE name = 'other'")


def keys(ingest):
    """Keys that are expected to differ."""
    return ingest.rows(f"""SELECT m.model_id, s.source_id, t.token_id, (SELECT max(e.dataset_id) FROM example e) AS dataset_id
                           FROM model m JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token = ' of', source s
                           WHERE m.name = '{MODEL}' AND s.name = 'moments'""")[0]


def test_all_that_every_source_gave_comes_to_other_keys(loaded, archive, ingest, tmp_path):
    other_model(ingest, tmp_path / "other")
    assert ingest.run("archive", MODEL, archive).returncode == 0
    here, there = keys(ingest), keys(loaded)
    assert len(here) == 4 and [key for key in here if here[key] == there[key]] == []
    forget_other_model(ingest)
    assert meaning(ingest, "token", "token_ids", "dataset") == meaning(loaded, "token", "token_ids", "dataset")


def test_what_was_imported_exports_to_the_same_archive(archive, ingest, tmp_path):
    assert ingest.run("archive", MODEL, archive).returncode == 0
    assert ingest.run("export", MODEL, tmp_path / "again").returncode == 0
    assert gzip.decompress((tmp_path / "again").read_bytes()) == gzip.decompress(archive.read_bytes())


def test_again_replaces_what_every_source_gave(loaded, archive, ingest):
    assert ingest.run("archive", MODEL, archive).returncode == 0
    for table in TABLES[6:16]:
        ingest.sql(f"DELETE FROM {table} WHERE neuron_index(neuron_id) % 2 = 0; UPDATE {table} SET neuron_id = neuron_id + 1000")
    assert ingest.run("archive", MODEL, archive, "--again").returncode == 0
    assert meaning(ingest) == meaning(loaded)


SERVICES = ["neuroscope", "neuron_explainer", "explanations", "records", "connections", "tokens", "activation_statistics", "neuron2graph",
            "similar", "moments", "all"]  # fmt: skip


def answers(cluster, bin_folder, ingest, name):
    url = cluster.url(ingest.admin_url.split("/")[-1].split("?")[0], "deepdecipher_reader")
    paths = [f"{service}/{layer}/{neuron}" for service in SERVICES for layer in (0, 1) for neuron in (0, 17, 39)]
    paths += ["explanations/0/5?simulations=1", "connections/1/7?depth=2", "1/8", "neuron2graph-search?query=any:the", "moments"]
    with Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / name, url, "--workers", "1") as workers:
        found = {path: workers.ask(f"/api/{MODEL}/{path}") for path in paths}
    assert {path: answer.status for path, answer in found.items() if answer.status != 200} == {}
    return {path: answer.json for path, answer in found.items()}


def test_the_api_says_the_same_of_it_on_both_machines(cluster, bin_folder, loaded, archive, ingest, tmp_path):
    other_model(ingest, tmp_path / "other")
    assert ingest.run("archive", MODEL, archive).returncode == 0
    assert answers(cluster, bin_folder, ingest, "there.sock") == answers(cluster, bin_folder, loaded, "here.sock")


def test_killed_in_the_middle_of_every_table_it_leaves_nothing(loaded, archive, ingest):
    waiting = "SELECT count(*) > 0 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT granted AND relname = '{}'"
    with Session(ingest.admin_url) as session, Session(ingest.admin_url) as watcher:
        for table in TABLES:
            session.run(f"BEGIN; LOCK TABLE {table} IN SHARE MODE")
            process = ingest.start("archive", MODEL, archive)
            until(lambda table=table: watcher.run(waiting.format(table)) == ["t"], f"a write to {table}")
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            session.run("COMMIT")
            assert ingest.sql(f"SELECT {EMPTY}") == "0", table
    assert ingest.run("archive", MODEL, archive).returncode == 0
    ingest.sql("VACUUM ANALYZE")  # of all the rows that were rolled back
    assert meaning(ingest) == meaning(loaded)


INT8, MANY = struct.Struct("!q"), struct.pack("!i", 1 << 23)
OUTSIDE = INT8.pack(2 << 32)  # layer 2 of two
LAYER = INT8.pack(2**31 - 1)  # what a document about layer 0 has
ROW = "a row about something that the archive does not have"


def array(*texts):
    return struct.pack("!5i", 1, 0, 20, len(texts), 1) + b"".join(struct.pack("!iq", 8, text) for text in texts)


# Table, column, the value put there, what is said.
CHANGES = {
    "text of an example": ("example", 1, INT8.pack(5), ROW),
    "token of an example": ("example", 9, MANY, ROW),
    "dataset of an example": ("example", 7, MANY, ROW),
    "neuron of an explanation": ("explanation", 0, OUTSIDE, ROW),
    "layer in place of a neuron": ("explanation", 0, LAYER, ROW),
    "source of an explanation": ("explanation", 1, struct.pack("!h", 99), ROW),
    "texts of a simulation": ("simulation", 4, array(5), ROW),
    "source of a simulation": ("simulation", 1, b"\0", ROW),
    "neuron of statistics": ("statistics", 0, OUTSIDE, ROW),
    "texts of records": ("record", 4, array(1, 2, 3), ROW),
    "half a list of texts": ("record", 4, array(1, 2, 3)[:-5], ROW),
    "no list of texts": ("record", 4, b"\0\0", ROW),
    "many dimensions": ("record", 4, struct.pack("!3i", 2, 0, 20), ROW),
    "fewer than no dimensions": ("record", 4, struct.pack("!3i", -1, 0, 20), ROW),
    "NULL among the texts": ("record", 4, struct.pack("!5ii", 1, 1, 20, 1, 1, -1), ROW),
    "neuron of a connection": ("connection", 0, OUTSIDE, ROW),
    "direction of a connection": ("connection", 1, b"sideways", "connection_direction_check"),
    "tokens of token weights": ("token_weight", 3, b"\xff\xff\x7f", ROW),
    "tokens cut off": ("token_weight", 3, b"\1\x80", ROW),
    "a token of five bytes and more": ("token_weight", 3, b"\xff\xff\xff\xff\xff\x7f", ROW),
    "neuron of a graph": ("neuron_graph", 0, OUTSIDE, ROW),
    "nodes of a graph": ("neuron_graph", 2, MANY, "neuron_graph_check"),
    "document of a graph": ("neuron_graph", 5, b"{", "invalid input syntax for type json"),
    "neuron of a fit": ("graph_fit", 0, OUTSIDE, ROW),
    "token of a posting": ("posting", 1, MANY, ROW),
    "negative token of a posting": ("posting", 1, b"\xff\xff\xff\xff", ROW),
    "kind of a posting": ("posting", 3, b"other", "invalid input value for enum posting_kind"),
    "neuron that is similar": ("similar_neuron", 1, OUTSIDE, ROW),
    "neuron that something is similar to": ("similar_neuron", 0, OUTSIDE, ROW),
    "similarity": ("similar_neuron", 2, struct.pack("!f", 2), "similar_neuron_similarity_check"),
    "no neuron": ("similar_neuron", 0, None, "null value in column"),
    "service of a document": ("document", 1, struct.pack("!h", 99), ROW),
    "layer of a document": ("document", 0, INT8.pack(2 << 32 | 2**31 - 1), ROW),
    "order of texts": ("text", 0, INT8.pack(-(2**63)), "a text in the wrong place"),
    "number of tokens": ("text", 1, struct.pack("!i", 3), "a text whose tokens can not be read"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_value_is_refused_and_leaves_nothing(parts, module_ingest, tmp_path, name):
    table, column, value, words = CHANGES[name]
    changed = copy.copy(parts)
    rows = list(parts.tables[table])
    rows[-1] = [*rows[-1][:column], value, *rows[-1][column + 1 :]]
    changed.tables = parts.tables | {table: rows}
    refused(module_ingest, changed, tmp_path / "changed", words)


def refused(ingest, parts, path, words):
    parts.write(path)
    run = ingest.run("archive", MODEL, path)
    assert run.returncode == 1 and run.stdout == "" and run.stderr.count("\n") == 1, run.stderr
    assert words in run.stderr and run.stderr.endswith("; nothing was stored\n"), run.stderr
    assert ingest.sql(f"SELECT {EMPTY}") == "0"


def test_a_row_too_many_is_refused(parts, module_ingest, tmp_path):
    changed = copy.copy(parts)
    changed.tables = parts.tables | {"posting": [*parts.tables["posting"], parts.tables["posting"][-1]]}
    refused(module_ingest, changed, tmp_path / "changed", "duplicate key")


def test_a_row_too_few_is_refused(parts, module_ingest, tmp_path):
    changed = copy.copy(parts)
    changed.tables = parts.tables | {"similar_neuron": parts.tables["similar_neuron"][:-1]}
    refused(module_ingest, changed, tmp_path / "changed", "its digest is another one")


def with_columns(parts, table, change):
    changed = copy.copy(parts)
    changed.tables = parts.tables | {table: [change(row) for row in parts.tables[table]]}
    return changed


def test_a_column_that_must_be_there_is_missed(parts, module_ingest, tmp_path):
    refused(module_ingest, with_columns(parts, "graph_fit", lambda row: row[:-1]), tmp_path / "changed", "null value in column")


def test_a_column_that_a_table_has_gained_is_null_in_an_older_archive(parts, module_ingest, tmp_path):
    shorter = with_columns(parts, "explanation", lambda row: row[:-1])
    refused(module_ingest, shorter, tmp_path / "changed", "its digest is another one")


def test_a_row_without_columns_or_with_too_many_is_refused(parts, module_ingest, tmp_path):
    words = "table explanation: a row of more columns than this version knows"
    refused(module_ingest, with_columns(parts, "explanation", lambda row: [*row, None]), tmp_path / "wider", words)
    refused(module_ingest, with_columns(parts, "explanation", lambda row: []), tmp_path / "empty", "table explanation: a row that is none")


def test_a_table_that_is_not_known_is_refused(parts, module_ingest, tmp_path):
    changed = copy.copy(parts)
    changed.tables = parts.tables | {"later_table": []}
    refused(module_ingest, changed, tmp_path / "changed", "has a table 'later_table' that this version does not know")


def test_an_archive_put_together_as_it_was_is_read(loaded, parts, ingest, tmp_path):
    parts.write(tmp_path / "same")
    run = ingest.run("archive", MODEL, tmp_path / "same")
    assert run.returncode == 0, run.stderr
    assert meaning(ingest) == meaning(loaded)
