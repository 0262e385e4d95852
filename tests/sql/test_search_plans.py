"""Which index each statement of the searches uses, in the functions behind it too; none reads a large table from end to end."""

import json
import pathlib
import re
import subprocess
import sys

import numpy
import pytest
from cluster import ROOT, psql

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
import search_data

SHAPES, NUM_TOKENS = [(4, 1024), (4, 1024)], 10000
LARGE = {"token", "posting", "posting_list", "search_token", "search_token_count", "search_token_model", "explanation", "explanation_word", "snippet"}
# Every statement that runs inside EXECUTE tells its plan. Which plan is kept for later calls is forced: nothing hangs on chance.
TRACE = """
LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
SET auto_explain.log_format = json; SET auto_explain.log_level = notice; SET plan_cache_mode = {mode};
SET auto_explain.log_analyze = on; SET auto_explain.log_timing = off; SET random_page_cost = 1.1;
SET ROLE deepdecipher_reader; PREPARE traced AS {statement};"""
FIRST = "NULL, NULL, NULL, NULL"
BEHIND = "false, 0, 30, ' '"
EQUAL = {"search_token_token", "search_token_count_pkey", "search_token_pkey"}  # those that equal what is searched come first
BY_NUMBER = {"search_token_count_order"}  # out of an index in the order of the answer
BEGINNING = {"search_token_count_bare"}
EITHER = {  # as good as each other
    "tokens, exact but for their case": {"search_token_token"},
    "tokens, prefix, case": {"search_token_token"},
}
CASES = {
    "tokens, exact": ("search_tokens", f"' the', 'exact', true, '{{}}', 21, {FIRST}", EQUAL),
    "tokens, exact but for their case": ("search_tokens", f"' the', 'exact', false, '{{}}', 21, {FIRST}", {"search_token_folded", "search_token_count_pkey", "search_token_pkey"}),
    "tokens, prefix": ("search_tokens", f"'str', 'prefix', false, '{{}}', 21, {FIRST}", EQUAL | BEGINNING),
    "tokens, prefix, next page": ("search_tokens", f"'str', 'prefix', false, '{{}}', 21, {BEHIND}", BEGINNING | {"search_token_count_pkey", "search_token_pkey"}),
    "tokens, prefix, case": ("search_tokens", f"'Str', 'prefix', true, '{{}}', 21, {FIRST}", BEGINNING | {"search_token_count_pkey", "search_token_pkey"}),
    "tokens, prefix with a blank": ("search_tokens", f"' str', 'prefix', false, '{{}}', 21, {FIRST}", EQUAL | BEGINNING),
    "tokens, prefix, a model": ("search_tokens", f"'str', 'prefix', false, '{{bench-1}}', 21, {FIRST}", BEGINNING | {"search_token_model_pkey", "search_token_pkey"}),
    "tokens, one letter": ("search_tokens", f"'s', 'prefix', false, '{{}}', 21, {FIRST}", EQUAL | BY_NUMBER | BEGINNING),
    "tokens, one letter, next page": ("search_tokens", f"'s', 'prefix', false, '{{}}', 21, {BEHIND}", BY_NUMBER | BEGINNING | {"search_token_count_pkey", "search_token_pkey"}),
    "tokens, all": ("search_tokens", f"'', 'prefix', false, '{{}}', 21, {FIRST}", EQUAL | BY_NUMBER),
    "tokens, substring": ("search_tokens", f"'tati', 'substring', false, '{{}}', 21, {FIRST}", EQUAL | {"search_token_grams"}),
    "tokens, substring, a model": ("search_tokens", f"'tati', 'substring', false, '{{bench-1}}', 21, {FIRST}", {"search_token_grams", "search_token_model_pkey", "search_token_pkey"}),
    "tokens, one character in them": ("search_tokens", f"'e', 'substring', false, '{{}}', 21, {FIRST}", EQUAL | BY_NUMBER),
    "tokens, fuzzy": ("search_tokens", f"'staetment', 'fuzzy', false, '{{}}', 21, {FIRST}",
                      {"search_token_alike", "search_token_folded", "search_token_count_pkey", "search_token_pkey"}),
    "lists": ("search_lists", "'{any,peak}', ARRAY[' the', ' of']::bytea[], '{}', 2000000", {"token_vocabulary_id_bytes_key", "posting_list_pkey"}),
    "lists of a model": ("search_lists", "'{any,any}', ARRAY[' the', ' of']::bytea[], '{bench-1}', 2000000",
                         {"token_vocabulary_id_bytes_key", "posting_list_pkey"}),
    "neurons of a model": ("search_neurons", "'bench-1', '{any,any}', ARRAY[' the', ' of']::bytea[]", {"token_vocabulary_id_bytes_key", "posting_search"}),
    "texts": ("search_texts", "'statement', 'word', '{}', 21, 20000, NULL, NULL, NULL", {"snippet_word", "snippet_pkey"}),
    "texts of a model": ("search_texts", "'statement class', 'prefix', '{bench-1}', 21, 20000, NULL, NULL, NULL", {"snippet_word", "snippet_pkey"}),
    "neurons that share tokens": ("search_similar_lists", "'bench-1', 0, 5, '{}', 2000000", {"posting_pkey", "token_pkey", "token_vocabulary_id_bytes_key", "posting_list_pkey"}),
    "a neuron and its tokens": ("search_similar_neuron", "'bench-1', 0, 5", {"posting_pkey"}),
    "tokens that are shared": ("search_similar_tokens", "neuron_id('bench-1', 0, 5), ARRAY[neuron_id('bench-2', 0, 5), neuron_id('bench-2', 1, 7)], 100",
                               {"posting_pkey", "token_pkey", "token_vocabulary_id_bytes_key"}),
    "explanations, word": ("search_explanations", f"'statement', 'word', '{{}}', NULL, NULL, 21, 20000, NULL, {FIRST}",
                           {"explanation_word_stem", "explanation_english"}),
    "explanations, two words of a model": ("search_explanations", f"'object class', 'word', '{{bench-1}}', NULL, NULL, 21, 20000, NULL, {FIRST}",
                                           {"explanation_word_stem", "explanation_english"}),
    "explanations, phrase": ("search_explanations", f"'the statement', 'phrase', '{{}}', 0.5, NULL, 21, 20000, NULL, {FIRST}",
                             {"explanation_word_stem", "explanation_english"}),
    "explanations, prefix": ("search_explanations", f"'other statem', 'prefix', '{{}}', NULL, NULL, 21, 20000, NULL, {FIRST}",
                             {"explanation_word_word", "explanation_simple"}),
    "explanations, fuzzy": ("search_explanations", f"'staetment', 'fuzzy', '{{}}', NULL, NULL, 21, 20000, NULL, {FIRST}",
                            {"explanation_word_alike", "explanation_simple"}),
    "box, explanations": ("search_box_explanations", "'statem', 5", {"explanation_word_word", "explanation_simple"}),
    "box, models": ("search_box_models", "'bench'", set()),
    "box, neurons": ("search_box_neurons", "'bench-1', 3, 5", set()),
}  # fmt: skip


