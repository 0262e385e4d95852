"""verify: damage to what the explainer and Neuron2Graph gave is found, named, and mended by what it says."""

import shlex
import subprocess

import pytest
from every_source import MODEL
from ingest_run import Ingest


@pytest.fixture(scope="module")
def stored(cluster, loaded, sources, bin_folder):
    """A database of this file's own with something of every source."""
    name = cluster.create(loaded.database)
    ingest = Ingest(bin_folder / "deepdecipher-ingest", cluster.url(name, "deepdecipher_loader"), cluster.url(name))
    store = sources.n2g / "neuron_store.json"
    ingest.paths = {"n2g": sources.n2g, "n2g-stats": sources.n2g / "stats.json", "neuron-store": store, "json": sources.documents}
    ingest.whole = findings(ingest)
    yield ingest
    cluster.drop(name)


def findings(ingest):
    """What verify prints: the commands of each finding by its headline."""
    run = ingest.run("verify", MODEL)
    assert run.stderr == "" and run.returncode == 1, run.stderr
    found, headline = {}, None
    for line in run.stdout.splitlines()[:-1]:
        if line.startswith("    "):
            found[headline].append(line.strip())
        else:
            found[headline := line.removeprefix(f"{MODEL}: ")] = []
    return found


def damage(ingest, statement):
    """The findings that a statement causes; all others must stay."""
    ingest.sql(statement)
    found = findings(ingest)
    return {headline: commands for headline, commands in found.items() if headline not in ingest.whole}


def mend(ingest, found):
    for command in (line for commands in found.values() for line in commands):
        words = shlex.split(command.replace("$DATABASE_URL", ingest.admin_url))
        if words[0] == "psql":
            subprocess.run([*words, "-Xq"], check=True, capture_output=True)
        else:
            paths = {"FOLDER": ingest.paths.get(words[1]), "FILE": ingest.paths.get(words[1])}
            done = ingest.run(*(paths.get(word, word) for word in words[1:]))
            assert done.returncode == 0, (command, done.stderr)


def test_what_has_not_been_read_is_found_by_source(stored, sources):
    site = f"--url file://{sources.explainer}"
    reading = [f"--layers {layer} --neurons 40-511 {site}" for layer in (0, 1)]
    kinds = {"explainer": "", "explainer-activations": " --kind activations", "explainer-related-neurons": " --kind related-neurons",
             "explainer-related-tokens": " --kind related-tokens"}  # fmt: skip
    for source, kind in kinds.items():
        commands = stored.whole[f"944 neurons (l0n40, …): {source}: not read yet"]
        assert commands == [f"deepdecipher-ingest explainer {MODEL}{kind} {rest}" for rest in reading]
    assert stored.whole["944 neurons (l0n40, …): explainer-token-activations: not read yet"]
    assert len(stored.whole) == 7, stored.whole  # with neuroscope: one neuron refused, the others not read


ONE = "neuron_id = (SELECT min(neuron_id) + 7 FROM statistics)"
TEXT = f"text_id = (SELECT text_ids[2] FROM record WHERE {ONE})"
OUTSIDE = "(SELECT min(neuron_id) + 600 FROM statistics)"
PAIR = "(neuron_id, similar_id) = (SELECT neuron_id, similar_id FROM similar_neuron ORDER BY 1, 2 LIMIT 1)"


def copy_to(table, where=ONE):
    """Rows of a table put under a neuron that the model does not have."""
    return f"""CREATE TEMPORARY TABLE x AS SELECT * FROM {table} WHERE {where}; UPDATE x SET neuron_id = {OUTSIDE};
               ALTER TABLE x DROP COLUMN IF EXISTS model_id, DROP COLUMN IF EXISTS english, DROP COLUMN IF EXISTS simple;
               INSERT INTO {table} SELECT * FROM x"""


