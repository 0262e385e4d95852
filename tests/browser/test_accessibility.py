"""axe-core over every page, in both themes and on a phone: it finds nothing serious."""

import json
import pathlib

import pytest
from test_every_page import PAGES

AXE = pathlib.Path(__file__).resolve().parents[2] / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
const done = arguments[0];
axe.run(document, {resultTypes: ['violations']}).then(({violations}) => done(violations
    .filter(({impact}) => impact === 'serious' || impact === 'critical')
    .map(({id, help, nodes}) => [id, help, nodes.slice(0, 5).map(({html, failureSummary}) => html.slice(0, 200) + ' -- ' + failureSummary)])), done);
"""
pytestmark = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not in build/npm; tests/npm installs it")


def findings(page):
    """What axe-core has against the page as it stands."""
    page.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text()})  # a script element would meet the CSP
    return page.driver.execute_async_script(RUN)


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 1280), ("light", 360)])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(page, model, name, scheme, width):
    page.prefer(scheme=scheme)
    page.resize(width, 900, mobile=width < 500)
    page.open(PAGES[name].format(model=model)).unfold()
    found = findings(page)
    assert found == [], json.dumps(found, indent=1, ensure_ascii=False)


def test_axe_finds_nothing_serious_in_an_open_entry_of_the_reference(page):
    page.open("/doc/api#a-neurons-connections-by-weight")
    page.wait(lambda: page.all(".entry[open] form"))
    page.one(".entry[open] .try .primary").click()
    page.wait(lambda: page.all(".entry[open] .output pre"))
    assert findings(page) == []


def test_axe_finds_nothing_serious_in_errors_and_gaps(front, front_page, model):
    for service in ("neuroscope", "explanations", "tokens"):
        front.refuse(f"/api/{model}/{service}/0/5", 404, detail="Nothing is stored.")
    front.refuse(f"/api/{model}/records/0/5", 503, retry_after=100)
    front_page.open(f"/viz/{model}/all/0/5").unfold()
    assert findings(front_page) == []


def test_axe_finds_nothing_serious_in_a_card_and_the_keys(page, model):
    page.open(f"/viz/{model}/similar/0/5").unfold()
    page.run("document.querySelector('.neuron-link').focus()")
    page.press("?")
    page.wait(lambda: page.all("dialog[open]"))
    assert findings(page) == []
