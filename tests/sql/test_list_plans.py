"""neuron_summary follows the tables that it is made from, and lists are read out of the right index."""

import json

import pytest
from cluster import psql

LAYERS, SIZE = 12, 1000
COLUMNS = ["mean", "kurtosis", "importance", "num_nodes", "firing_f1_score"]
FILL = f"""
SELECT model_register('list-' || m, 'gelu', 'made', {LAYERS}, {SIZE}, 0) FROM generate_series(1, 8) AS m;
INSERT INTO neuron_summary (neuron_id, {', '.join(COLUMNS)})
SELECT neuron_id(model_id, l, n), random(), random(), random(), (random() * 100)::integer, random()
FROM model, generate_series(0, {LAYERS - 1}) AS l, generate_series(0, {SIZE - 1}) AS n"""


@pytest.fixture(scope="module")
def large(cluster, template):
    """A database with 96,000 neurons."""
    name = cluster.create(template)
    url = cluster.url(name)
    psql(url, FILL)
    psql(url, "VACUUM ANALYZE neuron_summary")
    yield url
    cluster.drop(name)


def scans(plan):
    """(kind of node, index or table) of all that reads neuron_summary, in the plan's order."""
    found = [(plan["Node Type"], plan.get("Index Name", plan["Relation Name"]))] if plan.get("Relation Name") == "neuron_summary" else []
    return found + [scan for child in plan.get("Plans", []) for scan in scans(child)]


def explain(url, models, field, descending, merged=False, layers="NULL", filters="NULL, NULL, NULL", after="NULL, NULL"):
    field = f"'{field}'" if field else "NULL"
    query = psql(url, f"SELECT neuron_list_query({models}, {layers}, {field}, {descending}, {filters}, {after}, '{{mean}}', 101, {merged})")
    return json.loads(psql(url, f"EXPLAIN (FORMAT json) {query}"))[0]["Plan"]


def page_of(plan):
    """The part that finds a page's rows; what is above it lays them out, and sorts no more than those."""
    (part,) = [child for node in [plan, *plan["Plans"]] for child in node.get("Plans", []) if child.get("Subplan Name") == "CTE page"]
    return part


def kinds(plan):
    return [plan["Node Type"]] + [kind for child in plan.get("Plans", []) for kind in kinds(child)]


@pytest.mark.parametrize("field", COLUMNS)
@pytest.mark.parametrize("descending", ["true", "false"])
@pytest.mark.parametrize("after", ["NULL, NULL", "0.5, neuron_id('list-3', 4, 5)"])
def test_a_page_of_a_model_is_a_piece_of_one_index(large, field, descending, after):
    plan = explain(large, "'{3}'", field, descending, after=after)
    assert [index for _, index in scans(plan)] == [f"neuron_summary_{field}"] and "Sort" not in kinds(page_of(plan))


@pytest.mark.parametrize("field", COLUMNS)
@pytest.mark.parametrize("after", ["NULL, NULL", "0.5, neuron_id('list-3', 4, 5)"])
def test_a_page_of_all_models_reads_keys_for_its_bound_and_then_the_rows_before_it(large, field, after):
    plan = explain(large, "NULL", field, "true", after=after)
    index = f"neuron_summary_{field}"
    assert sorted(scans(plan)) == [("Index Only Scan", index), ("Index Scan", index)]


def test_a_list_read_to_its_end_is_merged_not_sorted(large):
    plan = explain(large, "NULL", "kurtosis", "false", merged="true")
    assert "Merge Append" in kinds(plan) and "Sort" not in kinds(plan)
    assert {index for _, index in scans(plan)} == {"neuron_summary_kurtosis"}


def test_a_page_by_neuron_is_a_piece_of_the_primary_key(large):
    for models, layers in (("'{3}'", "NULL"), ("'{3}'", "'{[2,4]}'"), ("NULL", "NULL")):
        plan = explain(large, models, None, "false", layers=layers, after="NULL, neuron_id('list-3', 2, 5)")
        assert [index for _, index in scans(plan)] == ["neuron_summary_pkey"] and "Sort" not in kinds(page_of(plan))


