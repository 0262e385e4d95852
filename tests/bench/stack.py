"""What is measured: a stack of its own by docker/local, and more nginx servers beside it, all as docker/local's user."""
import contextlib
import glob
import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

import usage

WAIT_S = 120


class Failed(Exception):
    """A part did not start or answer; the text says which and why."""


def free_port():
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for_port(port, process):
    """Returns when somebody listens on the port."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise Failed(f"{shlex.join(map(str, process.args))} does not listen on port {port}")


def clean_environment(**more):
    """The environment without what would lead programs to another database or port."""
    lead = ("DATABASE_URL", "READER_URL", "PORT", "VAR", "SAMPLE", "CACHE", "RATE", "LISTEN", "UPSTREAM", "WWW", "BIND",
            "WORKERS", "MAX_REQUESTS", "JOBS", "RETRIES", "TIMEOUT")
    kept = {name: value for name, value in os.environ.items() if name not in lead and not name.startswith("PG")}
    return kept | more


STATIC = """daemon off;
worker_processes auto;
pid nginx/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
    client_body_temp_path nginx/body;
    fastcgi_temp_path nginx/fastcgi;
    proxy_temp_path nginx/proxy;
    scgi_temp_path nginx/scgi;
    uwsgi_temp_path nginx/uwsgi;
    access_log off;
    default_type application/json;
    types { text/html html; }
    sendfile on;
    keepalive_requests 100000;
    open_file_cache max=4096 inactive=60s;
    open_file_cache_valid 2s;
%s}
"""


def static_server(port, folder, with_gzip):
    """A server{} of nginx for the files below `folder`; with_gzip: also of FILE.gz, to those who take it."""
    gzip = "gzip_static on;" if with_gzip else ""
    return f'    server {{ listen 127.0.0.1:{port}; root "{folder}"; {gzip} }}\n'


def pages_config(folder):
    """Makes (configuration, ports) of the neuroscope stand-in: pages plain on the first port, as gzip on the second."""
    ports = [free_port(), free_port()]
    servers = static_server(ports[0], folder, False) + static_server(ports[1], folder, True)
    return STATIC % servers, ports


def bodies_config(folder):
    """The same for the API's bodies as files: one port for both forms."""
    ports = [free_port()]
    return STATIC % static_server(ports[0], folder, True), ports


class Server:
    """An nginx beside the stack's own."""

    def __init__(self, process, ports):
        self.process, self.ports = process, ports
        self.pid = process.pid


