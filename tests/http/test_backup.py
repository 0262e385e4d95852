"""Backup and restore, with the commands of the operator's guide."""

import subprocess

import pytest
from cluster import Cluster, psql
from hostile_site import MODEL
from ingest_run import CONTENTS, Ingest, finish


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, (command, done.stderr)
    return done


@pytest.fixture(scope="module")
def elsewhere():
    """Another server, where nothing is yet."""
    own = Cluster()
    yield own
    own.remove()


def restore(cluster, file, database):
    """As the guide has it: a migrated database makes the roles, and the dump takes its place."""
    if psql(cluster.url("postgres"), f"SELECT count(*) FROM pg_database WHERE datname = '{database}'") == "0":
        psql(cluster.url("postgres"), f"CREATE DATABASE {database}")
        cluster.migrate(database)
    run("pg_restore", "--clean", "--if-exists", "--create", "--exit-on-error", "-d", cluster.url("postgres"), file)
    cluster.migrate(database)
    run("vacuumdb", "--analyze-only", "-q", "-d", cluster.url(database))


def contents_of(cluster, database):
    return psql(cluster.url(database), CONTENTS)


def test_a_restored_backup_holds_the_same_in_every_table(ingest, cluster, elsewhere, site, tmp_path):
    database, file = name_of(ingest), tmp_path / "backup"
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-63").returncode == 0
    cluster.migrate(database)
    run("pg_dump", "-Fc", "-f", file, "-d", cluster.url(database))
    restore(elsewhere, file, database)
    assert contents_of(elsewhere, database) == contents_of(cluster, database)
    again = Ingest(ingest.program, elsewhere.url(database, "deepdecipher_loader"), elsewhere.url(database))
    assert again.run("verify", MODEL).stdout == ingest.run("verify", MODEL).stdout
    doctor = again.run("doctor").stdout
    assert [line.split()[1] for line in doctor.splitlines() if line.startswith("FAULT")] == ["durability"], doctor
    assert psql(elsewhere.url(database, "deepdecipher_reader"), "SHOW default_transaction_read_only") == "on"
    assert psql(elsewhere.url(database, "deepdecipher_reader"), "DELETE FROM neuron", check=False).returncode != 0


def test_what_was_stored_after_the_backup_is_gone_after_a_restore_over_it(ingest, cluster, site, tmp_path):
    database, file = name_of(ingest), tmp_path / "backup"
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-31").returncode == 0
    before = contents_of(cluster, database)
    run("pg_dump", "-Fc", "-f", file, "-d", cluster.url(database))
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "1", "--neurons", "0-31").returncode == 0
    assert contents_of(cluster, database) != before
    restore(cluster, file, database)
    assert contents_of(cluster, database) == before


def test_a_backup_made_while_ingest_writes_is_whole_and_ingest_goes_on_from_it(ingest, cluster, elsewhere, site, tmp_path):
    database, file = name_of(ingest), tmp_path / "backup"
    everything = ["neuroscope", MODEL, "--url", site.url, "--layers", "0"]
    assert ingest.run(*everything, "--neurons", "0-31").returncode == 0
    process = ingest.start(*everything, "--jobs", "1")
    run("pg_dump", "-Fc", "-f", file, "-d", cluster.url(database))
    assert finish(process).returncode == 0
    restore(elsewhere, file, database)
    again = Ingest(ingest.program, elsewhere.url(database, "deepdecipher_loader"), elsewhere.url(database))
    found = again.run("verify", MODEL).stdout
    assert found.endswith(" 1 finding\n") and "not read yet" in found, "neurons lack as a whole, and nothing else"
    assert again.run(*everything).returncode == 0
    assert stored_of(again) == stored_of(ingest)


def name_of(ingest):
    return ingest.admin_url.split("/")[-1].split("?")[0]


def stored_of(ingest):
    """All but what counts the runs."""
    return {kind: sums for kind, sums in ingest.contents().items() if kind not in ("revision", "job", "job_sums")}
