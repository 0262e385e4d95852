"""A Neuronpedia feature's page: what the export has of it, and nothing of it where a model has none."""

import pytest
from ingest_run import Ingest
from neuronpedia_files import LAYER, LAYER_SIZE, expected_examples, expected_feature, make_export, write_export
from page import Page

MODEL = "gpt2-res-jb"
FILES = make_export()
NEURON = max(range(LAYER_SIZE), key=lambda neuron: len(expected_examples(FILES, neuron)["bins"]))


@pytest.fixture(scope="module")
def export_url(start_stack, bin_folder, tmp_path_factory):
    """A running copy with an export and nothing else."""
    stack = start_stack(SAMPLE=0)
    folder = write_export(tmp_path_factory.mktemp("export") / "10-res-jb", FILES)
    own = Ingest(bin_folder / "deepdecipher-ingest", stack.database_url, stack.database_url)
    run = own.run("neuronpedia", MODEL, folder, "--shape", f"12x{LAYER_SIZE}")
    assert run.returncode == 0, run.stderr
    return stack.base_url


@pytest.fixture
def feature(driver, export_url):
    return Page(driver, export_url).open(f"/viz/{MODEL}/all/{LAYER}/{NEURON}").unfold()


def numbers(feature, heading):
    script = "return [...[...document.querySelectorAll('.weights h3')].find((h) => h.textContent === arguments[0]).parentElement.querySelectorAll('li .number')].map((n) => Number(n.textContent.replace('−', '-')))"
    return feature.run(script, heading)


def test_logits_and_similar_features_are_shown(feature):
    told = expected_feature(FILES, NEURON)
    for heading, key, name in (("Promotes", "positive_logits", "logit"), ("Suppresses", "negative_logits", "logit"), ("Features like it", "similar_features", "similarity")):
        if told[key]:
            assert numbers(feature, heading) == pytest.approx([item[name] for item in told[key]][:10], rel=1e-3)
    assert len(feature.all("#features .histogram")) == sum(bool(told[key]) for key in ("density_values", "logits_values"))


def test_texts_are_shown_bin_by_bin(feature):
    bins = [item for item in expected_examples(FILES, NEURON)["bins"] if item["examples"]]
    labels = feature.all("#feature-examples fieldset label")
    assert len(labels) == len(bins) > 1
    texts = {tuple(text["tokens"]) for item in bins for text in item["examples"]}
    seen = 0
    for label in labels:
        feature.run("arguments[0].querySelector('input').click()", label)
        seen += len(feature.all("#feature-examples .short-text"))
    assert seen == len(texts)


def test_a_comparison_has_what_the_export_has(feature):
    feature.open(f"/compare?n={MODEL}/{LAYER}/{NEURON}")
    told = expected_feature(FILES, NEURON)
    assert len(feature.all(".column-text")) == 3
    promoted = feature.run("return [...[...document.querySelectorAll('.column h3')].find((h) => h.textContent === 'Promotes').nextElementSibling.children].length")
    assert promoted == min(25, len(told["positive_logits"]))


def test_the_list_of_sections_names_them(feature):
    links = [link.text for link in feature.all("#jump a") if link.is_displayed()]
    assert "Feature" in links and "Texts by activation" in links


def test_models_without_features_do_not_speak_of_them(page, model):
    page.open(f"/viz/{model}/all/0/5")
    assert page.all("#statistics") and not page.all("#features")
    assert "Feature" not in [link.text for link in page.all("#jump a") if link.is_displayed()]
