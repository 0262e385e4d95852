"""One deployment for all tests of this folder, and the tables that they fill, printed at the end."""

import contextlib

import pytest
from deployment import Deployment
from load import Load
from workers import free_port

HEAD = ("fault", "new: failed / all", "kept: failed / all", "longest gap", "slowest", "failures over", "which")
tables = {"What users saw": [HEAD], "Throughput": [("workers", "requests a second", "p50", "p99")], "Images": [("image", "MB", "on top of its base")]}


def pytest_terminal_summary(terminalreporter):
    for title, rows in tables.items():
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        terminalreporter.section(title)
        for row in rows:
            terminalreporter.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


@pytest.fixture(scope="session")
def table():
    """A function that adds a row to one of the tables."""
    return lambda title, *row: tables[title].append(tuple(map(str, row)))


@pytest.fixture(scope="session")
def deployment():
    """Up from nothing, with the sample in it."""
    own = Deployment(free_port())
    try:
        own.compose("build")
        own.up()
        own.wait_until_ready()
        own.wait_until_sample()
        yield own
    finally:
        own.remove()


@pytest.fixture(scope="session")
def contents(deployment):
    """What is stored when nothing has happened yet."""
    return deployment.contents()


@pytest.fixture
def users(deployment, contents, table):
    """A context that lets users read through a fault, writes down what they saw, and sees to it that nothing was lost."""

    @contextlib.contextmanager
    def read(fault):
        with Load(deployment.port) as load:
            load.until_good()
            yield load
            load.until_good()
        new, kept = load.seen("new"), load.seen("kept")
        over = f"{load.seconds_of_failures():.1f} s" if new.problems or kept.problems else "-"
        counts = [f"{seen.num_failed} / {seen.num}" for seen in (new, kept)]
        which = ", ".join(sorted(set(new.problems) | set(kept.problems)))
        table("What users saw", fault, *counts, f"{new.longest_gap:.1f} s", f"{new.slowest:.1f} s", over, which)
        deployment.finish_rewrite()
        assert deployment.contents() == contents
        assert deployment.sql("SELECT count(*) FROM rejected") == "0"

    return read

