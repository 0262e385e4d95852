"""The schema: how it is made, what explains it, and who may do what with it."""

import concurrent.futures
import pathlib
import subprocess

import pytest
from cluster import ROOT, Cluster, psql

HERE = pathlib.Path(__file__).resolve().parent
COMMITTED = ROOT / "sql/schema.sql"


def dump(url):
    return subprocess.run([HERE / "dump-schema", url], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def reader(cluster, template):
    """The template database as the reader."""
    return cluster.url(template, "deepdecipher_reader")


def test_the_committed_dump_is_what_the_migrations_make(cluster, template):
    if cluster.server_version() != 15:
        pytest.skip("the committed dump is of PostgreSQL 15")
    fresh = dump(cluster.url(template))
    assert fresh == COMMITTED.read_text(), "after a change of sql/ run: tests/sql/dump-schema >sql/schema.sql"


def test_migrating_twice_changes_nothing(cluster):
    name = cluster.create()
    first = cluster.migrate(name)
    assert "0001_neuroscope.sql" in first.stdout + first.stderr
    url, version = cluster.url(name), "SELECT file, digest, applied_at FROM schema_version ORDER BY file"
    before, versions = dump(url), psql(url, version)
    assert cluster.migrate(name).stdout == "" and dump(url) == before and psql(url, version) == versions
    cluster.drop(name)


def test_two_migrations_at_once_do_each_step_once(cluster, template):
    name = cluster.create()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: cluster.migrate(name, check=False), range(4)))
    assert [(result.returncode, result.stderr) for result in results] == [(0, "")] * 4
    assert sum(result.stdout.count("0001_neuroscope.sql") for result in results) == 1
    assert dump(cluster.url(name)) == dump(cluster.url(template))
    cluster.drop(name)


def test_a_login_that_is_no_superuser_migrates_its_database_and_acts_as_each_role():
    """On a server that has no such roles yet."""
    server = Cluster()
    try:
        psql(server.url("postgres"), "CREATE ROLE keeper LOGIN CREATEROLE")
        psql(server.url("postgres"), "CREATE DATABASE kept OWNER keeper TEMPLATE template0")
        first = server.migrate("kept", role="keeper")
        assert first.stderr.count("NOTICE") == 1 and "temp_file_limit = '1GB' is not set for deepdecipher_reader" in first.stderr
        assert server.migrate("kept", role="keeper").stdout == ""
        for role in ("deepdecipher_owner", "deepdecipher_loader", "deepdecipher_reader"):
            assert psql(server.url("kept", "keeper") + f"&options=-c%20role%3D{role}", "SELECT count(*), current_user FROM neuron") == f"0|{role}"
        shown = psql(server.url("kept", "deepdecipher_reader"), "SHOW statement_timeout; SHOW default_transaction_read_only")
        assert shown.splitlines() == ["30s", "on"]
    finally:
        server.remove()


def test_functions_that_have_changed_are_made_anew(cluster):
    name = cluster.create()
    cluster.migrate(name)
    url = cluster.url(name)
    psql(url, "DROP VIEW rejections; UPDATE schema_version SET digest = 'old' WHERE file = 'function'")
    cluster.migrate(name)
    assert psql(url, "SELECT count(*) FROM rejections") == "0"
    cluster.drop(name)


def test_a_database_in_another_encoding_or_locale_is_refused_with_the_right_command(cluster):
    for number, how in enumerate(["ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'", "LC_COLLATE 'C' LC_CTYPE 'C'"]):
        psql(cluster.url("postgres"), f"CREATE DATABASE odd_{number} TEMPLATE template0 {how}")
        refused = cluster.migrate(f"odd_{number}", check=False)
        assert refused.returncode == 1 and "createdb -E UTF8 -l C.UTF-8" in refused.stderr
        cluster.drop(f"odd_{number}")


