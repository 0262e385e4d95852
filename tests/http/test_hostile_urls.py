"""Hostile addresses and requests: they get a 4xx and never a 5xx, and the next client is served."""

import itertools
import json
import random

import pytest
from hostile_site import MODEL

LONG = 60_000
TARGETS = {
    "percent-NUL in a model": "/api/a%00b/metadata",
    "percent-NUL alone": "/api/%00/metadata",
    "percent-NUL in an index": f"/api/{MODEL}/neuroscope/0/5%00",
    "percent-slash in a model": f"/api/tiny%2Fgelu/metadata",
    "percent-slash as a separator": f"/api%2F{MODEL}%2Fmetadata",
    "percent-slash in an index": f"/api/{MODEL}/neuroscope/0%2F5",
    "a broken escape": "/api/%zz/metadata",
    "half an escape": "/api/x%",
    "half an escape more": "/api/x%4",
    "an escape of an escape": "/api/%2541/metadata",
    "bad UTF-8": "/api/%ff%fe/metadata",
    "overlong UTF-8": "/api/%c0%af/metadata",
    "a UTF-8 surrogate": "/api/%ed%a0%80/metadata",
    "beyond Unicode": "/api/%f4%90%80%80/metadata",
    "an unfinished sequence": f"/api/{MODEL}/%e2%82",
    "two dots": f"/api/../api/{MODEL}/metadata",
    "two dots out of the root": "/api/../../../../etc/passwd",
    "escaped dots": "/api/%2e%2e/%2e%2e/etc/passwd",
    "dots as a model": "/api/../metadata",
    "dots as a service": f"/api/{MODEL}/..%2f..%2fmetadata",
    "a minus": f"/api/{MODEL}/neuroscope/-0/5",
    "two pluses": f"/api/{MODEL}/neuroscope/++1/5",
    "a plus alone": f"/api/{MODEL}/neuroscope/+/5",
    "a blank in an index": f"/api/{MODEL}/neuroscope/0/%205",
    "a newline in an index": f"/api/{MODEL}/neuroscope/0/5%0a",
    "hexadecimal": f"/api/{MODEL}/neuroscope/0x0/5",
    "an exponent": f"/api/{MODEL}/neuroscope/0/5e0",
    "full-width digits": f"/api/{MODEL}/neuroscope/0/%EF%BC%95",
    "2^32": f"/api/{MODEL}/neuroscope/0/4294967296",
    "2^32 + 5": f"/api/{MODEL}/neuroscope/0/4294967301",
    "2^64": f"/api/{MODEL}/neuroscope/18446744073709551616/5",
    "2^64 + 5": f"/api/{MODEL}/neuroscope/0/18446744073709551621",
    "2^31": f"/api/{MODEL}/neuroscope/0/2147483648",
    "2^16 layers": f"/api/{MODEL}/neuroscope/65536/5",
    "a thousand digits": f"/api/{MODEL}/neuroscope/0/" + "9" * 1000,
    "SQL": "/api/x'%3B%20drop%20table%20model%3B--/metadata",
    "a format string": "/api/%25s%25n%25n/metadata",
    "HTML": "/api/%3Cscript%3Ealert(1)%3C%2Fscript%3E/metadata",
    "CRLF": "/api/x%0d%0aSet-Cookie:%20a=b/metadata",
    "a long model": "/api/" + "x" * 8000 + "/metadata",
    "a long number of segments": "/api/" + "a/" * 4000,
    "a long query": f"/api/{MODEL}/metadata?" + "a=1&" * 2000,
    "a long parameter": f"/api/{MODEL}/neuroscope/0/5?texts=" + "1" * 8000,
    "an over-long target": "/api/" + "y" * LONG,
    "an over-long query": "/api?" + "z" * LONG,
    "an equals sign alone": f"/api/{MODEL}/neuroscope/0/5?=",
    "a semicolon": f"/api/{MODEL};v=1/metadata",
    "a backslash": f"/api\\{MODEL}\\metadata",
    "bin, which is not there": f"/bin/{MODEL}/neuroscope",
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_hostile_address_gets_a_4xx(client, name):
    target = TARGETS[name].encode()
    status = client.raw(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert status is not None and 400 <= status < 500


SAME = ["/api/{m}/neuroscope/0/5", "/api/{m}/neuroscope/0/05", "/api/{m}/neuroscope/00000000000000000000000/5", "/api/{m}/neuroscope/+0/+5",
        "/api/{m}/neuroscope/0/%35", "/api/{m}/neuroscope/0/5/", "//api///{m}//neuroscope/0//5//", "/%61pi/{m}/neuroscope/0/5",
        "/api/{m}/%6eeuroscope/0/5"]  # fmt: skip


@pytest.mark.parametrize("target", SAME)
def test_other_ways_to_write_an_address_find_the_same(client, target):
    assert client.json(target.format(m=MODEL)) == client.json(SAME[0].format(m=MODEL))


def test_what_an_address_holds_comes_back_only_as_json_text(client):
    answer = client.get("/api/%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%0A/metadata")
    assert answer.problem["detail"] == "Model '<script>alert(1)</script>\"\n' not found."
    assert answer.headers["Content-Type"] == "application/problem+json" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/api/x%0d%0aSet-Cookie:%20a=b/metadata").headers["Set-Cookie"] is None


RAW = {
    "control bytes": b"GET /api/\x01\x02\x7f HTTP/1.1\r\nHost: x\r\n",
    "a NUL": b"GET /api/a\x00b/metadata HTTP/1.1\r\nHost: x\r\n",
    "bytes over 127": b"GET /api/\xff\xfe/metadata HTTP/1.1\r\nHost: x\r\n",
    "a blank in the target": b"GET /api/a b HTTP/1.1\r\nHost: x\r\n",
    "a tab in the target": b"GET /api/a\tb HTTP/1.1\r\nHost: x\r\n",
    "no method": b" /api HTTP/1.1\r\nHost: x\r\n",
    "a method of bytes": b"G\xc3\x89T /api HTTP/1.1\r\nHost: x\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: x\r\n",
    "no slash": b"GET api HTTP/1.1\r\nHost: x\r\n",
    "two hosts": b"GET /api HTTP/1.1\r\nHost: x\r\nHost: y\r\n",
    "a bad host": b"GET /api HTTP/1.1\r\nHost: a/b\r\n",
    "a NUL in a header": b"GET /api HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n",
    "a length and chunks": b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "a length that is none": b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n",
    "a body over all limits": b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n",
    "a header of 100 kB": b"GET /api HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 100_000 + b"\r\n",
    "10,000 headers": b"GET /api HTTP/1.1\r\nHost: x\r\n" + b"".join(b"A%d: b\r\n" % i for i in range(10_000)),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2 without being asked": b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
}


@pytest.mark.parametrize("name", RAW)
def test_a_request_that_is_no_proper_http_is_refused(client, name):
    status = client.raw(RAW[name] + b"Connection: close\r\n\r\n")
    assert status is None or 400 <= status < 500


def test_an_unknown_version_of_http_is_named_as_the_reason(client):
    assert client.raw(b"GET /api HTTP/9.9\r\nHost: x\r\nConnection: close\r\n\r\n") == 505


@pytest.mark.parametrize("header", ["If-None-Match", "Accept-Encoding", "Cookie", "Range", "X-Request-Id", "If-Modified-Since"])
@pytest.mark.parametrize("value", [b"", b'"', b"W/", b'"' * 500, b"x" * 7000, b"\xff\xfe", b"gzip;q=;q=;q=nan,,,", b"bytes=0-99999999999999999999"])
def test_odd_headers_do_no_harm(client, header, value):
    request = b"GET /api/%s/metadata HTTP/1.1\r\nHost: x\r\n%s: %s\r\nConnection: close\r\n\r\n"
    assert client.raw(request % (MODEL.encode(), header.encode(), value)) in (200, 206, 400, 416)


def test_thousands_of_random_addresses_never_get_a_5xx(client):
    dice = random.Random(4)
    parts = ["api", MODEL, "neuroscope", "metadata", "all", "0", "5", "1", "..", ".", "", "%00", "%2F", "%ff", "%", "+1", "-1", "4294967296",
             "texts", "window", "?", "&", "=", "1,1", "?texts=1", "?window=1,1", "x" * 300, "é", "%C3%A9", "\\", "'", '"', "<", "#", ";"]  # fmt: skip
    requests = []
    for _ in range(3000):
        target = "/" + dice.choice(["", "/"]).join(["api/", *dice.choices(parts, k=dice.randint(1, 7))])
        requests.append(b"GET " + "/".join(target.split()).encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    statuses = [client.raw(request) for request in requests]
    assert all(status is not None and status < 500 for status in statuses)
    assert {200, 400, 404} <= set(statuses)


def test_after_all_that_every_worker_still_serves(client):
    for layer, neuron in itertools.product((0, 1), range(10)):
        assert client.get(f"/api/{MODEL}/neuroscope/{layer}/{neuron}?texts=1").status == 200


def test_no_worker_has_ended_under_hostile_requests(stack, client):
    assert "was ended by signal" not in stack.log("fcgi") and '"level":"error"' not in stack.log("fcgi")


def test_nginxs_log_is_one_json_object_a_line_whatever_was_asked_for(stack, client):
    lines = [json.loads(line) for line in stack.log("access").splitlines()]
    assert len(lines) > 3000
    for line in lines:
        assert {"request_id", "method", "uri", "status", "seconds", "cache", "upstream_seconds", "upstream_status"} <= set(line)
    assert not any(line["status"] >= 500 and line["status"] != 505 for line in lines)
