"""What users see while parts are added, taken away, restarted, killed, frozen and starved; nothing is ever lost."""

import os
import signal

import pytest
from cluster import until
from deployment import REWRITE, docker


def test_more_api_containers_and_fewer_again_cost_no_request(deployment, users):
    for number, fault in ((4, "scale api 1 to 4"), (1, "scale api 4 to 1")):
        with users(fault) as load:
            deployment.scale(number)
            load.until_good()
        assert failed(load) == {}
        assert len(deployment.running("api")) == number


def test_a_killed_api_container_costs_no_request_where_there_is_another(deployment, users):
    deployment.scale(2)
    with users("kill -9 one of two api") as load:
        deployment.kill(deployment.running("api")[0])
        load.until_good()
        deployment.wait_until_whole()
    assert failed(load) == {}


def test_api_containers_restarted_one_by_one_cost_no_request(deployment, users):
    deployment.scale(2)
    with users("restart two api in turn") as load:
        for container in deployment.running("api"):
            docker("restart", container)
            load.until_good()
    assert failed(load) == {}


def test_a_killed_worker_costs_no_request(deployment, users):
    deployment.scale(1)
    with users("kill -9 a worker") as load:
        os.kill(deployment.workers_of(deployment.running("api")[0])[0], signal.SIGKILL)
        load.until_good()
    assert failed(load) == {}


def test_a_new_generation_of_workers_costs_no_request(deployment, users):
    with users("HUP: all workers anew") as load:
        container = deployment.running("api")[0]
        before = set(deployment.workers_of(container))
        docker("exec", container, "bash", "-c", "kill -HUP 1")  # `docker kill -s HUP` would count as stopped by hand
        until(lambda: before.isdisjoint(deployment.workers_of(container)), "new workers only")
        load.until_good()
    assert failed(load) == {}


def test_the_only_api_container_comes_back_after_a_kill(deployment, users):
    with users("kill -9 the only api") as load:
        deployment.kill(*deployment.running("api"))
        deployment.wait_until_whole()
    assert kept_failed(load) == {}


def test_postgresql_comes_back_after_a_kill_and_ingest_goes_on(deployment, users):
    deployment.rewrite()
    with users("kill -9 PostgreSQL, ingest at work") as load:
        deployment.kill(*deployment.running("db"))
        deployment.wait_until_whole()
    assert kept_failed(load) == {}


@pytest.mark.parametrize("part", ["ingest", "api", "db", "web"])
def test_a_restarted_part_comes_back(deployment, users, part):
    deployment.rewrite()
    with users(f"restart {part}") as load:
        deployment.compose("restart", part)
        deployment.wait_until_whole()
    if part == "ingest":
        assert failed(load) == {}
    if part != "web":
        assert kept_failed(load) == {}


def test_everything_comes_back_after_all_containers_were_killed(deployment, users):
    deployment.rewrite()
    with users("kill -9 all containers"):
        deployment.kill(*(name for part in ("ingest", "api", "db", "web") for name in deployment.running(part)))
        deployment.wait_until_whole()


def test_a_full_disk_of_the_database_costs_no_row_and_ingest_goes_on_once_there_is_room(deployment, users):
    with users("database's disk full, ingest at work") as load:
        with deployment.full_disk():
            run = deployment.ingest(*REWRITE, "--again", check=False)
            load.until_good()
        assert run.returncode == 1 and "No space left on device" in run.stderr, run.stderr
        deployment.wait_until_whole()
    assert kept_failed(load) == {}


def test_a_database_that_is_frozen_for_a_minute_takes_nothing_kept_away(deployment, users):
    container = deployment.running("db")[0]
    with users("database frozen, 60 s") as load:
        docker("pause", container)
        try:
            load.go_on(60)
        finally:
            docker("unpause", container)
        load.until_good()
    assert kept_failed(load) == {}


def failed(load):
    return {**load.seen("new").problems, **load.seen("kept").problems}


def kept_failed(load):
    return load.seen("kept").problems
