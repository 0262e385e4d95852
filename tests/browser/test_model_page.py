"""The page of one model."""

import csv
import io
import math
import urllib.request

import pytest
from selenium.webdriver.support.ui import Select


def ranking(page):
    """[(layer, neuron), …] as the list shows them."""
    links = page.run("return [...document.querySelectorAll('#rank-list a')].map((link) => link.pathname)")
    return [tuple(map(int, link.split("/")[-2:])) for link in links]


def important(page, model):
    """[(layer, neuron), …] of the API, the most important last."""
    pairs = page.api(f"/{model}/neuroscope")["data"]["important_neurons"]
    return [(index["layer"], index["neuron"]) for index, _ in pairs]


def test_the_page_shows_the_models_numbers(page, model):
    page.open(f"/viz/{model}")
    told = page.api(f"/{model}/metadata")["data"]
    shown = page.one("#numbers").text
    for key in ("num_layers", "layer_size", "num_total_neurons", "num_total_parameters"):
        assert f"{told[key]:,}" in shown
    assert told["dataset"] in shown and told["activation_function"] in shown and "neuroscope" in shown
    assert page.one("h1").text == model
    assert page.driver.title == f"{model} · DeepDecipher"


def test_the_page_says_how_much_of_the_model_is_stored(page, model):
    page.open(f"/viz/{model}")
    assert "1,024 of 1,024 neurons (100 %)" in page.one("#coverage").text


def test_layer_and_neuron_lead_to_the_neuron(page, model):
    page.open(f"/viz/{model}")
    page.press("n")
    assert page.has_focus("#neuron")
    page.press("37")
    page.run("document.getElementById('layer').value = 1")
    page.one("#dials .primary").click()
    page.wait(lambda: page.path() == f"/viz/{model}/all/1/37")


def test_a_neuron_that_the_model_does_not_have_is_refused_before_asking(page, model):
    page.open(f"/viz/{model}").press("n")
    page.press("512", "\ue007")
    assert page.run("return document.getElementById('neuron').validity.rangeOverflow")
    assert page.path() == f"/viz/{model}"


def test_first_and_last_are_links_to_the_ends(page, model):
    page.open(f"/viz/{model}")
    assert page.one("#first").get_attribute("href").endswith(f"/viz/{model}/all/0/0")
    assert page.one("#last").get_attribute("href").endswith(f"/viz/{model}/all/1/511")


@pytest.mark.parametrize("way", ["key", "button"])
def test_random_opens_a_neuron_of_this_model(page, model, way):
    page.open(f"/viz/{model}")
    page.press("r") if way == "key" else page.one("#random").click()
    page.wait(lambda: page.path().startswith(f"/viz/{model}/all/"))


def test_the_list_begins_with_the_most_important_neurons(page, model):
    page.open(f"/viz/{model}")
    assert ranking(page) == important(page, model)[::-1][:20]
    assert page.one("#rank-count").text == "1–20 of 1,024"


def test_the_list_can_begin_with_the_least_important_neurons(page, model):
    page.open(f"/viz/{model}")
    page.run("document.getElementById('rank-least').click()")
    assert ranking(page) == important(page, model)[:20]


@pytest.mark.parametrize("field, words", [("kurtosis", "By kurtosis"), ("explanation_score", "By explanation score")])
def test_map_and_list_can_be_of_another_statistic(page, model, field, words):
    page.open(f"/viz/{model}?page=2")
    Select(page.one("#statistic")).select_by_value(field)
    page.wait(lambda: page.one("#rank-title").text == words)
    told = page.api(f"/{model}/neurons?order=-{field}&fields={field}&limit=20")["neurons"]
    assert ranking(page) == [(item["layer"], item["neuron"]) for item in told]
    assert page.path() == f"/viz/{model}?by={field}", "the list begins again at its first page"
    with urllib.request.urlopen(page.one("#rank-csv").get_attribute("href")) as answer:
        rows = list(csv.DictReader(io.TextIOWrapper(answer)))
    assert [(int(row["layer"]), int(row["neuron"])) for row in rows[:20]] == ranking(page) and len(rows) > 20
    page.open(page.path())
    assert page.one("#rank-title").text == words
    assert words.removeprefix("By ") in page.one("#map").get_attribute("aria-label")


@pytest.fixture
def plot(page, model):
    """The plot, in the middle of the window, and its box."""
    page.open(f"/viz/{model}").unfold()
    canvas = page.one("#scatter")
    page.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", canvas)
    return canvas, page.run("return arguments[0].getBoundingClientRect().toJSON()", canvas)


