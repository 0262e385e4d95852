"""The sections of a neuron's page below its texts: what each shows, how it can be used, and what it says when it is empty."""

import math

import pytest
from page import as_shown
from selenium.webdriver.common.keys import Keys

SECTIONS = ["explanations", "statistics", "activations", "texts", "records", "simulations", "tokens", "graph", "similar", "connections"]
COMMANDS = {
    "explanations": ("explanations", "explainer {model}"),
    "statistics": ("activation_statistics", "explainer {model} --kind activations"),
    "records": ("records", "explainer {model} --kind activations"),
    "tokens": ("tokens", "explainer {model} --kind related-tokens"),
    "graph": ("neuron2graph", "n2g {model} FOLDER"),
    "similar": ("similar", "neuron-store {model} FILE"),
    "connections": ("connections", "explainer {model} --kind related-neurons"),
}


@pytest.fixture
def neuron(page, model):
    """The page of neuron 5 in layer 0, every section shown."""
    return page.open(f"/viz/{model}/all/0/5").unfold()


def part(page, model, service, place="0/5", query=""):
    return page.api(f"/{model}/{service}/{place}{query}")["data"]


def brief(number):
    """Four digits, as the pages print them."""
    digits = f"{number:#.4g}"
    return digits.removesuffix(".").replace("-", "−")


def asked_services(page):
    names = page.run("return performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname.split('/'))")
    return {parts[3] for parts in names if parts[1] == "api" and len(parts) > 3}


def test_the_sections_stand_in_their_order(neuron):
    assert neuron.run("return [...document.querySelectorAll('.part')].map((node) => node.id)") == SECTIONS
    assert not neuron.all(".part .state, .part .absent")


def test_sections_further_down_ask_only_when_they_come_into_view(page, model):
    page.open(f"/viz/{model}/all/0/5")
    page.wait(lambda: page.all("#activations svg"))
    assert asked_services(page) == {"explanations", "activation_statistics", "neuroscope", "records"}, "the last for the activations"
    page.unfold()
    assert asked_services(page) >= {"tokens", "neuron2graph", "similar", "connections"}


def test_links_at_the_top_lead_to_the_sections(page, model):
    page.open(f"/viz/{model}/all/0/5")
    links = [link for link in page.all("#jump a") if link.is_displayed()]
    assert [link.get_attribute("href").split("#")[1] for link in links] == SECTIONS
    links[-1].click()
    page.ready()
    page.wait(lambda: page.all("#connections .hops"))
    assert page.path() == f"/viz/{model}/all/0/5#connections"


def test_an_explanation_has_its_score_and_source(neuron, model):
    (explanation,) = part(neuron, model, "explanations")["explanations"]
    shown = neuron.one("#explanations").text
    assert explanation["explanation"] in shown
    assert brief(explanation["score"]) in shown and "OpenAI’s neuron explainer" in shown and explanation["author"] in shown


def test_statistics_stand_between_the_layers_extremes(neuron, model):
    data, layer = part(neuron, model, "activation_statistics"), neuron.api(f"/{model}/activation_statistics/0")["data"]
    shown = neuron.one("#statistics").text
    for name in ("mean", "variance", "skewness", "kurtosis"):
        assert as_shown(float(f"{data[name]:.6g}")) in shown
        assert brief(layer[name]["min"]) in shown and brief(layer[name]["max"]) in shown
    at = neuron.run("return [...document.querySelectorAll('.track-here')].map((n) => parseFloat(n.style.getPropertyValue('--at')))")
    for name, said in zip(("mean", "variance", "skewness", "kurtosis"), neuron.text_content(".standing-percentile"), strict=True):
        values = [row[name] for row in neuron.api(f"/{model}/neurons?layer=0&fields={name}&limit=1000")["neurons"]]
        shown_percent = int(said.removeprefix("higher than ").split("\u00a0")[0])
        assert abs(shown_percent - 100 * sum(value < data[name] for value in values) / len(values)) <= 1
    kurtosis = layer["kurtosis"]
    assert at[3] == pytest.approx((data["kurtosis"] - kurtosis["min"]) / (kurtosis["max"] - kurtosis["min"]))


def bars(page):
    """The titles of the bars of the activations, and their heights."""
    return page.run("return [...document.querySelectorAll('#activations rect')].map((r) => [r.textContent, Number(r.getAttribute('height'))])")


