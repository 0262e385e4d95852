"""Lists of neurons beside a reference that sorts and filters what the tables hold; formats, paging, and wrong requests."""

import csv
import io
import json
import math
import random
import re
import urllib.parse

import pytest
from cluster import psql
from hostile_site import MODEL
from test_values import float32

FLOATS = (
    "absolute_dev_explained_score accuracy explanation_score firing_f1_score firing_precision firing_recall kurtosis "
    "frac_nonzero max_activation mean min_activation non_firing_f1_score non_firing_precision non_firing_recall rsquared_score skewness variance"
).split()
COUNTS = (
    "firing_count non_firing_count num_activating num_activating_tokens num_edges num_examples num_explanations "
    "num_important_tokens num_nodes num_similar"
).split()
NUMBERS = sorted([*FLOATS, *COUNTS, "importance"])
QUERIES = 300

# What the tables hold, put together without neuron_summary.
SOURCE = r"""
SELECT json_build_object('id', i.neuron_id, 'model', m.name, 'layer', neuron_layer(i.neuron_id), 'neuron', neuron_index(i.neuron_id),
  'num_examples', n.num_examples, 'max_activation', coalesce(n.max_activation, u.max_activation), 'frac_nonzero', u.frac_nonzero, 'min_activation', n.min_activation, 'importance', n.importance,
  'mean', t.mean, 'variance', t.variance, 'skewness', t.skewness, 'kurtosis', t.kurtosis,
  'num_nodes', g.num_nodes, 'num_activating', g.num_activating, 'num_edges', g.num_edges,
  'accuracy', f.accuracy, 'firing_precision', f.firing_precision, 'firing_recall', f.firing_recall, 'firing_f1_score', f.firing_f1_score,
  'non_firing_precision', f.non_firing_precision, 'non_firing_recall', f.non_firing_recall, 'non_firing_f1_score', f.non_firing_f1_score,
  'firing_count', f.firing_count, 'non_firing_count', f.non_firing_count,
  'explanations', (SELECT json_agg(json_build_array(e.score, e.source_id, e.place, e.explanation, e.rsquared_score,
                                                    e.absolute_dev_explained_score)) FROM explanation e WHERE e.neuron_id = i.neuron_id),
  'postings', (SELECT json_agg(p.kind) FROM posting p WHERE p.neuron_id = i.neuron_id),
  'similar', (SELECT count(*) FROM similar_neuron s WHERE s.neuron_id = i.neuron_id))
FROM (SELECT neuron_id FROM neuron UNION SELECT neuron_id FROM statistics UNION SELECT neuron_id FROM explanation
      UNION SELECT neuron_id FROM neuron_graph UNION SELECT neuron_id FROM graph_fit UNION SELECT neuron_id FROM feature UNION SELECT neuron_id FROM posting
      UNION SELECT neuron_id FROM record UNION SELECT neuron_id FROM connection UNION SELECT neuron_id FROM token_weight
      UNION SELECT neuron_id FROM document WHERE neuron_id & 4294967295 <> 2147483647) AS i
JOIN model m ON m.model_id = i.neuron_id >> 48
LEFT JOIN neuron n USING (neuron_id) LEFT JOIN statistics t USING (neuron_id) LEFT JOIN neuron_graph g USING (neuron_id)
LEFT JOIN graph_fit f USING (neuron_id) LEFT JOIN feature u USING (neuron_id)"""


def whole_row(row):
    """Adds what is counted and chosen: the best explanation is the one with the highest score, the first of several."""
    explanations = row.pop("explanations") or []
    explanations.sort(key=lambda e: (e[0] is None, -(e[0] or 0), e[1], e[2]))
    best = explanations[0] if explanations else [None] * 6
    row["num_explanations"] = len(explanations) or None
    row["explanation_score"], _, _, row["explanation"], row["rsquared_score"], row["absolute_dev_explained_score"] = best
    postings, similar = row.pop("postings"), row.pop("similar")
    row["num_activating_tokens"] = postings and postings.count("activating")
    row["num_important_tokens"] = postings and postings.count("important")
    row["num_similar"] = similar if postings else None
    if row["importance"] is not None:
        row["importance"] = float32(row["importance"])
    return row


