"""What users see while parts are added, taken away, upgraded, restarted, killed, frozen and starved; nothing is ever lost."""

import os
import signal

import pytest
from cluster import until
from deployment import PARTS, RECOVERY_SECONDS, REWRITE, docker, guide_commands

FROZEN_SECONDS = 60


def test_more_api_containers_and_fewer_again_cost_no_request(deployment, users):
    for number, fault in ((4, "scale api 1 to 4"), (1, "scale api 4 to 1")):
        with users(fault) as load:
            deployment.scale(number)
            load.until_good()
        assert not load.failed()
        assert len(deployment.running("api")) == number


def test_a_killed_api_container_costs_no_request_where_there_is_another(deployment, users):
    deployment.scale(2)
    with users("kill -9 one of two api") as load:
        deployment.kill(deployment.running("api")[0])
        load.until_good()
        deployment.wait_until_whole()
    assert not load.failed()


def test_api_containers_restarted_one_by_one_cost_no_request(deployment, users):
    deployment.scale(2)
    with users("restart two api in turn") as load:
        for container in deployment.running("api"):
            docker("restart", container)
            load.until_good()
    assert not load.failed()


def test_an_upgrade_of_the_api_as_the_guide_has_it_costs_no_request(deployment, users, tmp_path):
    """Compose 1.29 replaces nginx even where its image is the same."""
    deployment.scale(1)
    deployment.settings["VERSION"] = "newer"
    (commands,) = guide_commands("upgrading")
    api, others = commands.rsplit("\n", 1)
    with users("upgrade api") as load:
        deployment.type(api, tmp_path)
        load.until_good()
    assert not load.failed()
    with users("upgrade ingest and web"):
        deployment.type(others, tmp_path)
        deployment.wait_until_whole()
    assert docker("exec", *deployment.running("api"), "deepdecipher-fcgi", "--version") == "newer"


def test_a_backup_is_made_and_restored_as_the_guide_has_it(deployment, users, tmp_path):
    backup, restore = guide_commands("backup")
    with users("back up") as load:
        deployment.type(backup, tmp_path)
    assert not load.failed()
    with users("restore the backup"):
        deployment.sql("DELETE FROM example")
        deployment.type(restore, tmp_path)
        deployment.wait_until_whole()


def test_a_killed_worker_costs_no_request(deployment, users):
    deployment.scale(1)
    with users("kill -9 a worker") as load:
        os.kill(deployment.workers_of(deployment.running("api")[0])[0], signal.SIGKILL)
        load.until_good()
    assert not load.failed()


def test_a_new_generation_of_workers_costs_no_request(deployment, users):
    with users("HUP: all workers anew") as load:
        container = deployment.running("api")[0]
        before = set(deployment.workers_of(container))
        docker("exec", container, "bash", "-c", "kill -HUP 1")  # `docker kill -s HUP` would count as stopped by hand
        until(lambda: before.isdisjoint(deployment.workers_of(container)), "new workers only", RECOVERY_SECONDS)
        load.until_good()
    assert not load.failed()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("fault", ["kill -9", "restart"])
def test_the_only_container_of_a_part_comes_back_while_ingest_is_at_work(deployment, users, fault, part):
    deployment.rewrite()
    with users(f"{fault} {part}") as load:
        if fault == "restart":
            deployment.compose("restart", part)
        else:
            deployment.kill(*deployment.running(part))
        deployment.wait_until_whole()
    if part == "ingest":
        assert not load.failed()
    if part != "web":
        assert not load.failed("kept")


def test_everything_comes_back_after_all_containers_were_killed(deployment, users):
    deployment.rewrite()
    with users("kill -9 all containers"):
        deployment.kill(*(name for part in PARTS for name in deployment.running(part)))
        deployment.wait_until_whole()


def test_a_full_disk_of_the_database_costs_no_row_and_ingest_goes_on_once_there_is_room(deployment, users):
    deployment.leave_no_gaps()
    with users("database's disk full, ingest at work") as load:
        with deployment.full_disk():
            run = deployment.ingest(*REWRITE, "--again")
            load.until_good()
        assert run.returncode == 1 and "No space left on device" in run.stderr, run.stderr
        deployment.wait_until_whole()
    assert not load.failed("kept")


def test_a_frozen_database_takes_nothing_kept_away(deployment, users):
    container = deployment.running("db")[0]
    with users(f"database frozen, {FROZEN_SECONDS} s") as load:
        docker("pause", container)
        try:
            load.go_on(FROZEN_SECONDS)
        finally:
            docker("unpause", container)
        load.until_good()
    assert not load.failed("kept")