def chosen(page):
    return page.run("return [...document.querySelectorAll('.scatter-list a')].map((a) => a.pathname.split('/').slice(-2).map(Number))")


def within(page, model, bounds):
    limits = "".join(f"&min_{field}={least}&max_{field}={most}" for field, (least, most) in bounds.items())
    told = page.api(f"/{model}/neurons?order=-importance&fields=kurtosis,importance&limit=1000{limits}")["neurons"]
    return [[item["layer"], item["neuron"]] for item in told]


def test_a_rectangle_on_the_plot_chooses_the_neurons_in_it(page, model, plot):
    _, box = plot
    for kind, part in (("mousePressed", 0.3), ("mouseMoved", 0.5), ("mouseReleased", 0.5)):
        place = {"x": int(box["left"] + box["width"] * part), "y": int(box["top"] + box["height"] * part)}
        page.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "button": "left", "buttons": 1, "clickCount": 1, **place})
    page.wait(lambda: page.one("#scatter-brush").is_displayed())
    # The link to the same neurons as CSV has the exact bounds.
    query = dict(pair.split("=") for pair in page.one("#scatter-found a").get_attribute("href").split("?")[1].split("&"))
    told = within(page, model, {field: (query[f"min_{field}"], query[f"max_{field}"]) for field in ("kurtosis", "importance")})
    assert 0 < len(told) < 1024 and f"{len(told)} neurons chosen" in page.one("#scatter-found").text
    assert chosen(page) == told[:20]
    page.one("#scatter-all").click()
    assert "1,024 neurons, the highest 20 by importance" in page.one("#scatter-found").text and not page.one("#scatter-brush").is_displayed()


def test_neurons_of_the_plot_can_be_chosen_by_numbers(page, model, plot):
    page.run("const f = document.getElementById('scatter-x-from'); f.value = '60'; f.dispatchEvent(new Event('change'))")
    told = within(page, model, {"kurtosis": (60, 1e9)})
    assert 0 < len(told) < 1024 and chosen(page) == told[:20]


def test_a_click_on_the_plot_opens_the_neuron_under_it(page, model, plot):
    canvas, box = plot
    top = page.api(f"/{model}/neurons?order=-importance&fields=kurtosis,importance&limit=1")["neurons"][0]
    spread = [item["kurtosis"] for item in page.api(f"/{model}/neurons?order=kurtosis&fields=kurtosis&limit=1000")["neurons"]]
    spread.append(page.api(f"/{model}/neurons?order=-kurtosis&fields=kurtosis&limit=1")["neurons"][0]["kurtosis"])
    part = (math.log(top["kurtosis"]) - math.log(spread[0])) / (math.log(spread[-1]) - math.log(spread[0]))
    place = {"x": box["left"] + part * box["width"], "y": box["top"] + 1}
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        page.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "button": "left", "clickCount": 1, **place})
    page.wait(lambda: page.path() == f"/viz/{model}/all/{top['layer']}/{top['neuron']}")


def test_a_model_without_texts_shows_the_statistics_that_it_has(front, front_page, model):
    front.change(f"/api/{model}/metadata", lambda document: document["data"]["available_services"].remove("neuroscope"))
    front_page.open(f"/viz/{model}")
    assert front_page.one("#rank-title").text == "By kurtosis" and len(ranking(front_page)) == 20


def test_the_list_can_be_paged(page, model):
    page.open(f"/viz/{model}")
    assert not page.one("#rank-back").is_enabled()
    page.one("#rank-on").click()
    assert ranking(page) == important(page, model)[::-1][20:40]
    page.one("#rank-back").click()
    assert ranking(page) == important(page, model)[::-1][:20]


def test_the_last_page_holds_the_rest(page, model):
    page.open(f"/viz/{model}?page=9999")
    assert ranking(page) == important(page, model)[::-1][1020:]
    assert not page.one("#rank-on").is_enabled()


def test_the_list_can_be_of_one_layer(page, model):
    page.open(f"/viz/{model}")
    Select(page.one("#rank-layer")).select_by_visible_text("Layer 1")
    of_layer = [pair for pair in important(page, model)[::-1] if pair[0] == 1]
    assert ranking(page) == of_layer[:20]


def test_the_lists_state_is_in_the_address(page, model):
    page.open(f"/viz/{model}")
    Select(page.one("#rank-layer")).select_by_visible_text("Layer 1")
    page.run("document.getElementById('rank-least').click()")
    page.one("#rank-on").click()
    before = ranking(page)
    page.open(page.path())
    assert ranking(page) == before
    assert page.one("#rank-least").is_selected()


