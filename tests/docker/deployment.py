"""docker/compose.yaml as an operator runs it, in a project of the tests' own."""

import contextlib
import html
import http.client
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile

from cluster import until

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "nginx/www/doc/operate.html").read_text()
CONTENTS = (ROOT / "tests/contents.sql").read_text()
BASES = ["debian:trixie-slim", "debian:bookworm-slim"]
PARTS = ["db", "ingest", "api", "web"]
REWRITE = ["neuroscope", "tiny-gelu-2l", "--url", "file:///usr/share/deepdecipher/sample/neuroscope"]
DATABASE_USER = 5400
START_SECONDS = 600
RECOVERY_SECONDS = 180
COMMAND_SECONDS = 1200
# What a second run of ingest changes although the neurons stay the same.
COUNTERS = {"revision", "job", "job_sums"}


def compose_command():
    """Compose v2 is a word of docker's, 1.29 a program of its own."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True)
    return ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]


def guide_commands(section, heading="Containers"):
    """What an operator is told to type: the blocks under a heading in that section of the guide."""
    part = re.search(rf'<h2 id="{section}">.*?<h3>{heading}</h3>(.*?)<h3>', GUIDE, re.DOTALL)[1]
    return [html.unescape(block) for block in re.findall(r"<pre><code>(.*?)</code></pre>", part, re.DOTALL)]


def docker(*arguments, **more):
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=COMMAND_SECONDS, **more)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout.strip()


def inspect(container):
    return json.loads(docker("inspect", container))[0]


def tag_of(base):
    return base.split(":")[1]


def steady_port():
    """A port that nobody uses, and that the kernel gives to no client's connection while its server is being restarted."""
    first_of_clients = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    dice = random.SystemRandom()
    while True:
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("", dice.randrange(10000, first_of_clients)))
            return probe.getsockname()[1]


class Deployment:
    """Containers of one Compose project, which answers at `port`. `server` names the container that runs its PostgreSQL."""

    files = [ROOT / "docker/compose.yaml"]

    def __init__(self, **settings):
        self.port = steady_port()
        self.project = f"deepdecipher-test-{self.port}"
        self.settings = {"PORT": self.port, "SAMPLE": 1, "LIMIT_RATE": 0, "WORKERS": 2, "TAG": tag_of(BASES[0]), "BASE": BASES[0]}
        self.settings |= {"COMPOSE_PROJECT_NAME": self.project, "COMPOSE_FILE": ":".join(map(str, self.files))} | settings
        self.command = compose_command()

    def run(self, command, **more):
        environment = {**os.environ, **{name: str(value) for name, value in self.settings.items()}}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, **more)
        assert done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-4000:])
        return done

    def compose(self, *arguments):
        return self.run([*self.command, *map(str, arguments)], cwd=ROOT)

    def type(self, commands, folder):
        """Runs a block of the guide, with whichever Compose is here; what it exports holds from then on."""
        self.run(["bash", "-exc", commands.replace("docker compose", shlex.join(self.command))], cwd=folder)
        self.settings |= dict(re.findall(r"^export (\w+)='(.*)'$", commands, re.MULTILINE))

    def remove(self):
        self.compose("down", "-v", "--remove-orphans", "-t", "5")

    def list_containers(self, *filters):
        options = [word for condition in (f"label=com.docker.compose.project={self.project}", *filters) for word in ("--filter", condition)]
        return docker("ps", "-a", "-q", "--no-trunc", *options).split()

    def containers(self, part):
        """Ids of a part's containers, of those that stopped too."""
        return self.list_containers(f"label=com.docker.compose.service={part}")

    def running(self, part):
        return self.list_containers(f"label=com.docker.compose.service={part}", "status=running")

    def wait_for(self, part):
        """One of a part's containers that runs: its program may have ended with the database, and is started again."""
        return until(lambda: self.running(part), f"a container of {part}", RECOVERY_SECONDS)[0]

    def status_of(self, path):
        """The status of a GET, or None without an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path)
                return connection.getresponse().status
            except (OSError, http.client.HTTPException):
                return None

    def get(self, path):
        """The text of a good answer."""
        return subprocess.run(["curl", "-fsS", f"http://127.0.0.1:{self.port}{path}"], capture_output=True, text=True, check=True).stdout

    def wait_until_ready(self):
        until(lambda: self.status_of("/readyz") == 200, "an answer with the database", START_SECONDS)

    def sql(self, statement, check=True, database="deepdecipher"):
        """Rows as lines, or None from a server that is away; asked inside its container as the superuser."""
        command = ["docker", "exec", "-i", self.server, "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "/run/deepdecipher", "-d", database]
        done = subprocess.run(command, input=statement, capture_output=True, text=True, timeout=COMMAND_SECONDS)
        assert not check or done.returncode == 0, (statement, done.stderr)
        return done.stdout.rstrip("\n") if done.returncode == 0 else None

    def contents(self):
        """Checksums of all that is stored, by kind."""
        lines = dict(line.split("|", 1) for line in self.sql(CONTENTS).splitlines())
        return {kind: sums for kind, sums in lines.items() if kind not in COUNTERS}

    def ingest(self, *arguments):
        """A command in the container of ingest, which may fail."""
        command = ["docker", "exec", self.wait_for("ingest"), "deepdecipher-ingest", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_SECONDS)

    def wait_until_sample(self):
        """The sample's last source is stored."""
        stored = "SELECT num_stored FROM coverage WHERE source = 'statistics'"
        until(lambda: self.sql(stored, check=False) not in (None, "", "0"), "the sample", START_SECONDS)
        self.wait_until_idle()

    def wait_until_idle(self):
        waiting = "SELECT count(*) FROM job WHERE done_at IS NULL"
        until(lambda: self.sql(waiting, check=False) == "0", "an empty queue", START_SECONDS)


