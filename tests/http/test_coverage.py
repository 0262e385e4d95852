"""How much of a model is stored, beside what the API says of each of its neurons."""

import json
import re

import pytest
from cluster import psql
from hostile_site import MODEL
from workers import Workers

IN_BATCH = 10  # services of one request


def listed(ask, model, layers, size):
    """{service: number of neurons that it answers with data}, asked neuron by neuron."""
    available = [name for name in ask(f"/api/{model}/metadata")["data"]["available_services"] if name not in ("metadata", "neuron2graph-search")]
    counts = dict.fromkeys(available, 0)
    neurons = [f"{model}/{layer}/{neuron}" for layer in range(layers) for neuron in range(size)]
    for first in range(0, len(neurons), 100):
        for services in (available[:IN_BATCH], available[IN_BATCH:]):
            if services:
                results = ask(f"/api/batch?neurons={','.join(neurons[first:first + 100])}&services={','.join(services)}&texts=0")["results"]
                for result in results:
                    for service in services:
                        counts[service] += "data" in result[service]
    return counts


def test_it_counts_the_neurons_that_each_service_answers_about(client):
    answer = client.json(f"/api/{MODEL}/coverage")
    assert answer["data"] == {"num_neurons": 1024, "services": listed(client.json, MODEL, 2, 512)}
    assert answer["metadata"] == client.json(f"/api/{MODEL}/metadata")["data"]
    assert list(answer["data"]["services"]) == sorted(answer["data"]["services"])


@pytest.fixture
def workers_of(cluster, bin_folder):
    """A function that starts the program on a database, as the reader."""
    return lambda name: Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / "coverage.sock", cluster.url(name, "deepdecipher_reader"), "--workers", "1")


def test_it_counts_what_is_there_in_part_too(loaded, workers_of):
    """Forty neurons a layer of most sources, one of which neuroscope refused."""
    with workers_of(loaded.database) as workers:
        ask = lambda path: workers.ask(path).json
        services = ask(f"/api/{MODEL}/coverage")["data"]["services"]
        assert services == listed(ask, MODEL, 2, 512)
    assert services["neuroscope"] == 79 and services["records"] == services["tokens"] == 80


def test_aliases_and_conditions_work_as_for_services(client):
    answer = client.get(f"/api/{MODEL}/coverage")
    assert client.get("/api/Tiny%20GELU%202L/coverage").json == answer.json
    assert client.get(f"/api/{MODEL}/coverage", If_None_Match=answer.headers["ETag"]).status == 304
    assert client.get("/api/nothing/coverage").problem["detail"] == "Model 'nothing' not found."
    assert client.get(f"/api/{MODEL}/coverage?texts=1").status == 400
    assert "coverage" not in client.json(f"/api/{MODEL}/all")


def test_a_model_without_anything_has_no_services(cluster, template, workers_of):
    name = cluster.create(template)
    psql(cluster.url(name), "SELECT model_register('bare', 'gelu', 'd', 2, 3, 0)")
    with workers_of(name) as workers:
        assert workers.ask("/api/bare/coverage").json["data"] == {"num_neurons": 6, "services": {}}
    cluster.drop(name)


SIXTEEN_MODELS = """
    SELECT model_register('model-' || m, 'gelu', 'd', 4, 1000, 0) FROM generate_series(1, 16) m;
    CREATE TEMP TABLE k AS SELECT neuron_id(model_id, l, n) AS id FROM model, generate_series(0, 3) l, generate_series(0, 999) n ORDER BY 1;
    INSERT INTO neuron_source SELECT id, s FROM k, generate_series(1, 5) s;
    INSERT INTO neuron_summary (neuron_id, num_examples) SELECT id, 20 FROM k;
    INSERT INTO token_weight SELECT id, kind, 0, '', '' FROM k, unnest('{activation,input,output}'::text[]) kind;
"""
EXPLAINED = """
    LOAD 'auto_explain';
    SET auto_explain.log_min_duration = 0;
    SET auto_explain.log_nested_statements = on;
    SET auto_explain.log_format = json;
    SET client_min_messages = log;
"""


def scans(plan):
    """(table, how it is read) of all parts of a plan."""
    own = [(plan["Relation Name"], plan["Node Type"])] if "Relation Name" in plan else []
    return own + [scan for part in plan.get("Plans", []) for scan in scans(part)]


def test_nothing_is_read_but_indexes(cluster, template):
    name = cluster.create(template)
    url = cluster.url(name)
    psql(url, SIXTEEN_MODELS)
    psql(url, "VACUUM ANALYZE token_weight, neuron_source, neuron_summary")
    query = "SELECT * FROM service_coverage('model-7')"
    assert {"neuroscope|4000", "tokens|4000", "connections|4000", "records|0"} <= set(psql(url, query).split("\n"))
    log = psql(url, EXPLAINED + query, check=False).stderr
    plan = max(re.findall(r"plan:\n(\{.*?\n\})", log, re.DOTALL), key=len)
    read = {(table, kind) for table, kind in scans(json.loads(plan)["Plan"]) if table in ("token_weight", "neuron_source", "neuron_summary")}
    assert {kind for _, kind in read} == {"Index Only Scan"} and len(read) == 3
    cluster.drop(name)
