"""The page of one neuron: where it leads, and what it says besides the texts."""

import pytest
from page import as_shown
from selenium.webdriver.common.keys import Keys


def open_neuron(page, model, layer=0, neuron=5, service="all"):
    page.open(f"/viz/{model}/{service}/{layer}/{neuron}")


def now_at(page, path):
    page.wait(lambda: page.path() == path, f"the address never became {path}")
    page.ready()


def texts_of(page, model, layer, neuron):
    return page.api(f"/{model}/neuroscope/{layer}/{neuron}")["data"]["texts"]


def shows_neuron(page, model, layer, neuron):
    """The page shows the texts of this neuron."""
    rows = [str(text["data_index"]) for text in texts_of(page, model, layer, neuron)]
    seen = [facts.split("row\n")[-1].split("row ")[-1].strip() for facts in (n.text for n in page.all(".text-facts"))]
    return seen == rows


def test_the_title_and_heading_name_the_neuron(page, model):
    open_neuron(page, model, 1, 37)
    assert page.driver.title == f"Neuron 37, layer 1 · {model} · DeepDecipher"
    assert page.one("h1").text.split() == ["Neuron", "37", "layer", "1"]


@pytest.mark.parametrize("service", ["all", "neuroscope"])
def test_each_text_shows_its_numbers_in_the_apis_order(page, model, service):
    open_neuron(page, model, service=service)
    texts = texts_of(page, model, 0, 5)
    assert len(page.all(".text")) == len(texts)
    for card, text in zip(page.all(".text"), texts):
        assert card.find_element("css selector", ".text-max").text == as_shown(text["max_activation"])
        facts = card.find_element("css selector", ".text-facts").text
        assert str(text["data_index"]) in facts
        assert f"{text['max_activating_token_index']} of {len(text['tokens'])}" in facts


@pytest.mark.parametrize(
    "key, place",
    [(Keys.ARROW_RIGHT, "0/6"), (Keys.ARROW_LEFT, "0/4"), (Keys.ARROW_UP, "1/5")],
    ids=["right", "left", "up"],
)
def test_an_arrow_key_leads_to_a_neighbour(page, model, key, place):
    open_neuron(page, model)
    page.press(key)
    now_at(page, f"/viz/{model}/all/{place}")
    assert shows_neuron(page, model, *place.split("/"))


def test_the_down_key_leads_to_the_layer_before(page, model):
    open_neuron(page, model, 1, 5)
    page.press(Keys.ARROW_DOWN)
    now_at(page, f"/viz/{model}/all/0/5")
    assert shows_neuron(page, model, 0, 5)


@pytest.mark.parametrize("place, keys", [("0/0", [Keys.ARROW_LEFT, Keys.ARROW_DOWN]), ("1/511", [Keys.ARROW_RIGHT, Keys.ARROW_UP])])
def test_keys_stop_at_the_ends(page, model, place, keys):
    open_neuron(page, model, *place.split("/"))
    page.press(*keys)
    assert page.path() == f"/viz/{model}/all/{place}"


def test_links_at_the_ends_lead_nowhere(page, model):
    open_neuron(page, model, 0, 0)
    for name in ("layer-less", "neuron-less"):
        assert page.one(f"#{name}").get_attribute("href") is None
        assert page.one(f"#{name}").get_attribute("aria-disabled") == "true"
    open_neuron(page, model, 1, 511)
    for name in ("layer-more", "neuron-more"):
        assert page.one(f"#{name}").get_attribute("href") is None


@pytest.mark.parametrize("name, place", [("neuron-more", "0/6"), ("neuron-less", "0/4"), ("layer-more", "1/5")])
def test_a_dials_link_leads_to_a_neighbour(page, model, name, place):
    open_neuron(page, model)
    assert page.one(f"#{name}").get_attribute("href") == f"{page.base_url}/viz/{model}/all/{place}"
    page.one(f"#{name}").click()
    now_at(page, f"/viz/{model}/all/{place}")
    assert shows_neuron(page, model, *place.split("/"))


def test_the_service_of_the_address_is_kept(page, model):
    open_neuron(page, model, service="neuroscope")
    page.press(Keys.ARROW_RIGHT)
    now_at(page, f"/viz/{model}/neuroscope/0/6")


