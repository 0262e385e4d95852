"""What Neuron2Graph says of neurons is served value for value as its files say it."""

import gzip
import json
import math
import urllib.parse

import pytest
from cluster import ROOT
from ingest_run import Ingest
from n2g_files import importance_of, importances, key_of, read_graph, render, similar_pairs, tokens_by_neuron, unpack_sample
from test_values import float32
from workers import Workers

SHARED = ROOT.parent / "shared"
SHAPES = {"tiny-gelu-2l": (2, 512), "tiny-solu-1l": (1, 512)}
SAMPLE = "tiny-gelu-2l"
SOLU = "tiny-solu-1l"
needs_shared = pytest.mark.skipif(not (SHARED / "upstream").is_dir(), reason="../shared is not there")


def plain(value):
    """Numbers as float32."""
    if isinstance(value, float):
        return float32(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


class Served:
    """A folder of Neuron2Graph, what it says, a database that was filled from it, and workers on that."""

    def __init__(self, cluster, template, bin_folder, folder, model, store_first):
        self.folder, self.model = folder, model
        self.layers, self.size = SHAPES[model]
        name = cluster.create(template)
        self.ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
        commands = [("n2g", model, folder), ("neuron-store", model, folder / "neuron_store.json")]
        for place, command in enumerate(reversed(commands) if store_first else commands):
            run = self.ingest.run(*command, *(() if place else ("--shape", f"{self.layers}x{self.size}")))
            assert run.returncode == 0, run.stderr
        url = cluster.url(name, "deepdecipher_reader")
        self.workers = Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / f"{name}.sock", url, "--workers", "2")
        self.store = json.loads((folder / "neuron_store.json").read_text())
        self.stats = json.loads((folder / "stats.json").read_text())
        self.tokens = tokens_by_neuron(self.store)
        self.similar = similar_pairs(self.tokens)

    def neurons(self):
        return [(layer, neuron) for layer in range(self.layers) for neuron in range(self.size)]

    def text(self, layer, neuron):
        return (self.folder / f"{layer}_{neuron}" / "graph").read_text()

    def json(self, path):
        answer = self.workers.ask(f"/api/{self.model}{path}")
        assert answer.status == 200, (path, answer.body)
        return answer.json

    def search(self, query):
        return self.json("/neuron2graph-search?" + urllib.parse.urlencode({"query": query}, quote_via=urllib.parse.quote))["data"]


@pytest.fixture(scope="module")
def sample(cluster, template, bin_folder, tmp_path_factory):
    folder = unpack_sample(tmp_path_factory.mktemp("n2g"))
    served = Served(cluster, template, bin_folder, folder, SAMPLE, store_first=True)
    with served.workers:
        yield served


@pytest.fixture(scope="module", params=SHAPES)
def upstream(request, cluster, template, bin_folder):
    served = Served(cluster, template, bin_folder, SHARED / "upstream/n2g" / request.param, request.param, store_first=False)
    with served.workers:
        yield served


@pytest.fixture(scope="module")
def solu(cluster, template, bin_folder):
    served = Served(cluster, template, bin_folder, SHARED / "upstream/n2g" / SOLU, SOLU, store_first=False)
    with served.workers:
        yield served


def check_neurons(served):
    for layer, neuron in served.neurons():
        data = served.json(f"/neuron2graph/{layer}/{neuron}")["data"]
        assert set(data) == {"graph", "graphviz", "similar"}
        graph = read_graph(served.text(layer, neuron))
        assert plain(data["graph"]) == graph, (layer, neuron)
        assert data["graphviz"] == render(graph), (layer, neuron)
        others = served.similar.get(f"{layer}_{neuron}", {})
        expected = [(similarity, *key_of(other)) for other, (similarity, _) in others.items()]
        shown = [(float32(entry["similarity"]), entry["layer"], entry["neuron"]) for entry in data["similar"]]
        assert shown == sorted(expected, key=lambda entry: (-entry[0], *entry[1:])), (layer, neuron)


