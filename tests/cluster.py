"""A private PostgreSQL cluster that a test may stop, kill and freeze, and as many databases in it as tests want."""

import os
import pathlib
import pwd
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEADLINE_SECONDS = 60
PACE_SECONDS = 0.005  # between two looks, so that looking does not take the time of what is waited for
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "jit": "off",
}


def until(condition, what, seconds=DEADLINE_SECONDS):
    """Asks `condition` again and again until it gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        select.select([], [], [], PACE_SECONDS)
    return found


def psql(url, sql, check=True):
    """Output of psql, rows in lines, columns separated by |."""
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, timeout=120)
    if check and done.returncode != 0:
        raise RuntimeError(f"psql: {done.stderr}")
    return done.stdout.rstrip("\n") if check else done


class Session:
    """One connection that stays open: for locks, and for looking at a database often."""

    def __init__(self, url):
        command = ["psql", "-XAtq", "-d", url]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True, bufsize=1)

    def run(self, sql):
        """Runs statements; returns their rows as lines."""
        self.process.stdin.write(f"{sql};\n\\echo ---\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) != "---\n":
            assert line, "psql ended: " + "".join(lines)
            lines.append(line.rstrip("\n"))
        return lines

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=DEADLINE_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Cluster:
    """PostgreSQL over a Unix socket in a folder below /tmp; as root it runs as the user postgres, which is also its superuser."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dd-cluster-", dir="/tmp"))
        self.data = self.folder / "data"
        self.account = {}
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        self.programs = folders[-1].parent
        self._call("initdb", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync")
        self.number = 0
        self.start()

    def _call(self, program, *arguments):
        command = [str(self.programs / program), "-D", str(self.data), *arguments]
        with open(self.folder / "commands.log", "ab") as log:
            subprocess.run(command, check=True, cwd=self.folder, stdout=log, stderr=log, **self.account)

    def start(self):
        """Starts the server and waits until it takes connections."""
        settings = {**SETTINGS, "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._call("pg_ctl", "-w", "-s", "-o", options, "-l", str(self.folder / "server.log"), "start")

    def stop(self, mode="immediate"):
        """Stops it: `fast` closes connections, `immediate` is a crash."""
        self._call("pg_ctl", "-w", "-s", "-m", mode, "stop")

    def remove(self):
        """Ends everything."""
        self.stop()
        shutil.rmtree(self.folder)

    def processes(self):
        """Process ids: the postmaster and its children."""
        postmaster = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]

    def freeze(self):
        """Nothing answers any more, nothing is closed."""
        for process in self.processes():
            os.kill(process, signal.SIGSTOP)

    def thaw(self):
        for process in self.processes():
            os.kill(process, signal.SIGCONT)

    def url(self, database, role="postgres"):
        """Connection string of a role: postgres, deepdecipher_owner, deepdecipher_loader or deepdecipher_reader."""
        return f"postgresql://{role}@/{database}?host={urllib.parse.quote(str(self.folder), safe='')}"

    def create(self, template="template0"):
        """A new database as a copy of `template`; its name."""
        self.number += 1
        name = f"test_{self.number}"
        psql(self.url("postgres"), f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database):
        psql(self.url("postgres"), f"DROP DATABASE {database} WITH (FORCE)")

    def migrate(self, database, check=True, role="postgres"):
        """Runs sql/migrate."""
        environment = {**os.environ, "DATABASE_URL": self.url(database, role)}
        return subprocess.run([str(ROOT / "sql/migrate")], env=environment, check=check, capture_output=True, text=True)

    def session(self, database, role="postgres"):
        return Session(self.url(database, role))

    def server_version(self):
        """Its major version, such as 15."""
        return int(re.search(r"\d+", (self.data / "PG_VERSION").read_text())[0])
