"""Serving: one neuron's JSON of random neurons, beside nginx with the same bodies as static files."""
import collections
import http.client
import json
import os
import subprocess

import stack
import usage

Case = collections.namedtuple("Case", "name server accepts what")
# In this order in every round: what is compared stands near what it is compared with.
CASES = (
    Case("static_plain", "static", "-", "neurons"),
    Case("uncached_plain", "uncached", "-", "neurons"),
    Case("cached_plain", "cached", "-", "neurons"),
    Case("static_gzip", "static", "gzip", "neurons"),
    Case("cached_gzip", "cached", "gzip", "neurons"),
    Case("uncached_gzip", "uncached", "gzip", "neurons"),
    Case("empty", "uncached", "-", "empty"),
)
# A case's rate in per cent of another's of the same round.
RATIOS = {"uncached_plain": "static_plain", "uncached_gzip": "static_plain", "cached_plain": "static_plain",
          "cached_gzip": "static_gzip", "static_gzip": "static_plain", "empty": "static_gzip"}
THREADS, CONNECTIONS = 2, 8


class Place:
    """The servers that cases ask: their ports and the processes whose time counts."""

    def __init__(self, running, uncached, static):
        own = {"worker": running.pids["fcgi"], "postgres": running.pids["postgres"]}
        self.ports = {"cached": running.port, "uncached": uncached.ports[0], "static": static.ports[0]}
        self.roots = {"cached": own | {"nginx": running.pids["nginx"]}, "uncached": own | {"nginx": uncached.pid},
                      "static": {"nginx": static.pid}}

    def cpu_us(self, server):
        """{part: microseconds of processor time that it has used}."""
        return {part: usage.cpu_ns([root]) / 1e3 for part, root in self.roots[server].items()}


def measure(running, site, settings, var):
    """{figure: [of each round]}."""
    folder = os.path.join(var, "run", "bodies")
    addresses = [f"/api/{site.model}/neuroscope/{path}" for path in site.paths]
    lists = {"neurons": write_list(running, "neurons", addresses), "empty": write_list(running, "empty", ["/healthz"])}
    found = {}
    with running.nginx("uncached", running.uncached()) as uncached:
        found["body_bytes"], found["gzip_bytes"] = save_bodies(uncached.ports[0], addresses, folder)
        with running.nginx("static", stack.bodies_config(folder)) as static:
            place = Place(running, uncached, static)
            for case in CASES:  # not counted: caches, open files, connections
                load(running, place, case, lists, 1)
            for _ in range(settings["rounds"]):
                run_round(running, place, lists, addresses, folder, settings["seconds"], found)
    found["workers"] = [usage.memory(pid) for pid in running.workers()]
    for kind in ("rss", "pss", "private"):
        found[f"worker_{kind}_mb"] = [max(worker[kind] for worker in found["workers"]) / 1e6]
    return found


def write_list(running, name, addresses):
    """Writes paths to a file for wrk."""
    path = os.path.join(running.var, f"{name}.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{address}\n" for address in addresses)
    return path


def get(connection, address, accepts):
    """A body; Failed when the answer is no 200."""
    connection.request("GET", address, headers={} if accepts == "-" else {"Accept-Encoding": accepts})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200 or (accepts == "gzip") != (answer.headers.get("Content-Encoding") == "gzip"):
        raise stack.Failed(f"{address} answers {answer.status} {answer.headers}")
    return body


def save_bodies(port, addresses, folder):
    """Writes every body to a file, and its gzip form beside it; ([mean size], [mean gzip size])."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sizes = {"-": 0, "gzip": 0}
    for address in addresses:
        path = folder + address
        os.makedirs(os.path.dirname(path), exist_ok=True)
        for accepts, suffix in (("-", ""), ("gzip", ".gz")):
            body = get(connection, address, accepts)
            sizes[accepts] += len(body)
            with open(path + suffix, "wb") as file:
                file.write(body)
    return [sizes["-"] / len(addresses)], [sizes["gzip"] / len(addresses)]


def fill_cache(port, addresses, folder, accepts):
    """Asks for every neuron once, so that all are in the cache and fresh; the bodies must be the files'."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for address in addresses:
        body = get(connection, address, accepts)
        with open(folder + address + (".gz" if accepts == "gzip" else ""), "rb") as file:
            if file.read() != body:
                raise stack.Failed(f"{address} from the cache is not what the workers answered")


def wrk(port, paths, accepts, connections, seconds):
    """Asks for random lines of the file `paths`; what random.lua prints. Failed when any answer was no 200."""
    command = ["wrk", f"-t{min(THREADS, connections)}", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s",
               "-s", "tests/bench/random.lua", f"http://127.0.0.1:{port}", paths, accepts]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or "{" not in done.stdout:
        raise stack.Failed(f"wrk failed: {done.stdout}{done.stderr}")
    outcome = json.loads(done.stdout[done.stdout.rindex("{"):])
    if outcome["bad"] or not outcome["requests"]:
        with open(paths, encoding="utf-8") as file:
            raise stack.Failed(f"{outcome['bad']} of {outcome['requests']} requests such as {file.readline().strip()} failed")
    return outcome


def load(running, place, case, lists, seconds):
    """One run of wrk; its figures, and processor microseconds a request of all processes behind the port."""
    before, elsewhere = place.cpu_us(case.server), usage.Elsewhere()
    outcome = wrk(place.ports[case.server], lists[case.what], case.accepts, CONNECTIONS, seconds)
    spent = {part: now - before[part] for part, now in place.cpu_us(case.server).items()}
    others = elsewhere.share(1e3 * sum(spent.values()))
    running.check()
    figures = {f"{part}_cpu_us": us / outcome["requests"] for part, us in spent.items()}
    return figures | {"per_s": outcome["requests"] / outcome["seconds"], "p50_ms": outcome["p50_us"] / 1e3,
                      "p99_ms": outcome["p99_us"] / 1e3, "cpu_us": sum(figures.values()), "elsewhere": others}


def run_round(running, place, lists, addresses, folder, seconds, found):
    """Every case once."""
    rates = {}
    for case in CASES:
        if case.server == "cached":
            fill_cache(place.ports["cached"], addresses, folder, case.accepts)
        figures = load(running, place, case, lists, seconds)
        rates[case.name] = figures["per_s"]
        found.setdefault("serving_elsewhere", []).append(figures.pop("elsewhere"))
        for name, value in figures.items():
            found.setdefault(f"{case.name}_{name}", []).append(value)
    for name, base in RATIOS.items():
        found.setdefault(f"{name}_share", []).append(100 * rates[name] / rates[base])
