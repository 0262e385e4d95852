"""The page of one layer, and statistics that maps and distributions can show."""

import csv
import io
import urllib.request

import pytest
from selenium.webdriver.common.keys import Keys


def brief(number):
    return f"{number:#.4g}".removesuffix(".").replace("-", "−")


@pytest.fixture
def layer(page, model):
    """The page of layer 1."""
    return page.open(f"/viz/{model}/all/1")


def important(page, model, layer_index):
    return page.api(f"/{model}/neuroscope/{layer_index}")["data"]["important_neurons"]


def test_the_title_and_path_name_the_layer(layer, model):
    assert layer.driver.title == f"Layer 1 · {model} · DeepDecipher"
    assert layer.one("h1").text.split() == ["Layer", "1"]
    assert layer.run("return [...document.querySelectorAll('#crumbs a')].map((a) => a.getAttribute('href'))") == ["/viz", f"/viz/{model}"]


def test_statistics_are_the_layers(layer, model):
    data = layer.api(f"/{model}/activation_statistics/1")["data"]
    for name in ("mean", "variance", "skewness", "kurtosis"):
        for key in ("min", "mean", "max"):
            assert brief(data[name][key]) in layer.one("#moments").text


def test_the_histogram_counts_every_neuron(layer, model):
    values = [value for _, value in important(layer, model, 1)]
    titles = layer.text_content(".histogram title")
    assert sum(int(title.split(" from ")[0].replace(",", "")) for title in titles) == len(values)
    step = (values[-1] - values[0]) / len(titles)
    third = sum(values[0] + 3 * step <= value < values[0] + 4 * step for value in values)
    assert titles[3].startswith(f"{third} from ")
    assert f"half below {brief(values[round((len(values) - 1) / 2)])}" in layer.one("#distribution p").text


def test_the_ranking_is_the_layers(layer, model):
    expected = [f"/viz/{model}/all/1/{index['neuron']}" for index, _ in important(layer, model, 1)[::-1][:20]]
    assert layer.run("return [...document.querySelectorAll('#rank-list a')].map((a) => a.getAttribute('href'))") == expected


def test_a_click_on_the_map_opens_that_neuron(layer, model):
    box = layer.run("const m = document.getElementById('map'); m.scrollIntoView({block: 'center'}); return m.getBoundingClientRect().toJSON()")
    for kind in ("mousePressed", "mouseReleased"):
        place = {"x": box["x"] + box["width"] * 2.5 / 128, "y": box["y"] + box["height"] * 1.5 / 4}
        layer.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "button": "left", "clickCount": 1, **place})
    layer.wait(lambda: layer.path() == f"/viz/{model}/all/1/130")


def test_keys_lead_to_the_layers_beside_it(page, model):
    page.open(f"/viz/{model}/all/0")
    page.press(Keys.ARROW_DOWN)
    assert page.path() == f"/viz/{model}/all/0"
    page.press(Keys.ARROW_UP)
    page.wait(lambda: page.path() == f"/viz/{model}/all/1")
    page.ready()
    assert page.one("#layer-more").get_attribute("aria-disabled") == "true"


def test_a_layer_that_is_not_there_says_what_there_is(page, model):
    for layer_index in ("2", "x"):
        page.open(f"/viz/{model}/all/{layer_index}")
        assert "has layers 0 to 1." in page.one(".state").text


def test_the_model_and_its_neurons_lead_to_the_layer(page, model):
    for path in (f"/viz/{model}", f"/viz/{model}/all/1/5"):
        page.open(path)
        assert page.all(f'main a[href="/viz/{model}/all/1"]')


def test_the_model_says_what_is_stored(page, model):
    page.open(f"/viz/{model}")
    rows = {row.find_element("css selector", "th").text: row.text for row in page.all("#services tbody tr")}
    assert {"neuroscope", "explanations", "records", "tokens", "connections", "neuron2graph", "similar"} <= set(rows)
    told = page.api(f"/{model}/coverage")["data"]["services"]
    shown = dict(page.run("return [...document.querySelectorAll('#services tbody tr')].map((r) => [r.querySelector('th').textContent, r.querySelector('.number').textContent])"))
    assert shown == {service: f"{told[service]:,}" for service in shown} and "some" not in page.one("#services").text
    shares = page.run("return [...document.querySelectorAll('#services .rank-bar')].map((bar) => Number(bar.style.getPropertyValue('--share')))")
    assert shares == [told[service] / 1024 for service in shown]


