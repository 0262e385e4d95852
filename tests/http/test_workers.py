"""deepdecipher-fcgi by itself: signals, crashes, sockets, a database that waits or goes away."""

import concurrent.futures
import os
import re
import signal
import socket
import subprocess
import threading

import pytest
from cluster import until
from hand_made import HAND_MADE
from hostile_site import MODEL
from web import Client
from workers import Workers, free_port, records

NEURON = f"/api/{MODEL}/neuroscope/0/5"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'example'::regclass"


@pytest.fixture
def start(cluster, second_ingest, bin_folder, tmp_path):
    """A function that starts the program on the second copy's database."""
    database = second_ingest.admin_url.split("/")[-1].split("?")[0]
    url = cluster.url(database, "deepdecipher_reader")
    started = []

    def run(*arguments, listen=None):
        place = listen or cluster.folder / f"{len(started)}.sock"
        started.append(Workers(bin_folder / "deepdecipher-fcgi", place, url, *arguments))
        return started[-1]

    yield run
    for workers in started:
        workers.__exit__()


@pytest.fixture
def blocked(second_ingest, cluster):
    """A lock that every request for a neuron waits for, until it is released."""
    database = second_ingest.admin_url.split("/")[-1].split("?")[0]
    with cluster.session(database) as session:
        session.run("BEGIN; LOCK TABLE example IN ACCESS EXCLUSIVE MODE")
        yield session
        session.run("ROLLBACK")


def waiting(session, count):
    return until(lambda: session.run(WAITING) == [str(count)], f"{count} requests that wait for the database")


@pytest.mark.parametrize("place", ["unix", "127.0.0.1:{}", "localhost:{}", "[::1]:{}"])
def test_it_listens_on_a_unix_socket_or_a_port(start, place):
    if place.startswith("[") and not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("this machine has no IPv6")
    port = free_port()
    workers = start("--workers", "2", listen=None if place == "unix" else place.format(port))
    if place != "unix":
        workers.address = (place.rsplit(":", 1)[0].strip("[]"), port)
    else:
        assert oct(os.stat(workers.listen).st_mode & 0o777) == "0o660"
    assert workers.ask(NEURON).status == 200
    assert workers.stop() == 0
    assert place != "unix" or not os.path.exists(workers.listen)


def test_hup_gives_fresh_workers_and_no_request_fails_under_load(stack, client):
    """The whole way, through nginx: eight clients ask without a pause while all workers are replaced three times."""
    master, over, failures, served = stack.pid("fcgi"), threading.Event(), [], []

    def pids():
        return set(open(f"/proc/{master}/task/{master}/children").read().split())

    def load(number):
        own, count = Client(stack.base_url), 0
        while not over.is_set():
            answer = own.get(f"/api/{MODEL}/neuroscope/1/{(number * 57 + count) % 512}?texts={count}")
            failures.extend([answer.status] if answer.status != 200 else [])
            count += 1
        served.append(count)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        clients = [pool.submit(load, number) for number in range(8)]
        for _ in range(3):
            old = pids()
            os.kill(master, signal.SIGHUP)
            until(lambda old=old: (now := pids()) and len(now) == len(old) and not now & old, "fresh workers")
        over.set()
        concurrent.futures.wait(clients)
    assert [client.result() for client in clients] and failures == [] and min(served) > 0


def test_a_killed_worker_is_replaced(start):
    workers = start("--workers", "2")
    old = workers.wait_for_workers(2)
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    workers.read_log(lambda line: "was ended by signal 9" in line["message"])
    workers.wait_for_workers(2, without=old)
    assert workers.ask(NEURON).status == 200 and workers.stop() == 0


def test_a_worker_that_has_served_its_share_is_replaced(start):
    workers = start("--workers", "1", "--max-requests", "20")
    old = workers.wait_for_workers(1)
    assert [workers.ask(NEURON + "?texts=1").status for _ in range(60)] == [200] * 60
    workers.wait_for_workers(1, without=old)
    assert workers.stop() == 0


