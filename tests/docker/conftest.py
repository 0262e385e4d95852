"""Images of either base and one deployment for all tests of this folder, and the tables that they fill, printed at the end."""

import concurrent.futures
import contextlib

import pytest
from deployment import BASES, Deployment, WholeDeployment, tag_of
from load import Load

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
def images():
    """All of them, tagged with the name of the base."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(lambda base: Deployment(BASE=base, TAG=tag_of(base)).compose("build"), BASES))


@pytest.fixture(scope="session")
def deployment(images):
    """Up from nothing, with the sample in it."""
    own = WholeDeployment()
    try:
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


@pytest.fixture(scope="session")
def watch(table):
    """A context that lets users of a deployment read through a fault, and writes down what they saw."""

    @contextlib.contextmanager
    def read(deployment, fault):
        with Load(deployment.port) as load:
            load.until_good()
            yield load
            load.until_good()
        new, kept = load.seen("new"), load.seen("kept")
        over = f"{load.seconds_of_failures():.1f} s" if load.failed() else "-"
        counts = [f"{seen.num_failed} / {seen.num}" for seen in (new, kept)]
        table("What users saw", fault, *counts, f"{new.longest_gap:.1f} s", f"{new.slowest:.1f} s", over, ", ".join(sorted(load.failed())))

    return read


@pytest.fixture
def users(deployment, contents, watch):
    """The same for the deployment of all tests; sees to it that nothing was lost."""

    @contextlib.contextmanager
    def read(fault):
        with watch(deployment, fault) as load:
            yield load
        deployment.finish_rewrite()
        assert deployment.contents() == contents
        assert deployment.sql("SELECT count(*) FROM rejected") == "0"

    return read
