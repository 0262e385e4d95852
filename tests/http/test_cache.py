"""nginx in front of the workers: its cache, its limits, and what it gives while the database is away."""

import concurrent.futures
import json
import socket

import pytest
from cluster import until
from hostile_site import MODEL
from web import Client

NEURON = f"/api/{MODEL}/neuroscope/0"


@pytest.fixture(scope="module")
def old_copies(second_client):
    """Answers that nginx kept when this file's tests began; a copy is old after ten seconds."""
    addresses = {"asked again": f"{NEURON}/15", "without database": f"{NEURON}/16"}
    return {name: (address, second_client.get(address)) for name, address in addresses.items()}


def logged(stack, answer):
    """nginx's log line about an answer."""
    wanted = answer.headers["X-Request-Id"]

    def find():
        lines = stack.log("access").splitlines()
        return next((json.loads(line) for line in reversed(lines) if wanted in line), None)

    return until(find, "a line in the log")


def test_the_second_request_is_answered_by_nginx(second_stack, second_client, old_copies):
    first, second = second_client.get(f"{NEURON}/11"), second_client.get(f"{NEURON}/11")
    assert logged(second_stack, first)["cache"] == "MISS"
    line = logged(second_stack, second)
    assert line["cache"] == "HIT" and line["upstream_seconds"] == "" and line["status"] == 200
    assert second.body == first.body and second.headers["ETag"] == first.headers["ETag"]


def test_plain_and_gzip_are_kept_apart_and_head_is_answered_from_gets_copy(second_stack, second_client):
    plain, packed = second_client.get(f"{NEURON}/12"), second_client.get(f"{NEURON}/12", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and packed.body == plain.body
    assert logged(second_stack, packed)["cache"] == "MISS"
    head = second_client.ask(f"{NEURON}/12", "HEAD")
    assert head.raw == b"" and int(head.headers["Content-Length"]) == len(plain.raw)
    assert logged(second_stack, head)["cache"] == "HIT"


def test_many_at_once_ask_the_workers_once(second_stack):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: Client(second_stack.base_url).get(f"{NEURON}/13"), range(16)))
    assert {answer.status for answer in answers} == {200} and len({answer.raw for answer in answers}) == 1
    states = [logged(second_stack, answer)["cache"] for answer in answers]
    assert states.count("MISS") == 1 and states.count("HIT") == 15


def test_errors_are_not_kept(second_stack, second_client):
    for _ in range(2):
        answer = second_client.get("/api/none/metadata")
        assert answer.status == 404 and answer.headers["Cache-Control"] == "no-store"
        assert logged(second_stack, answer)["cache"] in ("MISS", "BYPASS", "EXPIRED")


def test_a_write_changes_the_tag_and_the_answer(second_stack, second_client, second_ingest, second_site):
    """Each way to write the address is an entry of its own in nginx's cache."""
    before = second_client.get(f"{NEURON}/014")
    run = second_ingest.run("neuroscope", MODEL, "--url", second_site.url, "--layers", "0", "--neurons", "64")
    assert run.returncode == 0
    after = second_client.get(f"{NEURON}/0014", If_None_Match=before.headers["ETag"])
    assert after.status == 200 and after.headers["ETag"] != before.headers["ETag"] and after.body == before.body
    assert second_client.get(f"{NEURON}/64").status == 200


def test_an_old_copy_is_given_at_once_and_asked_for_again(second_stack, second_client, old_copies):
    address, kept = old_copies["asked again"]

    def is_old():
        answer = second_client.get(address)
        assert answer.status == 200 and answer.body == kept.body
        return logged(second_stack, answer)["cache"] in ("STALE", "UPDATING", "REVALIDATED")

    until(is_old, "the copy's end")


@pytest.fixture
def without_database(cluster, second_client):
    """The database is stopped; afterwards it is there again, and the service is back."""
    cluster.stop("fast")
    yield
    cluster.start()
    until(lambda: second_client.get("/readyz").status == 200, "readiness")


