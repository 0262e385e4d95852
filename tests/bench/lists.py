"""How long pages of lists take at full size, first and thousandth, through nginx and a worker, uncached: p50 and p99 in
milliseconds.

usage: BENCH_LISTS=1 make bench     The filled database stays in BENCH_VAR/lists.
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import make_lists  # noqa: E402
import stack  # noqa: E402
import usage  # noqa: E402
from web import Client  # noqa: E402

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


def page_far_behind(client, path, pages=1000):
    """`after` of the thousandth page, or of the last that there is."""
    after, size = None, 1000 if "limit=1000" in path else 100
    steps, limit = (pages - 1, size) if size == 1000 else ((pages - 1) // 10, 1000)
    bare = path.replace("&limit=1000", "")
    for _ in range(steps):
        answer = json.loads(client.get(f"{bare}&limit={limit}{f'&after={after}' if after else ''}").body)
        if answer["next"] is None:
            break
        after = answer["next"]
    return after


def measure(client, target):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = client.get(target)
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status == 200, answer.body
    return percentiles(times)


def sizes(running):
    """Lines of the table's and its indexes' sizes."""
    rows = running.sql("SELECT pg_relation_size(oid) >> 20, relname FROM pg_class WHERE relname ~ '^neuron_summary' "
                       "ORDER BY pg_relation_size(oid) DESC; SELECT pg_total_relation_size('neuron_summary') >> 20, 'in all'")  # fmt: skip
    return "\n".join(f"{size} MB  {name}" for size, name in rows)


def stream(running, client, path):
    """Reads a whole list; says how much it was, how long it took, and what memory the worker has had."""
    start, first, size = time.perf_counter(), None, 0
    client.connection.request("GET", path)
    answer = client.connection.getresponse()
    while part := answer.read1(1 << 16):
        first = first or time.perf_counter() - start
        size += len(part)
    peak = max(usage.peak_bytes(pid) for pid in running.workers())
    print(f"{path}: {size >> 20} MB in {time.perf_counter() - start:.1f} s, the first after {first:.3f} s; worker {peak >> 20} MB")


def report(running, port):
    client = Client(f"http://127.0.0.1:{port}")
    print(f"{'':28}{'first page':>16}{'a later page':>16}\n{'milliseconds':28}{'p50':>8}{'p99':>8}{'p50':>8}{'p99':>8}")
    for name, path in CASES.items():
        after = page_far_behind(client, path)
        first, later = measure(client, path), measure(client, f"{path}&after={after}" if after else path)
        print(f"{name:28}" + "".join(f"{value:8.2f}" for value in (*first, *later)), flush=True)
    for path in ("/api/neurons?format=ndjson", "/api/neurons?format=ndjson&order=-kurtosis", "/api/neurons?format=csv&fields=mean"):
        stream(running, client, path)
    print(sizes(running))


def fill(running):
    psql = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", running.owner_url]
    make_lists.fill(*make_lists.psql_functions(psql))


def main():
    binaries = os.path.abspath(os.environ.get("BIN", "build"))
    var = os.path.abspath(os.environ.get("BENCH_VAR") or os.path.join(binaries, "bench-var"))
    try:
        with stack.kept(binaries, os.path.join(var, "lists"), fill) as (running, seconds):
            print(f"{sum(a * b for a, b in make_lists.SHAPES)} neurons; loading them took {seconds:.0f} s", flush=True)
            with running.nginx("uncached", running.uncached()) as server:
                report(running, server.ports[0])
    except stack.Failed as failure:
        sys.exit(f"bench: {failure}")


if __name__ == "__main__":
    main()
