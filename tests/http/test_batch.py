"""Batches: each item is what its own address gives, in the order asked for; errors stay with their item; wrong requests."""

import json
import random
import socket
import urllib.parse

import pytest
from hostile_site import MODEL

SERVICES = ("activation_statistics", "connections", "explanations", "metadata", "neuron2graph", "neuron_explainer",
            "neuroscope", "records", "similar", "statistics", "tokens")  # fmt: skip


@pytest.fixture(scope="module")
def models(client):
    return client.json("/api")["models"]


def draw(dice, models, count):
    """Neurons of all models; few are asked for twice, some do not exist."""
    neurons = []
    for _ in range(count):
        model = dice.choice(models)
        neurons.append({"model": model["name"], "layer": dice.randrange(model["num_layers"] + (dice.random() < 0.05)),
                        "neuron": dice.choice([dice.randrange(64), dice.randrange(model["layer_size"] + 5)])})  # fmt: skip
    return neurons


def post(client, neurons, services, query="", **headers):
    body = json.dumps({"neurons": neurons, "services": list(services)})
    return client.ask(f"/api/batch{query}", "POST", body, Content_Type="application/json", **headers)


def part_of(client, item, service, query=""):
    """What the item's part must be, by the service's own address."""
    answer = client.get(f"/api/{urllib.parse.quote(item['model'])}/{service}/{item['layer']}/{item['neuron']}{query}")
    if answer.status != 200:
        return {"error": answer.problem["detail"]}
    return {name: value for name, value in answer.json.items() if name in ("data", "missing_data_types")}


def check(client, results, neurons, services, query=""):
    assert [(row["model"], row["layer"], row["neuron"]) for row in results] == [(n["model"], n["layer"], n["neuron"]) for n in neurons]
    for row, item in zip(results, neurons):
        if "error" in row:
            assert set(row) == {"error", "layer", "model", "neuron"}
            assert part_of(client, item, services[0], query) == {"error": row["error"]}
            continue
        assert set(row) == {"layer", "model", "neuron", *services}
        for service in services:
            right = part_of(client, item, service, query if service == "neuroscope" else "")
            assert row[service] == right, (item, service)


def test_each_item_is_what_its_own_address_gives(client, models):
    dice = random.Random(8)
    for count in (1, 2, 40):
        neurons = draw(dice, models, count)
        answer = post(client, neurons, SERVICES)
        assert answer.status == 200, answer.body
        check(client, answer.json["results"], neurons, SERVICES)


def test_get_and_post_give_the_same(client, models):
    neurons = draw(random.Random(9), models, 60)
    listed = ",".join(f"{n['model']}/{n['layer']}/{n['neuron']}" for n in neurons)
    got = client.get(f"/api/batch?neurons={urllib.parse.quote(listed)}&services=tokens,explanations")
    assert got.status == 200 and got.body == post(client, neurons, ["explanations", "tokens"]).body
    assert got.headers["Content-Type"] == "application/json"


def test_keys_are_sorted_and_a_neuron_may_come_twice(client):
    neurons = [{"model": MODEL, "layer": 0, "neuron": 1}] * 2
    answer = post(client, neurons, ["neuroscope", "explanations"])
    for row in json.loads(answer.body, object_pairs_hook=list)[0][1]:
        assert [name for name, _ in row] == ["explanations", "layer", "model", "neuron", "neuroscope"]


def test_texts_and_window_hold_for_all(client):
    neurons = [{"model": MODEL, "layer": 0, "neuron": n} for n in range(20)]
    answer = post(client, neurons, ["neuroscope"], "?texts=2&window=5,3")
    check(client, answer.json["results"], neurons, ["neuroscope"], "?texts=2&window=5,3")
    assert max(len(row["neuroscope"]["data"]["texts"]) for row in answer.json["results"]) == 2


def test_a_thousand_neurons_come_in_order(client, models):
    neurons = draw(random.Random(10), models, 1000)
    results = post(client, neurons, ["activation_statistics"], Accept_Encoding="gzip").json["results"]
    assert [(row["model"], row["layer"], row["neuron"]) for row in results] == [(n["model"], n["layer"], n["neuron"]) for n in neurons]
    check(client, results[:60], neurons[:60], ["activation_statistics"])


