"""The API reference: made from openapi.json, and every address of it can be tried."""

import json
import pathlib

import pytest

OPENAPI = json.loads((pathlib.Path(__file__).resolve().parents[2] / "nginx" / "www" / "doc" / "openapi.json").read_text())
OPERATIONS = [(path, method, operation) for path, item in OPENAPI["paths"].items() for method, operation in item.items() if method in ("get", "post")]


@pytest.fixture
def reference(page):
    """The page as it opens."""
    return page.open("/doc/api")


def opened(page, identity):
    page.run("document.getElementById(arguments[0]).open = true", identity)
    page.wait(lambda: page.run("return document.getElementById(arguments[0]).childElementCount > 1", identity))
    return page.run("return document.getElementById(arguments[0])", identity)


def test_every_address_is_listed_once(reference):
    listed = reference.run("return [...document.querySelectorAll('.entry')].map((e) => [e.querySelector('.method').textContent.toLowerCase(), e.querySelector('summary code').textContent])")
    assert sorted(map(tuple, listed)) == sorted((method, path) for path, method, _ in OPERATIONS)


def test_the_guide_leads_to_it(page):
    page.open("/doc/")
    page.one("article").find_element("link text", "API reference").click()
    page.wait(lambda: page.path() == "/doc/api")


def test_parameters_are_explained(reference):
    entry = opened(reference, "a-neurons-connections-by-weight")
    rows = [row.text for row in entry.find_elements("css selector", "tbody tr")]
    assert len(rows) == 5
    assert any("depth optional" in row and "1 to 3" in row and "Hops from the neuron." in row for row in rows)


def test_the_shape_of_an_answer_is_shown(reference):
    entry = opened(reference, "a-neurons-connections-by-weight")
    shape = entry.find_element("css selector", "pre").text
    assert '"metadata": {' in shape and '"num_layers": integer' in shape


def test_each_address_can_be_tried(reference):
    for summary in reference.all(".entry summary"):
        method, path = (summary.find_element("css selector", selector).text for selector in (".method", "code"))
        if method != "GET":
            continue
        entry = opened(reference, reference.run("return arguments[0].parentElement.id", summary))
        reference.run("arguments[0].querySelector('form').requestSubmit()", entry)
        reference.wait(lambda: "HTTP " in reference.run("return arguments[0].querySelector('.output').textContent", entry))
        said = reference.run("return arguments[0].querySelector('.output').textContent", entry)
        assert said.startswith("HTTP 200"), f"{path}: {said[:200]}"


def test_what_is_typed_becomes_part_of_the_address(reference, model):
    entry = opened(reference, "a-neurons-connections-by-weight")
    field = lambda name: reference.one(f"#a-neurons-connections-by-weight-{name}")
    field("depth").send_keys("1")
    field("limit").send_keys("3")
    assert entry.find_element("css selector", ".address").text == f"GET /api/{model}/connections/0/5?depth=1&limit=3"
    entry.find_element("css selector", ".try .primary").click()
    reference.wait(lambda: entry.find_elements("css selector", ".output pre"))
    shown = json.loads(reference.run("return arguments[0].querySelector('.output pre').textContent", entry))
    assert shown == reference.api(f"/{model}/connections/0/5?depth=1&limit=3")


def test_a_refusal_is_shown_as_it_comes(reference):
    entry = opened(reference, "a-neurons-connections-by-weight")
    reference.one("#a-neurons-connections-by-weight-depth").send_keys("99")
    entry.find_element("css selector", ".try .primary").click()
    reference.wait(lambda: "HTTP 400" in entry.text)
    assert "detail" in entry.text


def test_the_filter_keeps_what_holds_all_words(reference):
    reference.press("/")
    reference.press("safetensors")
    shown = [node.text for node in reference.all(".entry summary") if node.is_displayed()]
    assert len(shown) == 3 and all("/bin/" in text for text in shown)


def test_an_address_can_be_linked(page):
    page.open("/doc/api#a-neurons-connections-by-weight")
    page.wait(lambda: page.run("return document.getElementById('a-neurons-connections-by-weight').open"))


def test_a_description_that_does_not_come_can_be_asked_again(front, front_page):
    front.refuse("/doc/openapi.json", 503)
    front_page.open("/doc/api")
    assert front_page.one(".state").is_displayed()
    front.rules.clear()
    front_page.button("Try again").click()
    front_page.wait(lambda: front_page.all(".entry"))
