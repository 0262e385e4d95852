"""A deployment without a database of its own: the server is somebody else's, set up as the guide has it."""

import json
import re
import subprocess

import pytest
from cluster import until
from deployment import BASES, START_SECONDS, Deployment, docker, guide_commands, steady_port, tag_of

PLACE = "db.example.org:5432"


class OutsideServer:
    """PostgreSQL on this machine rather than in the containers' network: they reach it as they do any other machine."""

    def __init__(self):
        shown = subprocess.run(["ip", "-4", "-o", "addr", "show", "docker0"], check=True, capture_output=True, text=True).stdout
        address, port = re.search(r"inet ([0-9.]+)/", shown)[1], steady_port()
        self.place = f"{address}:{port}"
        self.container = f"deepdecipher-outside-{port}"
        settings = ["-e", f"PGPORT={port}", "-e", f"DB_SETTINGS=listen_addresses={address}"]
        docker("run", "-d", "--name", self.container, "--network", "host", *settings, f"deepdecipher-db:{tag_of(BASES[0])}")
        self.wait_until_ready()

    def wait_until_ready(self):
        ask = ["docker", "exec", self.container, "pg_isready", "-q", "-h", "/run/deepdecipher", "-d", "postgres"]
        until(lambda: subprocess.run(ask, capture_output=True).returncode == 0, "the outside server", START_SECONDS)

    def restart(self):
        docker("restart", self.container)
        self.wait_until_ready()

    def remove(self):
        docker("rm", "-f", "-v", self.container)


@pytest.fixture(scope="module")
def server(images):
    own = OutsideServer()
    yield own
    own.remove()


@pytest.fixture(scope="module")
def guide(server):
    """Blocks of the guide, with this server's place: what its superuser does, how to start, and the same for logins of their own."""
    return [block.replace(PLACE, server.place) for block in guide_commands("start", "Containers with an outside PostgreSQL")]


@pytest.fixture(scope="module")
def outside(server, guide, tmp_path_factory):
    own = Deployment()
    own.server = server.container
    try:
        own.sql(guide[0], database="postgres")
        own.type(guide[1], tmp_path_factory.mktemp("outside"))
        own.wait_until_ready()
        own.wait_until_sample()
        yield own
    finally:
        own.remove()


def assert_it_serves(deployment):
    assert "<title>" in deployment.get("/viz/tiny-gelu-2l/all/0/5")
    assert len(json.loads(deployment.get("/api/tiny-gelu-2l/neuroscope/0/5?texts=2"))["data"]["texts"]) == 2
    until(lambda: json.loads(deployment.get("/api/search/neurons?token=any:%20he"))["neurons"], "an answer to a search")
    run = deployment.ingest("doctor")
    assert run.returncode == 0, run.stdout


def test_it_serves_the_sample_without_a_container_of_a_database(outside):
    assert_it_serves(outside)
    parts = {part: len(outside.containers(part)) for part in ("web", "api", "ingest", "migrate", "db")}
    assert parts == {"web": 1, "api": 1, "ingest": 1, "migrate": 1, "db": 0}


def test_whoever_migrates_is_no_superuser(outside):
    assert outside.sql("SELECT rolsuper FROM pg_roles WHERE rolname = 'deepdecipher'") == "f"


def test_a_restart_of_the_server_takes_nothing_kept_away_and_loses_no_row(outside, server, watch):
    before = outside.contents()
    with watch(outside, "restart outside PostgreSQL") as load:
        server.restart()
        outside.wait_until_ready()
    assert not load.failed("kept")
    assert outside.contents() == before
    assert_it_serves(outside)


def test_ingest_and_the_api_may_have_logins_of_their_own(outside, guide, tmp_path):
    outside.sql(guide[2])
    outside.type(guide[3], tmp_path)
    outside.wait_until_ready()
    logins = "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name LIKE 'deepdecipher%' ORDER BY 1"
    until(lambda: outside.sql(logins) == "deepdecipher_loader\ndeepdecipher_reader", "connections of both logins")
    assert_it_serves(outside)
