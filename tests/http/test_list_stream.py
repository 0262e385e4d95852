"""Long lists: sent row by row in bounded memory, by workers that notice when nobody reads on or the database goes away."""

import http.client
import json
import pathlib
import urllib.parse

import pytest
from cluster import psql, until
from web import Client

ROWS = 200_000
MEMORY_KB = 30 << 10
FILL = f"""
SELECT model_register('long', 'gelu', 'made', 10, {ROWS // 10}, 0);
INSERT INTO neuron_summary (neuron_id, mean, kurtosis, max_activation, importance, num_examples)
SELECT neuron_id(model_id('long'), n / {ROWS // 10}, n % {ROWS // 10}), n * 0.37, (n::bigint * 7919 % 10007) / 3.0, n + 0.5, n / 7.0, n
FROM generate_series(0, {ROWS - 1}) AS n;
ANALYZE neuron_summary"""


@pytest.fixture(scope="module")
def long_url(cluster, template):
    """A database with one model of many neurons."""
    name = cluster.create(template)
    psql(cluster.url(name), FILL)
    return cluster.url(name)


@pytest.fixture(scope="module")
def long_stack(start_stack, long_url):
    return start_stack(SAMPLE=0, DATABASE_URL=long_url, WORKERS=2)


class Download:
    """A list on its way: as much of it as the test reads."""

    def __init__(self, stack, path):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(stack.base_url).netloc, timeout=60)
        self.connection.request("GET", path)
        self.answer = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()
        self.connection.close()


def peaks(pid):
    """The most memory that each child of a process has had, in kB."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = [pathlib.Path(f"/proc/{child}/status").read_text() for child in children]
    return [int(text.split("VmHWM:")[1].split()[0]) for text in lines]


def num_transactions(url):
    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'deepdecipher-fcgi%' AND datname = current_database()"
    return int(psql(url, f"{sql} AND state <> 'idle'"))


@pytest.mark.parametrize("form", ["ndjson", "csv"])
@pytest.mark.parametrize("order", ["", "&order=-kurtosis"])
def test_a_long_list_comes_whole_and_nobody_holds_it(long_stack, bin_folder, form, order):
    rows, last, size = 0, None, 0
    with Download(long_stack, f"/api/neurons?format={form}{order}") as download:
        if form == "csv":
            assert download.answer.readline().startswith(b"model,layer,neuron,absolute_dev")
        while line := download.answer.readline():
            rows += 1
            size += len(line)
            if form == "ndjson" and rows % 100 == 0:
                row = json.loads(line)
                key = (-row["kurtosis"], -row["layer"], -row["neuron"]) if order else (row["layer"], row["neuron"])
                assert last is None or key > last
                last = key
    assert rows == ROWS and size > 10_000_000
    if b"__asan_init" not in (bin_folder / "deepdecipher-fcgi").read_bytes():  # which keeps what was freed
        assert max(peaks(long_stack.pid("fcgi"))) < MEMORY_KB
    assert max(peaks(long_stack.pid("nginx"))) < MEMORY_KB


def test_a_client_that_goes_away_ends_the_query(long_stack, long_url):
    for _ in range(5):
        with Download(long_stack, "/api/neurons?format=ndjson&order=mean") as download:
            assert download.answer.read(100_000)
            assert num_transactions(long_url) > 0
        until(lambda: num_transactions(long_url) == 0, "the end of the query")
    assert Client(long_stack.base_url).json("/api/neurons?limit=3")["next"]


def test_a_list_that_breaks_off_is_seen_to_be_broken(long_stack, long_url):
    with Download(long_stack, "/api/neurons?format=ndjson") as download:
        assert download.answer.status == 200 and download.answer.read(100_000)
        ended = psql(long_url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state <> 'idle' AND datname = current_database()"
                               " AND application_name LIKE 'deepdecipher-fcgi%'")  # fmt: skip
        assert ended == "t"
        with pytest.raises(http.client.IncompleteRead):
            while download.answer.read(1_000_000):
                pass
    assert Client(long_stack.base_url).json("/api/neurons?limit=3")["next"]


def test_long_lists_leave_a_worker_to_others(long_stack, long_url):
    until(lambda: num_transactions(long_url) == 0, "the end of the query")
    with Download(long_stack, "/api/neurons?format=ndjson") as download:
        assert download.answer.read(100_000)
        client = Client(long_stack.base_url)
        refused = client.get("/api/neurons?format=csv")
        assert refused.status == 503 and refused.headers["Retry-After"] and "long lists" in refused.problem["detail"]
        assert client.get("/api/neurons?limit=1000&order=mean").status == 200


def test_head_of_a_long_list_sends_nothing_and_leaves_nothing_behind(long_stack, long_url):
    until(lambda: num_transactions(long_url) == 0, "the end of the query")
    head = Client(long_stack.base_url).ask("/api/neurons?format=ndjson", "HEAD")
    assert head.status == 200 and head.raw == b"" and head.headers["Content-Length"] is None
    until(lambda: num_transactions(long_url) == 0, "the end of the query")
