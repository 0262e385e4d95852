"""A private copy of everything (PostgreSQL, workers, ingest, nginx) for the tests, started by docker/local.

Fixtures of the session: `stack` (see Stack), `base_url`, `database_url` (loader role), `reader_url`, `bin_folder`.
`start_stack` starts further copies with other settings. With BASE_URL set, tests that need only a URL use that server.
Apart from those there is `cluster`, a PostgreSQL that tests may crash, with `template`, an empty migrated database in it;
`ingest` and `site` belong to one test.
"""

import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

from cluster import Cluster
from hostile_site import HostileSite
from ingest_run import Ingest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETTINGS = (
    "BIND BIN CACHE CACHE_SIZE DATABASE_URL JOBS LIMIT_CONNECTIONS LIMIT_EXEMPT LIMIT_RATE LISTEN MAX_REQUESTS PORT "
    "METRICS_FROM METRICS_LISTEN RATE READER_URL RETRIES SAMPLE TIMEOUT UPSTREAM VAR WORKERS WWW"
).split()
START_SECONDS = 300
STOP_SECONDS = 100


def clean_environment(**settings):
    """The environment without what would lead docker/local elsewhere, with `settings` added."""
    environment = {
        name: value for name, value in os.environ.items() if name not in SETTINGS and not name.startswith("PG")
    }
    environment.update({name: str(value) for name, value in settings.items()})
    return environment


def free_port():
    """A port of 127.0.0.1 on which nobody listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """One running copy: `base_url`, `database_url`, `reader_url`, `var` (its folder), `output` (lines so far)."""

    def __init__(self, var, bin_folder, **settings):
        self.var = pathlib.Path(var)
        self.bin = bin_folder
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.output = []
        environment = clean_environment(PORT=self.port, VAR=self.var, BIN=self.bin, **settings)
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "docker/local"],  # it ends with the tests, however they end
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self._wait_for_url()
        except BaseException:
            self.stop()
            raise
        self.database_url, self.reader_url = self._read_env()

    def _wait_for_url(self):
        deadline = time.monotonic() + START_SECONDS
        pipe = self.process.stdout.fileno()
        text = b""
        while f"{self.base_url}/".encode() not in text:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(pipe, 65536) if ready else b""
            if not chunk:
                problem = "ended" if ready else f"was not ready within {START_SECONDS} s"
                raise RuntimeError(f"docker/local {problem}:\n{text.decode(errors='replace')}")
            text += chunk
        self.output = text.decode(errors="replace").splitlines()

    def _read_env(self):
        script = '. "$1"; printf "%s\\n%s\\n" "$DATABASE_URL" "$READER_URL"'
        shell = ["bash", "-c", script, "-", str(self.var / "env")]
        return subprocess.run(shell, env=clean_environment(), check=True, capture_output=True, text=True).stdout.split("\n")[:2]

    def log(self, name):
        """Text of a log so far: postgres, fcgi, ingest, nginx, or access (JSON, one request a line)."""
        return (self.var / "log" / f"{name}.log").read_text(errors="replace")

    def pid(self, name):
        """Process id of a part: postgres, fcgi, ingest or nginx."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        names = {"fcgi": "deepdecipher-fc", "ingest": "deepdecipher-in"}
        wanted = names.get(name, name)
        found = [int(pid) for pid in children if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == wanted]
        assert len(found) == 1, f"{name} runs {len(found)} times"
        return found[0]

    def stop(self, with_signal=signal.SIGTERM):
        """Ends it as Ctrl-C does and returns its exit status; everything is gone afterwards."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            rest, _ = self.process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.output += rest.decode(errors="replace").splitlines()
        return self.process.returncode


@pytest.fixture(scope="session")
def bin_folder():
    """Folder of the programs under test: BIN, or build."""
    return (ROOT / os.environ.get("BIN", "build")).resolve()


@pytest.fixture(scope="session")
def start_stack(bin_folder):
    """A function that starts a copy: start_stack(SAMPLE=0, LIMIT_RATE=5, …). Those still running are stopped at the end."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="deep decipher ", dir="/tmp"))
    folder.chmod(0o755)
    stacks = []

    def start(**settings):
        stacks.append(Stack(folder / f"var {len(stacks)}", bin_folder, **settings))
        return stacks[-1]

    yield start
    statuses = [stack.stop() for stack in stacks]
    tails = ["\n".join(stack.output[-15:]) for stack, status in zip(stacks, statuses) if status != 0]
    shutil.rmtree(folder, ignore_errors=True)
    assert not tails, "a copy did not stop cleanly:\n" + "\n".join(tails)


@pytest.fixture(scope="session")
def stack(start_stack):
    """The copy that most tests share: the sample is loaded, nobody may change its data."""
    return start_stack(SAMPLE=1)


@pytest.fixture(scope="session")
def base_url(request):
    """Where the server is, without a slash at the end."""
    given = os.environ.get("BASE_URL")
    return given.rstrip("/") if given else request.getfixturevalue("stack").base_url


@pytest.fixture(scope="session")
def database_url(stack):
    """The shared copy's database as the loader role."""
    return stack.database_url


@pytest.fixture(scope="session")
def reader_url(stack):
    """The shared copy's database as the reader role."""
    return stack.reader_url


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL of the tests' own (see Cluster)."""
    own = Cluster()
    yield own
    own.remove()


@pytest.fixture(scope="session")
def template(cluster):
    """Name of an empty migrated database of `cluster`."""
    name = cluster.create()
    cluster.migrate(name)
    return name


@pytest.fixture
def ingest(cluster, template, bin_folder):
    """deepdecipher-ingest with an empty database of its own (see Ingest)."""
    name = cluster.create(template)
    yield Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    cluster.drop(name)


@pytest.fixture
def site():
    """A neuroscope site with the sample's pages (see HostileSite)."""
    with HostileSite() as own:
        yield own