@pytest.fixture(scope="module")
def neurons(database_url):
    """Every neuron that anything is stored of, by key."""
    rows = [whole_row(json.loads(line)) for line in psql(database_url, SOURCE).splitlines()]
    return sorted(rows, key=lambda row: row["id"])


def shown(row, fields):
    return {name: row[name] for name in ("layer", "model", "neuron", *fields)}


def same(one, other):
    if one.keys() != other.keys():
        return False
    for name, value in one.items():
        its = other[name]
        if name == "importance" and value is not None and its is not None:
            value, its = float32(value), float32(its)
        if value != its:
            return False
    return True


def expected(neurons, query):
    """The list that the parameters (pairs) ask for, whole."""
    given = dict(query)
    models = [value for name, value in query if name == "model"]
    layers = [value for name, value in query if name == "layer"]
    spans = [(int(a), int(b or a)) for a, _, b in (layer.partition("-") for layer in layers)]
    rows = [row for row in neurons if (not models or row["model"] in models) and
            (not spans or any(low <= row["layer"] <= high for low, high in spans))]  # fmt: skip
    for name, value in query:
        bound, _, field = name.partition("_")
        if bound not in ("min", "max") or field not in NUMBERS:
            continue
        limit = float32(float(value)) if field == "importance" else float(value)
        rows = [row for row in rows if row[field] is not None and (row[field] >= limit if bound == "min" else row[field] <= limit)]
    order = given.get("order", "").lstrip("-")
    if order:
        rows = [row for row in rows if row[order] is not None]
        rows.sort(key=lambda row: (row[order], row["id"]))
    return rows[::-1] if given.get("order", "").startswith("-") else rows


def draw(dice, neurons):
    """A random query; bounds are near what there is."""
    query = []
    if dice.random() < 0.7:
        query.append(("order", dice.choice(["", "-"]) + dice.choice(NUMBERS)))
    for _ in range(dice.choice([0, 0, 1, 2, 3])):
        field = dice.choice(NUMBERS)
        values = [row[field] for row in neurons if row[field] is not None]
        value = dice.choice(values or [0]) * dice.choice([1, 1, 0.99, 1.5])
        name = f"{dice.choice(['min', 'max'])}_{field}"
        if name not in dict(query):
            query.append((name, repr(value)))
    models = sorted({row["model"] for row in neurons})
    query += [("model", model) for model in dice.sample(models, dice.choice([0, 0, 1, len(models)]))]
    query += [("layer", dice.choice(["0", "1", "0-1", "1-5", "7"])) for _ in range(dice.choice([0, 0, 0, 1, 2]))]
    if dice.random() < 0.6:
        query.append(("fields", ",".join(dice.sample([*NUMBERS, "explanation"], dice.randint(0, 5)))))
    return query


def fields_of(query):
    listed = dict(query).get("fields")
    return NUMBERS if listed is None else [name for name in listed.split(",") if name]


def pages(client, query, limit):
    """The whole list, page after page."""
    rows, after = [], None
    while True:
        parameters = [*query, ("limit", str(limit)), *([("after", after)] if after else [])]
        answer = client.json(f"/api/neurons?{urllib.parse.urlencode(parameters)}")
        assert set(answer) == {"neurons", "next"} and len(answer["neurons"]) <= limit
        assert answer["next"] is None or len(answer["neurons"]) == limit
        rows += answer["neurons"]
        after = answer["next"]
        if after is None:
            return rows


def test_the_sample_has_every_number(neurons):
    """Otherwise the tests below would compare nothing with nothing. Dictionaries, whose features alone have one number, are
    not in it."""
    lacking = {name for name in [*NUMBERS, "explanation"] if all(row[name] is None for row in neurons)}
    assert len(neurons) > 100 and lacking == {"frac_nonzero"}


