"""The searches for similar neurons and over texts in several models, whose vocabularies number the same tokens differently."""

import random
import urllib.parse

import pytest
import search_reference as reference
from cluster import psql
from n2g_files import float32
from workers import Workers

SHAPES = {"one": (2, 30), "two": (3, 20), "three": (1, 40), "bare": (1, 5)}  # layers, neurons in each
WORDS = ["the", " he", " He", "\u2400", "\u00e9", "\U0001f600", "'", "\\", "\n", " a b", "%", "_", *(f" word{n}" for n in range(30))]
KINDS = ("activating", "important")


def draw_tokens(dice, own_words):
    """{(layer, neuron): {(kind, token)}}; some neurons have none."""
    frequent = [word for word in own_words for _ in range(dice.choice((1, 1, 3)))]
    return lambda: {(dice.choice(KINDS), dice.choice(frequent)) for _ in range(dice.choice((0, 1, 2, 5, 12, 30)))}


@pytest.fixture(scope="module")
def stored():
    """{model: {(layer, neuron): {(kind, token)}}} and {model: {(layer, neuron): [snippet]}}"""
    dice = random.Random("across")
    tokens, texts = {}, {}
    for model, (layers, size) in SHAPES.items():
        neurons = [(layer, neuron) for layer in range(layers) for neuron in range(size)]
        draw = draw_tokens(dice, dice.sample(WORDS, 30) if model != "bare" else WORDS)
        drawn = {neuron: draw() for neuron in neurons}
        tokens[model] = {neuron: its for neuron, its in drawn.items() if its and model != "bare"}
        texts[model] = {neuron: ["".join(dice.choices(WORDS, k=12)) for _ in range(5)] for neuron in neurons if model != "bare"}
    return tokens, texts


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def fill(url, model, tokens, texts):
    """Stores a model with a vocabulary of its own, in which the words have ids of their own."""
    words = random.Random(model).sample(WORDS, len(WORDS))
    layers, size = SHAPES[model]
    ids = ",".join(f"({place}, {quoted(word)}, {quoted(word)})" for place, word in enumerate(words))
    psql(url, f"""SELECT model_register('{model}', 'gelu', 'data of {model}', {layers}, {size}, 0);
        INSERT INTO token (vocabulary_id, token_id, token, bytes)
        SELECT vocabulary_id, v.i, v.t, convert_to(v.b, 'UTF8') FROM model, (VALUES {ids}) AS v(i, t, b) WHERE name = '{model}'""")
    postings = ",".join(f"(neuron_id('{model}', {layer}, {neuron}), {words.index(token)}, {importance(token)}, '{kind}'::posting_kind)"
                        for (layer, neuron), its in tokens.items() for kind, token in its)  # fmt: skip
    snippets = ",".join(f"(neuron_id('{model}', {layer}, {neuron}), {quoted(chr(30).join(its))})" for (layer, neuron), its in texts.items())
    if postings:
        psql(url, f"INSERT INTO posting (neuron_id, token_id, importance, kind) VALUES {postings}; INSERT INTO snippet VALUES {snippets};"
                  f"SELECT similar_neurons_fill(model_id('{model}')), posting_list_fill(model_id('{model}'))")  # fmt: skip


def importance(token):
    return "NULL" if len(token) < 2 else len(token) / 10


@pytest.fixture(scope="module")
def database(cluster, template, stored):
    name = cluster.create(template)
    tokens, texts = stored
    for model in SHAPES:
        fill(cluster.url(name, "deepdecipher_loader"), model, tokens[model], texts[model])
    yield name
    cluster.drop(name)


@pytest.fixture(scope="module")
def workers(database, cluster, bin_folder):
    url = cluster.url(database, "deepdecipher_reader")
    with Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / "across.sock", url, "--workers", "1") as running:
        yield running


def path(search, parameters):
    return f"/api/search/{search}?" + urllib.parse.urlencode(parameters)


def all_pages(workers, search, parameters, dice):
    found, after = [], []
    while True:
        answer = workers.ask(path(search, [*parameters, ("limit", dice.choice((1, 7, 100))), *after]))
        assert answer.status == 200, answer.body
        found += answer.json["neurons"]
        if answer.json["next"] is None:
            return found
        after = [("after", answer.json["next"])]


def expected_similar(tokens, model, neuron, models, lowest):
    order = list(SHAPES)
    others = {(order.index(other), key): its for other in models for key, its in tokens[other].items() if (other, key) != (model, neuron)}
    found = reference.find_similar(tokens[model][neuron], others, lowest)
    return [(order[place], *key, similarity, shared, its) for (place, key), similarity, shared, its in found]


