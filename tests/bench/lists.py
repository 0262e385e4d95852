"""How long pages of lists take at full size, first and thousandth, through a worker: p50 and p99 in milliseconds.

usage: BENCH_LISTS=1 make bench, which makes a database for it; or tests/bench/lists.py WORKER DATABASE_URL, over one that
make_lists.py filled.
"""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import cluster  # noqa: E402
import make_lists  # noqa: E402
from workers import Workers  # noqa: E402

ROUNDS = int(os.environ.get("LIST_ROUNDS", "200"))
CASES = {
    "one model, by kurtosis": "/api/bench-3/neurons?order=-kurtosis",
    "all models, by kurtosis": "/api/neurons?order=-kurtosis",
    "all models, two numbers": "/api/neurons?order=-kurtosis&fields=kurtosis,importance",
    "all models, by neuron": "/api/neurons?",
    "one model, one layer": "/api/bench-3/neurons?order=mean&layer=7",
    "one model, two parts": "/api/bench-3/neurons?order=mean&layer=7&layer=20-22",
    "one model, filtered": "/api/bench-3/neurons?order=-kurtosis&min_importance=5",
    "all models, filtered": "/api/neurons?order=-kurtosis&min_importance=5&max_mean=0",
    "all models, explanations": "/api/neurons?order=-explanation_score&fields=explanation,explanation_score",
    "one model, 1000 a page": "/api/bench-3/neurons?order=-kurtosis&limit=1000",
    "all models, 1000 a page": "/api/neurons?order=-kurtosis&limit=1000",
}


def percentiles(times):
    times = sorted(times)
    return times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]


def page_far_behind(workers, path, pages=1000):
    """`after` of the thousandth page, or of the last that there is."""
    after, size = None, 1000 if "limit=1000" in path else 100
    steps, limit = (pages - 1, size) if size == 1000 else ((pages - 1) // 10, 1000)
    bare = path.replace("&limit=1000", "")
    for _ in range(steps):
        answer = json.loads(workers.ask(f"{bare}&limit={limit}{f'&after={after}' if after else ''}").body)
        if answer["next"] is None:
            break
        after = answer["next"]
    return after


def measure(workers, target):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = workers.ask(target)
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status == 200, answer.body
    return percentiles(times)


def sizes(url):
    """Lines of the table's and its indexes' sizes."""
    sql = ("SELECT format('%s MB  %s', pg_relation_size(oid) >> 20, relname) FROM pg_class WHERE relname ~ '^neuron_summary' "
           "ORDER BY pg_relation_size(oid) DESC; SELECT format('%s MB  in all', pg_total_relation_size('neuron_summary') >> 20)")  # fmt: skip
    return subprocess.run(["psql", "-XAtq", "-d", url, "-c", sql], check=True, capture_output=True, text=True).stdout


def stream(workers, path):
    """Reads a whole list; says how much it was, how long it took, and what memory the worker has had."""
    start, first, size = time.perf_counter(), None, 0
    peer = workers.call(path).peer
    while part := peer.recv(1 << 16):
        first = first or time.perf_counter() - start
        size += len(part)
    peak = max(int(open(f"/proc/{pid}/status").read().split("VmHWM:")[1].split()[0]) for pid in workers.pids())
    print(f"{path}: {size >> 20} MB in {time.perf_counter() - start:.1f} s, the first after {first:.3f} s; worker {peak >> 10} MB")


def report(program, url):
    socket = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"deepdecipher-bench-{os.getpid()}")
    with Workers(program, socket, url, "--workers", "1") as workers:
        print(f"{'':28}{'first page':>16}{'a later page':>16}\n{'milliseconds':28}{'p50':>8}{'p99':>8}{'p50':>8}{'p99':>8}")
        for name, path in CASES.items():
            after = page_far_behind(workers, path)
            first, later = measure(workers, path), measure(workers, f"{path}&after={after}" if after else path)
            print(f"{name:28}" + "".join(f"{value:8.2f}" for value in (*first, *later)), flush=True)
        for path in ("/api/neurons?format=ndjson", "/api/neurons?format=ndjson&order=-kurtosis", "/api/neurons?format=csv&fields=mean"):
            stream(workers, path)
        workers.stop()
    print(sizes(url))


def make_and_report():
    cluster.SETTINGS.update(shared_buffers="2GB", max_wal_size="4GB")
    own = cluster.Cluster()
    try:
        name = own.create()
        own.migrate(name)
        start = time.perf_counter()
        make_lists.fill(*make_lists.psql_functions(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", own.url(name)]))
        print(f"{sum(a * b for a, b in make_lists.SHAPES)} neurons made in {time.perf_counter() - start:.0f} s", flush=True)
        report(os.path.join(os.environ.get("BIN", "build"), "deepdecipher-fcgi"), own.url(name, "deepdecipher_reader"))
    finally:
        own.remove()


if __name__ == "__main__":
    report(*sys.argv[1:3]) if len(sys.argv) == 3 else make_and_report()
