"""Ingest that is killed, stopped, run twice at once, or loses its database stores what an undisturbed run stores."""

import os
import random
import signal
import subprocess
import threading

import pytest
from cluster import Session, until
from hostile_site import MODEL, HostileSite, page_path
from ingest_run import Ingest, finish

LAYER = ("neuroscope", MODEL, "--layers", "0", "--retries", "0")
REFUSED = {(0, 31): "missing", (0, 200): "cut", (0, 511): "unequal"}
# One after the other, the tables that a job writes: a lock on one stops ingest exactly there.
WRITTEN = ["token", "text", "example", "neuron", "neuron_source", "rejected", "job", "revision"]
RANDOM_KILLS = 16


def spoil(site):
    for (layer, neuron), fault in REFUSED.items():
        site.faults[page_path(neuron, layer)] = fault


@pytest.fixture(scope="module")
def undisturbed(cluster, template, bin_folder):
    """What an undisturbed run over layer 0 stores."""
    name = cluster.create(template)
    ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    with HostileSite() as site:
        spoil(site)
        assert ingest.run(*LAYER, "--url", site.url).returncode == 1
    assert set(ingest.rejected()) == set(REFUSED)
    contents = ingest.contents()
    cluster.drop(name)
    return contents


def kill(process):
    """kill -9 of the command and everything it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def finish_after_kills(ingest, site):
    run = ingest.run(*LAYER, "--url", site.url)
    assert run.returncode == 1 and f"{len(REFUSED)} neurons were refused" in run.stderr


def test_killed_in_the_middle_of_every_table_it_writes_it_ends_with_the_same_rows(site, ingest, undisturbed):
    spoil(site)
    with Session(ingest.admin_url) as session, Session(ingest.admin_url) as watcher:
        waiting = "SELECT count(*) > 0 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT granted AND relname = '{}'"
        for table in WRITTEN:
            session.run(f"BEGIN; LOCK TABLE {table} IN SHARE MODE")
            process = ingest.start(*LAYER, "--url", site.url)
            until(lambda table=table: watcher.run(waiting.format(table)) == ["t"], f"a write to {table}")
            kill(process)
            session.run("COMMIT")
    finish_after_kills(ingest, site)
    assert ingest.contents() == undisturbed


def test_killed_at_random_requests_it_ends_with_the_same_rows(site, ingest, undisturbed):
    spoil(site)
    dice = random.Random(11)
    for _ in range(RANDOM_KILLS):
        moment = site.counts.total() + 1 + int(dice.expovariate(1 / 60))
        running, is_running = [], threading.Event()

        def kill_then(count, moment=moment, running=running, is_running=is_running):
            if count == moment and is_running.wait(60):
                os.killpg(running[0].pid, signal.SIGKILL)

        site.at_request = kill_then
        running.append(ingest.start(*LAYER, "--url", site.url))
        is_running.set()
        running[0].communicate()
    site.at_request = None
    finish_after_kills(ingest, site)
    assert ingest.contents() == undisturbed


def test_one_killed_process_of_several_is_replaced(site, ingest, undisturbed):
    spoil(site)
    reached = threading.Event()
    site.at_request = lambda count: count >= 100 and reached.set()
    process = ingest.start(*LAYER, "--url", site.url, "--jobs", "2")
    assert reached.wait(60)
    children = open(f"/proc/{process.pid}/task/{process.pid}/children").read().split()
    os.kill(int(children[0]), signal.SIGKILL)
    run = finish(process)
    assert run.returncode == 1 and "was killed by signal 9; another takes its job" in run.stderr
    assert ingest.contents() == undisturbed


def test_told_to_stop_it_stops_alone_and_says_how_to_go_on(site, ingest, undisturbed):
    spoil(site)
    reached = threading.Event()
    site.at_request = lambda count: count >= 100 and reached.set()
    # A bystander in the same process group must live: a shell script that runs the command, for example.
    script = '"$@" & echo $!; wait $!; echo status $?; read line; echo "$line"'
    environment = {**os.environ, "DATABASE_URL": ingest.url}
    shell = subprocess.Popen(["bash", "-c", script, "-", ingest.program, *LAYER, "--url", site.url], env=environment, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    command = int(shell.stdout.readline())
    assert reached.wait(60)
    os.kill(command, signal.SIGTERM)
    stdout, stderr = shell.communicate("still here\n", timeout=60)
    assert stdout.splitlines() == ["status 1", "still here"]
    assert "neurons are still in the queue: run the same command again" in stderr
    finish_after_kills(ingest, site)
    assert ingest.contents() == undisturbed


def test_two_commands_at_once_share_the_work_and_ask_for_no_page_twice(site, ingest, undisturbed):
    spoil(site)
    processes = [ingest.start(*LAYER, "--url", site.url) for _ in range(2)]
    for run in map(finish, processes):
        assert run.returncode == 1 and f"{len(REFUSED)} neurons were refused" in run.stderr
    assert set(site.page_counts().values()) == {1} and len(site.page_counts()) == 512
    assert ingest.contents() == undisturbed


def test_a_database_that_crashes_and_comes_back_loses_nothing(site, ingest, undisturbed, cluster):
    spoil(site)
    reached = threading.Event()
    site.at_request = lambda count: count >= 150 and reached.set()
    process = ingest.start(*LAYER, "--url", site.url)
    assert reached.wait(60)
    cluster.stop("immediate")
    cluster.start()
    run = finish(process)
    assert run.returncode == 1 and "the database: " in run.stderr and f"{len(REFUSED)} neurons were refused" in run.stderr
    assert ingest.contents() == undisturbed


def test_a_database_that_is_not_there_is_told(site, ingest):
    run = ingest.run(*LAYER, "--url", site.url, "--db", "postgresql:///nothing?host=/nowhere")
    assert run.returncode == 1 and "deepdecipher-ingest: the database: " in run.stderr and "/nowhere" in run.stderr
    assert site.page_counts() == {}
