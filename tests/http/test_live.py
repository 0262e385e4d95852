"""Live reading: the API asks ingest for a neuron that is not stored, when its model allows that."""

import concurrent.futures

import pytest
from hostile_site import MODEL
from web import Client

LAYER = 1  # of which nothing is stored at first


def address(neuron):
    return f"/api/{MODEL}/neuroscope/{LAYER}/{neuron}?texts=1&window=1,1"


@pytest.fixture(scope="module")
def live(second_stack, second_ingest, second_site):
    """A client of a copy whose model is read live from the site."""
    run = second_ingest.run("live", MODEL, "--url", second_site.url)
    assert run.returncode == 0, run.stderr
    yield Client(second_stack.base_url)
    assert second_ingest.run("live", MODEL, "--off").returncode == 0


def ask_until_answered(client, path):
    """Asks as 202 tells to, a bounded number of times."""
    for _ in range(20):
        answer = client.ask(path)
        if answer.status != 202:
            return answer
        assert answer.headers["Retry-After"] and answer.headers["Location"] == path
        assert answer.headers["Cache-Control"] == "no-store"
    raise AssertionError("202 twenty times")


def test_a_neuron_that_is_not_stored_is_fetched_and_answered(live):
    answer = ask_until_answered(live, address(3))
    assert answer.status == 200
    assert answer.json["data"]["neuron_index"] == {"layer": LAYER, "neuron": 3}


def test_many_clients_that_ask_for_one_neuron_cause_one_fetch(live, second_stack, second_site):
    def ask(_):
        return ask_until_answered(Client(second_stack.base_url), address(4)).status

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        assert set(pool.map(ask, range(12))) == {200}
    assert second_site.counts[f"/{MODEL}/{LAYER}/4.html"] == 1


def test_a_neuron_that_the_site_does_not_have_is_not_found_and_not_asked_for_twice(live, second_site):
    path = f"/{MODEL}/{LAYER}/6.html"
    page = second_site.pages.pop(path)
    try:
        assert ask_until_answered(live, address(6)).status == 404
        assert ask_until_answered(live, address(6)).status == 404
        assert second_site.counts[path] == 1
    finally:
        second_site.pages[path] = page


def test_no_more_than_a_hundred_neurons_are_outstanding(live, second_ingest):
    """Counted in one transaction that is rolled back: no job of it is ever seen by ingest."""
    outcomes = second_ingest.sql(
        "BEGIN; SELECT request_neuron('%s', 'neuroscope', %d, n) FROM generate_series(300, 420) AS n; ROLLBACK" % (MODEL, LAYER)
    )
    assert outcomes.split().count("waiting") == 100 and outcomes.split().count("full") == 21


def test_live_reading_is_off_unless_it_is_turned_on(live, second_ingest, second_site):
    assert second_ingest.run("live", MODEL, "--off").returncode == 0
    try:
        assert live.ask(address(8)).status == 404
        assert second_site.counts[f"/{MODEL}/{LAYER}/8.html"] == 0
    finally:
        assert second_ingest.run("live", MODEL, "--url", second_site.url).returncode == 0


@pytest.mark.parametrize("words", [["live"], ["live", "nothing-like-it"], ["live", MODEL, "nothing"], ["status", "--off"]])
def test_a_wrong_live_command_says_what_is_right(second_ingest, words):
    run = second_ingest.run(*words)
    assert run.returncode in (1, 2) and "deepdecipher-ingest" in run.stderr
