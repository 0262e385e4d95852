"""verify: every kind of damage is found, named, and mended by what it says."""

import shlex
import subprocess

import pytest
from hostile_site import MODEL, page_path

LAST = 19  # neurons of layer 0 that are read


@pytest.fixture(scope="module")
def stored(module_ingest, module_site, tmp_path_factory):
    """A database with 20 neurons of a model of 1,024, and two documents."""
    run = module_ingest.run("neuroscope", MODEL, "--url", module_site.url, "--layers", "0", "--neurons", f"0-{LAST}")
    assert run.returncode == 0, run.stderr
    folder = tmp_path_factory.mktemp("documents")
    (folder / "0").mkdir()
    for neuron in (0, 1):
        (folder / "0" / f"{neuron}.json").write_text("{}")
    (folder / "model.json").write_text("{}")
    assert module_ingest.run("json", MODEL, folder, "--service", "notes").returncode == 0
    module_ingest.site, module_ingest.folder = module_site, folder
    return module_ingest


def findings(ingest):
    """Headlines of verify, without the neurons that were never read."""
    run = ingest.run("verify", MODEL)
    lines = [line for line in run.stdout.splitlines() if not line.startswith("    ")]
    return run, [line for line in lines[:-1] if "not read yet" not in line]


def mend(ingest, run):
    """Runs what verify printed, except for what was never read."""
    is_unread = False
    for line in run.stdout.splitlines():
        if not line.startswith("    "):
            is_unread = "not read yet" in line
        elif not is_unread:
            words = shlex.split(line.replace("$DATABASE_URL", ingest.admin_url).replace("FOLDER", str(ingest.folder)))
            if words[0] == "psql":
                subprocess.run([*words, "-Xq"], check=True, capture_output=True)
            else:
                done = ingest.run(*words[1:])
                assert done.returncode == 0, (line, done.stderr)


def test_what_was_never_read_is_found_with_the_command_that_reads_it(stored):
    run, rest = findings(stored)
    assert run.returncode == 1 and rest == []
    assert f"{MODEL}: 1004 neurons (l0n20, …): neuroscope: not read yet" in run.stdout
    assert f"    deepdecipher-ingest neuroscope {MODEL} --layers 0 --neurons 20-511 --url {stored.site.url}" in run.stdout
    assert f"{MODEL}: 20 neurons and 120 texts were checked, 1 finding\n" in run.stdout


