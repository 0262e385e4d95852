"""Upgrading: a database of an older version is migrated while the API serves from it.

tests/data/schema has a dump of a small database (neurons 0 to 7 of both layers) as each released version made it."""

import lzma
import pathlib
import subprocess
import threading

import pytest
from cluster import psql, until
from hostile_site import MODEL
from workers import Workers

OLD = sorted((pathlib.Path(__file__).resolve().parents[1] / "data/schema").glob("*.sql.xz"))
NEURONS = [f"/api/{MODEL}/neuroscope/{layer}/{neuron}" for layer in (0, 1) for neuron in range(8)]


class Reader:
    """Somebody who asks for the same neurons again and again; `statuses` are the answers' in their order."""

    def __init__(self, workers):
        self.workers, self.statuses, self.ended = workers, [], threading.Event()
        self.thread = threading.Thread(target=self._read)

    def _read(self):
        while not self.ended.is_set():
            path = NEURONS[len(self.statuses) % len(NEURONS)]
            self.statuses.append(self.workers.ask(path).status)

    def wait_for_more(self):
        number = len(self.statuses) + 2 * len(NEURONS)
        until(lambda: len(self.statuses) >= number, "more answers")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


@pytest.fixture
def served(bin_folder, cluster):
    """A function that starts workers on a database."""
    started = []

    def start(database):
        url = cluster.url(database, "deepdecipher_reader")
        started.append(Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / "upgrade.sock", url, "--workers", "2"))
        return started[-1]

    yield start
    for workers in started:
        workers.__exit__()


@pytest.fixture(params=OLD, ids=lambda path: path.name.split(".")[0])
def old_database(request, cluster, template):
    """A database as an old version left it. The roles are there: `template` made them."""
    name = cluster.create()
    subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-d", cluster.url(name)], input=lzma.open(request.param).read(), check=True)
    yield name
    cluster.drop(name)


def texts_of(workers, path):
    answer = workers.ask(path)
    assert answer.status == 200
    return answer.json["data"]["texts"]


def test_a_database_of_an_old_version_serves_the_same_after_it_was_migrated(old_database, cluster, served, stack, client):
    migrated = cluster.migrate(old_database)
    assert migrated.stderr == "" and "0001" not in migrated.stdout
    versions = "SELECT string_agg(file, ' ' ORDER BY file) FROM schema_version"
    fresh = cluster.create()
    cluster.migrate(fresh)
    assert psql(cluster.url(old_database), versions) == psql(cluster.url(fresh), versions)
    cluster.drop(fresh)
    workers = served(old_database)
    for path in NEURONS:
        assert texts_of(workers, path) == client.json(path)["data"]["texts"]


def test_workers_that_serve_while_it_is_migrated_need_no_restart(old_database, cluster, served):
    workers = served(old_database)
    with Reader(workers) as reader:
        reader.wait_for_more()
        cluster.migrate(old_database)
        reader.wait_for_more()
        migrated = len(reader.statuses)
        reader.wait_for_more()
    assert set(reader.statuses[migrated:]) == {200}
    assert workers.process.poll() is None


def test_functions_made_anew_cost_no_request(ingest, site, cluster, served):
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--neurons", "0-7").returncode == 0
    database = ingest.admin_url.split("/")[-1].split("?")[0]
    workers = served(database)
    with Reader(workers) as reader:
        reader.wait_for_more()
        psql(cluster.url(database), "UPDATE schema_version SET digest = 'old' WHERE file = 'function'")
        cluster.migrate(database)
        reader.wait_for_more()
    assert set(reader.statuses) == {200}
