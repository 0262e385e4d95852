"""/metrics: what it tells of ingest, and who may read it."""

import pytest
from cluster import until
from hostile_site import MODEL, page_path
from web import Client
from workers import Workers, free_port


@pytest.fixture
def metrics(ingest, cluster, bin_folder):
    """A function that reads the samples of a worker on the test's own database."""
    database = ingest.url.split("/")[-1].split("?")[0]
    url = cluster.url(database, "deepdecipher_reader")
    cluster.migrate(database)  # a copy of a template lacks what roles may do in it
    with Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / "metrics.sock", url, "--workers", "1") as workers:

        def read():
            answer = workers.ask("/metrics")
            assert answer.status == 200
            lines = answer.body.decode().splitlines()
            return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

        yield read


def of_ingest(samples):
    return {name.removeprefix("deepdecipher_ingest_"): value for name, value in samples.items() if "_ingest_" in name}


def test_an_empty_queue_has_nothing_that_runs(metrics):
    assert of_ingest(metrics()) == {"jobs_running": 0, "oldest_job_seconds": 0}


def test_neurons_stored_and_refused_are_counted_by_source(metrics, ingest, site):
    site.faults[page_path(3)] = "missing"
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-39").returncode == 1
    samples = of_ingest(metrics())
    assert samples == {
        'jobs_waiting{source="neuroscope"}': 0,
        'jobs_done_total{source="neuroscope"}': 2,
        'neurons_waiting{source="neuroscope"}': 0,
        'neurons_stored_total{source="neuroscope"}': 39,
        'neurons_refused_total{source="neuroscope"}': 1,
        "jobs_running": 0,
        "oldest_job_seconds": 0,
    }


def test_a_job_that_is_being_worked_waits_and_runs(metrics, ingest, site):
    assert ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0").returncode == 0
    site.faults[page_path(40)] = "hang"
    process = ingest.start("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "40-72", "--jobs", "1")
    samples = until(lambda: (found := of_ingest(metrics()))["jobs_running"] == 1 and found, "a job that runs")
    process.kill()
    process.communicate()
    assert samples['jobs_waiting{source="neuroscope"}'] == 2 and samples['neurons_waiting{source="neuroscope"}'] == 33
    assert samples["oldest_job_seconds"] > 0
    until(lambda: metrics()["deepdecipher_ingest_jobs_running"] == 0, "the killed process's job is given back")


def test_without_the_database_the_rest_is_told(metrics, cluster):
    assert metrics()["deepdecipher_database_up"] == 1
    cluster.stop()
    try:
        samples = metrics()
    finally:
        cluster.start()
    assert samples["deepdecipher_database_up"] == 0 and samples["deepdecipher_database_errors_total"] >= 1
    assert of_ingest(samples) == {}
    until(lambda: metrics()["deepdecipher_database_up"] == 1, "the database is back")


@pytest.fixture(scope="module")
def port():
    """Where metrics have an address of their own."""
    return free_port()


@pytest.fixture(scope="module")
def guarded(start_stack, port):
    """A client of a copy whose metrics are on that port only."""
    return Client(start_stack(SAMPLE=0, METRICS_LISTEN=f"127.0.0.1:{port}", METRICS_FROM="").base_url)


def test_metrics_may_have_an_address_of_their_own(guarded, port):
    own = Client(f"http://127.0.0.1:{port}")
    for path in ("/metrics", "/metrics/1"):
        assert b"deepdecipher_build_info" in own.get(path).body
    for path in ("/", "/api", "/metrics/", "/metrics/2", "/metrics/127.0.0.1", "/metrics/10.0.0.1"):
        assert own.get(path).status == 404, path
    refused = guarded.get("/metrics")
    assert refused.status == 403 and refused.problem["detail"] == "Your address may not read this."


ROUNDABOUT = [
    "/metrics?a=b", "//metrics", "/./metrics", "/%6detrics", "/api/../metrics", "/api/%2e%2e/metrics", "/api/..%2fmetrics", "/api%2f..%2fmetrics",
    "/healthz/../metrics", "/metrics/", "/metrics/.", "/metrics%2f", "/metrics%00", "/metrics%0a", "/metrics/../api/../metrics",
    "/metrics/..//bin", "/metrics#/api", "/api#/../metrics/none", "/metrics/1", "/metrics/127.0.0.1", "http://127.0.0.1/metrics",
]  # fmt: skip


@pytest.mark.parametrize("target", ROUNDABOUT)
def test_no_way_to_write_their_address_reaches_hidden_metrics(guarded, target):
    request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert b"deepdecipher_build_info" not in guarded.raw_answer(request.encode())