def test_activations_of_a_random_sample_are_drawn(neuron, model):
    values = sorted(value for record in part(neuron, model, "records")["random"] for value in record["activations"])
    low, step = values[0], (values[-1] - values[0]) / 48
    counts = [0] * 48
    for value in values:
        counts[min(47, int((value - low) / step))] += 1
    drawn = bars(neuron)
    assert [int(title.split()[0]) for title, _ in drawn] == counts
    tallest = max(height for _, height in drawn)
    for number, (_, height) in zip(counts, drawn):
        assert height == pytest.approx(math.log1p(number) / math.log1p(max(counts)) * tallest, abs=0.02)
    said = neuron.one("#activations svg").get_attribute("aria-label")
    assert f"{len(values)} tokens of 4 random texts, an unbiased sample" in said and brief(values[0]) in said and brief(values[-1]) in said
    (words,) = neuron.text_content("#activations .muted")
    assert words.startswith(said) and "logarithmic" in words
    marks = neuron.text_content("#activations .middle")
    assert marks == [f"{percent}\u00a0% below {brief(values[round((len(values) - 1) * percent / 100)])}" for percent in (50, 90, 99)]
    assert all(mark in said for mark in marks)


def test_without_a_random_sample_the_maximum_activating_texts_are_counted(front, front_page, model):
    front.refuse(f"/api/{model}/records/0/5", 404)
    front_page.open(f"/viz/{model}/all/0/5").unfold()
    histogram = part(front_page, model, "neuroscope", query="?texts=0&bins=48")["histogram"]
    assert [int(title.split()[0]) for title, _ in bars(front_page)] == histogram["counts"]
    shown = front_page.one("#activations").text
    assert "960 tokens of its maximum activating texts" in shown and "over-represented" in shown and "unbiased" not in shown
    assert not front_page.all("#activations .middle")


def test_without_any_activations_the_section_says_how_to_get_them(front, front_page, model):
    for service in ("records", "neuroscope"):
        front.change(f"/api/{model}/{service}/0/5", lambda document: document.pop("data"))
    front_page.open(f"/viz/{model}/all/0/5").unfold()
    assert front_page.text_content("#activations .command code") == [f"deepdecipher-ingest neuroscope {model} --layers 0 --neurons 5"]


def test_statistics_say_the_percentile_of_importance(neuron, model):
    order = [index["neuron"] for index, _ in neuron.api(f"/{model}/neuroscope/0")["data"]["important_neurons"]]
    percent = round(100 * order.index(5) / (len(order) - 1))
    assert f"More important than {percent} % of its layer" in neuron.one("#statistics").text.replace("\u00a0", " ")


def test_records_are_shown_by_quantile(neuron, model):
    data = part(neuron, model, "records")
    groups = [data["top"], *reversed(data["quantiles"]), data["random"]]
    labels = neuron.all("#records .choice label")
    assert [label.text for label in labels] == ["Strongest", "over 0.9990", "0.9900 – 0.9990", "0.9000 – 0.9900", "0.5000 – 0.9000", "to 0.5000", "Random"]
    for label, records in zip(labels, groups):
        label.click()
        assert neuron.text_content("#records .tok") == [token for record in records for token in record["tokens"]]


def test_records_that_repeat_are_shown_once(front, front_page, model):
    def repeat(document):
        document["data"]["top"] = document["data"]["top"][:1] * 3

    front.change(f"/api/{model}/records/0/5", repeat)
    front_page.open(f"/viz/{model}/records/0/5")
    assert len(front_page.all(".short-text")) == 1
    assert "×3" in front_page.one(".short-max").text


def test_all_texts_share_one_scale(neuron):
    data = "return [...document.querySelectorAll(arguments[0] + ' .tok.peak')].map((n) => parseFloat(n.style.getPropertyValue('--heat')))"
    texts, records = neuron.run(data, "#texts"), neuron.run(data, "#records")
    assert max(texts) == 1 and records[0] == pytest.approx(texts[0], abs=0.002)
    assert len(neuron.all(".scale")) == 1


def test_the_value_of_a_records_token_is_shown_and_moves_the_needle(neuron, model):
    record = part(neuron, model, "records")["top"][1]
    neuron.run("document.querySelectorAll('#records .tok.peak')[1].focus()")
    assert neuron.text_content("#tip .tip-value") == [as_shown(record["max_activation"])]
    assert neuron.one(".needle").is_displayed()


def test_simulated_activations_stand_beside_the_true_ones(neuron, model):
    simulations = part(neuron, model, "explanations", query="?simulations=1")["explanations"][0]["simulations"]
    pairs = neuron.all("#simulations .pair")
    assert len(pairs) == len(simulations)
    for pair, simulation in zip(pairs, simulations):
        assert brief(simulation["score"]) in pair.text
        sides = pair.find_elements("css selector", ".tokens")
        assert [len(side.find_elements("css selector", ".tok")) for side in sides] == [len(simulation["tokens"])] * 2
    neuron.run("arguments[0].querySelectorAll('.tok')[3].focus()", pairs[0].find_elements("css selector", ".tokens")[0])
    assert neuron.text_content("#tip .tip-value") == [as_shown(simulations[0]["simulated_activations"][3])]


