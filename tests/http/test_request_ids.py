"""A request's id goes from nginx through the worker's log into PostgreSQL."""

import pytest
from cluster import until
from hostile_site import MODEL
from workers import Workers

NEURON = f"/api/{MODEL}/neuroscope/0/5"
NAMES = "SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'deepdecipher_reader'"


@pytest.fixture
def held(cluster, second_ingest, bin_folder):
    """A function that starts a worker and sends it a request with an id, which then waits for a lock; gives the worker
    and the call. Beside it, a session to look with, and the one that holds the lock."""
    database = second_ingest.admin_url.split("/")[-1].split("?")[0]
    started = []

    def run(identity, *arguments):
        url = cluster.url(database, "deepdecipher_reader")
        workers = Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / "ids.sock", url, "--workers", "1", *arguments)
        started.append(workers)
        call = workers.call(NEURON, REQUEST_ID=identity)
        until(lambda: session.run(NAMES) != [], "a request that waits for the database")
        return workers, call

    # A transaction would see one state of pg_stat_activity to its end.
    with cluster.session(database) as lock, cluster.session(database) as session:
        lock.run("BEGIN; LOCK TABLE example IN ACCESS EXCLUSIVE MODE")
        yield run, session, lock
        lock.run("ROLLBACK")
    for workers in started:
        workers.__exit__()


def test_a_failed_query_is_logged_with_the_id_of_its_request(held):
    run, session, _ = held
    workers, call = run("3f3e3d3c")
    session.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    assert call.answer().status == 503
    line = workers.read_log(lambda line: "request_id" in line)
    assert line["request_id"] == "3f3e3d3c" and "canceling statement" in line["message"]


def test_by_default_queries_carry_no_id(held):
    run, session, _ = held
    run("3f3e3d3c")
    assert session.run(NAMES) == ["deepdecipher-fcgi"]


def test_when_asked_for_queries_carry_the_id_of_their_request(held):
    run, session, lock = held
    workers, call = run("0123456789abcdef0123456789abcdef", "--log-requests", "1")
    assert session.run(NAMES) == ["deepdecipher-fcgi 0123456789abcdef0123456789abcdef"]
    lock.run("ROLLBACK")
    assert call.answer().status == 200
    assert workers.ask(NEURON, REQUEST_ID="second").status == 200
    last = "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'deepdecipher-fcgi %'"
    assert session.run(last) == ["deepdecipher-fcgi second"]