def test_term_answers_all_who_wait_before_it_ends(start, blocked):
    workers = start("--workers", "2", "--database-timeout", "60000")
    calls = [workers.call(NEURON) for _ in range(20)]
    waiting(blocked, 2)
    workers.process.send_signal(signal.SIGTERM)
    workers.read_log(lambda line: "stopping" in line["message"])
    assert not os.path.exists(workers.listen)
    blocked.run("ROLLBACK")
    assert [call.answer().status for call in calls] == [200] * 20
    assert workers.process.wait(60) == 0


def test_a_second_term_ends_it_at_once(start, blocked):
    workers = start("--workers", "2", "--database-timeout", "60000")
    call = workers.call(NEURON)
    waiting(blocked, 1)
    workers.process.send_signal(signal.SIGTERM)
    workers.read_log(lambda line: "stopping" in line["message"])
    workers.process.send_signal(signal.SIGTERM)
    assert workers.process.wait(60) == 0
    with pytest.raises((AssertionError, ConnectionError)):
        call.answer()


def test_workers_leave_when_their_master_is_killed(start):
    workers = start("--workers", "3")
    pids = workers.wait_for_workers(3)
    workers.process.kill()
    until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids), "the workers' end")


def test_a_socket_left_behind_is_taken_over_but_not_one_that_is_in_use(start, bin_folder):
    first = start("--workers", "1")
    command = [bin_folder / "deepdecipher-fcgi", "--listen", first.listen, "--db", "postgresql:///x"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert second.returncode == 1 and "already listens" in second.stderr
    pids = first.wait_for_workers(1)
    first.process.kill()
    until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids), "the workers' end")
    assert os.path.exists(first.listen)
    third = start("--workers", "1", listen=first.listen)
    assert third.ask(NEURON).status == 200 and third.stop() == 0


def test_a_database_that_waits_too_long_gives_503_and_the_worker_stays(start, blocked):
    workers = start("--workers", "1", "--database-timeout", "300")
    pids = workers.wait_for_workers(1)
    late = workers.ask(NEURON)
    assert late.status == 503 and late.problem["detail"].startswith("The database")
    blocked.run("ROLLBACK")
    assert workers.ask(NEURON).status == 200 and workers.pids() == pids


def test_a_database_that_hangs_or_goes_away_gives_503_with_retry_after_until_it_is_back(start, cluster):
    workers = start("--workers", "2", "--database-timeout", "300")
    assert workers.ask(NEURON).status == 200
    cluster.freeze()
    try:
        answers = [workers.ask(NEURON) for _ in range(2)]
    finally:
        cluster.thaw()
    assert [(answer.status, answer.headers["Retry-After"]) for answer in answers] == [(503, "1")] * 2
    assert until(lambda: workers.ask(NEURON).status == 200, "an answer")
    cluster.stop("immediate")
    try:
        answer = workers.ask(NEURON)
        assert answer.status == 503 and answer.headers["Retry-After"] == "1" and answer.problem["instance"] == NEURON
    finally:
        cluster.start()
    assert [workers.ask(NEURON).status for _ in range(4)] == [200] * 4


def test_peers_that_break_off_or_talk_nonsense_cost_one_request_at_most(start):
    workers = start("--workers", "1")
    whole = records(NEURON)
    for piece in (b"", whole[:4], whole[:20], whole[:-8], b"GET / HTTP/1.0\r\n\r\n", b"\0" * 100, b"\xff" * 100_000):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(workers.address)
            try:
                peer.sendall(piece)
            except ConnectionError:
                pass
    calls = [workers.call(NEURON) for _ in range(5)]
    calls.pop(0).peer.close()  # it does not wait for its reply
    assert [call.answer().status for call in calls] == [200] * 4


