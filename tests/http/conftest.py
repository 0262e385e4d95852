"""Fixtures that the tests of one file share."""

import pytest
from hostile_site import HostileSite
from ingest_run import Ingest


@pytest.fixture(scope="module")
def module_ingest(cluster, template, bin_folder):
    """Like `ingest`, but one for all tests of a file."""
    name = cluster.create(template)
    yield Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    cluster.drop(name)


@pytest.fixture(scope="module")
def module_site():
    """Like `site`, but one for all tests of a file."""
    with HostileSite() as own:
        yield own
