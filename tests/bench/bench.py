"""The benchmark: pages, a stack of its own, ingest, disk, serving, memory, report.

Everything is measured on one machine in one run. What is compared is measured in turns, so that a neighbour who takes
the processor for a while spoils both sides; figures are medians over the rounds. It reports, and judges nothing: the
exit status says only whether it could measure.
"""
import os
import shutil
import signal
import sys

import disk
import ingest
import pages
import report
import serving
import stack


def say(text):
    """Tells on stderr what goes on."""
    print(text, file=sys.stderr, flush=True)


def number_of(name, default, lowest):
    """A whole number from the environment."""
    text = os.environ.get(name, "") or str(default)
    if not text.isdigit() or int(text) < lowest:
        sys.exit(f"bench: {name} is '{text}' but must be a whole number from {lowest} on")
    return int(text)


def measure(settings, site, var):
    """All figures of one run, as a dict of name to the list of its rounds."""
    with stack.Stack(settings["bin"], os.path.join(var, "run")) as running:
        running.pause_service()
        with running.nginx("pages", stack.pages_config(site.folder)) as server:
            say("Ingest: " + ", ".join(ingest.CASES))
            rounds = ingest.measure(running, server, site, settings)
        figures = disk.measure(running, site.num_neurons)
        figures.update(rounds)
        say(f"Serving: {settings['rounds']} rounds of {len(serving.CASES)} measurements of {settings['seconds']} s")
        figures.update(serving.measure(running, site, settings, var))
    return figures


def main():
    """Measures, writes BIN/bench.json and prints the table."""
    binaries = os.path.abspath(os.environ.get("BIN", "build"))
    var = os.path.abspath(os.environ.get("BENCH_VAR") or os.path.join(binaries, "bench-var"))
    settings = {"bin": binaries, "seconds": number_of("BENCH_SECONDS", 4, 1), "rounds": number_of("BENCH_ROUNDS", 5, 1)}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    os.makedirs(var, exist_ok=True)
    shutil.rmtree(os.path.join(var, "run"), ignore_errors=True)
    try:
        site = pages.prepare(os.path.join(var, "pages"), say)
        figures = measure(settings, site, var)
    except stack.Failed as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
    shutil.rmtree(os.path.join(var, "run"), ignore_errors=True)
    path = os.path.join(binaries, "bench.json")
    print(report.table(figures, settings, site))
    report.write(path, figures, settings, site)
    print(f"All rounds: {os.path.relpath(path)}")


if __name__ == "__main__":
    main()
