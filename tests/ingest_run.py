"""Runs deepdecipher-ingest, and looks at what it stored."""

import json
import os
import pathlib
import signal
import subprocess

from cluster import psql

CONTENTS = (pathlib.Path(__file__).resolve().parent / "contents.sql").read_text()
SETTINGS = ("DATABASE_URL", "JOBS", "RATE", "RETRIES", "TIMEOUT")
RUN_SECONDS = 300


class Ingest:
    """The program with a database to fill. `url` is the loader's connection, `admin_url` one that may do anything."""

    def __init__(self, program, url, admin_url):
        self.program, self.url, self.admin_url = str(program), url, admin_url

    def start(self, *arguments, **settings):
        """Starts it as the leader of a process group of its own."""
        environment = {name: value for name, value in os.environ.items() if name not in SETTINGS and not name.startswith("PG")}
        environment |= {"DATABASE_URL": self.url} | settings
        pipe = subprocess.PIPE
        return subprocess.Popen([self.program, *map(str, arguments)], env=environment, stdin=subprocess.DEVNULL, stdout=pipe,
                                stderr=pipe, text=True, start_new_session=True)  # fmt: skip

    def run(self, *arguments, **settings):
        """Runs it to its end; the result has stdout, stderr and returncode."""
        process = self.start(*arguments, **settings)
        return finish(process)

    def sql(self, statement):
        return psql(self.admin_url, statement)

    def rows(self, query):
        """Rows of a query as dictionaries."""
        text = self.sql(f"SELECT coalesce(json_agg(q), '[]') FROM ({query}) AS q")
        return json.loads(text)

    def contents(self):
        """Checksums of all that is stored, by kind."""
        return dict(line.split("|", 1) for line in self.sql(CONTENTS).splitlines())

    def stored(self):
        """The set of (layer, neuron) that are stored."""
        return {(row["layer"], row["neuron"]) for row in self.rows("SELECT layer, neuron FROM neurons")}

    def rejected(self):
        """What was refused: row of the view `rejections` by (layer, neuron)."""
        return {(row["layer"], row["neuron"]): row for row in self.rows("SELECT * FROM rejections")}


def finish(process):
    """Waits for a process of Ingest.start."""
    try:
        stdout, stderr = process.communicate(timeout=RUN_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)