@pytest.mark.parametrize("way", ["key", "button"])
def test_random_leads_to_another_neuron(page, model, way):
    open_neuron(page, model)
    page.press("r") if way == "key" else page.one("#random").click()
    page.wait(lambda: page.path() != f"/viz/{model}/all/0/5")
    page.ready()
    assert shows_neuron(page, model, *page.path().split("/")[-2:])


def test_a_number_typed_into_a_dial_leads_there(page, model):
    open_neuron(page, model)
    page.press("n")
    assert page.has_focus("#neuron")
    page.press("200", Keys.ENTER)
    now_at(page, f"/viz/{model}/all/0/200")
    assert shows_neuron(page, model, 0, 200)


def test_keys_typed_into_a_dial_do_not_change_the_neuron(page, model):
    open_neuron(page, model)
    page.press("n")
    page.press(Keys.ARROW_LEFT, "r", "m")
    assert page.path() == f"/viz/{model}/all/0/5"
    assert page.has_focus("#neuron")


def test_back_and_forward_go_through_the_neurons_seen(page, model):
    open_neuron(page, model)
    page.press(Keys.ARROW_RIGHT)
    now_at(page, f"/viz/{model}/all/0/6")
    page.driver.back()
    now_at(page, f"/viz/{model}/all/0/5")
    page.wait(lambda: shows_neuron(page, model, 0, 5))
    page.driver.forward()
    now_at(page, f"/viz/{model}/all/0/6")
    page.wait(lambda: shows_neuron(page, model, 0, 6))


def test_the_neighbour_is_announced_to_screen_readers(page, model):
    open_neuron(page, model)
    page.press(Keys.ARROW_RIGHT)
    page.wait(lambda: page.text_content("#announce") == ["Neuron 6 in layer 0: 6 texts"])


def test_the_path_above_leads_back_to_the_model(page, model):
    open_neuron(page, model)
    page.one("#crumbs").find_element("link text", model).click()
    page.wait(lambda: page.path() == f"/viz/{model}")


def test_the_links_to_the_data_are_the_apis(page, model):
    open_neuron(page, model)
    assert page.one("#json").get_attribute("href") == f"{page.base_url}/api/{model}/all/0/5"
    asked = page.one("#aside .json-part[href*=neuroscope]").get_attribute("href")
    assert asked in page.requests(), "a section's link is what the page itself asked for"


def test_the_copy_button_copies_the_apis_address(page, model):
    open_neuron(page, model)
    permission = {"origin": page.base_url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.driver.execute_cdp_cmd("Browser.grantPermissions", permission)
    page.one("#aside .copy").click()
    page.wait(lambda: "Copied" in page.one("#aside .copy").text)
    copied = page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    assert copied == f"{page.base_url}/api/{model}/all/0/5"


def asked_by(page, model):
    """What this document has asked the API for, in order."""
    urls = page.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    prefix = f"{page.base_url}/api/{model}/"
    return [url.removeprefix(prefix) for url in urls if url.startswith(prefix)]


def test_the_page_asks_only_for_what_it_shows(page, model):
    open_neuron(page, model)
    asked = asked_by(page, model)
    assert set(asked[:3]) == {"explanations/0/5", "activation_statistics/0/5", "neuroscope/0/5?texts=20&window=50,10"}
    assert set(asked[3:]) <= {"activation_statistics/0", "neuroscope/0", "records/0/5"}, "where it stands in its layer, afterwards, and its activations"


def test_help_lists_the_keys_and_takes_them_while_open(page, model):
    open_neuron(page, model)
    page.press("?")
    dialog = page.wait(lambda: page.all("dialog[open]"))[0]
    for label in ("Previous neuron", "Next neuron", "Next layer", "Random neuron", "Inside a text"):
        assert label in dialog.text
    page.press(Keys.ARROW_RIGHT, "r")
    assert page.path() == f"/viz/{model}/all/0/5"
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all("dialog[open]"))


def test_help_opens_by_its_button_and_closes_by_its_button(page, model):
    open_neuron(page, model)
    page.one("#keys-button").click()
    page.wait(lambda: page.all("dialog[open]"))
    page.button("Close").click()
    page.wait(lambda: not page.all("dialog[open]"))