def test_the_model_says_how_to_get_what_is_not_stored(front, front_page, model):
    def without(document):
        for part in (document["data"], document["metadata"]):
            part["available_services"] = ["metadata", "neuroscope"]

    front.change(f"/api/{model}/metadata", without)
    front_page.open(f"/viz/{model}")
    commands = front_page.text_content("#services .command code")
    assert f"deepdecipher-ingest explainer {model} --kind related-neurons" in commands
    assert f"deepdecipher-ingest n2g {model} FOLDER" in commands


@pytest.mark.parametrize("path, layers", [("/viz/{model}", 2), ("/viz/{model}/all/1", 1)])
def test_another_statistic_colours_the_map_where_the_server_lists_it(front, front_page, model, path, layers):
    def described(document):
        document["paths"].setdefault("/api/{model}/neurons", {})

    rows = sorted(((n * 7) % 512 + 0.5, at, n) for at in range(2)[-layers:] for n in range(512))
    front.change("/doc/openapi.json", described)
    front.answer(f"/api/{model}/neurons", "\r\n".join(["model,layer,neuron,kurtosis", *(f"{model},{at},{n},{value}" for value, at, n in rows), ""]), content_type="text/csv")
    front_page.open(path.format(model=model))
    pixels = "return document.getElementById('map').toDataURL()"
    before = front_page.run(pixels)
    front_page.wait(lambda: front_page.all("#statistic option[value=kurtosis]"))
    front_page.run("const s = document.getElementById('statistic'); s.value = 'kurtosis'; s.dispatchEvent(new Event('change'))")
    front_page.wait(lambda: front_page.run(pixels) != before)
    assert front_page.one("#map-low").text.startswith("5.5")
    asked = [path_ for path_ in front.served if "/neurons?" in path_ and "importance" not in path_]
    assert asked and all("fields=kurtosis" in path_ for path_ in asked)


def test_only_what_the_server_lists_can_be_chosen(page, model):
    page.open(f"/viz/{model}")
    lists = "/api/{model}/neurons" in page.run("return fetch('/doc/openapi.json').then((a) => a.text())")
    page.wait(lambda: (len(page.all("#statistic option")) > 1) == lists)


def test_the_plot_is_of_the_layers_neurons(layer, model):
    layer.unfold()
    layer.wait(lambda: "512 neurons, the highest 20 by importance" in layer.one("#scatter-found").text)
    told = layer.api(f"/{model}/neurons?order=-importance&fields=kurtosis,importance&limit=20&layer=1")["neurons"]
    assert layer.run("return [...document.querySelectorAll('.scatter-list a')].map((a) => a.getAttribute('href'))") == [f"/viz/{model}/all/1/{item['neuron']}" for item in told]
    layer.run("const f = document.getElementById('scatter-x-from'); f.value = '60'; f.dispatchEvent(new Event('change'))")
    with urllib.request.urlopen(layer.one("#scatter-found a").get_attribute("href")) as answer:
        rows = list(csv.DictReader(io.TextIOWrapper(answer)))
    assert 0 < len(rows) < 512 and {row["layer"] for row in rows} == {"1"}
    assert f"{len(rows)} neurons chosen" in layer.one("#scatter-found").text


@pytest.mark.parametrize("way", ["a suggestion", "Enter"])
def test_a_token_leads_to_the_layers_neurons_that_respond_to_it(layer, model, way):
    layer.press("/")
    assert layer.has_focus("#search")
    layer.press(" the")
    suggestions = lambda: layer.text_content(".suggestions:not([hidden]) .suggestion")
    layer.wait(lambda: any(" the" in text for text in suggestions()))
    if way == "a suggestion":
        layer.press(*[Keys.ARROW_DOWN] * (1 + next(n for n, text in enumerate(suggestions()) if text.startswith(" the "))))
    layer.press(Keys.ENTER)
    layer.wait(lambda: layer.path() == f"/search?token=any%3A%20the&model={model}&layer=1")
    layer.ready()
    told = layer.api(f"/search/neurons?token=any:%20the&model={model}&layer=1&limit=20")["neurons"]
    assert told and {item["layer"] for item in told} == {1}
    assert layer.run("return [...document.querySelectorAll('#results .neuron-link')].map((a) => a.getAttribute('href'))") == [f"/viz/{model}/all/1/{item['neuron']}" for item in told]