def test_a_neuron_of_the_list_is_a_link(page, model):
    page.open(f"/viz/{model}")
    layer, neuron = ranking(page)[0]
    page.one("#rank-list a").click()
    page.wait(lambda: page.path() == f"/viz/{model}/all/{layer}/{neuron}")


def test_pointing_at_the_map_names_a_neuron_and_a_click_opens_it(page, model):
    page.open(f"/viz/{model}")
    canvas = page.one("#map")
    page.point_at(canvas, x=-canvas.size["width"] // 2 + 3, y=canvas.size["height"] // 4)
    link = page.wait(lambda: page.all("#map-hit a"))[0]
    assert link.text.startswith("Layer 0, neuron "), "layer 0 is the lower row"
    href = link.get_attribute("href")
    canvas_width_in_neurons = int(link.text.rsplit(" ", 1)[1])
    assert canvas_width_in_neurons < 10, "neurons count from the left"
    page.point_at(canvas, x=-canvas.size["width"] // 2 + 3, y=canvas.size["height"] // 4)
    page.driver.execute_cdp_cmd("Input.dispatchMouseEvent", mouse(page, canvas, "mousePressed"))
    page.driver.execute_cdp_cmd("Input.dispatchMouseEvent", mouse(page, canvas, "mouseReleased"))
    page.wait(lambda: page.driver.current_url == href)


def mouse(page, canvas, kind):
    """A click three pixels from the left in the lower row."""
    box = page.run("return arguments[0].getBoundingClientRect().toJSON()", canvas)
    place = {"x": int(box["left"]) + 3, "y": box["top"] + box["height"] * 3 / 4}
    return {"type": kind, "button": "left", "clickCount": 1, **place}


def test_the_map_is_painted(page, model):
    page.open(f"/viz/{model}")
    painted = "const c = arguments[0]; return new Set(c.getContext('2d').getImageData(0, 4, c.width, 1).data).size"
    assert page.run(painted, page.one("#map")) > 20


def test_another_spelling_of_the_name_leads_to_the_same_model(page, model):
    page.open("/viz/Tiny%20GELU-2L")
    assert page.one("h1").text == model
    assert page.path() == f"/viz/{model}"


def test_a_model_without_texts_says_how_to_get_them(front, front_page, model):
    def without(document):
        del document["data"]
        document["missing_data_types"] = ["neuroscope"]

    front.change(f"/api/{model}/neuroscope", without)
    front_page.open(f"/viz/{model}")
    assert f"deepdecipher-ingest neuroscope {model}" in front_page.one("#neurons-failure").text
    assert not front_page.one("#neurons").is_displayed()


def test_a_model_that_is_stored_in_part_says_how_to_get_the_rest(front, front_page, model):
    def halve(document):
        del document["data"]["important_neurons"][::2]

    front.change(f"/api/{model}/neuroscope", halve)
    front_page.open(f"/viz/{model}")
    assert "512 of 1,024 neurons (50 %)" in front_page.one("#coverage").text
    assert f"deepdecipher-ingest neuroscope {model}" in front_page.one("#coverage").text


NEAREST = """
const done = arguments[0];
import('/js/scatter-plot.js').then(({ drawPoints }) => {
  const canvas = document.createElement('canvas');
  const box = document.createElement('div');
  box.style.setProperty('width', '301px');
  box.append(canvas);
  document.body.append(box);
  const many = 3000;
  const across = Float64Array.from({ length: many }, (_, n) => ((n * 7919) % many) / (many - 1));
  const up = Float64Array.from({ length: many }, (_, n) => ((n * 104729) % many) / (many - 1));
  const nearest = drawPoints(canvas, { across, up });
  const away = (n, x, y) => Math.hypot(across[n] * 301 - x, (1 - up[n]) * 360 - y);
  let wrong = 0;
  for (let x = 0; x <= 301; x += 7) for (let y = 0; y <= 360; y += 9) {
    const least = Math.min(...across.keys().map((n) => away(n, x, y)));
    const found = nearest(x, y);
    if (found < 0 ? least < 8 : away(found, x, y) > least) wrong += 1;
  }
  done([wrong, nearest(-500, -500), nearest(5000, 5000)]);
});
"""


def test_the_neuron_nearest_to_the_pointer_is_found_wherever_it_is(page, model):
    page.open(f"/viz/{model}")
    assert page.driver.execute_async_script(NEAREST) == [0, -1, -1]