def test_another_spelling_of_the_models_name_becomes_the_proper_one(page, model):
    page.open("/viz/TINY_GELU_2L/all/0/5")
    assert page.path() == f"/viz/{model}/all/0/5"


def test_a_neuron_that_is_not_stored_says_how_to_get_it(front, front_page, model):
    front.refuse(f"/api/{model}/neuroscope/0/5", 404, detail="Nothing is stored for this neuron.")
    front_page.open(f"/viz/{model}/all/0/5")
    assert f"deepdecipher-ingest neuroscope {model} --layers 0 --neurons 5" in front_page.one("#texts").text
    assert "Nothing is stored for this neuron." in front_page.one("#texts").text
    assert front_page.one("#explanations .explanation").is_displayed(), "the rest is shown"


def test_a_model_without_texts_says_so_on_its_neurons(front, front_page, model):
    def without(document):
        del document["data"]
        document["missing_data_types"] = ["neuroscope"]

    front.change(f"/api/{model}/neuroscope/0/5", without)
    front_page.open(f"/viz/{model}/all/0/5")
    assert "No maximum activating texts of this neuron are stored." in front_page.one("#texts").text
    assert f"deepdecipher-ingest neuroscope {model}" in front_page.shown()


def test_direct_logit_effects_are_shown_when_the_source_has_them(front, front_page, model):
    def add(document):
        document["data"]["logit_effects"] = [{"effect": 1.25, "token": " up"}, {"effect": -0.5, "token": "down"}]

    front.change(f"/api/{model}/neuroscope/0/5", add)
    front_page.open(f"/viz/{model}/all/0/5")
    assert front_page.text_content("#texts .effects li") == [" up1.25", "down−0.5"]


def test_a_text_that_repeats_another_is_folded(front, front_page, model):
    def repeat(document):
        texts = document["data"]["texts"]
        texts[3] = dict(texts[1])

    front.change(f"/api/{model}/neuroscope/0/5", repeat)
    front_page.open(f"/viz/{model}/all/0/5")
    hidden = front_page.one("#text-4")
    assert not hidden.is_displayed()
    front_page.button("Show 1 repeat").click()
    assert hidden.is_displayed()
    front_page.button("Hide 1 repeat").click()
    assert not hidden.is_displayed()


@pytest.mark.parametrize("way", ["p", "button"])
def test_printing_brings_every_section(page, model, way):
    page.open(f"/viz/{model}/all/0/5")
    waiting = "return document.querySelectorAll('.part > .room, .part > [aria-busy]').length"
    assert page.run(waiting) > 3
    page.run(f"window.print = () => {{ window.printed = (() => {{ {waiting} }})(); }}")
    page.press("p") if way == "p" else page.one("#print").click()
    assert page.wait(lambda: page.run("return window.printed !== undefined"))
    assert page.run("return window.printed") == 0
    assert page.one("#connections li") and page.one("#print").is_enabled()


def test_the_keys_help_lists_printing(page, model):
    page.open(f"/viz/{model}/all/0/5").press("?")
    assert "Print with all sections" in page.one("dialog").text


@pytest.mark.parametrize("section", ["records", "connections"])
def test_an_address_with_a_section_opens_at_it_and_keeps_it(page, model, section):
    page.open(f"/viz/{model}/all/0/5#{section}")
    top = f"return document.getElementById('{section}')?.getBoundingClientRect().top"
    page.wait(lambda: page.run(top) is not None and 0 <= page.run(top) < 300)
    page.ready()
    page.wait(lambda: 0 <= page.run(top) < 300, "the sections above it came later and moved it")
    page.press(Keys.ARROW_RIGHT)
    now_at(page, f"/viz/{model}/all/0/6#{section}")
    assert -100 < page.run(top) < 400


def test_texts_and_tokens_say_which_of_how_many_they_are(page, model):
    page.open(f"/viz/{model}/all/0/5")
    text, *others = texts_of(page, model, 0, 5)
    assert page.one("#text-1 h3").text == f"Text 1 of {1 + len(others)}"
    assert f"token {text['max_activating_token_index']:,} of {len(text['tokens']):,}" in " ".join(page.one("#text-1 .text-facts").text.split())
