"""HTTP for the tests: whole answers with status, headers and decoded body, or bytes over a raw socket."""

import dataclasses
import gzip
import http.client
import json
import socket
import urllib.parse

TIMEOUT_SECONDS = 60


@dataclasses.dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    raw: bytes

    @property
    def body(self):
        return gzip.decompress(self.raw) if self.headers["Content-Encoding"] == "gzip" else self.raw

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self):
        """The body as a problem of RFC 9457, checked for its form."""
        assert self.headers["Content-Type"] == "application/problem+json", self.headers
        assert set(self.json) == {"type", "title", "status", "detail", "instance"}
        assert self.json["status"] == self.status and self.json["type"] == "about:blank" and self.json["detail"]
        return self.json


class Client:
    """A client of one server, over one kept connection."""

    def __init__(self, base_url):
        self.address = urllib.parse.urlsplit(base_url).netloc
        self.connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT_SECONDS)

    def ask(self, path, method="GET", body=None, **headers):
        """One request; headers' names with _ for -. Nothing is added to the path."""
        try:
            return self._ask(path, method, body, headers)
        except (http.client.RemoteDisconnected, ConnectionError):  # the kept connection was closed meanwhile
            self.connection.close()
            return self._ask(path, method, body, headers)

    def _ask(self, path, method, body, headers):
        self.connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def get(self, path, **headers):
        return self.ask(path, **headers)

    def json(self, path):
        """The decoded body of a GET that must succeed."""
        answer = self.ask(path, Accept_Encoding="gzip")
        assert answer.status == 200, (path, answer.status, answer.body[:300])
        return answer.json

    def raw(self, request):
        """Sends bytes as they are; the status of the answer, or None where the server closes without one."""
        answer = self.raw_answer(request, b"\r\n")
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else None

    def raw_answer(self, request, end=None):
        """Sends bytes as they are; what comes back until `end`, or until the server closes."""
        host, port = self.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), TIMEOUT_SECONDS) as peer:
            answer = b""
            try:
                peer.sendall(request)
                while (end is None or end not in answer) and (more := peer.recv(65536)):
                    answer += more
            except ConnectionError:
                pass
        return answer