class WholeDeployment(Deployment):
    """With a database of its own, which lies in `folder`, a file system of `disk_mb`."""

    files = [*Deployment.files, ROOT / "tests/docker/compose.yaml"]

    def __init__(self, disk_mb=1500):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deepdecipher-database-", dir="/tmp"))
        super().__init__(DATABASE_FOLDER=self.folder, DB_SETTINGS="max_wal_size=256MB")
        options = f"size={disk_mb}m,mode=700,uid={DATABASE_USER},gid={DATABASE_USER}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "deepdecipher-test", self.folder], check=True)

    @property
    def server(self):
        return self.containers("db")[0]

    def up(self, *arguments, num_api=1):
        self.compose("up", "-d", "--scale", f"api={num_api}", *arguments)

    def scale(self, num_api):
        """As an operator does it: nothing else is touched."""
        self.compose("up", "-d", "--no-recreate", "--scale", f"api={num_api}", "api")

    def remove(self):
        super().remove()
        subprocess.run(["umount", self.folder], check=True)
        shutil.rmtree(self.folder)

    def init_of(self, container):
        return inspect(container)["State"]["Pid"]

    def kill(self, *containers):
        """kill -9 of each container's first process, as a crash, until each has a new one: `docker kill` would keep them from starting again."""
        processes = {self.init_of(container) for container in containers}
        assert 0 not in processes
        for process in processes:
            with contextlib.suppress(ProcessLookupError):  # one may have ended with another
                os.kill(process, signal.SIGKILL)
        is_new = lambda: processes.isdisjoint(now := {self.init_of(container) for container in containers}) and 0 not in now
        until(is_new, "new first processes", RECOVERY_SECONDS)

    def workers_of(self, container):
        process = self.init_of(container)
        return [int(pid) for pid in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]

    def rewrite(self):
        """Starts to store every neuron of the sample again, in the background."""
        docker("exec", "-d", self.wait_for("ingest"), "deepdecipher-ingest", *REWRITE, "--again")

    def finish_rewrite(self):
        """Stores what a rewrite that was broken off left in the queue: a folder is read only by the command that names it."""
        run = self.ingest(*REWRITE)
        assert run.returncode == 0, run.stderr
        self.wait_until_idle()

    def wait_until_whole(self):
        """Every part runs as many containers as it has, and the database answers."""
        is_whole = lambda: all(len(self.running(part)) == len(self.containers(part)) > 0 for part in PARTS)
        until(is_whole, "all containers run", RECOVERY_SECONDS)
        self.wait_until_ready()

    def leave_no_gaps(self):
        """Whatever is written next needs more of the disk."""
        self.sql("VACUUM FULL")
        self.sql("SELECT pg_switch_wal(); CHECKPOINT")

    @contextlib.contextmanager
    def full_disk(self):
        """Nothing is left of the database's file system."""
        ballast = self.folder / "ballast"
        with open(ballast, "wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(65536))
                file.flush()
        try:
            yield
        finally:
            ballast.unlink()
