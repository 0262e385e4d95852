"""Up from nothing, and what the containers are."""

import json
import subprocess

import pytest
from cluster import until
from deployment import PARTS, docker, inspect

BASES = ["debian:trixie-slim", "debian:bookworm-slim"]
TARGETS = ["api", "ingest", "web", "db", "migrate"]
API_MB = 100
HEALTH_SECONDS = 150  # ingest is looked at once a minute


def size_mb(image):
    return inspect(image)["Size"] / 1e6


def test_the_whole_sample_is_served(deployment):
    """The same answers as those of `make run`: all sources but the one of which the sample has nothing."""
    answer = subprocess.run(["curl", "-fsS", f"http://127.0.0.1:{deployment.port}/api/tiny-gelu-2l/all/0/5"], capture_output=True, text=True, check=True)
    services = json.loads(answer.stdout)
    assert {kind for service in services.values() for kind in service.get("missing_data_types", [])} == {"neuronpedia"}
    assert {"neuroscope", "neuron_explainer", "neuron2graph", "similar", "statistics"} <= set(services)


def test_the_doctor_finds_no_fault(deployment):
    run = deployment.ingest("doctor", check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("part", PARTS)
def test_containers_are_well_have_no_root_and_write_nothing_of_their_own(deployment, part):
    for container in deployment.running(part):
        config = inspect(container)
        assert config["HostConfig"]["ReadonlyRootfs"] and config["HostConfig"]["CapDrop"] == ["ALL"]
        assert config["Config"]["User"] not in ("", "root", "0")
        until(lambda container=container: inspect(container)["State"]["Health"]["Status"] == "healthy", f"good health of {part}", HEALTH_SECONDS)
        assert config["Config"]["Labels"]["org.deepdecipher.part"] == part


def ask_metrics(deployment, path):
    """The answer on the port that is not mapped, asked for inside the container of nginx."""
    script = 'exec 3<>/dev/tcp/127.0.0.1/9113; printf "GET %s HTTP/1.0\\r\\n\\r\\n" "$1" >&3; cat <&3'
    return docker("exec", deployment.running("web")[0], "bash", "-c", script, "-", path)


def test_metrics_are_for_other_containers_and_of_workers_only(deployment):
    address = next(iter(inspect(deployment.running("api")[0])["NetworkSettings"]["Networks"].values()))["IPAddress"]
    assert deployment.status_of("/metrics") == 403 and deployment.status_of(f"/metrics/{address}") == 404
    for path in ("/metrics", f"/metrics/{address}"):
        assert 'deepdecipher_ingest_neurons_stored_total{source="neuroscope"} 1024' in ask_metrics(deployment, path)
    for elsewhere in ("127.0.0.1", "192.0.2.1", "999.0.0.1", "0x7f.0.0.1", "169.254.169.254", "db", f"{address}:5432", f"{address}%0a:22", "1"):
        assert " 404 " in ask_metrics(deployment, f"/metrics/{elsewhere}").splitlines()[0], elsewhere


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("target", TARGETS)
def test_images_build_from_either_base_and_are_small(table, base, target):
    image = f"deepdecipher-{target}:{base.split(':')[1]}"
    command = ["docker", "build", "-q", "-f", "docker/Dockerfile", "--target", target, "--build-arg", f"BASE={base}", "--build-arg", "VERSION=", "-t", image, "."]
    subprocess.run(command, check=True, capture_output=True)
    more = size_mb(image) - size_mb(base)
    table("Images", image, f"{size_mb(image):.0f}", f"{more:.0f}")
    assert target != "api" or more < API_MB
    assert "PASSWORD" not in docker("history", "--no-trunc", image)