# A statement, and the words of the findings that it must cause: of each at least one.
DAMAGE = {
    "no note of explanations": (f"DELETE FROM neuron_source WHERE {ONE} AND source_id = 2", "1 neuron (l0n7): explainer: there, but not noted as stored"),
    "no note of records": (f"DELETE FROM neuron_source WHERE {ONE} AND source_id = 3", "explainer-activations: there, but not noted as stored"),
    "no note of connections": (f"DELETE FROM neuron_source WHERE {ONE} AND source_id = 4", "explainer-related-neurons: there, but not noted as stored"),
    "no note of weights": (f"DELETE FROM neuron_source WHERE {ONE} AND source_id = 5", "explainer-related-tokens: there, but not noted as stored"),
    "no note of averages": (f"DELETE FROM neuron_source WHERE {ONE} AND source_id = 11", "explainer-token-activations: there, but not noted as stored"),
    "no note of a graph": (f"DELETE FROM neuron_source WHERE {ONE} AND source_id = 6", "n2g: there, but not noted as stored"),
    "no note of a store": ("DELETE FROM neuron_source WHERE source_id = 7", "neuron-store: there, but not noted as stored"),
    "no note of fits": ("DELETE FROM neuron_source WHERE source_id = 10", "n2g-stats: there, but not noted as stored"),
    "lost statistics": (f"DELETE FROM statistics WHERE {ONE}", "explainer-activations: noted as stored, but not there"),
    "lost records": (f"DELETE FROM record WHERE {ONE}", "explainer-activations: noted as stored, but not there"),
    "lost averages": (f"DELETE FROM token_weight WHERE {ONE} AND kind = 'activation'", "explainer-token-activations: noted as stored, but not there"),
    "lost graph": (f"DELETE FROM neuron_graph WHERE {ONE}", "n2g: noted as stored, but not there"),
    "graph not read": (f"DELETE FROM neuron_graph WHERE {ONE}; DELETE FROM neuron_source WHERE {ONE} AND source_id = 6", "n2g: has tokens or a fit, but no graph"),
    "lost source": ("DELETE FROM model_source WHERE source_id = 4", "the source explainer-related-neurons has given neurons, but is not among"),
    "place of an explanation": (f"UPDATE explanation SET place = 5 WHERE {ONE}", "the places of its explanations have gaps"),
    "lost explanation": (f"DELETE FROM explanation WHERE {ONE}", "a simulation without its explanation"),
    "score": (f"UPDATE explanation SET score = -1.5 WHERE {ONE}", "explainer: a score is out of range"),
    "score NaN": (f"UPDATE explanation SET rsquared_score = 'NaN' WHERE {ONE}", "explainer: a score is out of range"),
    "score of a text": (f"UPDATE simulation SET scores[4] = 2 WHERE {ONE}", "explainer: a score is out of range"),
    "scores of texts": (f"UPDATE simulation SET scores = scores[2:] WHERE {ONE}", "has not three scores for each text"),
    "texts of a simulation": (f"UPDATE simulation SET text_ids = text_ids[2:] WHERE {ONE}", "packed numbers are not as many as what they belong to"),
    "unknown text of a simulation": (f"UPDATE simulation SET text_ids[1] = 12345 WHERE {ONE}", "explainer: a text is not stored"),
    "true activations": (f"UPDATE simulation SET true_activations = substr(true_activations, 1, 20) WHERE {ONE}", "explainer: packed numbers can not be read"),
    "simulated activations": (f"UPDATE simulation SET simulated_activations = '' WHERE {ONE}", "explainer: packed numbers can not be read"),
    "variance": (f"UPDATE statistics SET variance = -1 WHERE {ONE}", "a moment of its activations is out of range"),
    "mean": (f"UPDATE statistics SET mean = '-Infinity' WHERE {ONE}", "a moment of its activations is out of range"),
    "kurtosis": (f"UPDATE statistics SET kurtosis = 'NaN' WHERE {ONE}", "a moment of its activations is out of range"),
    "number of records": (f"UPDATE record SET num_top = num_top + 1 WHERE {ONE}", "the numbers of its records are not those of its texts"),
    "negative number of records": (f"UPDATE record SET num_top = num_top + num_random + 1, num_random = -1 WHERE {ONE}", "the numbers of its records are not"),
    "sizes of quantiles": (f"UPDATE record SET quantile_sizes[1] = 0 WHERE {ONE}", "the numbers of its records are not those of its texts"),
    "text of a record": (f"UPDATE record SET text_ids[3] = text_ids[3] + 1 WHERE {ONE}", "explainer-activations: a text is not stored"),
    "lost text": (f"DELETE FROM text WHERE {TEXT}", "explainer-activations: a text is not stored"),
    "cut text": (f"UPDATE text SET tokens = substr(tokens, 1, 9) WHERE {TEXT}", "explainer-activations: the packed tokens of a text can not be read"),
    "number of tokens": (f"UPDATE text SET num_tokens = num_tokens - 1 WHERE {TEXT}", "explainer-activations: the packed tokens of a text can not be read"),
    "no token": (f"UPDATE text SET tokens = '\\xffff7f'::bytea || decode(repeat('00', num_tokens - 1), 'hex') WHERE {TEXT}",
                 "explainer-activations: a token of a text is not in the vocabulary"),
    "activations of records": (f"UPDATE record SET activations = substr(activations, 1, 100) WHERE {ONE}", "explainer-activations: packed numbers can not be read"),
    "encoding of records": (f"UPDATE record SET activations = set_byte(activations, 0, 99) WHERE {ONE}", "explainer-activations: packed numbers can not be read"),
    "other activations": (f"UPDATE record SET activations = (SELECT true_activations FROM simulation WHERE {ONE}) WHERE {ONE}", "packed numbers are not as many"),
    "cut neurons": (f"UPDATE connection SET neurons = set_byte(neurons, length(neurons) - 1, 200) WHERE {ONE}", "packed tokens or neurons can not be read"),
    "unknown neuron": (f"UPDATE connection SET neurons = neurons || '\\xffff7f'::bytea WHERE {ONE}", "a connected neuron is none of the model"),
    "one neuron more": (f"UPDATE connection SET neurons = neurons || '\\x01'::bytea WHERE {ONE}", "explainer-related-neurons: packed numbers are not as many"),
    "weights": (f"UPDATE connection SET weights = substr(weights, 1, 10) WHERE {ONE}", "explainer-related-neurons: packed numbers can not be read"),
    "positive connections": (f"UPDATE connection SET num_positive = 5000 WHERE {ONE}", "more positive entries are told than there are"),
    "cut tokens": (f"UPDATE token_weight SET tokens = set_byte(tokens, length(tokens) - 1, 200) WHERE {ONE} AND kind = 'input'", "explainer-related-tokens: packed tokens or"),
    "unknown token": (f"UPDATE token_weight SET tokens = tokens || '\\xffff7f'::bytea WHERE {ONE} AND kind = 'output'", "explainer-related-tokens: a token is not in"),
    "unknown token of averages": (f"UPDATE token_weight SET tokens = tokens || '\\xffff7f'::bytea WHERE {ONE} AND kind = 'activation'",
                                  "explainer-token-activations: a token is not in the vocabulary"),
    "no weights": (f"UPDATE token_weight SET weights = '' WHERE {ONE} AND kind = 'activation'", "explainer-token-activations: packed numbers can not be read"),
    "negative positives": (f"UPDATE token_weight SET num_positive = -1 WHERE {ONE} AND kind = 'input'", "more positive entries are told than there are"),
    "nodes": (f"UPDATE neuron_graph SET num_nodes = num_nodes + 1 WHERE {ONE}", "n2g: its nodes are not as many as their tokens or importances"),
    "node tokens": (f"UPDATE neuron_graph SET node_tokens = node_tokens || 'x'::text WHERE {ONE}", "n2g: its nodes are not as many as their tokens or importances"),
    "node importances": (f"UPDATE neuron_graph SET node_importances[1] = 1.5 WHERE {ONE}", "n2g: an importance is not from 0 to 1"),
    "edges": (f"UPDATE neuron_graph SET num_edges = num_edges + 1 WHERE {ONE}", "n2g: the graph has not as many nodes or edges as is told"),
    "activating nodes": (f"UPDATE neuron_graph SET num_activating = 0 WHERE {ONE}", "n2g: the graph has not as many nodes or edges as is told"),
    "graph": (f"UPDATE neuron_graph SET graph = '{{\"graph\":[]}}' WHERE {ONE}", "n2g: the graph as it is served is not that of its DOT"),
    "DOT": (f"UPDATE neuron_graph SET dot = left(dot, 30) WHERE {ONE}", "n2g: the graph's DOT can not be read"),
    "other DOT": (f"UPDATE neuron_graph SET dot = replace(dot, 'label=', 'label=x') WHERE {ONE}", "n2g: the graph"),
    "share": (f"UPDATE graph_fit SET firing_recall = 1.2 WHERE {ONE}", "n2g-stats: a share is not from 0 to 1, or a count is negative"),
    "negative share": (f"UPDATE graph_fit SET accuracy = -0.1 WHERE {ONE}", "n2g-stats: a share is not from 0 to 1, or a count is negative"),
    "count": (f"UPDATE graph_fit SET firing_count = -3 WHERE {ONE}", "n2g-stats: a share is not from 0 to 1, or a count is negative"),
    "token of a posting": ("UPDATE posting SET token_id = 9999999 WHERE (neuron_id, token_id) = (SELECT neuron_id, token_id FROM posting LIMIT 1)",
                           "neuron-store: a token is not in the vocabulary"),
    "importance": ("UPDATE posting SET importance = -1 WHERE (neuron_id, token_id) = (SELECT neuron_id, token_id FROM posting LIMIT 1)",
                   "neuron-store: an importance is not from 0 to 1"),
    "lost postings": ("DELETE FROM posting WHERE neuron_id = (SELECT min(neuron_id) FROM similar_neuron)", "similar neurons do not fit the tokens that they have"),
    "one posting more": ("""INSERT INTO posting (neuron_id, token_id, kind) SELECT neuron_id, -token_id - 1, kind FROM posting
                            WHERE neuron_id IN (SELECT neuron_id FROM similar_neuron WHERE similarity = 1) LIMIT 1""",
                         "neuron-store: a token is not in the vocabulary"),
    "one way": (f"DELETE FROM similar_neuron WHERE {PAIR}", "two neurons are not similar both ways"),
    "other similarity": (f"UPDATE similar_neuron SET similarity = 0.987 WHERE {PAIR}", "two neurons are not similar both ways"),
    "itself": ("INSERT INTO similar_neuron SELECT neuron_id, neuron_id, 1, 1 FROM similar_neuron LIMIT 1", "two neurons are not similar both ways"),
    "low similarity": ("UPDATE similar_neuron SET similarity = 0.3 WHERE similarity = 0.5", "a similarity is not from 0.4 to 1"),
    "shared tokens": ("UPDATE similar_neuron SET num_shared = num_shared + 1000", "similar neurons do not fit the tokens that they have"),
    "another model's neuron": (f"UPDATE similar_neuron SET similar_id = similar_id + (1::bigint << 48) WHERE {PAIR}", "two neurons are not similar both ways"),
} | {
    f"outside: {table}": (copy_to(table), f"a row of {table} is about a neuron that the model does not have")
    for table in ("explanation", "simulation", "statistics", "record", "connection", "token_weight", "neuron_graph", "graph_fit", "logit_effect", "example")
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_what_verify_says_mends_it(stored, name):
    statement, words = DAMAGE[name]
    found = damage(stored, statement)
    assert any(words in headline for headline in found), found
    mend(stored, found)
    assert findings(stored) == stored.whole
