"""deepdecipher-fcgi as a process of a test's own, and the FastCGI that nginx would speak to it."""

import email.parser
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess

from cluster import until
from web import Answer

BEGIN, PARAMS, STDIN, STDOUT = 1, 4, 5, 6
END = 3
TIMEOUT_SECONDS = 60


def free_port():
    """A port of 127.0.0.1 on which nobody listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def record(kind, content):
    return struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def pair(name, value):
    lengths = (struct.pack("!B" if len(text) < 128 else "!I", len(text) | (0x80000000 if len(text) >= 128 else 0))
               for text in (name, value))  # fmt: skip
    return b"".join(lengths) + name + value


def records(target, method="GET", **parameters):
    """A whole request in bytes. `parameters` are more FastCGI parameters."""
    parameters = {"REQUEST_METHOD": method, "REQUEST_URI": target, "QUERY_STRING": target.partition("?")[2]} | parameters
    packed = b"".join(pair(name.encode(), str(value).encode("latin-1")) for name, value in parameters.items())
    parts = [record(PARAMS, packed[at : at + 65000]) for at in range(0, len(packed), 65000)]
    return b"".join([record(BEGIN, struct.pack("!HB5x", 1, 0)), *parts, record(PARAMS, b""), record(STDIN, b"")])


class Call:
    """One request on a connection of its own: sent at once, answered later."""

    def __init__(self, address, target, method="GET", **parameters):
        if isinstance(address, str):
            self.peer = socket.socket(socket.AF_UNIX)
            self.peer.settimeout(TIMEOUT_SECONDS)
            self.peer.connect(address)
        else:
            self.peer = socket.create_connection(address, TIMEOUT_SECONDS)
        self.peer.sendall(records(target, method, **parameters))

    def answer(self):
        """Reads the reply to its end; fails where it is not whole."""
        with self.peer, self.peer.makefile("rb") as stream:
            output = []
            while (head := stream.read(8)) and len(head) == 8:
                _, kind, _, length, padding, _ = struct.unpack("!BBHHBB", head)
                content = stream.read(length + padding)[:length]
                if kind == STDOUT:
                    output.append(content)
                if kind == END:
                    return read_answer(b"".join(output))
        raise AssertionError("the reply broke off")


def read_answer(output):
    head, _, body = output.partition(b"\r\n\r\n")
    headers = email.parser.BytesParser().parsebytes(head + b"\r\n\r\n")
    return Answer(int(headers["Status"].split()[0]), headers, body)


class Workers:
    """The program, listening on `listen`: a path, or host:port."""

    def __init__(self, program, listen, url, *arguments):
        self.listen = str(listen)
        host, _, port = self.listen.rpartition(":")
        self.address = (host, int(port)) if port.isdigit() and "/" not in self.listen else self.listen
        command = [str(program), "--listen", self.listen, "--db", url, *map(str, arguments)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        for name in ("LISTEN", "DATABASE_URL", "WORKERS", "MAX_REQUESTS", "TIMEOUT"):
            environment.pop(name, None)
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.lines = []
        self.read_log(lambda line: "listens" in line["message"])

    def read_log(self, found):
        """Reads the log until a line fits; returns it. Every line is JSON."""
        while text := self.process.stderr.readline():
            self.lines.append(json.loads(text))
            if found(self.lines[-1]):
                return self.lines[-1]
        raise AssertionError(f"the program ended with {self.process.wait()}: {self.lines}")

    def call(self, target, method="GET", **parameters):
        return Call(self.address, target, method, **parameters)

    def ask(self, target, method="GET", **parameters):
        return self.call(target, method, **parameters).answer()

    def pids(self):
        """Process ids of the workers."""
        master = self.process.pid
        return {int(pid) for pid in pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()}

    def wait_for_workers(self, count, without=()):
        return until(lambda: (pids := self.pids()) and len(pids) == count and not pids & set(without) and pids, f"{count} workers")

    def stop(self, with_signal=signal.SIGTERM):
        """Ends it; the exit status. What it logged is in `lines`."""
        self.process.send_signal(with_signal)
        _, rest = self.process.communicate(timeout=TIMEOUT_SECONDS)
        self.lines += map(json.loads, rest.splitlines())
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.stderr.close()
        self.process.wait()
