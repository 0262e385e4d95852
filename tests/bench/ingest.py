"""Ingest of a whole model, next to its limits: the same pages only downloaded, the same rows only COPYed, and parsing."""
import json
import os
import subprocess
import threading
import time

import stack
import usage

CASES = ("download", "copy", "ingest", "ingest_gzip")
TRANSFERS = 8  # of a process, as ingest/pool.c has it
ROUNDS_MAX = 5
TABLES = ("text", "example", "neuron", "neuron_source")
FIXED = ("bfloat16", "source", "schema_version")


def num_processes():
    """As many as ingest starts by itself."""
    return min(os.cpu_count() or 1, 8)


def measure(running, server, site, settings):
    """{figure: [of each round]}; afterwards the model is stored."""
    urls = [f"http://127.0.0.1:{port}" for port in server.ports]
    found = {}
    run_ingest(running, server, urls[0], site)  # not counted: it fills the system's caches
    copying = Copying(running)
    for _ in range(min(settings["rounds"], ROUNDS_MAX)):
        note(found, "download", site, seconds=download(running, urls[0], site))
        note(found, "copy", site, seconds=copying.run())
        for case, url in (("ingest_gzip", urls[1]), ("ingest", urls[0])):
            empty(running)
            note(found, case, site, **run_ingest(running, server, url, site))
        found.setdefault("parser_mb_per_s", []).append(parse(running, site))
    copying.end()
    found["ingest_limit_share"] = [share_of_limit(found, site, number) for number in range(len(found["parser_mb_per_s"]))]
    return found


def note(found, case, site, seconds, **more):
    """Adds one measurement of a case to what was found."""
    found.setdefault(f"{case}_pages_per_s", []).append(site.num_neurons / seconds)
    for name, value in more.items():
        found.setdefault(f"{case}_{name}", []).append(value)


def share_of_limit(found, site, number):
    """Ingest's speed in per cent of what it could be if it only fetched, parsed on all cores, and COPYed."""
    parsing = site.num_bytes / 1e6 / found["parser_mb_per_s"][number] / num_processes()
    parts = [site.num_neurons / found[f"{case}_pages_per_s"][number] for case in ("download", "copy")]
    return 100 * found["ingest_pages_per_s"][number] * (parsing + sum(parts)) / site.num_neurons


def program(running, name):
    """The path of one of the benchmark's programs."""
    return os.path.join(running.bin, "bench", name)