def test_hundreds_of_random_lists_are_what_a_plain_sort_gives(client, neurons):
    dice = random.Random(6)
    found = 0
    for _ in range(QUERIES):
        query = draw(dice, neurons)
        right = [shown(row, fields_of(query)) for row in expected(neurons, query)]
        rows = pages(client, query, dice.choice([37, 200, 1000]))
        assert len(rows) == len(right), query
        assert all(map(same, rows, right)), (query, next((a, b) for a, b in zip(rows, right) if not same(a, b)))
        found += bool(right)
    assert found > QUERIES / 3


def read_csv(body):
    """Rows of the CSV form, with numbers as they are in JSON."""
    def value(name, text):
        return text if name in ("model", "explanation") and text else None if text == "" else float(text)
    return [{name: value(name, text) for name, text in row.items()} for row in csv.DictReader(io.StringIO(body.decode(), newline=""))]


def test_ndjson_and_csv_have_the_same_rows_as_json(client, neurons):
    dice = random.Random(7)
    for _ in range(60):
        query = draw(dice, neurons)
        path = f"/api/neurons?{urllib.parse.urlencode(query)}"
        right = pages(client, query, 1000)
        lines = client.get(f"{path}&format=ndjson")
        assert lines.status == 200 and lines.headers["Content-Type"] == "application/x-ndjson"
        assert [json.loads(line) for line in lines.body.splitlines()] == right, query
        table = client.get(f"{path}&format=csv")
        assert table.headers["Content-Type"].startswith("text/csv")
        assert table.body.split(b"\r\n")[0].decode().split(",") == ["model", "layer", "neuron", *sorted(fields_of(query))]
        assert read_csv(table.body) == right, query


def test_the_accept_header_chooses_the_form_unless_the_address_does(client):
    path = f"/api/{MODEL}/neurons?limit=3&fields=importance"
    for accept, form in (("text/csv", "text/csv"), ("application/x-ndjson", "application/x-ndjson"), ("*/*", "application/json"),
                         ("application/json, text/html", "application/json"), ("application/ndjson;q=1", "application/x-ndjson"),
                         ("application/json, text/csv;q=0", "application/json"), ("text/csvfoo", "application/json"), ("text/html, text/csv", "text/csv")):  # fmt: skip
        answer = client.get(path, Accept=accept)
        assert answer.headers["Content-Type"].split(";")[0] == form and "Accept" in answer.headers["Vary"].split(", ")
    assert client.get(f"{path}&format=json", Accept="text/csv").headers["Content-Type"] == "application/json"


def test_a_models_own_address_is_the_list_of_that_model(client):
    own = client.json(f"/api/{MODEL}/neurons?order=-importance&limit=50")
    assert own["neurons"] == client.json(f"/api/neurons?model={MODEL}&order=-importance&limit=50")["neurons"]
    assert own["neurons"] and {row["model"] for row in own["neurons"]} == {MODEL}
    alias = MODEL.upper().replace("-", "%20")
    assert client.json(f"/api/{alias}/neurons?order=-importance&limit=50") == own


def test_keys_are_sorted_and_numbers_of_different_layers_mix(client):
    answer = client.get(f"/api/{MODEL}/neurons?limit=20&fields=variance,explanation,mean")
    for row in json.loads(answer.body, object_pairs_hook=list)[0][1]:
        assert [name for name, _ in row] == ["explanation", "layer", "mean", "model", "neuron", "variance"]


def test_head_has_the_header_lines_only(client):
    for form in ("json", "ndjson", "csv"):
        path = f"/api/neurons?format={form}&limit=5"
        whole, head = client.get(path), client.ask(path, "HEAD")
        assert head.status == 200 and head.raw == b"" and head.headers["Content-Type"] == whole.headers["Content-Type"]


