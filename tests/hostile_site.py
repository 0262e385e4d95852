"""A neuroscope site in a few threads that serves the bundled sample, and spoils its answers in every way we know."""

import collections
import functools
import gzip
import http.server
import pathlib
import random
import select
import socket
import struct
import tarfile
import threading
import zlib

SAMPLE = pathlib.Path(__file__).resolve().parent / "data" / "sample.tar.xz"
MODEL = "tiny-gelu-2l"
ENDLESS_BYTES = 10_000_000_000


@functools.cache
def sample_pages():
    """The sample's neuroscope pages by path: /index.html, /tiny-gelu-2l/0/0.html, …"""
    with tarfile.open(SAMPLE, "r:xz") as archive:
        files = (member for member in archive if member.isfile() and member.name.startswith("neuroscope/"))
        return {member.name.removeprefix("neuroscope"): archive.extractfile(member).read() for member in files}


def page_path(neuron, layer=0):
    return f"/{MODEL}/{layer}/{neuron}.html"


@functools.cache
def gzip_bomb():
    """1 GB of blanks as 1 MB of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b" " * 10) + packer.flush(zlib.Z_FULL_FLUSH)
    part = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + part * 1000 + packer.flush(zlib.Z_FINISH)


def without_a_value(page):
    """The last text of the page has one value less than tokens."""
    place = page.rindex(b'"values": [') + len(b'"values": [')
    return page[:place] + page[page.index(b", ", place) + 2 :]


def bad_utf8(page):
    place = page.rindex(b'"tokens": ["') + len(b'"tokens": ["')
    return page[:place] + b"\xff\xfe" + page[place:]


class Answer(http.server.BaseHTTPRequestHandler):
    """One connection. Each fault is a method named for it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = self.path.split("?")[0]
        fault = self.server.site.judge(path)
        try:
            getattr(self, fault or "good")(path)
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def body(self, path):
        return self.server.site.pages.get(path)

    def send(self, status, body, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def good(self, path):
        body = self.body(path)
        if body is None:
            self.send(404, b"<h1>Not Found</h1>")
        else:
            self.send(200, body)

    def good_gzip(self, path):
        assert "gzip" in self.headers["Accept-Encoding"]
        self.send(200, gzip.compress(self.body(path), 1), Content_Encoding="gzip")

    def missing(self, _):
        self.send(404, b"<h1>Not Found</h1>")

    def gone(self, _):
        self.send(410, b"<h1>Gone</h1>")

    def error_500(self, _):
        self.send(500, b"<h1>Oops</h1>")

    def error_503(self, _):
        self.send(503, b"<h1>Later</h1>", Retry_After="1")

    def too_many(self, _):
        self.send(429, b"slow down", Retry_After="1")

    def reset(self, _):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def closed(self, _):
        self.close_connection = True

    def truncated(self, path):
        body = self.body(path)
        self.close_connection = True
        self.send(200, body[: len(body) // 2], len(body))

    def cut(self, path):
        body = self.body(path)
        self.send(200, body[: len(body) * 2 // 3])

    def cut_behind_a_text(self, path):
        """It ends as a page of three texts would."""
        body = self.body(path)
        self.send(200, body[: body.index(b"\n<hr>\n<h2>Text #3</h2>")])

    def empty(self, _):
        self.send(200, b"")

    def unrelated(self, _):
        self.send(200, b"<html><body><h1>Please wait</h1>checking your browser</body></html>")

    def utf8(self, path):
        self.send(200, bad_utf8(self.body(path)))

    def other_neuron(self, path):
        layer, neuron = path.removesuffix(".html").split("/")[2:]
        self.send(200, self.body(page_path(int(neuron) ^ 1, layer)))

    def unequal(self, path):
        self.send(200, without_a_value(self.body(path)))

    def gone_away(self):
        return bool(select.select([self.connection], [], [], 0)[0])

    def hang(self, _):
        self.close_connection = True
        select.select([self.connection], [], [])

    def drip(self, path):
        """A byte a second."""
        self.close_connection = True
        self.send(200, b"", len(self.body(path)))
        for byte in self.body(path):
            if select.select([self.connection], [], [], 1)[0]:
                return
            self.connection.sendall(bytes([byte]))

    def send_endless(self, path):
        self.close_connection = True
        part = b"<p>no end in sight</p>\n" * 3000
        sent = 0
        try:
            while sent < ENDLESS_BYTES and not self.gone_away():
                self.connection.sendall(part)
                sent += len(part)
        finally:
            self.server.site.sent[path] += sent

    def endless(self, path):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        self.wfile.flush()
        self.send_endless(path)

    def endless_announced(self, path):
        self.send(200, b"", ENDLESS_BYTES)
        self.send_endless(path)

    def bomb(self, _):
        self.send(200, gzip_bomb(), Content_Encoding="gzip")

    def broken_gzip(self, path):
        packed = bytearray(gzip.compress(self.body(path), 1))
        packed[len(packed) // 2] ^= 0x55
        self.send(200, bytes(packed), Content_Encoding="gzip")

    def strange_encoding(self, path):
        self.send(200, self.body(path), Content_Encoding="br")

    def to_file(self, _):
        self.send(302, b"", Location="file:///etc/passwd")

    def to_itself(self, path):
        self.send(302, b"", Location=path)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        pass


class HostileSite:
    """
    url                 base address
    pages               body by path; may be changed
    counts              requests by path
    sent                bytes of endless bodies by path
    faults              fault by path, for ever; `once` the same for the next request only
    rate, seed, kinds   share of all other answers that are spoilt, drawn from the seed, the path and its number
    at_request          called with the number of requests so far, before the answer
    """

    def __init__(self, pages=None):
        self.pages = dict(sample_pages() if pages is None else pages)
        self.lock = threading.Lock()
        self.counts, self.sent = collections.Counter(), collections.Counter()
        self.faults, self.once = {}, {}
        self.rate, self.seed, self.kinds = 0, 0, ()
        self.at_request = None
        self.server = Server(("127.0.0.1", 0), Answer)
        self.server.site = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def judge(self, path):
        """Counts a request; the fault that answers it, or None."""
        with self.lock:
            self.counts[path] += 1
            number, total = self.counts[path], self.counts.total()
            fault = self.once.pop(path, None) or self.faults.get(path)
        if self.at_request:
            self.at_request(total)
        if fault or path not in self.pages or path.endswith("index.html"):
            return fault
        dice = random.Random(f"{self.seed} {path} {number}")
        return dice.choice(self.kinds) if dice.random() < self.rate else None

    def mend(self):
        """From now on every answer is right."""
        with self.lock:
            self.faults, self.once, self.rate = {}, {}, 0

    def page_counts(self):
        """Requests by path, the index left out."""
        with self.lock:
            return {path: count for path, count in self.counts.items() if not path.endswith("index.html")}

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