def output_of(command, **options):
    """What a program prints; Failed when it does not end well."""
    done = subprocess.run(command, env=stack.clean_environment(), capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise stack.Failed(f"{command[0]} failed: {done.stderr}")
    return done.stdout


def download(running, url, site):
    """Seconds for all pages, only fetched."""
    addresses = "".join(f"{url}/{site.model}/{path}.html\n" for path in site.paths)
    command = [program(running, "bench_download"), str(num_processes()), str(TRANSFERS)]
    return json.loads(output_of(command, input=addresses))["seconds"]


def parse(running, site):
    """MB/s of the parser on one core."""
    files = [os.path.join(site.folder, site.model, f"{path}.html") for path in site.paths[::16]]
    return json.loads(output_of([program(running, "bench_parser")] + files))["mb_per_s"]


def empty(running):
    """Takes everything out of the database that ingest put in."""
    fixed = ", ".join(f"'{name}'" for name in FIXED)
    names = running.sql(f"""SELECT string_agg(format('%I', relname), ', ') FROM pg_class
                            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN ({fixed})""")
    running.sql(f"TRUNCATE {names[0][0]}")
    running.sql("CHECKPOINT")


class Peak:
    """Watches the memory of a process and those below it while it runs."""

    def __init__(self, pid):
        self.pid, self.peaks, self.over = pid, {}, threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def _watch(self):
        while not self.over.wait(0.1):
            for pid in usage.tree(self.pid):
                self.peaks[pid] = max(self.peaks.get(pid, 0), usage.peak_bytes(pid))

    def end(self):
        """The sum of every process's highest, in bytes."""
        self.over.set()
        self.thread.join()
        return sum(self.peaks.values())


def run_ingest(running, server, url, site):
    """Ingests the model: seconds, processor seconds of ingest and of PostgreSQL, and MB of memory."""
    command = [os.path.join(running.bin, "deepdecipher-ingest"), "neuroscope", site.model, "--url", url]
    environment = stack.clean_environment(DATABASE_URL=running.loader_url)
    used = [usage.cpu_ns([pid]) for pid in (running.pids["postgres"], server.pid)]
    elsewhere, before, start = usage.Elsewhere(), os.times(), time.monotonic()
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as process:
        peak = Peak(process.pid)
        errors = process.communicate()[1]
        seconds = time.monotonic() - start
    after, memory = os.times(), peak.end()
    if process.returncode != 0:
        raise stack.Failed(f"deepdecipher-ingest failed: {errors}")
    postgres, sending = (usage.cpu_ns([pid]) - then for pid, then in zip((running.pids["postgres"], server.pid), used))
    own = after.children_user + after.children_system - before.children_user - before.children_system
    return {"seconds": seconds, "cpu_s": own, "memory_mb": memory / 1e6, "postgres_cpu_s": postgres / 1e9,
            "site_cpu_s": sending / 1e9, "elsewhere": elsewhere.share(postgres + sending)}


class Copying:
    """The rows of the stored model, dumped into files of COPY's binary form, a share for each process."""

    def __init__(self, running):
        self.running = running
        self.folder = os.path.join(running.var, "rows")
        os.makedirs(self.folder)
        running.sql("CREATE SCHEMA bench")
        self.columns = {table: self._table(table) for table in TABLES}
        for share in range(num_processes()):
            output_of(self._psql(self._dump(share)))

    def _table(self, table):
        """Makes bench.TABLE like TABLE; returns the columns that are stored, not computed."""
        self.running.sql(f"CREATE TABLE bench.{table} (LIKE public.{table} INCLUDING ALL)")
        options = self.running.sql(f"""SELECT array_to_string(reloptions, ', ') FROM pg_class
                                       WHERE oid = 'public.{table}'::regclass AND reloptions IS NOT NULL""")
        if options:
            self.running.sql(f"ALTER TABLE bench.{table} SET ({options[0][0]})")
        return self.running.sql(f"""SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = 'public.{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''""")[0][0]

    def _file(self, table, share):
        return "'" + os.path.join(self.folder, f"{table}-{share}").replace("'", "''") + "'"

    def _dump(self, share):
        for table in TABLES:
            key = "text_id" if table == "text" else "neuron_id"
            rows = f"SELECT {self.columns[table]} FROM {table} WHERE mod(abs({key}), {num_processes()}) = {share}"
            yield f"\\copy ({rows}) TO {self._file(table, share)} (FORMAT binary)"

    def _load(self, share):
        for table in TABLES:
            yield f"\\copy bench.{table} ({self.columns[table]}) FROM {self._file(table, share)} (FORMAT binary)"

    def _psql(self, lines):
        """psql with a command for each line; they are one transaction."""
        commands = [word for line in lines for word in ("-c", line)]
        return ["psql", "-Xq", "-1", "-v", "ON_ERROR_STOP=1", "-d", self.running.owner_url] + commands

    def run(self):
        """Seconds to COPY all rows into empty tables with the same indexes, by as many processes as ingest has."""
        self.running.sql("TRUNCATE " + ", ".join(f"bench.{table}" for table in TABLES))
        self.running.sql("CHECKPOINT")
        start = time.monotonic()
        loaders = [subprocess.Popen(self._psql(self._load(share)), env=stack.clean_environment(), stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL) for share in range(num_processes())]
        if any([loader.wait() != 0 for loader in loaders]):
            raise stack.Failed("psql could not copy the rows")
        return time.monotonic() - start

    def end(self):
        """Removes the tables."""
        self.running.sql("DROP SCHEMA bench CASCADE")
