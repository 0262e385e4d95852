"""The list of models."""

from urllib.parse import unquote

import pytest
from selenium.webdriver.common.keys import Keys


def rows(page):
    return [row for row in page.all("#rows tr") if row.is_displayed()]


@pytest.mark.parametrize("path", ["/", "/viz", "/viz/"])
def test_the_list_shows_every_model_with_its_numbers(page, path):
    page.open(path)
    models = page.api("")["models"]
    assert len(rows(page)) == len(models)
    for row, model in zip(rows(page), models):
        assert row.find_element("css selector", "th").text == model["name"]
        cells = [cell.text for cell in row.find_elements("css selector", "td")]
        numbers = [model[key] for key in ("num_layers", "layer_size", "num_total_neurons", "num_total_parameters")]
        assert cells[:6] == [model["activation_function"], model["dataset"]] + [f"{number:,}" for number in numbers]
        assert "neuroscope" in cells[6]


def test_a_model_leads_to_its_page(page, model):
    page.open("/")
    page.one("#rows th a").click()
    page.ready()
    assert page.path() == f"/viz/{model}"


def test_a_key_leads_to_the_filter(page):
    page.open("/")
    page.press("f")
    assert page.has_focus("#filter")
    assert page.one("#filter").get_attribute("value") == ""


def test_the_filter_leaves_the_models_that_have_every_word(page, model):
    page.open("/").press("f")
    page.press("GELU tiny")
    page.wait(lambda: [row.find_element("css selector", "th").text for row in rows(page)] == [model])
    assert page.one("#count").text == "1 model"


def test_a_filter_that_nothing_fits_says_so_and_can_be_cleared(page):
    page.open("/").press("f")
    page.press("no such model")
    page.wait(lambda: rows(page) == [])
    assert page.one("#count").text == "No model fits this filter"
    page.press(Keys.BACKSPACE * len("no such model"))
    page.wait(lambda: rows(page) != [])


def test_the_example_is_a_real_neuron_with_a_link_to_it(page, model):
    page.open("/")
    link = page.wait(lambda: page.all("#glimpse-link a"))[0]
    layer, neuron = link.get_attribute("href").rsplit("/", 2)[1:]
    text = page.api(f"/{model}/neuroscope/{layer}/{neuron}?texts=1&window=16,5")["data"]["texts"][0]
    assert page.text_content("#glimpse-tokens .tok") == text["tokens"]
    link.click()
    page.ready()
    assert page.path() == f"/viz/{model}/all/{layer}/{neuron}"


@pytest.mark.parametrize("way", ["key", "button"])
def test_random_opens_some_neuron(page, model, way):
    page.open("/")
    page.press("r") if way == "key" else page.one("#random").click()
    page.wait(lambda: page.path().startswith(f"/viz/{model}/all/"))
    page.ready()
    assert page.all(".text")


def test_an_empty_database_says_how_to_fill_it(front, front_page):
    front.answer("/api", '{"models":[]}')
    front_page.open("/")
    assert "deepdecipher-ingest neuroscope --list" in front_page.shown()
    assert not front_page.one("#models").is_displayed()


def test_a_model_with_a_strange_name_is_linked_by_its_encoded_name(front, front_page):
    def rename(document):
        document["models"][0]["name"] = "a/b c?d"

    front.change("/api", rename)
    front_page.open("/")
    href = front_page.one("#rows th a").get_attribute("href")
    assert href.endswith("/viz/a%2Fb%20c%3Fd") and unquote(href).endswith("a/b c?d")