WRONG = [
    ("order=nothing", "order can not be"), ("order=", "order can not be"), ("order=--mean", "order can not be"),
    ("order=explanation", "order can not be"), ("order=mean&order=mean", "only once"), ("order=mean%00", "UTF-8"),
    ("order=mean;DROP", "order can not be"), ("fields=mean,,kurtosis", "fields can not be"), ("fields=x", "fields can not be"),
    ("fields=model_id", "fields can not be"), ("fields=mean,", "fields can not be"), ("min_mean=", "must be a number"),
    ("min_mean=nan", "must be a number"), ("max_mean=inf", "must be a number"), ("max_mean=0x10", "must be a number"),
    ("max_mean=1e999", "must be a number"), ("min_mean=1%202", "must be a number"), ("min_mean=1,5", "must be a number"),
    ("min_mean='", "must be a number"), ("min_explanation=1", "not known"), ("min_nothing=1", "not known"),
    ("layer=-1", "layer must be"), ("layer=", "layer must be"), ("layer=3-", "layer must be"), ("layer=5-3", "layer must be"),
    ("layer=70000", "layer must be"), ("layer=1,2", "layer must be"), ("layer=0-5-7", "layer must be"), ("limit=0", "limit must be"),
    ("limit=1001", "from 1 to 1000"), ("limit=-5", "limit must be"), ("limit=1e3", "limit must be"),
    ("limit=10000001&format=csv", "limit must be"), ("format=xml", "json, ndjson or csv"), ("format=", "json, ndjson or csv"),
    ("after=x", "after must be"), ("texts=3", "not known"), ("offset=3", "not known"),
    ("after=neuron.0000000000000000.zzzzzzzzzzzzzzzz", "after must be"),
    ("after=neuron.0000000000000000.ffffffffffffffff", "after must be"),
    ("order=mean&after=neuron.0000000000000000.0000000000000000", "after must be"),
    ("order=mean&after=-mean.0000000000000000.0000000000000000", "after must be"),
    ("order=mean&after=mean.7ff8000000000000.0000000000000000", "after must be"),
]  # fmt: skip


@pytest.mark.parametrize("query, says", WRONG)
def test_a_wrong_request_is_400_and_says_what_is_right(client, query, says):
    for path in ("/api/neurons", f"/api/{MODEL}/neurons"):
        answer = client.get(f"{path}?{query}")
        assert answer.status == 400 and says in answer.problem["detail"], (path, answer.body)


def test_extreme_but_well_formed_requests_give_lists(client):
    for bound in ("1e308", "-1e308", "1e-308", "5e-324", "0", "-0", "+3", "99999999999999999999"):
        for name in ("importance", "num_nodes", "mean"):
            for end in ("min", "max"):
                for order in ("", f"&order=-{name}"):
                    assert client.get(f"/api/neurons?{end}_{name}={urllib.parse.quote(bound)}{order}").status == 200
    for order in ("mean", "importance", "num_nodes"):
        for bits in ("7ff0000000000000", "fff0000000000000", "7fefffffffffffff", "0000000000000001"):
            for sign in ("", "-"):
                answer = client.get(f"/api/neurons?order={sign}{order}&after={sign}{order}.{bits}.7fffffffffffffff")
                assert answer.status == 200, answer.body
    assert client.json("/api/neurons?layer=65535")["neurons"] == []


def test_an_unknown_model_is_404(client):
    for path in ("/api/no-such/neurons", f"/api/neurons?model={MODEL}&model=no-such", "/api/neurons?model=no-such&format=csv"):
        answer = client.get(path)
        assert answer.status == 404 and answer.problem["detail"] == "Model 'no-such' not found."
    assert client.get(f"/api/{MODEL}/neurons?model={MODEL}").status == 400


def test_a_cursor_is_plain_in_an_address_and_stays_good_when_its_neuron_is_gone(client):
    first = client.json(f"/api/{MODEL}/neurons?order=-importance&limit=5")
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", first["next"])
    value, _ = first["next"].rsplit(".", 1)
    rest = client.json(f"/api/{MODEL}/neurons?order=-importance&limit=5&after={value}.{0:016x}")
    assert all(row["importance"] <= first["neurons"][-1]["importance"] for row in rest["neurons"])
    assert not math.isnan(rest["neurons"][0]["importance"])
