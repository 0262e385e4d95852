"""A whole model of full-sized pages, from a site with faults and with kills on the way, is served value for value."""

import concurrent.futures
import gzip
import importlib.util
import json
import multiprocessing
import os
import signal
import subprocess
import sys

import pytest
from cluster import ROOT, Session, until
from ingest_run import Ingest
from page_reader import read_page
from test_values import differences, float32
from workers import Call, Workers, free_port

SHARED = ROOT.parent / "shared"
MODEL = "tiny-solu-1l"
NEURONS = 512
RATES = ("--fail-rate", "--reset-rate", "--truncate-rate", "--garbage-rate")
OTHER_SERVICES = ("neuron_explainer", "neuron2graph", "neuron2graph-search")
NEW_SERVICES = ("activation_statistics", "connections", "explanations", "feature_examples", "features", "records", "similar", "tokens")

pytestmark = pytest.mark.skipif(not (SHARED / "upstream").is_dir(), reason="../shared is not there")


@pytest.fixture(scope="module")
def stand_in():
    """Address of the stand-in site; a fifth of its answers are faulty."""
    port = free_port()
    rates = (word for name in RATES for word in (name, "0.05"))
    command = [sys.executable, str(SHARED / "upstream/upstream_server.py"), "--port", str(port), "--seed", "7", *rates]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr.readline().startswith("serving")
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.communicate()


@pytest.fixture(scope="module")
def whole(cluster, template, bin_folder, stand_in):
    """The model, ingested with kill -9 of all its processes again and again."""
    name = cluster.create(template)
    ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    with Session(ingest.admin_url) as session:
        for stored in (32, 128, 288):
            process = ingest.start("neuroscope", MODEL, "--url", stand_in)
            until(lambda least=stored: int(session.run("SELECT count(*) FROM neuron")[0]) >= least, f"{stored} neurons")
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    run = ingest.run("neuroscope", MODEL, "--url", stand_in, "--retries", "9")
    assert run.returncode == 0, run.stderr
    return ingest


@pytest.fixture(scope="module")
def workers(cluster, whole, bin_folder):
    database = whole.admin_url.split("/")[-1].split("?")[0]
    url = cluster.url(database, "deepdecipher_reader")
    with Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / "whole.sock", url, "--workers", "2") as own:
        yield own


def different(address, first, last):
    """Differences between what is served and what the pages print, for a range of neurons."""
    spec = importlib.util.spec_from_file_location("upstream_server", SHARED / "upstream/upstream_server.py")
    upstream = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(upstream)
    folder = str(SHARED / "upstream/data")
    model = upstream.Model(folder, MODEL, upstream.Dataset(folder))
    found = []
    for neuron in range(first, last):
        page = read_page(model.page(0, neuron))
        assert len(page["texts"]) == 20 and all(len(text["tokens"]) == 1024 for text in page["texts"])
        answer = Call(address, f"/api/{MODEL}/neuroscope/0/{neuron}").answer()
        found += [(neuron, answer.status)] if answer.status != 200 else differences(answer.json["data"], page)
    return found


def test_all_512_neurons_are_served_value_for_value_as_their_pages_print_them(workers):
    half = NEURONS // 2
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        halves = [pool.submit(different, workers.address, first, first + half) for first in (0, half)]
        assert [difference for done in halves for difference in done.result()] == []


def test_nothing_was_refused_and_every_neuron_is_stored_once(whole):
    assert whole.rejected() == {} and whole.stored() == {(0, neuron) for neuron in range(NEURONS)}
    assert whole.sql("SELECT count(*), count(DISTINCT neuron_id), max(rank) FROM example") == f"{20 * NEURONS}|{NEURONS}|19"


def test_a_neuron_takes_at_most_50_kb_on_disk_indexes_included(whole):
    whole.sql("VACUUM FULL")  # what killed runs left behind is free for later rows
    tables = "'neuron', 'example', 'text', 'token', 'neuron_source', 'logit_effect', 'rejected', 'job'"
    size = int(whole.sql(f"SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname IN ({tables})"))
    assert size / NEURONS <= 50_000


def plain(value):
    """An answer without what the two systems' other services add: numbers as float32, ties in one order."""
    if isinstance(value, float):
        return float32(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        kept = {key: plain(item) for key, item in value.items() if key not in (*OTHER_SERVICES, *NEW_SERVICES, "available_services")}
        if "important_neurons" in kept:
            kept["important_neurons"].sort(key=lambda entry: (entry[1], entry[0]["layer"], entry[0]["neuron"]))
        return kept
    return value


def originals():
    if not (SHARED / "expected").is_dir():
        return {}
    recorded = json.load(gzip.open(SHARED / "expected/original.json.gz"))["responses"]
    return {url: answer for url, answer in recorded.items() if not any(f"/{service}" in url for service in OTHER_SERVICES)}


ORIGINALS = originals()


@pytest.mark.parametrize("url", ORIGINALS)
def test_the_original_answered_the_same(workers, url):
    expected, answer = ORIGINALS[url], workers.ask(url)
    assert answer.status == expected["status"]
    if answer.status == 200:
        assert plain(answer.json) == plain(expected["body"])
    else:
        assert answer.problem["detail"] == expected["body"]