class Stack:
    """A running copy of the whole system in the folder `var`."""

    def __init__(self, binaries, var):
        self.bin, self.var, self.port = binaries, var, free_port()
        self.process = None
        self.pids = {}

    def __enter__(self):
        environment = clean_environment(BIN=self.bin, VAR=self.var, PORT=str(self.port), SAMPLE="0")
        os.makedirs(self.var, exist_ok=True)
        with open(os.path.join(self.var, "output.log"), "wb") as output:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "docker/local"], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        try:
            self._wait()
            self._find_parts()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._signal_service(signal.SIGCONT)
        self.process.terminate()
        self.process.wait()

    def _wait(self):
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline and "DeepDecipher runs at" not in self._output():
            self.check()
            time.sleep(0.05)

    def _output(self):
        with open(os.path.join(self.var, "output.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def check(self):
        """Failed when the stack has ended by itself."""
        if self.process.poll() is not None:
            raise Failed(f"docker/local has ended:\n{self._output()}")

    def _find_parts(self):
        below = {"postgres": "postgres", "deepdecipher-fc": "fcgi", "deepdecipher-in": "ingest", "nginx": "nginx"}
        for pid, parent in usage.parents().items():
            part = below.get(usage.name_of(pid))
            if parent == self.process.pid and part is not None:
                self.pids[part] = pid
        self.loader_url = self._environment()["DATABASE_URL"]
        self.owner_url = self.loader_url.replace("deepdecipher_loader@", "postgres@")
        self.sockets = urllib.parse.unquote(urllib.parse.urlsplit(self.loader_url).netloc.partition("@")[2].rpartition(":")[0])
        self.user = os.stat(os.path.join(self.sockets, "fcgi.sock")).st_uid

    def _environment(self):
        command = 'set -a; . "$1/env"; env -0'
        lines = subprocess.run(["bash", "-c", command, "-", self.var], check=True, capture_output=True).stdout
        return dict(line.split("=", 1) for line in lines.decode().split("\0") if line)

    def pause_service(self):
        """Stops `deepdecipher-ingest work`, which would take a share of the jobs, until the end.

        Not in the middle of a transaction: its locks would stay.
        """
        busy = """SELECT pg_sleep(0.05); SELECT count(*) FROM pg_stat_activity
                  WHERE application_name LIKE 'deepdecipher-ingest%' AND state <> 'idle'"""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            self._signal_service(signal.SIGSTOP)
            if self.sql(busy)[-1] == ["0"]:
                return
            self._signal_service(signal.SIGCONT)
            time.sleep(0.1)
        raise Failed("deepdecipher-ingest is never idle")

    def _signal_service(self, number):
        if "ingest" in self.pids:
            for pid in usage.tree(self.pids["ingest"]):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)

    def workers(self):
        """Process ids of the FastCGI workers."""
        return [pid for pid, parent in usage.parents().items() if parent == self.pids["fcgi"]]

    def sql(self, text):
        """Runs SQL as the owner; returns the rows as lists of text."""
        command = ["psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", self.owner_url]
        done = subprocess.run(command, input=text, env=clean_environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"psql: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def _as_user(self):
        """The command that gives up root's rights, all but to read everywhere where that can be kept."""
        end = ["--pdeathsig", "TERM"]
        if os.getuid() != 0:
            return ["setpriv"] + end
        group = pwd.getpwuid(self.user).pw_gid
        drop = ["setpriv", f"--reuid={self.user}", f"--regid={group}", "--init-groups", "--no-new-privs"]
        reading = drop + ["--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"]
        if subprocess.run(reading + ["true"], capture_output=True, check=False).returncode == 0:
            return reading + end
        return drop + ["--inh-caps=-all"] + end

    @contextlib.contextmanager
    def nginx(self, name, config):
        """Runs an nginx with the (configuration, ports) given, as a Server."""
        text, ports = config
        prefix = os.path.join(self.var, name)
        for folder in ("nginx", "log", "cache"):
            os.makedirs(os.path.join(prefix, folder), exist_ok=True)
        with open(os.path.join(prefix, "nginx", "nginx.conf"), "w", encoding="utf-8") as file:
            file.write(text)
        if os.getuid() == 0:
            for folder in [prefix] + glob.glob(os.path.join(glob.escape(prefix), "*")):
                os.chown(folder, self.user, -1)
        with open(os.path.join(prefix, "error.log"), "wb") as errors:
            command = self._as_user() + ["nginx", "-e", "stderr", "-p", f"{prefix}/", "-c", "nginx/nginx.conf"]
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors) as process:
                try:
                    for port in ports:
                        wait_for_port(port, process)
                    yield Server(process, ports)
                finally:
                    process.terminate()

    def uncached(self):
        """(configuration, ports) of the stack's own nginx with its cache off."""
        port = free_port()
        settings = clean_environment(LISTEN=f"127.0.0.1:{port}", UPSTREAM=f"unix:{self.sockets}/fcgi.sock", CACHE="0")
        text = subprocess.run(["nginx/configure"], env=settings, check=True, capture_output=True, text=True).stdout
        return text, [port]


@contextlib.contextmanager
def kept(binaries, var, fill):
    """A Stack whose database `fill(stack)` makes once, and `var` keeps; yields (stack, seconds that filling took)."""
    mark = os.path.join(var, "filled")
    if not os.path.exists(mark):
        shutil.rmtree(var, ignore_errors=True)
    with Stack(binaries, var) as running:
        running.pause_service()
        if not os.path.exists(mark):
            started = time.monotonic()
            fill(running)
            with open(mark, "w", encoding="utf-8") as file:
                file.write(f"{time.monotonic() - started:.1f}\n")
        with open(mark, encoding="utf-8") as file:
            yield running, float(file.read())
