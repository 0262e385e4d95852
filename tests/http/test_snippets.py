"""Snippets: what ingest stores, what becomes of it when a neuron is read again, and what search_fill() makes where there is none."""

import hashlib
import json
import lzma
import pathlib
import subprocess

import pytest
import search_reference as reference
from cluster import Session, psql, until
from hand_made import HAND_MADE, HAND_MADE_PAGES, HandMadeSite
from hostile_site import MODEL
from ingest_run import finish

STORED = "SELECT neuron_id, snippets FROM snippet ORDER BY neuron_id"
OLD = sorted((pathlib.Path(__file__).resolve().parents[1] / "data/schema").glob("*.sql.xz"))


def test_snippets_of_all_neurons_are_those_of_the_pages(reader_url):
    rows = psql(reader_url, "SELECT json_agg(json_build_array(neuron_layer(neuron_id), neuron_index(neuron_id), string_to_array(snippets, E'\\x1e'))) FROM snippet")
    found = {(layer, neuron): snippets for layer, neuron, snippets in json.loads(rows)}
    assert found == reference.snippets()


def test_the_database_makes_the_same_of_stored_texts_as_ingest(ingest):
    with HandMadeSite() as site:
        assert ingest.run("neuroscope", MODEL, "--url", site.url, "--neurons", "0-59").returncode == 0
        for layer, neuron in HAND_MADE_PAGES:
            assert ingest.run("neuroscope", HAND_MADE, "--url", site.url, "--layers", layer, "--neurons", neuron).returncode == 0
    made = ingest.rows(STORED)
    assert len(made) == 123
    ingest.sql("DELETE FROM snippet WHERE neuron_index(neuron_id) <> 9")
    filled = psql(ingest.url, "SELECT sum(snippet_fill(model_id)) FROM model")
    assert filled == "121" and ingest.rows(STORED) == made
    assert psql(ingest.url, "SELECT sum(snippet_fill(model_id)) FROM model") == "0"


def test_a_neuron_that_is_read_again_has_only_its_new_snippets(site, ingest):
    command = ("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-9")
    assert ingest.run(*command).returncode == 0
    made = ingest.rows(STORED)
    ingest.sql("UPDATE snippet SET snippets = 'stale'")
    assert ingest.run(*command, "--again").returncode == 0
    assert ingest.rows(STORED) == made


def test_what_is_filled_while_a_job_reads_the_neuron_again_is_replaced(site, ingest):
    """The two wait for each other at the neuron's row."""
    command = ("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-9")
    assert ingest.run(*command).returncode == 0
    made = ingest.rows(STORED)
    ingest.sql("DELETE FROM snippet")
    waiting = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with Session(ingest.admin_url) as filling, Session(ingest.admin_url) as watching:
        filling.run("BEGIN; SELECT snippet_fill(model_id) FROM model; UPDATE snippet SET snippets = 'filled'")
        again = ingest.start(*command, "--again")
        until(lambda: watching.run(waiting) == ["t"], "the job waits")
        filling.run("COMMIT")
        assert finish(again).returncode == 0
    assert ingest.rows(STORED) == made


@pytest.mark.parametrize("dump", OLD, ids=lambda path: path.name.split(".")[0])
def test_a_database_of_an_old_version_is_searched_after_it_was_migrated(dump, cluster, template):
    name = cluster.create()
    subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-d", cluster.url(name)], input=lzma.open(dump).read(), check=True)
    cluster.migrate(name)
    url = cluster.url(name, "deepdecipher_loader")
    psql(url, "SELECT search_fill(model_id) FROM model")  # does nothing where the old version did it all
    rows = psql(url, "SELECT neuron_layer(neuron_id), neuron_index(neuron_id), md5(snippets) FROM snippet ORDER BY 1, 2").splitlines()
    hashes = {neuron: hashlib.md5("\x1e".join(snippets).encode()).hexdigest() for neuron, snippets in reference.snippets().items()}
    assert len(rows) == 16 and all(hashes[int(layer), int(neuron)] == digest for layer, neuron, digest in (row.split("|") for row in rows))
    assert int(psql(url, "SELECT count(*) FROM search_texts('the')")) > 0
    cluster.drop(name)


def test_nothing_is_found_where_nothing_is_stored(cluster, template):
    url = cluster.url(template, "deepdecipher_reader")
    for call in ("search_texts('the')", "search_texts('')", "search_texts('the', 'phrase', '{none}')", "search_similar('none', 0, 0)"):
        assert psql(url, f"SELECT count(*) FROM {call}") == "0"