def test_a_narrow_filter_is_looked_up_in_its_own_index(large):
    plan = explain(large, "'{3}'", "kurtosis", "true", filters="'{mean}', '{0.9999}', '{NULL}'")
    assert {index for _, index in scans(plan)} <= {"neuron_summary_mean"}


def test_no_list_reads_the_whole_table(large):
    for models in ("'{3}'", "'{1,5}'", "NULL"):
        for layers in ("NULL", "'{[3,3]}'", "'{[1,2],[7,8]}'"):
            for filters in ("NULL, NULL, NULL", "'{mean,num_nodes}', '{0.5,NULL}', '{NULL,50}'"):
                plan = explain(large, models, "kurtosis", "true", layers=layers, filters=filters)
                assert "Seq Scan" not in [kind for kind, _ in scans(plan)]


WRITES = {
    1: "INSERT INTO neuron (neuron_id, num_examples, max_activation, min_activation, activations) SELECT i, {0}, {0} + 0.5, -{0}, '' FROM unnest({1}) i",
    2: "INSERT INTO explanation (neuron_id, source_id, place, author, explanation, score) SELECT i, 2, p, 'a', 'e' || p, CASE WHEN p > 0 THEN {0} * p END"
       " FROM unnest({1}) i, generate_series(0, 2) p",
    3: "INSERT INTO statistics SELECT i, {0}, {0} + 1, NULL, {0} + 3, '{{}}' FROM unnest({1}) i",
    4: "INSERT INTO connection SELECT i, 'upstream', 0, '', '' FROM unnest({1}) i",
    6: "INSERT INTO neuron_graph SELECT i, {0} + 2, {0}, 1, '', '{{}}', '{{}}', '{{}}' FROM unnest({1}) i",
    7: "INSERT INTO posting (neuron_id, token_id, kind) SELECT i, t, 'activating' FROM unnest({1}) i, generate_series(1, {0}) t",
    9: "INSERT INTO feature SELECT i, {0}, 0.25, '', '', '', '', 0, '', '', '', '', '', '', '', '', '', '' FROM unnest({1}) i;"
       "INSERT INTO neuron_source SELECT i, 9 FROM unnest({1}) i ON CONFLICT DO NOTHING",
    10: "INSERT INTO graph_fit SELECT i, 0.5, {0}, 1, 1, 1, 1, NULL, 3, {0} FROM unnest({1}) i",
}  # fmt: skip
TABLES = {1: "neuron", 2: "explanation", 3: "statistics", 4: "connection", 6: "neuron_graph", 7: "posting", 9: "feature", 10: "graph_fit"}


def test_after_every_source_the_summary_is_what_making_it_anew_gives(cluster, template):
    name = cluster.create(template)
    url = cluster.url(name, "deepdecipher_loader")
    model = psql(url, "SELECT model_register('m', 'gelu', 'made', 2, 50, 0)")
    contents = "SELECT s FROM neuron_summary s ORDER BY neuron_id"
    for turn in (1, 2):  # the second time there is less
        for source, insert in WRITES.items():
            keys = f"(SELECT array_agg(neuron_id({model}::smallint, l, n)) FROM generate_series(0, 1) l, generate_series({source}, {30 // turn}) n)"
            psql(url, f"BEGIN; DELETE FROM {TABLES[source]}; {insert.format(source + turn, keys)};"
                      f"SELECT summary_fill({model}::smallint, {source}::smallint, {keys}); COMMIT")  # fmt: skip
        filled = psql(url, contents)
        if turn == 1:
            assert psql(url, f"BEGIN; SELECT summary_refill({model}::smallint); {contents}; COMMIT").lstrip("\n") == filled
    assert len(filled.splitlines()) == 60
    psql(cluster.url(name), "TRUNCATE neuron_summary; UPDATE schema_version SET digest = 'old' WHERE file = 'function'")
    cluster.migrate(name)  # as in a database that is older than the table
    assert len(psql(url, contents).splitlines()) > 0
    cluster.drop(name)