def test_token_lists_show_ten_or_all_and_lead_to_the_search(neuron, model):
    data = part(neuron, model, "tokens")
    lists = [data["activation"], data["output"]["positive"], data["output"]["negative"], data["input"]["positive"], data["input"]["negative"]]
    read = lambda: neuron.run("return [...document.querySelectorAll('#tokens .effects')].map((list) => [...list.querySelectorAll('.tok')].map((n) => n.textContent))")
    assert read() == [[item["token"] for item in items[:10]] for items in lists]
    href = neuron.run("return document.querySelector('#tokens a.tok').getAttribute('href')")
    assert href == "/search?token=any%3A%20your"
    neuron.run("[...document.querySelectorAll('#tokens button')].pop().click()")
    assert read() == [[item["token"] for item in items] for items in lists]


def test_the_graph_has_the_services_nodes_and_edges(page, model):
    for place in ("0/5", "1/273"):
        page.open(f"/viz/{model}/neuron2graph/{place}").unfold()
        graph = part(page, model, "neuron2graph", place)["graph"]
        edges = {(before, n) for n, node in enumerate(graph["graph"]) for before in node["required"]}
        drawn = page.run("return [...document.querySelectorAll('.graph-edge')].map((e) => [Number(e.dataset.from), Number(e.dataset.to)])")
        assert {tuple(edge) for edge in drawn} == edges
        nodes = page.run("return [...document.querySelectorAll('.graph-node')].map((a) => [Number(a.dataset.node), parseFloat(a.style.getPropertyValue('--heat')), a.classList.contains('pos')])")
        assert sorted(n for n, _, _ in nodes) == list(range(len(graph["graph"])))
        for n, heat, is_activating in nodes:
            assert heat == pytest.approx(graph["graph"][n]["importance"], abs=0.001)
            assert is_activating == (n < (graph["subgraph_indices"] + [10**9])[2])


def test_no_two_nodes_of_a_graph_overlap_and_edges_run_to_the_right(page, model):
    page.open(f"/viz/{model}/neuron2graph/1/273").unfold()
    boxes = page.run("return [...document.querySelectorAll('.graph-node rect')].map((r) => ['x', 'y', 'width', 'height'].map((k) => Number(r.getAttribute(k))))")
    for n, (x, y, width, height) in enumerate(boxes):
        for left, top, wide, tall in boxes[n + 1:]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + tall <= y
    ends = page.run("""const x = (n) => Number(document.querySelector(`.graph-node[data-node="${n}"] rect`).getAttribute('x'));
        return [...document.querySelectorAll('.graph-edge')].map((e) => [x(e.dataset.from), x(e.dataset.to)])""")
    assert all(start < end for start, end in ends)


def test_a_node_leads_to_the_search_for_its_token(neuron):
    node = neuron.one('.graph-node[data-node="12"]')
    assert node.get_attribute("aria-label").startswith("“ package”, context, importance 0.6824")
    assert neuron.run("return arguments[0].getAttribute('href')", node) == "/search?token=important%3A%20package"
    assert neuron.run("return document.querySelector('.graph-node[data-node=\"1\"]').getAttribute('href')") == "/search?token=activating%3Aown"


VIEW = "return document.querySelector('.zoom-box svg').getAttribute('viewBox').split(' ').map(Number)"