def test_without_a_database_url_migrate_says_how_to_name_one():
    run = subprocess.run([ROOT / "sql/migrate"], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
    assert run.returncode == 2 and "set DATABASE_URL" in run.stderr


UNEXPLAINED = """
    SELECT format('%s %s', c.relname, a.attname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'p')
      AND (obj_description(c.oid, 'pg_class') IS NULL OR col_description(c.oid, a.attnum) IS NULL)
    UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND obj_description(p.oid, 'pg_proc') IS NULL"""


def test_every_table_view_column_and_function_is_explained(cluster, template):
    assert psql(cluster.url(template), UNEXPLAINED) == ""


def test_every_function_that_writes_or_runs_as_its_owner_has_a_pinned_search_path(cluster, template):
    loose = """SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
               WHERE n.nspname = 'public' AND (p.provolatile = 'v' OR p.prosecdef) AND p.prosqlbody IS NULL
                 AND NOT coalesce(array_to_string(p.proconfig, ' ') ~ 'search_path', false)"""
    assert psql(cluster.url(template), loose) == ""


def test_keys_of_big_tables_begin_with_the_neuron_and_foreign_keys_point_to_the_catalogue(cluster, template):
    keys = """SELECT conrelid::regclass FROM pg_constraint
              WHERE contype IN ('p', 'u') AND conrelid IN ('neuron'::regclass, 'example'::regclass, 'logit_effect'::regclass,
                                                           'neuron_source'::regclass, 'rejected'::regclass)
                AND (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) <> 'neuron_id'"""
    assert psql(cluster.url(template), keys) == ""
    targets = psql(cluster.url(template), "SELECT DISTINCT confrelid::regclass FROM pg_constraint WHERE contype = 'f' ORDER BY 1").splitlines()
    assert not {"neuron", "example", "text"} & set(targets)


UNCARRIED = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
      AND c.table_name <> 'neuron_summary' -- made anew from the others
      AND c.table_name IN (SELECT k.table_name FROM information_schema.columns k WHERE k.table_schema = 'public' AND k.column_name = '{key}')
    EXCEPT SELECT a.table_name, a.name FROM archive_columns() a
    ORDER BY 1, 2;"""


def test_archives_carry_every_column_of_every_table_about_neurons(cluster, template):
    """Except for when something was stored here, and what is made of the rest. See archive_list()."""
    made = [f"posting_list|{name}" for name in ("entries", "kind", "neuron_id", "num_neurons", "token_id")]
    left_out = ["neuron_source|stored_at", *made, "rejected|rejected_at"]
    assert psql(cluster.url(template), UNCARRIED.format(key="neuron_id")).splitlines() == left_out
    added = "BEGIN; CREATE TABLE added (neuron_id bigint PRIMARY KEY, words text, twice bigint GENERATED ALWAYS AS (2 * neuron_id) STORED);"
    shown = psql(cluster.url(template), added + UNCARRIED.format(key="neuron_id") + "ROLLBACK").splitlines()
    assert shown == ["added|neuron_id", "added|words", *left_out]


def test_archives_leave_out_only_what_is_about_this_machine(cluster, template):
    shown = psql(cluster.url(template), UNCARRIED.format(key="model_id")).splitlines()
    made = {"explanation_word", "search_stale", "search_token_model"}
    assert {line.split("|")[0] for line in shown} == {"job", "live_source", "model", "model_alias", "revision"} | made


def test_archives_name_only_columns_that_there_are(cluster, template):
    extra = """SELECT a.table_name, a.name FROM archive_columns() a
               EXCEPT SELECT c.table_name, c.column_name FROM information_schema.columns c WHERE c.table_schema = 'public'"""
    assert psql(cluster.url(template), extra) == ""


REFUSALS = ("permission denied", "read-only transaction", "must be owner", "must be superuser")
WRITES = [
    "INSERT INTO dataset (name) VALUES ('x')",
    "UPDATE revision SET revision = 0",
    "DELETE FROM model",
    "TRUNCATE neuron",
    "CREATE TABLE mine (a integer)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql RETURN 1",
    "CREATE SCHEMA mine",
    "ALTER TABLE model ADD COLUMN a integer",
    "DROP TABLE model",
    "SELECT bump_revision(1::smallint)",
    "SELECT dataset_id('x')",
    "SELECT model_register('x', 'y', 'z', 1, 1, 1)",
    "SELECT plan_jobs(1::smallint, 1::smallint, 'x', NULL, NULL, 'new', 32)",
    "SELECT * FROM token_ids(1, '{a}')",
    "SELECT * FROM model FOR UPDATE",
    "COPY model TO PROGRAM 'true'",
    "SELECT pg_read_file('/etc/passwd')",
    "SET ROLE deepdecipher_loader; DELETE FROM model",
]


@pytest.mark.parametrize("statement", WRITES)
def test_the_reader_can_not_write_or_make_anything(reader, statement):
    for how in ("", "SET default_transaction_read_only = off; SET TRANSACTION READ WRITE; "):
        done = psql(reader, f"BEGIN; {how}{statement}; COMMIT", check=False)
        assert done.returncode != 0 and any(refusal in done.stderr for refusal in REFUSALS), done.stderr


def test_the_reader_reads_every_table_and_view(cluster, template, reader):
    names = psql(cluster.url(template), """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                                          WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v')""").splitlines()  # fmt: skip
    assert {"models", "neurons", "examples", "activations", "coverage", "rejections"} <= set(names)
    for name in names:
        psql(reader, f"SELECT * FROM {name} LIMIT 1")


def test_the_reader_is_bounded(cluster):
    """Role settings belong to a database, and a copy of one has none: this one is migrated itself."""
    name = cluster.create()
    cluster.migrate(name)
    shown = psql(cluster.url(name, "deepdecipher_reader"), "SHOW statement_timeout; SHOW default_transaction_read_only; SHOW temp_file_limit")
    assert shown.splitlines() == ["30s", "on", "1GB"]
    cluster.drop(name)


def test_the_loader_writes_rows_but_changes_no_table(cluster, template):
    loader = cluster.url(template, "deepdecipher_loader")
    psql(loader, "BEGIN; INSERT INTO dataset (name) VALUES ('x'); SELECT model_register('m', 'a', 'd', 1, 2, 3); ROLLBACK")
    for statement in ("CREATE TABLE mine (a integer)", "DROP TABLE model", "ALTER TABLE model ADD COLUMN a integer", "TRUNCATE model",
                      "DELETE FROM bfloat16", "UPDATE schema_version SET digest = ''", "DELETE FROM source"):  # fmt: skip
        done = psql(loader, f"BEGIN; {statement}; ROLLBACK", check=False)
        assert done.returncode != 0 and any(refusal in done.stderr for refusal in REFUSALS), statement
