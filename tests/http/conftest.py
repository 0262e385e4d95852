"""Fixtures that several tests share: a second copy on a PostgreSQL that may be crashed and written to."""

import pytest
from every_source import Sources
from hand_made import HAND_MADE, HAND_MADE_PAGES, HandMadeSite
from hostile_site import MODEL, HostileSite
from ingest_run import Ingest
from web import Client


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


@pytest.fixture(scope="session")
def second_site():
    """The sample's site with one more model, whose pages are made by hand and odd."""
    with HandMadeSite() as own:
        yield own


@pytest.fixture(scope="session")
def second_ingest(cluster, template, bin_folder, second_site):
    """A database of the second copy's own: some neurons of the sample's model, and the pages made by hand."""
    name = cluster.create(template)
    ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    assert ingest.run("neuroscope", MODEL, "--url", second_site.url, "--layers", "0", "--neurons", "0-63").returncode == 0
    for layer, neuron in HAND_MADE_PAGES:
        run = ingest.run("neuroscope", HAND_MADE, "--url", second_site.url, "--layers", layer, "--neurons", neuron)
        assert run.returncode == 0, run.stderr
    return ingest


@pytest.fixture(scope="session")
def second_stack(start_stack, second_ingest):
    """A whole copy (workers and nginx) on that database; tests may write to it and take it away for a while."""
    return start_stack(SAMPLE=0, DATABASE_URL=second_ingest.admin_url)


@pytest.fixture(scope="session")
def client(base_url):
    """A client of the shared copy."""
    return Client(base_url)


@pytest.fixture(scope="session")
def second_client(second_stack):
    """A client of the second copy."""
    return Client(second_stack.base_url)


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """The files of every kind of source (see Sources)."""
    with HostileSite() as own:
        yield Sources(tmp_path_factory.mktemp("sources"), own)


@pytest.fixture(scope="session")
def loaded(cluster, template, bin_folder, sources):
    """A database with something of every source. Nobody may change it; it may be copied while nothing is connected."""
    name = cluster.create(template)
    ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    sources.load(ingest)
    ingest.database = name
    return ingest