@pytest.fixture(scope="module")
def large(cluster, template):
    """A database of 8,192 neurons with 280,000 postings and 2,600 explanations: enough for the planner to have the choice."""
    name = cluster.create(template)
    url = cluster.url(name)
    search_data.fill(url, 1, shapes=SHAPES, num_tokens=NUM_TOKENS)
    # Words are words: explanations stand for texts.
    psql(url, "INSERT INTO snippet SELECT DISTINCT ON (neuron_id) neuron_id, explanation FROM explanation; VACUUM ANALYZE snippet")
    yield url
    cluster.drop(name)


def trace(url, statement, calls, mode="force_custom_plan"):
    """Plans of a statement and of all that it calls, as JSON, and the answers; `calls` are the arguments of each."""
    script = TRACE.format(mode=mode, statement=(ROOT / f"sql/query/{statement}.sql").read_text())
    script += "".join(f"EXECUTE traced ({arguments});" for arguments in calls)
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    starts = [found.end() for found in re.finditer("plan:\n", done.stderr)]
    return [json.JSONDecoder().raw_decode(done.stderr, start)[0]["Plan"] for start in starts], done.stdout


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("case", CASES)
def test_each_search_uses_its_indexes_and_reads_no_large_table_whole(large, case, mode):
    statement, arguments, wanted = CASES[case]
    plans, answer = trace(large, statement, [arguments], mode)
    found = [node for plan in plans for node in nodes(plan)]
    assert answer, "a search that finds nothing says little"
    assert [node["Relation Name"] for node in found if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE] == []
    used = {node["Index Name"] for node in found if "Index Name" in node}
    used = {name for name in used if any(name.startswith(f"{table}_") for table in LARGE)}
    assert wanted <= used <= wanted | EITHER.get(case, set())


@pytest.fixture(scope="module")
def many_tokens(cluster, template):
    """A database of nothing but the tokens that searches at full size have."""
    name = cluster.create(template)
    url = cluster.url(name)
    tokens = search_data.vocabulary(numpy.random.default_rng(1), search_data.VOCABULARY)
    rows = "".join(f"{token}\n" for token in tokens).replace("\\", "\\\\")
    psql(url, f"""
        DROP INDEX search_token_grams, search_token_alike;
        CREATE TABLE given (place integer GENERATED ALWAYS AS IDENTITY, token text);
        COPY given (token) FROM STDIN;\n{rows}\\.
        INSERT INTO search_token (bytes, token, folded, grams)
        SELECT convert_to(token, 'UTF8'), token, lower(token), '{{}}' FROM given ORDER BY place;
        INSERT INTO search_token_count (token_key, bytes, bare, num_activating, num_important, num_models)
        SELECT s.token_key, s.bytes, regexp_replace(s.folded, '^ ', ''), 200000 / place, 0, 1 FROM given g JOIN search_token s USING (token);
        VACUUM ANALYZE search_token; VACUUM ANALYZE search_token_count""")
    yield url
    cluster.drop(name)


def test_what_few_tokens_begin_with_is_not_looked_for_among_all(many_tokens):
    beginnings = sorted({word[:size] for word in search_data.words()[:2000:3] for size in (2, 3, 4)})
    plans, _ = trace(many_tokens, "search_tokens", [f"'{beginning}', 'prefix', false, '{{}}', 21, {FIRST}" for beginning in beginnings])
    read = [node["Actual Rows"] for plan in plans for node in nodes(plan) if node.get("Index Name") == "search_token_count_order"]
    assert 0 < max(read) < search_data.VOCABULARY / 8


def test_every_statement_of_the_searches_is_looked_at():
    searches = {path.stem for path in (ROOT / "sql/query").glob("search_*.sql")}
    assert searches - {"search_fill", "search_fill_due", "search_unknown_models"} == {statement for statement, *_ in CASES.values()}
