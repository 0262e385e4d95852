"""The guide: its links lead somewhere, and its examples work as printed."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request

import pytest


@pytest.fixture
def examples(page):
    """The guide's code blocks as a reader would copy them."""
    page.open("/doc/")
    return page.text_content("pre code")


def test_the_guide_is_at_both_of_its_addresses(page):
    for path in ("/doc", "/doc/"):
        page.open(path)
        assert page.one("h1").text == "Guide"


@pytest.mark.parametrize("path", ["/doc/", "/doc/operate", "/doc/sql"])
def test_every_link_of_the_guide_leads_somewhere(page, path):
    page.open(path)
    broken = """const ids = [...document.querySelectorAll('.doc a[href^="#"]')].map((a) => a.hash.slice(1));
        return ids.filter((id) => !document.getElementById(id));"""
    assert page.run(broken) == []
    assert len(page.all('.toc a[href^="#"]')) == len(page.all(".doc h2"))


@pytest.mark.parametrize("path, title, back", [("/doc/operate", "Operating", "/doc/"), ("/doc/sql", "SQL by example", "/doc/#sql")])
def test_the_guides_lead_to_each_other(page, path, title, back):
    page.open("/doc/")
    page.one(f'article a[href="{path}"]').click()
    page.wait(lambda: page.one("h1").text == title)
    page.one(f'article a[href="{back}"]').click()
    page.wait(lambda: page.one("h1").text == "Guide")


@pytest.mark.skipif("BASE_URL" in os.environ, reason="only nginx's own port may be asked for metrics")
def test_all_metrics_and_log_fields_are_explained_and_no_others(page, stack):
    page.open("/doc/operate")
    explained = {name for name in page.text_content("td code") if name.startswith(("deepdecipher_", "process_"))}
    metrics = urllib.request.urlopen(f"{page.base_url}/metrics").read().decode()
    names = {line.split()[2] for line in metrics.splitlines() if line.startswith("# HELP ")}
    assert names == explained
    keys = [set(json.loads(line)) for name in ("access", "fcgi") for line in stack.log(name).splitlines()]
    assert set().union(*keys) == set(page.text_content('[aria-label="Fields"] td:first-child code'))


def test_examples_name_this_server(page, examples):
    calls = [example for example in examples if "/api/" in example]
    assert calls
    assert all(page.base_url in call for call in calls if "http://" in call)


def test_an_example_can_be_copied(page):
    page.open("/doc/")
    permission = {"origin": page.base_url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.driver.execute_cdp_cmd("Browser.grantPermissions", permission)
    page.one(".sample .copy").click()
    page.wait(lambda: "Copied" in page.one(".sample .copy").text)
    copied = page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    assert copied == page.text_content("pre code")[0]


def test_python_examples_run(examples):
    programs = [example for example in examples if "import " in example]
    assert len(programs) == 2
    done = subprocess.run([sys.executable, "-c", "\n".join(programs)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 6 + 32, "six texts, then 32 neurons"


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here")
def test_curl_examples_answer_as_the_guide_shows(page, examples):
    call = next(example for example in examples if example.startswith("curl '"))
    answer = subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True, timeout=60).stdout
    printed = next(example for example in examples if example.startswith('{"data"'))
    for piece in ("0.373047, 0.016724, 0.566406, 2.078125, -0.058105", '"first_token_index": 6', '"max_activation": 2.0781', '"num_tokens": 160'):
        assert piece in printed
        assert piece.replace(" ", "") in answer.replace(" ", "")


@pytest.mark.skipif("BASE_URL" in os.environ, reason="only the URL of this server is known")
def test_sql_examples_run_as_the_reader(examples, reader_url):
    queries = [example for example in examples if example.lstrip().startswith("SELECT")]
    assert len(queries) == 4
    for query in queries:
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", reader_url, "-c", query], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    token_rows = done.stdout.splitlines()
    assert len(token_rows) >= 160 and token_rows[0].startswith("0|<|BOS|>|")