def test_a_new_tag_follows_every_write_and_old_ones_are_not_good_any_more(start, second_ingest):
    workers = start("--workers", "1")
    first = workers.ask(NEURON)
    assert workers.ask(NEURON, HTTP_IF_NONE_MATCH=first.headers["ETag"]).status == 304
    second_ingest.sql(f"BEGIN; SELECT bump_revision(model_id('{MODEL}')); COMMIT")
    second = workers.ask(NEURON, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert second.status == 200 and second.headers["ETag"] != first.headers["ETag"]
    other = workers.ask(f"/api/{HAND_MADE}/neuroscope/0/5")
    second_ingest.sql(f"BEGIN; SELECT bump_revision(model_id('{MODEL}')); COMMIT")
    assert workers.ask(f"/api/{HAND_MADE}/neuroscope/0/5").headers["ETag"] == other.headers["ETag"]


@pytest.mark.parametrize("target, status", [(f"/api/{MODEL}/neuroscope/1/9", 404), (f"/api/{MODEL}/nothing/0/0", 404), ("/api/none/all", 404)])
def test_a_condition_does_not_hide_that_something_is_absent(start, target, status):
    workers = start("--workers", "1")
    assert workers.ask(NEURON, HTTP_IF_NONE_MATCH="*").status == 304
    assert workers.ask(target, HTTP_IF_NONE_MATCH="*").status == status


SAMPLE_LINE = re.compile(r'[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? (NaN|[+-]Inf|-?\d+(\.\d+)?(e[+-]?\d+)?)')


def read_metrics(text):
    """Samples of a page in Prometheus' text form, checked line by line."""
    samples = {}
    for line in text.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or SAMPLE_LINE.fullmatch(line), line
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name not in samples
            samples[name] = float(value)
    return samples


def test_metrics_count_every_request_of_all_workers(start):
    workers = start("--workers", "3")
    workers.wait_for_workers(3)
    asked = {NEURON: 30, "/api": 20, "/api/none/metadata": 10, f"{NEURON}?x=1": 5, "/nothing": 4}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda target: workers.ask(target).status, [target for target, count in asked.items() for _ in range(count)]))
    answer = workers.ask("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = read_metrics(answer.body.decode())
    requests = {name: value for name, value in samples.items() if name.startswith("deepdecipher_requests_total")}
    assert sum(requests.values()) == sum(asked.values())
    assert samples['deepdecipher_requests_total{route="service_neuron",status="200"}'] == 30
    assert samples['deepdecipher_requests_total{route="service_neuron",status="400"}'] == 5
    assert samples['deepdecipher_requests_total{route="models",status="200"}'] == 20
    assert samples['deepdecipher_requests_total{route="service_model",status="404"}'] == 10
    assert samples['deepdecipher_requests_total{route="none",status="404"}'] == 4
    buckets = [value for name, value in samples.items() if name.startswith('deepdecipher_request_duration_seconds_bucket{route="models"')]
    assert buckets == sorted(buckets) and buckets[-1] == samples['deepdecipher_request_duration_seconds_count{route="models"}'] == 20
    assert samples['deepdecipher_request_duration_seconds_sum{route="models"}'] > 0
    assert sum(value for name, value in samples.items() if name.startswith("deepdecipher_workers{")) == 3
    assert samples["deepdecipher_database_up"] == 1


WRONG = {
    (): "--listen PATH or --listen HOST:PORT",
    ("--listen", "nowhere"): "neither a path",
    ("--listen", "localhost:99999"): "nor HOST:PORT",
    ("--listen", "/tmp/"): "is a folder",
    ("--listen", "/" + "x" * 200): "over 107 bytes long",
    ("--listen", "x:9000", "--workers", "0"): "must be a whole number from 1 to",
    ("--listen", "x:9000", "--workers", "many"): 'not "many"',
    ("--listen", "x:9000", "--max-requests", "-1"): "must be a whole number from 0",
    ("--listen", "x:9000", "--frob"): "--frob is not a flag",
    ("--listen",): "needs a value",
    ("--listen", "x:9000", "more"): '"more" is too much',
}


@pytest.mark.parametrize("arguments", WRONG, ids=lambda words: " ".join(words)[:40])
def test_a_wrong_command_line_ends_with_2_and_says_what_would_be_right(bin_folder, arguments):
    command = [bin_folder / "deepdecipher-fcgi", *arguments]
    run = subprocess.run(command, env={"DATABASE_URL": "postgresql:///x"}, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and WRONG[arguments] in run.stderr and "Try: deepdecipher-fcgi --help" in run.stderr


def test_without_a_database_url_it_says_how_to_name_one(bin_folder):
    command = [bin_folder / "deepdecipher-fcgi", "--listen", "./x.sock"]
    run = subprocess.run(command, env={}, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and "give --db URL or set DATABASE_URL" in run.stderr