def test_the_graph_can_be_moved_and_zoomed_with_keys_and_buttons(neuron, model):
    whole = neuron.run(VIEW)
    neuron.run("document.querySelector('.zoom-box').focus()")
    neuron.press("+")
    near = neuron.run(VIEW)
    assert near[2] == pytest.approx(whole[2] / 1.25, rel=0.01)
    neuron.press(Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    assert neuron.run(VIEW)[0] > near[0] and neuron.run(VIEW)[1] > near[1]
    assert neuron.path() == f"/viz/{model}/all/0/5", "the arrows belong to the graph now"
    neuron.press("0")
    assert neuron.run(VIEW) == whole
    neuron.run("document.querySelector('[aria-label=\"Zoom out\"]').click()")
    assert neuron.run(VIEW)[2] > whole[2]


def test_a_dragged_graph_moves_and_its_links_are_not_followed(neuron, model):
    whole = neuron.run(VIEW)
    node = neuron.one(".graph-node rect")
    neuron.run("arguments[0].scrollIntoView({block: 'center'})", node)
    box = neuron.run("const b = arguments[0].getBoundingClientRect(); return [b.left + 5, b.top + 5]", node)
    for kind, x, y in (("mousePressed", 0, 0), ("mouseMoved", 30, 10), ("mouseMoved", 60, 20), ("mouseReleased", 60, 20)):
        event = {"type": kind, "x": box[0] + x, "y": box[1] + y, "button": "left", "buttons": 1, "clickCount": 1}
        neuron.driver.execute_cdp_cmd("Input.dispatchMouseEvent", event)
    neuron.wait(lambda: neuron.run(VIEW)[0] < whole[0])
    assert neuron.path() == f"/viz/{model}/all/0/5"


def test_the_fit_of_the_graph_is_the_one_documents(neuron, model):
    fit = neuron.api(f"/{model}/0/5")["neuron2graph"]["fit"]
    shown = neuron.one("#graph .fit").text
    for value in (fit["accuracy"], fit["firing"]["precision"], fit["firing"]["recall"], fit["non_firing"]["f1_score"]):
        assert brief(value) in shown


def test_similar_neurons_of_all_models_are_looked_for(neuron, model):
    told = neuron.api(f"/search/similar?neuron={model}/0/5&limit=20")["neurons"]
    button = next(button for button in neuron.all("#similar button") if button.text == "All models")
    neuron.run("arguments[0].click()", button)
    wanted = [f"/viz/{item['model']}/all/{item['layer']}/{item['neuron']}" for item in told]
    neuron.wait(lambda: neuron.run("return [...document.querySelectorAll('#similar li a')].map((a) => a.pathname)") == wanted)
    assert button.get_attribute("aria-pressed") == "true"
    neuron.run("arguments[0].click()", button)
    own = [f"/viz/{model}/all/{item['layer']}/{item['neuron']}" for item in part(neuron, model, "similar", query="?limit=20")["similar"]]
    neuron.wait(lambda: neuron.run("return [...document.querySelectorAll('#similar li a')].map((a) => a.pathname)") == own)


def test_similar_neurons_name_the_shared_tokens(neuron, model):
    data = part(neuron, model, "similar", query="?limit=20")["similar"]
    rows = neuron.all("#similar li")
    assert len(rows) == len(data)
    for row, item in zip(rows, data):
        assert row.find_element("css selector", "a").get_attribute("href").endswith(f"/viz/{model}/all/{item['layer']}/{item['neuron']}")
        assert brief(item["similarity"]) in row.text
        tags = neuron.run("return [...arguments[0].querySelectorAll('.token-word')].map((n) => n.textContent)", row)
        assert tags == [token["token"] for token in item["shared_tokens"]]


def test_connections_show_one_hop_up_or_down(page, model):
    for place, way in (("0/5", "downstream"), ("1/273", "upstream")):
        page.open(f"/viz/{model}/connections/{place}").unfold()
        data = part(page, model, "connections", place)[way]
        strongest = data["positive"][:5] + data["negative"][:5][::-1]
        drawn = page.run("return [...document.querySelectorAll('.hops a')].map((a) => a.getAttribute('href'))")
        assert drawn == [f"/viz/{model}/all/{item['layer']}/{item['neuron']}" for item in strongest]
        assert [len(part_.find_elements("css selector", "li")) for part_ in page.all("#connections .effects")] == [8, 8]
        page.one("#connections .section-head button").click()
        assert [len(part_.find_elements("css selector", "li")) for part_ in page.all("#connections .effects")] == [50, 50]


@pytest.mark.parametrize("way", ["pointer", "focus"])
def test_a_neurons_link_shows_a_card(neuron, model, way):
    link = neuron.one("#similar .neuron-link")
    layer, index = link.get_attribute("href").split("/")[-2:]
    if way == "pointer":
        neuron.point_at(link)
    else:
        neuron.run("document.querySelector('#graph .zoom-box').focus()")
        neuron.wait(lambda: neuron.press(Keys.TAB) or neuron.has_focus("#similar .neuron-link"))
    neuron.wait(lambda: neuron.one("#card").is_displayed())
    assert part(neuron, model, "neuron_explainer", f"{layer}/{index}")["explanation"] in neuron.one("#card").text
    assert neuron.all("#card .tok")
    assert link.get_attribute("aria-describedby") == "card"
    neuron.press(Keys.ESCAPE)
    assert not neuron.one("#card").is_displayed()


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_not_there_says_how_to_get_it(front, front_page, model, name):
    def without(document):
        del document["data"]
        document["missing_data_types"] = [name]

    service, command = COMMANDS[name]
    front.change(f"/api/{model}/{service}/0/5", without)
    front_page.open(f"/viz/{model}/all/0/5").unfold()
    assert f"deepdecipher-ingest {command.format(model=model)}" in front_page.text_content(f"#{name} .command code")
    assert front_page.all(".text")


@pytest.mark.parametrize("name", ["explanations", "tokens"])
def test_a_section_that_fails_can_be_asked_again_alone(front, front_page, model, name):
    front.refuse(f"/api/{model}/{name}/0/5", 503)
    front_page.open(f"/viz/{model}/all/0/5").unfold()
    assert "The database is away" in front_page.one(f"#{name}").text
    front.rules.clear()
    front_page.run("document.querySelector(arguments[0]).click()", f"#{name} .state button")
    front_page.wait(lambda: front_page.all(f"#{name} .explanations, #{name} .weights"))


@pytest.mark.parametrize("service, shown", [("records", ["activations", "records"]), ("tokens", ["tokens"]), ("explanations", ["explanations"]), ("statistics", ["document"])])
def test_a_services_page_shows_that_service_alone(page, model, service, shown):
    page.open(f"/viz/{model}/{service}/0/5")
    assert page.run("return [...document.querySelectorAll('.part')].map((node) => node.id)") == shown
    assert not page.all(".absent, .state")


def test_who_reads_a_section_goes_on_reading_it_at_the_next_neuron(neuron):
    neuron.run("document.querySelector('#tokens').scrollIntoView(); document.activeElement.blur()")
    before = neuron.run("return document.querySelector('#tokens').getBoundingClientRect().top")
    neuron.press(Keys.ARROW_RIGHT)
    neuron.wait(lambda: neuron.path().endswith("/0/6"))
    neuron.ready()
    assert abs(neuron.run("return document.querySelector('#tokens').getBoundingClientRect().top") - before) < 60


def test_pointing_at_a_step_asks_for_the_neighbour(page, model):
    page.open(f"/viz/{model}/all/0/5")
    page.point_at(page.one("#neuron-more"))
    asked = lambda: page.run("return performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname)")
    page.wait(lambda: f"/api/{model}/neuroscope/0/6" in asked())


@pytest.mark.parametrize("label, expected", [
    ("Copy Python", 'urllib.request.urlopen("{base}/api/{model}/all/0/5")'),
    ("Copy SQL", "neuron_id('{model}', 0, 5)"),
])
def test_python_and_sql_can_be_copied(page, model, label, expected):
    page.open(f"/viz/{model}/all/0/5")
    permission = {"origin": page.base_url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.driver.execute_cdp_cmd("Browser.grantPermissions", permission)
    page.button(label).click()
    page.wait(lambda: any("Copied" in node.text for node in page.all("#aside .copy")))
    copied = page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    assert expected.format(base=page.base_url, model=model) in copied


HOSTILE = ["<script>window.broken = 1</script>", '"><img src=x onerror="window.broken = 1">', "\u202e", "\u0000", "x" * 900, "", "javascript:alert(1)"]


def test_hostile_tokens_stay_text_in_every_section(front, front_page, model):
    def in_graph(document):
        nodes = [{"importance": 0.5, "required": [], "token": f'"{token}"'} for token in HOSTILE]
        document["data"]["graph"] = {"graph": nodes, "subgraph_indices": [0, 0, len(nodes)]}

    def in_tokens(document):
        document["data"]["activation"] = [{"token": token, "weight": 1} for token in HOSTILE]

    def in_explanation(document):
        document["data"]["explanations"][0]["explanation"] = HOSTILE[0] + HOSTILE[2] + "y" * 500

    def in_similar(document):
        document["data"]["similar"][0]["shared_tokens"] = [{"kind": "activating", "token": token} for token in HOSTILE]

    for service, edit in (("neuron2graph", in_graph), ("tokens", in_tokens), ("explanations", in_explanation), ("similar", in_similar)):
        front.change(f"/api/{model}/{service}/0/5", edit)
    front_page.resize(360, 800, mobile=True)
    front_page.open(f"/viz/{model}/all/0/5").unfold()
    assert front_page.run("return window.broken") is None
    assert not front_page.all("main script, main img")
    assert front_page.run("return document.documentElement.scrollWidth") <= 360
    assert front_page.text_content("#tokens .effects:first-of-type .tok")[:2] == HOSTILE[:2]
    assert not [line for line in front_page.console() if "Content Security" in line or "Refused" in line]
    targets = front_page.run("return [...document.querySelectorAll('#sections a[href]')].map((a) => a.getAttribute('href'))")
    assert all(target.startswith("/") for target in targets)