def test_without_a_database_what_nginx_has_is_served_and_the_rest_is_503(second_stack, second_client, old_copies, without_database):
    address, kept = old_copies["without database"]

    def is_stale():
        answer = second_client.get(address)
        assert answer.status == 200 and answer.body == kept.body
        return logged(second_stack, answer)["cache"] in ("STALE", "UPDATING")

    until(is_stale, "a stale copy")
    missing = second_client.get(f"{NEURON}/17")
    assert missing.status == 503 and missing.problem["title"] == "Service Unavailable"
    assert int(missing.headers["Retry-After"]) >= 1 and missing.headers["Access-Control-Allow-Origin"] == "*"
    assert second_client.get("/readyz").status == 503
    assert second_client.get("/healthz").status == 200
    assert "deepdecipher_database_up 0" in second_client.get("/metrics").body.decode().splitlines()


def test_a_failure_is_found_in_both_logs_by_its_request_id(second_stack, second_client, without_database):
    """The workers write one such line a second at most, so that a line for this or a later request must come."""

    def told():
        answer = second_client.get(f"{NEURON}/18")
        assert answer.status == 503
        line = logged(second_stack, answer)
        assert line["status"] == 503 and line["upstream_status"] == "503" and line["uri"] == f"{NEURON}/18"
        return [json.loads(text) for text in second_stack.log("fcgi").splitlines() if line["request_id"] in text]

    line = until(told, "a line of a worker")[0]
    assert line["level"] == "error" and "database lost" in line["message"]


def test_the_service_recovers_by_itself_on_the_first_request(cluster, second_stack):
    """Every worker notices by itself that its connection is gone, and no request pays for it."""
    clients = [Client(second_stack.base_url) for _ in range(8)]
    for number, client in enumerate(clients):
        assert client.get(f"{NEURON}/{20 + number}?texts=1").status == 200
    cluster.stop("fast")
    cluster.start()
    answers = [client.get(f"{NEURON}/{20 + number}?texts=2") for number, client in enumerate(clients)]
    assert [answer.status for answer in answers] == [200] * 8


def test_a_database_that_hangs_gives_503_and_comes_back(cluster, second_client):
    cluster.freeze()
    try:
        answer = second_client.get(f"{NEURON}/30")
        assert answer.status == 503 and answer.problem and int(answer.headers["Retry-After"]) >= 1
        assert second_client.get("/healthz").status == 200
    finally:
        cluster.thaw()
    assert until(lambda: second_client.get(f"{NEURON}/31").status == 200, "an answer")


@pytest.fixture(scope="module")
def limited(start_stack, second_ingest):
    """A copy that lets one address send two requests a second."""
    stack = start_stack(SAMPLE=0, DATABASE_URL=second_ingest.admin_url, LIMIT_RATE=2, LIMIT_EXEMPT="10.0.0.0/8", LIMIT_CONNECTIONS=4)
    yield stack
    stack.stop()


def test_too_many_requests_of_one_address_get_429(limited):
    client = Client(limited.base_url)
    answers = [client.get("/api") for _ in range(30)]
    assert {answer.status for answer in answers} == {200, 429}
    refused = next(answer for answer in answers if answer.status == 429)
    assert refused.problem["title"] == "Too Many Requests" and int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/healthz").status == client.get("/").status == 200


def test_too_many_connections_of_one_address_get_429(limited):
    """Four requests whose bodies are awaited: nginx says of each that it goes on, and counts it."""
    host, port = Client(limited.base_url).address.split(":")
    head = b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"
    held = [socket.create_connection((host, int(port)), 60) for _ in range(4)]
    for peer in held:
        peer.sendall(head)
        assert peer.recv(1000).startswith(b"HTTP/1.1 100 ")
    assert Client(limited.base_url).get("/").problem["status"] == 429
    for peer in held:
        peer.close()
    until(lambda: Client(limited.base_url).get("/").status == 200, "room for a connection")