def test_an_error_stays_with_its_item(client):
    good = {"model": MODEL, "layer": 0, "neuron": 1}
    bad = [{"model": "no-such", "layer": 0, "neuron": 0}, {"model": MODEL, "layer": 99, "neuron": 0},
           {"model": MODEL, "layer": 0, "neuron": 4294967295}, {"model": MODEL, "layer": 65536, "neuron": 1}]  # fmt: skip
    results = post(client, [bad[0], good, *bad[1:], good], ["neuroscope", "no-such"]).json["results"]
    assert ["error" in row for row in results] == [True, False, True, True, True, False]
    assert results[0]["error"] == "Model 'no-such' not found." and "only has" in results[2]["error"]
    assert results[1]["neuroscope"]["data"]["texts"] and results[1]["no-such"] == {"error": "Service 'no-such' not found."}
    assert results[1] == results[5]


def test_more_models_than_a_round_trip_takes(client):
    neurons = [{"model": f"no-such-{number}", "layer": 0, "neuron": 0} for number in range(100)]
    results = post(client, neurons, ["neuroscope"]).json["results"]
    assert [row["error"] for row in results] == [f"Model 'no-such-{number}' not found." for number in range(100)]


def test_an_alias_gets_the_models_name(client):
    results = post(client, [{"model": MODEL.upper(), "layer": 0, "neuron": 1}], ["neuroscope"]).json["results"]
    assert results[0]["model"] == MODEL and "data" in results[0]["neuroscope"]


ONE = {"model": MODEL, "layer": 0, "neuron": 1}
WRONG_BODIES = [
    b"", b"{", b"[]", b"null", b"3", b'"x"', b"{}", b'{"neurons":[]}', b'{"neurons":{},"services":["a"]}',
    json.dumps({"neurons": [ONE]}).encode(), json.dumps({"neurons": [ONE], "services": []}).encode(),
    json.dumps({"neurons": [ONE], "services": "neuroscope"}).encode(), json.dumps({"neurons": [ONE], "services": [""]}).encode(),
    json.dumps({"neurons": [ONE], "services": [3]}).encode(), json.dumps({"neurons": [ONE], "services": ["a", "a"]}).encode(),
    json.dumps({"neurons": [ONE], "services": ["a\0b"]}).encode(), json.dumps({"neurons": [ONE], "services": ["a"], "more": 1}).encode(),
    json.dumps({"neurons": [3], "services": ["a"]}).encode(), json.dumps({"neurons": [{**ONE, "layer": "0"}], "services": ["a"]}).encode(),
    json.dumps({"neurons": [{**ONE, "layer": 0.5}], "services": ["a"]}).encode(),
    json.dumps({"neurons": [{**ONE, "layer": -1}], "services": ["a"]}).encode(),
    json.dumps({"neurons": [{**ONE, "neuron": 1 << 32}], "services": ["a"]}).encode(),
    json.dumps({"neurons": [{**ONE, "neuron": 1 << 70}], "services": ["a"]}).encode(),
    json.dumps({"neurons": [{**ONE, "more": 1}], "services": ["a"]}).encode(), json.dumps({"neurons": [{**ONE, "model": ""}], "services": ["a"]}).encode(),
    json.dumps({"neurons": [{"model": MODEL, "layer": 1}], "services": ["a"]}).encode(),
    json.dumps({"neurons": [ONE] * 1001, "services": ["a"]}).encode(), json.dumps({"neurons": [ONE], "services": [str(n) for n in range(21)]}).encode(),
    b'{"neurons":[{"model":"\xff","layer":0,"neuron":0}],"services":["a"]}', b'{"neurons":[{\'model\':"a"}],"services":["a"]}',
    b"[" * 5000, json.dumps({"neurons": [ONE], "services": ["a"]}).encode() + b"x", b"\0", b"nan",
]  # fmt: skip


@pytest.mark.parametrize("body", WRONG_BODIES, ids=lambda body: repr(body[:60]))
def test_a_wrong_body_is_400(client, body):
    answer = client.ask("/api/batch", "POST", body, Content_Type="application/json")
    assert answer.status == 400 and len(answer.problem["detail"]) > 20


