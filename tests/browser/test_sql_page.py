"""SQL by example: every query gives the answer that is printed under it, and the guide names all that such queries can use."""

import os
import re
import subprocess

import pytest
from cluster import psql

pytestmark = pytest.mark.skipif("BASE_URL" in os.environ, reason="only the database of this server is known")

SAMPLES = "return [...document.querySelectorAll('article section')].map((part) => ['h2', 'pre > code', 'pre > samp'].map((name) => part.querySelector(name).textContent))"
VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'public'"
FUNCTIONS = """SELECT DISTINCT p.proname FROM pg_proc p
               WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('deepdecipher_reader', p.oid, 'EXECUTE')"""
# What the reader may call because something that it calls is made of them.
PARTS = set("""
    exact_float explanation_terms ieee_float neuron_list neuron_list_bound neuron_list_merge neuron_list_open neuron_list_part
    neuron_list_query packed_index posting_lists replace_nul search_box_explanations search_fold search_token_condition shared_tokens similar_lists snippet_candidates
    snippet_words tsquery_word
""".split())


def answer(query, url, folder):
    """What psql prints, or writes to a file, without blanks at the ends of lines."""
    command = ["psql", "-Xq", "-P", "footer=off", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", query]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (query, done.stderr)
    text = (folder / "neurons.csv").read_text() if query.startswith("\\copy") else done.stdout.rstrip("\n")
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_every_query_of_the_page_gives_the_reader_the_answer_that_is_shown(page, reader_url, tmp_path):
    page.open("/doc/sql")
    samples = page.run(SAMPLES)
    assert len(samples) == 12, "ten questions, export, and what a query costs"
    for title, query, shown in samples:
        pattern = "".join("(?:.*\n)+" if row == "…" else f"{re.escape(row)}\n" for row in shown.split("\n"))
        given = answer(query, reader_url, tmp_path)
        assert re.fullmatch(pattern, given), f"{title}:\n{given}"


def test_the_guide_names_every_view_and_every_function_for_readers(page, reader_url):
    page.open("/doc/")
    named = set(page.text_content("#sql ~ .table-box td:first-child code"))
    views, functions = (set(psql(reader_url, query).split("\n")) for query in (VIEWS, FUNCTIONS))
    assert PARTS <= functions and named == views | functions - PARTS
