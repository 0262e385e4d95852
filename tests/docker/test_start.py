"""Up from nothing, and what the containers are."""

import json
import subprocess

import pytest
from deployment import PARTS, docker, inspect

BASES = ["debian:trixie-slim", "debian:bookworm-slim"]
TARGETS = ["api", "ingest", "web", "db", "migrate"]
API_MB = 100


def size_mb(image):
    return inspect(image)["Size"] / 1e6


def test_the_whole_sample_is_served(deployment):
    """The same answers as those of `make run`: all sources."""
    answer = subprocess.run(["curl", "-fsS", f"http://127.0.0.1:{deployment.port}/api/tiny-gelu-2l/all/0/5"], capture_output=True, text=True, check=True)
    services = json.loads(answer.stdout)
    lacking = [name for name, service in services.items() if "missing_data_types" in service]
    assert lacking == []
    assert {"neuroscope", "neuron_explainer", "neuron2graph", "similar", "statistics"} <= set(services)


def test_the_doctor_finds_no_fault(deployment):
    run = deployment.ingest("doctor", check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("part", PARTS)
def test_containers_have_no_root_and_write_nothing_of_their_own(deployment, part):
    for container in deployment.running(part):
        config = inspect(container)
        assert config["HostConfig"]["ReadonlyRootfs"] and config["HostConfig"]["CapDrop"] == ["ALL"]
        assert config["Config"]["User"] not in ("", "root", "0")
        assert config["Config"]["Healthcheck"]
        assert config["Config"]["Labels"]["org.deepdecipher.part"] == part


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("target", TARGETS)
def test_images_build_from_either_base_and_are_small(table, base, target):
    image = f"deepdecipher-{target}:{base.split(':')[1]}"
    command = ["docker", "build", "-q", "-f", "docker/Dockerfile", "--target", target, "--build-arg", f"BASE={base}", "-t", image, "."]
    subprocess.run(command, check=True, capture_output=True)
    more = size_mb(image) - size_mb(base)
    table("Images", image, f"{size_mb(image):.0f}", f"{more:.0f}")
    assert target != "api" or more < API_MB
    assert "PASSWORD" not in docker("history", "--no-trunc", image)