WRONG_ADDRESSES = [
    ("", "neurons is missing"), ("services=neuroscope", "neurons is missing"), ("neurons=&services=a", "neurons is missing"),
    (f"neurons={MODEL}/0/1", "services must be"), (f"neurons={MODEL}/0/1&services=", "services must be"),
    (f"neurons={MODEL}/0/1&services=a,,b", "services must be"), (f"neurons={MODEL}/0/1&services=a,layer", "services must be"), (f"neurons={MODEL}/0/1&services=a,a", "twice"),
    (f"neurons={MODEL}/0&services=a", "is no neuron"), ("neurons=/0/1&services=a", "is no neuron"), (f"neurons={MODEL}/x/1&services=a", "is no neuron"),
    (f"neurons={MODEL}/0/-1&services=a", "is no neuron"), (f"neurons={MODEL}/0/4294967296&services=a", "is no neuron"),
    (f"neurons={MODEL}/0/1,&services=a", "is no neuron"), (f"neurons={MODEL}/0/1&services=a&texts=x", "texts must be"),
    (f"neurons={MODEL}/0/1&services=a&window=3", "window must be"), (f"neurons={MODEL}/0/1&services=a&depth=2", "not known"),
    (f"neurons={','.join([MODEL + '/0/1'] * 101)}&services=a", "100 at most"),
]  # fmt: skip


@pytest.mark.parametrize("query, says", WRONG_ADDRESSES)
def test_a_wrong_address_is_400_and_says_what_is_right(client, query, says):
    answer = client.get(f"/api/batch?{query}")
    assert answer.status == 400 and says in answer.problem["detail"], answer.body


def test_other_methods_and_long_bodies_are_refused(client):
    answer = client.ask("/api/batch", "PUT", b"{}")
    assert answer.status == 405 and {"GET", "HEAD", "POST", "OPTIONS"} == set(answer.headers["Allow"].split(", "))
    assert client.ask("/api/batch?neurons=a/0/0&services=a", "POST", b"{}").status == 400
    assert client.ask("/api/batch", "POST", b" " * ((1 << 20) + 1)).status == 413
    head = client.ask(f"/api/batch?neurons={MODEL}/0/1&services=neuroscope", "HEAD")
    assert head.status == 200 and head.raw == b""


def test_an_answer_that_would_be_too_long_is_422_and_says_how_to_narrow_it(client):
    some = [{"model": MODEL, "layer": layer, "neuron": neuron} for layer in (0, 1) for neuron in range(64)]
    results = post(client, some, SERVICES, "?simulations=1").json["results"]
    longest = max(results, key=lambda row: len(json.dumps(row)))
    item = {name: longest[name] for name in ("model", "layer", "neuron")}
    assert len(json.dumps(longest, separators=(",", ":"))) * 1000 > 70 << 20
    answer = post(client, [item] * 1000, SERVICES, "?simulations=1")
    assert answer.status == 422 and "texts=" in answer.problem["detail"]
    assert post(client, [item] * 1000, ["neuroscope"], "?texts=1&window=3,3").status == 200


def test_slow_readers_of_long_answers_keep_nobody_waiting(stack, client):
    """There are more of them than workers; each still gets all of its answer, after the others got theirs."""
    neurons = [{"model": MODEL, "layer": n // 512, "neuron": n % 512} for n in range(1000)]
    body = json.dumps({"neurons": neurons, "services": ["neuroscope"]}).encode()
    head = f"POST /api/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    slow = []
    for _ in range(4):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        connection.connect(("127.0.0.1", stack.port))
        connection.sendall(head.encode() + body)
        slow.append(connection)
    for connection in slow:
        assert connection.recv(12) == b"HTTP/1.1 200"
    for number in range(8):
        assert client.get(f"/api/search?q=uncached{number}").status == 200
    for connection in slow:
        with connection, connection.makefile("rb") as answer:
            headers = b"".join(iter(answer.readline, b"\r\n"))
            assert b"Content-Length" in headers or b"chunked" in headers
            rest = answer.read()
        assert rest.count(b'"neuroscope":{"data"') == 1000 and rest.rstrip().endswith((b"]}", b"0"))
