"""docker/compose.yaml as an operator runs it, in a project of the tests' own."""

import contextlib
import html
import http.client
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile

from cluster import until

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "nginx/www/doc/operate.html").read_text()
CONTENTS = (ROOT / "tests/contents.sql").read_text()
COMPOSE_FILES = [ROOT / "docker/compose.yaml", ROOT / "tests/docker/compose.yaml"]
PARTS = ["db", "ingest", "api", "web"]
REWRITE = ["neuroscope", "tiny-gelu-2l", "--url", "file:///usr/share/deepdecipher/sample/neuroscope"]
DATABASE_USER = 5400
START_SECONDS = 600
# What a second run of ingest changes although the neurons stay the same.
COUNTERS = {"revision", "job", "job_sums"}


def compose_command():
    """Compose v2 is a word of docker's, 1.29 a program of its own."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True)
    return ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]


def guide_commands(section):
    """What an operator with containers is told to type: the blocks of that section of the guide, under Containers."""
    part = re.search(rf'<h2 id="{section}">.*?<h3>Containers</h3>(.*?)<h3>', GUIDE, re.DOTALL)[1]
    return [html.unescape(block) for block in re.findall(r"<pre><code>(.*?)</code></pre>", part, re.DOTALL)]


def docker(*arguments, **more):
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, **more)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout.strip()


def inspect(container):
    return json.loads(docker("inspect", container))[0]


class Deployment:
    """`port` is where it answers; its database lies in `folder`, a file system of `disk_mb`."""

    def __init__(self, port, disk_mb=1500, **settings):
        self.port, self.disk_mb = port, disk_mb
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deepdecipher-database-", dir="/tmp"))
        self.settings = {"PORT": port, "SAMPLE": 1, "LIMIT_RATE": 0, "WORKERS": 2, "TAG": "test", "DATABASE_FOLDER": self.folder}
        self.settings |= {"COMPOSE_PROJECT_NAME": f"deepdecipher-test-{os.getpid()}", "COMPOSE_FILE": ":".join(map(str, COMPOSE_FILES))}
        self.settings |= {"DB_SETTINGS": "max_wal_size=256MB"} | settings
        options = f"size={disk_mb}m,mode=700,uid={DATABASE_USER},gid={DATABASE_USER}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "deepdecipher-test", self.folder], check=True)
        self.command = compose_command()

    def run(self, command, check=True, **more):
        environment = {**os.environ, **{name: str(value) for name, value in self.settings.items()}}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, **more)
        assert not check or done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-4000:])
        return done

    def compose(self, *arguments, **more):
        return self.run([*self.command, *map(str, arguments)], cwd=ROOT, **more)

    def type(self, commands, folder):
        """Runs a block of the guide, with whichever Compose is here."""
        self.run(["bash", "-exc", commands.replace("docker compose", shlex.join(self.command))], cwd=folder)

    def up(self, *arguments, num_api=1):
        self.compose("up", "-d", "--scale", f"api={num_api}", *arguments)

    def scale(self, num_api):
        """As an operator does it: nothing else is touched."""
        self.compose("up", "-d", "--no-recreate", "--scale", f"api={num_api}", "api")

    def remove(self):
        self.compose("down", "-v", "--remove-orphans", "-t", "5", check=False)
        subprocess.run(["umount", self.folder], check=True)
        shutil.rmtree(self.folder)

    def containers(self, part):
        """Ids of a part's containers, of those that stopped too."""
        return self.compose("ps", "-a", "-q", part).stdout.split()

    def running(self, part):
        return [name for name in self.containers(part) if inspect(name)["State"]["Running"]]

    def init_of(self, container):
        return inspect(container)["State"]["Pid"]

    def kill(self, *containers):
        """kill -9 of each container's first process, as a crash, until each has a new one: `docker kill` would keep them from starting again."""
        processes = {self.init_of(container) for container in containers}
        assert 0 not in processes
        for process in processes:
            os.kill(process, signal.SIGKILL)
        until(lambda: processes.isdisjoint(now := {self.init_of(container) for container in containers}) and 0 not in now, "new first processes")

    def workers_of(self, container):
        process = self.init_of(container)
        return [int(pid) for pid in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]

    def status_of(self, path):
        """The status of a GET, or None without an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path)
                return connection.getresponse().status
            except (OSError, http.client.HTTPException):
                return None

    def is_ready(self):
        return self.status_of("/readyz") == 200

    def wait_until_ready(self):
        until(self.is_ready, "an answer with the database", START_SECONDS)

    def sql(self, statement, check=True):
        """Rows as lines; asked inside the db container as the superuser."""
        command = ["exec", "-T", "db", "psql", "-XAtq", "-h", "/run/deepdecipher", "-d", "deepdecipher", "-f", "-"]
        done = self.compose(*command, input=statement, check=check)
        return done.stdout.rstrip("\n") if done.returncode == 0 else None

    def contents(self):
        """Checksums of all that is stored, by kind."""
        lines = dict(line.split("|", 1) for line in self.sql(CONTENTS).splitlines())
        return {kind: sums for kind, sums in lines.items() if kind not in COUNTERS}

    def ingest(self, *arguments, check=True):
        return self.compose("exec", "-T", "ingest", "deepdecipher-ingest", *arguments, check=check)

    def rewrite(self):
        """Starts to store every neuron of the sample again, in the background."""
        docker("exec", "-d", self.running("ingest")[0], "deepdecipher-ingest", *REWRITE, "--again")

    def wait_until_sample(self):
        """The sample's last source is stored."""
        stored = "SELECT num_stored FROM coverage WHERE source = 'statistics'"
        until(lambda: self.sql(stored, check=False) not in (None, "", "0"), "the sample", START_SECONDS)
        until(lambda: self.num_waiting() == 0, "an empty queue", START_SECONDS)

    def num_waiting(self):
        """Jobs in the queue, or None while the database is away."""
        answer = self.sql("SELECT count(*) FROM job WHERE done_at IS NULL", check=False)
        return int(answer) if answer else None

    def finish_rewrite(self):
        """Stores what a rewrite that was broken off left in the queue: a folder is read only by the command that names it."""
        run = self.ingest(*REWRITE, check=False)
        assert run.returncode == 0, run.stderr
        assert self.num_waiting() == 0

    def wait_until_whole(self):
        """Every part runs as many containers as it has, and the database answers."""
        until(lambda: all(len(self.running(part)) == len(self.containers(part)) > 0 for part in PARTS), "all containers run")
        self.wait_until_ready()

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