def random_question(dice, tokens):
    model = dice.choice(("one", "two", "three"))
    models = dice.choice(([], ["one"], ["two"], ["three", "one"], ["bare"], ["bare", "two"]))
    return model, dice.choice(sorted(tokens[model])), models, dice.choice((0.4, 0.4, 0.1, 0.3, 0.6, 1))


def test_similar_neurons_of_other_models_are_those_that_a_count_finds(workers, stored):
    dice, tokens, num_found = random.Random("question"), stored[0], 0
    for _ in range(200):
        model, (layer, neuron), models, lowest = random_question(dice, tokens)
        parameters = [("neuron", f"{model}/{layer}/{neuron}"), ("min_similarity", lowest), *(("model", name) for name in models)]
        found = all_pages(workers, "similar", parameters, dice)
        expected = expected_similar(tokens, model, (layer, neuron), models or SHAPES, lowest)
        assert [(item["model"], item["layer"], item["neuron"], float32(item["similarity"]), item["num_shared"],
                 {(token["kind"], token["token"]) for token in item["shared_tokens"]}) for item in found] == expected, parameters  # fmt: skip
        num_found += len(expected)
    assert num_found > 1000


def test_sql_finds_the_same_neurons_of_other_models(cluster, database, stored):
    dice, tokens, url = random.Random("sql"), stored[0], cluster.url(database, "deepdecipher_reader")
    for _ in range(40):
        model, (layer, neuron), models, lowest = random_question(dice, tokens)
        names = "'{" + ",".join(models) + "}'" if models else "NULL"
        rows = psql(url, f"SELECT similar_model, similar_layer, similar_neuron, num_shared, num_tokens FROM search_similar('{model}', {layer}, {neuron}, {names}, {lowest}, 1000)")
        found = [(name, *map(int, numbers)) for name, *numbers in (row.split("|") for row in rows.splitlines())]
        expected = expected_similar(tokens, model, (layer, neuron), models or SHAPES, lowest)
        assert found == [(name, *key, shared, len(tokens[name][tuple(key)])) for name, *key, _, shared, _ in expected]


def test_texts_of_several_models_are_those_that_a_count_finds(workers, stored):
    dice, order = random.Random("texts"), list(SHAPES)
    for _ in range(60):
        q = " ".join(dice.choices([word.strip() for word in WORDS if word.strip(" \n")], k=dice.choice((1, 2))))
        models = dice.choice(([], ["one"], ["two", "three"], ["bare"]))
        # As layers of one model, which the order of models is the same as.
        texts = {(order.index(model) * 100 + layer, neuron): its for model in models or SHAPES for (layer, neuron), its in stored[1][model].items()}
        expected = [{**answer, "model": order[answer["layer"] // 100], "layer": answer["layer"] % 100} for answer in reference.find_texts(q, "word", texts)]
        assert all_pages(workers, "texts", [("q", q), *(("model", name) for name in models)], dice) == expected, q


def test_a_search_that_would_look_at_too_much_says_how_to_narrow_it(workers, cluster, database):
    url = cluster.url(database, "deepdecipher_loader")
    reader = cluster.url(database, "deepdecipher_reader")
    name = psql(reader, "SELECT format('one/%s/%s', neuron_layer(neuron_id), neuron_index(neuron_id)) FROM posting WHERE model_id = model_id('one') GROUP BY neuron_id ORDER BY count(*) DESC LIMIT 1")
    done = psql(reader, "SELECT * FROM search_similar('{}', {}, {}, num_entries => 3)".format(*name.split("/")), check=False)
    assert done.returncode != 0 and "more than 3 times" in done.stderr and "HINT" in done.stderr
    psql(url, "BEGIN; UPDATE posting_list SET num_neurons = 3000000 WHERE neuron_id = neuron_id('two', 0, 0); COMMIT")
    answer = workers.ask(path("similar", [("neuron", name)]))
    assert answer.status == 422 and "Name models" in answer.problem["detail"]
    assert workers.ask(path("similar", [("neuron", name), ("model", "one")])).status == 200
    psql(url, "INSERT INTO snippet SELECT neuron_id('bare', 0, 0) + n, 'zebra crossing' FROM generate_series(0, 10000) AS n")
    answer = workers.ask(path("texts", [("q", "Zebra crossing")]))
    assert answer.status == 422 and "name models" in answer.problem["detail"]
    assert workers.ask(path("texts", [("q", "zebra"), ("model", "one")])).json == {"neurons": [], "next": None}


def test_where_nothing_is_stored_nothing_is_found(cluster, template, bin_folder):
    url = cluster.url(template, "deepdecipher_reader")
    with Workers(bin_folder / "deepdecipher-fcgi", cluster.folder / "empty.sock", url, "--workers", "1") as workers:
        assert workers.ask(path("texts", [("q", "the")])).json == {"neurons": [], "next": None}
        assert workers.ask(path("similar", [("neuron", "one/0/0")])).status == 404