def no_nan(value):
    if isinstance(value, dict):
        return {key: no_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def check_fits(served):
    for layer, neuron in served.neurons():
        document = served.json(f"/{layer}/{neuron}")
        part, fit = document["neuron2graph"], no_nan(served.stats[str(layer)][str(neuron)])
        assert "Neuron Graph" in document["available"]
        assert part.pop("fit") == fit and part.pop("explanation-score") == fit["firing"]["f1_score"]
        assert part == served.json(f"/neuron2graph/{layer}/{neuron}")["data"]


def check_importances(served):
    graphs = {f"{layer}_{neuron}": importances(served.text(layer, neuron)) for layer, neuron in served.neurons()}
    rows = served.ingest.rows("SELECT layer, neuron, kind, token, importance FROM postings")
    assert len(rows) == sum(map(len, served.tokens.values()))
    for row in rows:
        name = f"{row['layer']}_{row['neuron']}"
        assert (row["kind"], row["token"]) in served.tokens[name]
        expected = importance_of(graphs[name], row["kind"], row["token"])
        shown = row["importance"]
        assert (shown is None) == (expected is None) and (shown is None or float32(shown) == expected), row


def check_every_token_is_found(served):
    for kind, tokens in served.store.items():
        for token, neurons in tokens.items():
            if "," in token or ":" in token:
                continue
            expected = [dict(zip(("layer", "neuron"), key)) for key in sorted(map(key_of, neurons))]
            assert served.search(f"{kind}:{token}") == expected, (kind, token)


def test_every_graph_of_the_sample_is_served_as_its_file_says(sample):
    check_neurons(sample)


def test_how_well_the_samples_graphs_fit_is_served_in_the_one_document(sample):
    check_fits(sample)


def test_importances_of_the_samples_postings_are_those_of_its_graphs(sample):
    check_importances(sample)


def test_every_token_of_the_samples_store_is_found(sample):
    check_every_token_is_found(sample)


def test_several_tokens_are_joined_by_and_and_any_means_either_kind(sample):
    either = {token for tokens in sample.store.values() for token in tokens}
    both = sorted(set(sample.store["activating"]) & set(sample.store["important"]))
    assert both
    for token in (token for token in both if "," not in token and ":" not in token):
        neurons = {*sample.store["activating"][token], *sample.store["important"][token]}
        assert [(n["layer"], n["neuron"]) for n in sample.search(f"any:{token}")] == sorted(map(key_of, neurons))
    for name, tokens in list(sample.tokens.items())[::40]:
        asked = [(kind, token) for kind, token in sorted(tokens) if "," not in token and ":" not in token][:5]
        if not asked:
            continue
        expected = [other for other, its in sample.tokens.items() if its.issuperset(asked)]
        found = sample.search(",".join(f"{kind}:{token}" for kind, token in asked))
        assert [(n["layer"], n["neuron"]) for n in found] == sorted(map(key_of, expected)) and name in expected
    assert "no such token" not in either and sample.search("any:no such token") == sample.search("activating:") == []


WRONG_QUERIES = {
    "": "no colon", "the": "no colon", "any:the,": "no colon", ",any:the": "no colon", "any:a:b": "two colons", "any::": "two colons",
    "Any:the": "another type", ":the": "another type", "all:the": "another type", "important:a,anything:b": "another type",
}  # fmt: skip


@pytest.mark.parametrize("query", WRONG_QUERIES)
def test_a_wrong_query_is_400_and_told_what_is_right(sample, query):
    answer = sample.workers.ask(f"/api/{SAMPLE}/neuron2graph-search?query={urllib.parse.quote(query)}")
    assert answer.status == 400
    detail = answer.problem["detail"]
    assert WRONG_QUERIES[query] in detail and "activating:the,any:dog" in detail


def test_without_a_query_the_search_is_400_and_other_parameters_are_refused(sample):
    answer = sample.workers.ask(f"/api/{SAMPLE}/neuron2graph-search")
    assert answer.status == 400
    assert answer.problem["detail"] == "Query should contain an entry 'query' with a string value."
    for path in ("neuron2graph-search?q=any:the", "neuroscope?query=any:the", "neuron2graph/0/0?limit=3", "similar/0/0?texts=1"):
        assert sample.workers.ask(f"/api/{SAMPLE}/{path}").status == 400, path
    for limit in ("0", "501", "-1", "x", ""):
        assert sample.workers.ask(f"/api/{SAMPLE}/similar/0/0?limit={limit}").status == 400


def test_long_and_odd_queries_never_fail(sample):
    long = ",".join(["any:x"] * 700)
    assert sample.search(long) == sample.search("any:x")
    for query in ("any:%00", "any:%ff", "any:%F0%9F%98%80", "any:'%20OR%20''='", "any:%25", "any:" + "%E2%82%AC" * 400):
        assert sample.workers.ask(f"/api/{SAMPLE}/neuron2graph-search?query={query}").status in (200, 400)


def test_similar_neurons_come_with_the_tokens_that_they_share(sample):
    for name in sorted(sample.tokens, key=key_of)[::7]:
        layer, neuron = key_of(name)
        data = sample.json(f"/similar/{layer}/{neuron}?limit=500")["data"]
        assert data["neuron_index"] == {"layer": layer, "neuron": neuron}
        assert data["num_tokens"] == len(sample.tokens[name])
        shown = {}
        for entry in data["similar"]:
            shared = {(token["kind"], token["token"]) for token in entry["shared_tokens"]}
            assert len(shared) == len(entry["shared_tokens"]) == entry["num_shared"]
            shown[f"{entry['layer']}_{entry['neuron']}"] = (float32(entry["similarity"]), shared)
        assert shown == sample.similar.get(name, {})
        whole = [entry["similarity"] for entry in data["similar"]]
        assert whole == sorted(whole, reverse=True)
        assert sample.json(f"/similar/{layer}/{neuron}?limit=1")["data"]["similar"] == data["similar"][:1]


def test_a_neuron_that_the_store_does_not_know_and_other_levels_are_404(sample):
    unknown = [key for key in sample.neurons() if "{}_{}".format(*key) not in sample.tokens]
    for layer, neuron in unknown:
        assert sample.workers.ask(f"/api/{SAMPLE}/similar/{layer}/{neuron}").status == 404
        assert sample.json(f"/neuron2graph/{layer}/{neuron}")["data"]["similar"] == []
    for path, level in (("", "model"), ("/1", "layer")):
        for service in ("neuron2graph", "similar"):
            answer = sample.workers.ask(f"/api/{SAMPLE}/{service}{path}")
            assert answer.status == 404
            assert answer.problem["detail"] == f"No {level} data exists for service '{service}' for model '{SAMPLE}'."
    answer = sample.workers.ask(f"/api/{SAMPLE}/neuron2graph-search/0/0")
    assert answer.problem["detail"] == f"No neuron data exists for service 'neuron2graph-search' for model '{SAMPLE}'."


def test_all_says_what_each_service_has(sample):
    model, layer, neuron = sample.json("/all"), sample.json("/all/1"), sample.json("/all/1/3")
    assert model["neuron2graph-search"] == {"error": "Query should contain an entry 'query' with a string value."}
    assert model["neuron2graph"] == {"error": f"No model data exists for service 'neuron2graph' for model '{SAMPLE}'."}
    assert layer["neuron2graph-search"] == {"error": f"No layer data exists for service 'neuron2graph-search' for model '{SAMPLE}'."}
    assert neuron["neuron2graph"]["data"] == sample.json("/neuron2graph/1/3")["data"]
    assert neuron["similar"]["data"] == sample.json("/similar/1/3")["data"]
    assert sample.json("/all?query=any:the")["neuron2graph-search"]["data"] == sample.search("any:the")
    services = sample.json("/metadata")["data"]["available_services"]
    assert {"neuron2graph", "neuron2graph-search", "similar"} <= set(services) and services == sorted(services)


def test_what_is_not_there_is_said(cluster, template, bin_folder, tmp_path):
    name = cluster.create(template)
    ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    (tmp_path / "stats.json").write_text('{"0": {}}')
    assert ingest.run("n2g-stats", "bare", tmp_path / "stats.json", "--shape", "1x4").returncode == 1
    with Workers(bin_folder / "deepdecipher-fcgi", tmp_path / "s", cluster.url(name, "deepdecipher_reader")) as workers:
        assert workers.ask("/api/bare/neuron2graph/0/0").json["missing_data_types"] == ["n2g"]
        assert workers.ask("/api/bare/neuron2graph-search?query=any:a").json["missing_data_types"] == ["neuron-store"]


@needs_shared
def test_every_graph_of_the_upstream_models_is_served_as_its_file_says(upstream):
    check_neurons(upstream)


@needs_shared
def test_how_well_the_upstream_graphs_fit_is_served(upstream):
    check_fits(upstream)


@needs_shared
def test_importances_of_the_upstream_postings_are_those_of_their_graphs(upstream):
    check_importances(upstream)


def originals():
    if not (SHARED / "expected").is_dir():
        return {}
    recorded = json.load(gzip.open(SHARED / "expected/original.json.gz"))["responses"]
    return {url: answer for url, answer in recorded.items() if "/neuron2graph" in url or "/all" in url}


ORIGINALS = originals()


def compared(body):
    """The parts that this test is about: all of a service's own answer, some of an `all`; `similar` is ours."""
    if "data" not in body:
        body = {key: part for key, part in body.items() if key.startswith("neuron2graph")}
    found = plain(body)
    found.pop("metadata", None)
    for part in (found, found.get("neuron2graph", {})):
        if isinstance(part.get("data"), dict):
            part["data"].pop("similar")
    return found


@needs_shared
@pytest.mark.parametrize("url", ORIGINALS)
def test_the_original_answered_the_same(solu, url):
    answer = solu.workers.ask(url)
    assert answer.status == ORIGINALS[url]["status"] == 200
    assert compared(answer.json) == compared(ORIGINALS[url]["body"])
