"""Similar neurons, as the database finds them, beside a count over all pairs."""

import random

import pytest
from cluster import psql
from n2g_files import float32, similar_pairs

KINDS = ("activating", "important")


@pytest.fixture(scope="module")
def database(cluster, template):
    """A database with a model of four layers of 300 neurons and one of one layer of ten, without postings."""
    name = cluster.create(template)
    url = cluster.url(name, "deepdecipher_loader")
    psql(url, "SELECT model_register('big', 'gelu', 'text', 4, 300, 0); SELECT model_register('small', 'gelu', 'text', 1, 10, 0)")
    yield url
    cluster.drop(name)


def fill(url, model_id, tokens, threshold=None):
    """Stores {neuron: {(kind, token_id)}} as a model's postings and finds its similar neurons; the number of rows."""
    values = ",".join(
        f"(neuron_id({model_id}::smallint, {n // 300}, {n % 300}), {token}, '{kind}'::posting_kind)"
        for n, its in tokens.items()
        for kind, token in its
    )
    first, last = f"{model_id}::bigint << 48", f"({model_id + 1}::bigint << 48) - 1"
    call = f"similar_neurons_fill({model_id}::smallint{'' if threshold is None else ', ' + threshold})"
    done = psql(url, f"BEGIN; DELETE FROM posting WHERE neuron_id BETWEEN {first} AND {last};"
                     f"INSERT INTO posting (neuron_id, token_id, kind) VALUES {values}; SELECT {call}; COMMIT")  # fmt: skip
    return int(done)


def stored(url, model_id):
    rows = psql(url, f"""SELECT neuron_layer(neuron_id) * 300 + neuron_index(neuron_id), neuron_layer(similar_id) * 300
        + neuron_index(similar_id), similarity, num_shared FROM similar_neuron WHERE neuron_model_id(neuron_id) = {model_id}""")
    return {(int(a), int(b)): (float32(float(c)), int(d)) for a, b, c, d in (row.split("|") for row in rows.splitlines())}


def counted(tokens, threshold=(2, 5)):
    """The same by looking at every pair."""
    pairs = similar_pairs({f"0_{neuron}": its for neuron, its in tokens.items()}, threshold)
    return {(int(one[2:]), int(other[2:])): (similarity, len(shared))
            for one, others in pairs.items() for other, (similarity, shared) in others.items()}  # fmt: skip


def draw(dice, count, most, vocabulary, common):
    """Neurons with 1 to `most` tokens: frequent ones by the square of a uniform number, and some that nearly all have."""
    found = {}
    for neuron in range(count):
        its = {(dice.choice(KINDS), int(vocabulary * dice.random() ** 3)) for _ in range(dice.randint(1, most))}
        its |= {("activating", vocabulary + number) for number in range(common) if dice.random() < 0.9}
        found[neuron] = its
    return found


CASES = {"few tokens": (1200, 4, 300, 0), "many tokens": (600, 60, 400, 0), "frequent tokens": (500, 12, 60, 3),
         "one token that all have": (400, 1, 2000, 1), "all alike": (200, 40, 50, 12)}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_they_are_those_that_a_count_over_all_pairs_finds(database, name):
    tokens = draw(random.Random(name), *CASES[name])
    expected = counted(tokens)
    assert fill(database, 1, tokens) == len(expected) > 0
    assert stored(database, 1) == expected


@pytest.mark.parametrize("threshold", [(1, 10), (1, 2), (9, 10), (1, 1)])
def test_another_threshold_is_kept_exactly(database, threshold):
    tokens = draw(random.Random(5), 300, 25, 150, 1)
    assert fill(database, 1, tokens, str(threshold[0] / threshold[1])) == len(counted(tokens, threshold))
    assert stored(database, 1) == counted(tokens, threshold)


def test_two_of_five_tokens_are_just_enough_and_one_of_three_is_not(database):
    five = {("activating", token) for token in range(5)}
    tokens = {0: five, 1: {("activating", 0), ("activating", 1), *(("activating", token) for token in range(10, 20))},
              2: {("important", token) for token in range(5)}, 3: {("activating", 4), ("important", 90), ("important", 91)}}  # fmt: skip
    assert fill(database, 1, tokens) == 2
    assert stored(database, 1) == {(0, 1): (float32(0.4), 2), (1, 0): (float32(0.4), 2)}


def test_other_models_and_earlier_rows_do_not_matter(database):
    small = {neuron: {("activating", 7)} for neuron in range(10)}
    assert fill(database, 2, small) == 90
    assert fill(database, 1, {0: {("activating", 7)}, 1: {("activating", 8)}}) == 0
    assert stored(database, 1) == {} and len(stored(database, 2)) == 90
