"""export, archive and verify of what Neuronpedia gave, which is a model of its own."""

import pytest
from neuronpedia_files import LAYER_SIZE, make_export, write_export

MODEL = "gpt2-res-jb"
OWN = ("job", "job_sums", "revision")  # of the machine, not of the model
# What verify finds, by what does the damage.
DAMAGE = {
    "UPDATE feature SET logits = substr(logits, 1, 3)": "packed numbers can not be read",
    "UPDATE feature SET logit_tokens = logit_tokens || '\\xffff7f'": "a token is not in the vocabulary",
    "UPDATE feature SET logit_tokens = logit_tokens || '\\x00'": "packed numbers are not as many as what they belong to",
    "UPDATE feature SET num_positive = 999": "more positive entries are told than there are",
    "UPDATE feature_example SET activations = ''": "packed numbers can not be read",
    "UPDATE feature_example SET activations_at[1] = 2000000000": "packed numbers can not be read",
    "UPDATE feature_example SET text_ids[1] = 5": "a text is not stored",
    "UPDATE text SET tokens = ''": "the packed tokens of a text can not be read",
    "DELETE FROM neuron_source": "there, but not noted as stored",
}


@pytest.fixture(scope="module")
def archive(module_ingest, tmp_path_factory):
    place = tmp_path_factory.mktemp("neuronpedia")
    folder = write_export(place / "10-res-jb", make_export())
    assert module_ingest.run("neuronpedia", MODEL, folder, "--shape", f"12x{LAYER_SIZE}").returncode == 0
    assert module_ingest.run("export", MODEL, place / "file").returncode == 0
    return place / "file"


def meaning(ingest):
    return {kind: line for kind, line in ingest.contents().items() if kind not in (*OWN, "token", "token_ids")}


def test_what_neuronpedia_gave_comes_to_other_keys(module_ingest, archive, ingest):
    name = module_ingest.sql("SELECT name FROM vocabulary")
    ingest.sql(f"INSERT INTO vocabulary (name) VALUES ('x'), ('{name}')")
    ingest.sql(f"SELECT count(*) FROM token_ids((SELECT vocabulary_id FROM vocabulary WHERE name = '{name}'), ARRAY['zz', 'zzz']::bytea[])")
    run = ingest.run("archive", MODEL, archive)
    assert run.returncode == 0, run.stderr
    assert meaning(ingest) == meaning(module_ingest)
    assert {"explanation", "feature", "feature_example"} <= set(ingest.contents())


def test_what_neuronpedia_gave_is_well(module_ingest, archive):
    assert module_ingest.run("verify", MODEL).stdout.splitlines()[-1].endswith("all is well")


@pytest.mark.parametrize("statement", DAMAGE)
def test_damage_is_found(archive, ingest, statement):
    assert ingest.run("archive", MODEL, archive).returncode == 0
    ingest.sql(statement)
    run = ingest.run("verify", MODEL)
    assert run.returncode == 1 and f"neuronpedia: {DAMAGE[statement]}" in run.stdout
    assert f"deepdecipher-ingest neuronpedia {MODEL} FOLDER --layers 10 --neurons " in run.stdout
