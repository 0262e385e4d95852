"""deepdecipher-ingest doctor: a deployment that is well, and each fault with what to do about it."""

import subprocess
import urllib.parse

import pytest
from cluster import until


def faults(run):
    """What it complains about: (topic, found, advice)."""
    lines = run.stdout.splitlines()
    return [(line.split()[1], line[22:], lines[at + 1].strip(" >")) for at, line in enumerate(lines) if line.startswith("FAULT")]


def database(ingest):
    """The name of its database."""
    return urllib.parse.urlsplit(ingest.url).path.strip("/")


def one(found):
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def ingest(ingest, cluster):
    """A copy of a template lacks what roles may do in it: that is migrate's work."""
    cluster.migrate(database(ingest))
    return ingest


@pytest.fixture
def doctor(ingest):
    """Runs it; its only fault is of the test's own making, as the tests' cluster does without fsync."""

    def examine(*arguments, **settings):
        run = ingest.run("doctor", *arguments, **settings)
        assert run.returncode == 1 and run.stderr == "", run
        found = faults(run)
        assert run.stdout.splitlines()[-1].startswith(f"{len(found)} fault")
        return [fault for fault in found if fault[0] != "durability"]

    return examine


def test_the_only_fault_of_the_tests_own_cluster_is_that_it_does_without_fsync(ingest):
    run = ingest.run("doctor")
    assert [topic for topic, _, _ in faults(run)] == ["durability"], run.stdout
    assert "fsync off" in run.stdout and "ALTER SYSTEM RESET fsync" in run.stdout


def test_a_copy_of_make_run_has_no_fault(stack, bin_folder, tmp_path):
    command = [bin_folder / "deepdecipher-ingest", "doctor", "--db", stack.database_url, "--cache", tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout
    assert "FAULT" not in run.stdout


def test_a_server_that_does_not_answer_is_a_fault(doctor):
    found = doctor(DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    assert [topic for topic, _, _ in found] == ["database"]


def test_a_database_without_schema_must_be_migrated(ingest, cluster, doctor):
    name = cluster.create()
    found = doctor(DATABASE_URL=cluster.url(name, "deepdecipher_loader"))
    cluster.drop(name)
    assert ("schema", True) in [(topic, "sql/migrate" in advice) for topic, _, advice in found]


def test_a_migration_that_is_missing_is_named(ingest, doctor):
    ingest.sql("DELETE FROM schema_version WHERE file LIKE '0001%'")
    (topic, found, advice) = one(doctor())
    assert topic == "migrations" and found == "missing: 0001_neuroscope.sql" and "sql/migrate" in advice


def test_a_newer_database_asks_for_a_newer_program(ingest, doctor):
    ingest.sql("INSERT INTO schema_version VALUES ('9999_later.sql', '')")
    (topic, found, advice) = one(doctor())
    assert topic == "migrations" and "9999_later.sql" in found and "upgrade this program" in advice


def test_functions_of_another_version_are_noticed(ingest, doctor):
    ingest.sql("UPDATE schema_version SET digest = 'other' WHERE file = 'function'")
    assert [topic for topic, _, _ in doctor()] == ["functions"]


def test_a_reader_that_may_write_is_noticed(ingest, doctor):
    ingest.sql("GRANT INSERT ON neuron TO deepdecipher_reader")
    assert [(topic, found) for topic, found, _ in doctor()] == [("rights", "the reader may write")]


def test_a_login_that_may_do_too_much_or_too_little_is_noticed(ingest, doctor, cluster):
    assert [found for _, found, _ in doctor(DATABASE_URL=ingest.admin_url)] == ["this login may drop everything"]
    name = database(ingest)
    assert ("rights", "this login is deepdecipher_reader") in [
        fault[:2] for fault in doctor(DATABASE_URL=cluster.url(name, "deepdecipher_reader"))
    ]


CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'deepdecipher-ingest%' AND datname = current_database()"


def test_jobs_that_nobody_works_are_noticed(ingest, site, doctor):
    assert ingest.run("neuroscope", "tiny-gelu-2l", "--url", site.url, "--neurons", "0").returncode == 0
    ingest.sql("INSERT INTO job (model_id, source_id, layer, neurons, url) SELECT model_id, 1, 0, '{7,8}', 'https://x' FROM model")
    until(lambda: ingest.sql(CONNECTED) == "0", "the end of the command's connections")
    (topic, found, advice) = one(doctor())
    assert topic == "queue" and found.startswith("1 jobs wait, 2 neurons") and "deepdecipher-ingest work" in advice


def test_neurons_that_could_not_be_reached_are_counted(ingest, doctor):
    ingest.sql("INSERT INTO rejected VALUES (1, 1, 'unreachable', 'timed out', 'https://x', 3)")
    (topic, found, advice) = one(doctor())
    assert topic == "refused" and "1 neurons" in found and "retry" in advice


def test_a_cache_that_is_not_there_is_a_fault(doctor):
    assert [topic for topic, _, _ in doctor("--cache", "/nonexistent")] == ["cache"]


def test_a_reader_without_limits_is_noticed(ingest, doctor):
    ingest.sql(f"ALTER ROLE deepdecipher_reader IN DATABASE {database(ingest)} RESET ALL")
    assert [topic for topic, _, _ in doctor()] == ["roles"]