FIRST = "neuron_id = (SELECT min(neuron_id) FROM neuron)"
TEXT = f"text_id = (SELECT text_id FROM example WHERE {FIRST} AND rank = 3)"
EXAMPLE = f"UPDATE example SET %s WHERE {FIRST} AND rank = 3"
DAMAGE = {
    "revision": ("DELETE FROM revision", "has no row in revision"),
    "alias": ("DELETE FROM model_alias", "can not be found by other spellings"),
    "model_source": ("DELETE FROM model_source WHERE source_id = 1", "the source neuroscope has given neurons, but is not among"),
    "token text": ("UPDATE token SET token = 'x' WHERE token_id = 5", "the text of a token is not what its bytes say"),
    "no neuron": (f"DELETE FROM neuron WHERE {FIRST}", "noted as stored, but not there"),
    "no note": (f"DELETE FROM neuron_source WHERE {FIRST} AND source_id = 1", "there, but not noted as stored"),
    "no example": (f"DELETE FROM example WHERE {FIRST} AND rank = 3", "the number of texts or their ranks are wrong"),
    "no examples at all": (f"DELETE FROM example WHERE {FIRST}", "the number of texts or their ranks are wrong"),
    "count": (f"UPDATE neuron SET num_examples = 3 WHERE {FIRST}", "the number of texts or their ranks are wrong"),
    "neuron maximum": (f"UPDATE neuron SET max_activation = 99 WHERE {FIRST}", "is not that of its first text"),
    "range": (EXAMPLE % "min_range = max_range + 1", "a range or an activation is out of order"),
    "dangling text": (EXAMPLE % "text_id = 12345", "a text is not stored"),
    "lost text": (f"DELETE FROM text WHERE {TEXT}", "a text is not stored"),
    "cut tokens": (f"UPDATE text SET tokens = substr(tokens, 1, 10) WHERE {TEXT}", "the packed tokens of a text can not be read"),
    "token count": (f"UPDATE text SET num_tokens = num_tokens - 1 WHERE {TEXT}", "the packed tokens of a text can not be read"),
    "unknown token": (f"UPDATE text SET tokens = '\\xffffff7f'::bytea || substr(tokens, 2) WHERE {TEXT}", "a token of a text is not in the vocabulary"),
    "cut activations": (f"UPDATE neuron SET activations = substr(activations, 1, 100) WHERE {FIRST}", "the packed activations can not be read"),
    "no activations": (f"UPDATE neuron SET activations = '' WHERE {FIRST}", "the packed activations can not be read"),
    "encoding": (f"UPDATE neuron SET activations = set_byte(activations, 0, 99) WHERE {FIRST}", "the packed activations can not be read"),
    "activations_at": (EXAMPLE % "activations_at = -1", "the packed activations can not be read"),
    "far activations_at": (EXAMPLE % "activations_at = 2147483647", "the packed activations can not be read"),
    "position outside": (EXAMPLE % "max_position = 100000", "is outside the text"),
    "negative position": (EXAMPLE % "max_position = -1", "is outside the text"),
    "token at maximum": (EXAMPLE % "max_token_id = max_token_id + 1", "the token at the highest activation is another one"),
    "extremes": (EXAMPLE % "max_activation = max_activation - 0.01", "the highest or lowest activation is not that of the text"),
    "infinite": (EXAMPLE % "min_activation = '-Infinity'", "the highest or lowest activation is not that of the text"),
    "row outside": ("INSERT INTO neuron_source SELECT max(neuron_id) + 5000000, 1 FROM neuron", "about a neuron that the model does not have"),
    "document lost": ("DELETE FROM document WHERE neuron_index(neuron_id) = 1", "noted as stored, but the document is not there"),
    "document not noted": ("DELETE FROM neuron_source WHERE source_id >= 100 AND neuron_index(neuron_id) = 0", "a document that is not noted as stored"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_what_verify_says_mends_it(stored, name):
    statement, words = DAMAGE[name]
    stored.sql(statement)
    run, found = findings(stored)
    assert run.returncode == 1 and run.stderr == "" and any(words in line for line in found), (run.stdout, run.stderr)
    mend(stored, run)
    run, found = findings(stored)
    assert found == [], run.stdout


def test_the_maximum_at_another_position_is_found(stored):
    stored.sql(EXAMPLE % "max_position = CASE max_position WHEN 0 THEN 1 ELSE 0 END")
    run, found = findings(stored)
    assert any("another one" in line or "at another position" in line for line in found)
    mend(stored, run)
    assert findings(stored)[1] == []


def test_a_whole_model_is_well(site, ingest):
    assert ingest.run("neuroscope", MODEL, "--url", site.url).returncode == 0
    run = ingest.run("verify", "Tiny GELU 2L")
    assert run.returncode == 0, run.stdout
    assert run.stdout == f"{MODEL}: 1024 neurons and 6144 texts were checked, all is well\n"


def test_what_was_refused_is_to_be_asked_for_again(site, ingest):
    site.faults[page_path(1)] = "missing"
    run = ingest.run("neuroscope", MODEL, "--url", site.url, "--layers", "0", "--neurons", "0-3", "--retries", "0")
    assert run.returncode == 1
    run = ingest.run("verify", MODEL)
    assert run.returncode == 1
    assert f"1 neuron (l0n1): neuroscope: refused by the source and not stored\n    deepdecipher-ingest retry {MODEL} neuroscope\n" in run.stdout


def test_an_unknown_model_and_no_model(ingest):
    run = ingest.run("verify", "nothing")
    assert run.returncode == 1 and "no model 'nothing' is stored" in run.stderr
    assert ingest.run("verify").returncode == 2
