"""What images and containers are."""

import pytest
from cluster import until
from deployment import BASES, PARTS, docker, inspect, tag_of

TARGETS = ["api", "ingest", "web", "db", "migrate"]
API_MB = 100
HEALTH_SECONDS = 300  # ingest is looked at once a minute


def size_mb(image):
    return inspect(image)["Size"] / 1e6


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("target", TARGETS)
def test_images_are_small_whatever_the_base_and_know_no_password(images, table, base, target):
    image = f"deepdecipher-{target}:{tag_of(base)}"
    more = size_mb(image) - size_mb(base)
    table("Images", image, f"{size_mb(image):.0f}", f"{more:.0f}")
    assert target != "api" or more < API_MB
    assert "PASSWORD" not in docker("history", "--no-trunc", image)


@pytest.mark.parametrize("part", PARTS)
def test_containers_are_well_have_no_root_and_write_nothing_of_their_own(deployment, part):
    for container in deployment.running(part):
        config = inspect(container)
        assert config["HostConfig"]["ReadonlyRootfs"] and config["HostConfig"]["CapDrop"] == ["ALL"]
        assert config["Config"]["User"] not in ("", "root", "0")
        until(lambda container=container: inspect(container)["State"]["Health"]["Status"] == "healthy", f"good health of {part}", HEALTH_SECONDS)
        assert config["Config"]["Labels"]["org.deepdecipher.part"] == part
