"""A neuron's texts: tokens, values, colours, keys inside a text, and the step to the whole text."""

import re

import pytest
from page import as_shown
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

WINDOW = "texts=20&window=50,10"


@pytest.fixture
def neuron(page, model):
    """The page of neuron 5 in layer 0."""
    return page.open(f"/viz/{model}/all/0/5")


def snippets(page, model, place="0/5"):
    return page.api(f"/{model}/neuroscope/{place}?{WINDOW}")["data"]["texts"]


def whole(page, model, place="0/5"):
    return page.api(f"/{model}/neuroscope/{place}")["data"]["texts"]


def token(page, text, place):
    """A token by its text, from 1, and its place in the whole text."""
    return page.one(f'#text-{text} .tok[data-i="{place}"]')


def tip(page):
    """(value, token, place) of the tooltip, or None while it is hidden."""
    if not page.one("#tip").is_displayed():
        return None
    return tuple(page.text_content(f"#tip .tip-{part}")[0] for part in ("value", "token", "place"))


def tip_for(text, place):
    """What the tooltip has to say about a token of a whole text."""
    spelled = text["tokens"][place].replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
    return (as_shown(text["activations"][place]), f"“{spelled}”", f"token {place} of {len(text['tokens'])}")


def test_the_tokens_are_the_apis_tokens(neuron, model):
    for n, text in enumerate(snippets(neuron, model), 1):
        assert neuron.text_content(f"#text-{n} .tok") == text["tokens"]


def test_what_lies_before_and_after_a_snippet_is_counted(neuron, model):
    for n, text in enumerate(snippets(neuron, model), 1):
        after = text["num_tokens"] - text["first_token_index"] - len(text["tokens"])
        counts = [int(re.search(r"\d+", line)[0]) for line in neuron.text_content(f"#text-{n} .cut")]
        assert counts == [number for number in (text["first_token_index"], after) if number]


def test_pointing_at_a_token_shows_its_exact_value(neuron, model):
    for n, text in enumerate(whole(neuron, model)[:3], 1):
        peak = text["max_activating_token_index"]
        for place in (peak, peak + 1, peak - 1):
            neuron.point_at(token(neuron, n, place))
            neuron.wait(lambda: tip(neuron) == tip_for(text, place))


def test_the_value_goes_away_with_the_pointer(neuron):
    neuron.point_at(neuron.one("#text-1 .peak"))
    neuron.wait(lambda: tip(neuron))
    neuron.point_at(neuron.one("h1"))
    neuron.wait(lambda: tip(neuron) is None)


def test_every_token_shows_the_apis_value_when_it_has_the_focus(neuron, model):
    text = whole(neuron, model)[1]
    for place in (int(node.get_attribute("data-i")) for node in neuron.all("#text-2 .tok")):
        neuron.run("arguments[0].focus()", token(neuron, 2, place))
        assert tip(neuron) == tip_for(text, place)


def test_a_tap_shows_the_value_and_a_tap_elsewhere_hides_it(neuron, model):
    neuron.resize(360, 740, mobile=True)
    neuron.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    text = whole(neuron, model)[0]
    tap(neuron, neuron.one("#text-1 .peak"))
    neuron.wait(lambda: tip(neuron) == tip_for(text, text["max_activating_token_index"]))
    tap(neuron, neuron.one("#texts-title"))
    neuron.wait(lambda: tip(neuron) is None)


def tap(page, element):
    page.run("arguments[0].scrollIntoView({block: 'center'})", element)
    box = page.run("return arguments[0].getClientRects()[0].toJSON()", element)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_the_tooltip_stays_inside_the_window(neuron):
    neuron.resize(360, 740, mobile=True)
    for node in neuron.all("#text-1 .tok"):
        neuron.run("arguments[0].focus()", node)
        box = neuron.run("return document.getElementById('tip').getBoundingClientRect().toJSON()")
        assert box["left"] >= 0 and box["right"] <= 360


def test_the_needle_of_the_scale_stands_at_the_value(neuron, model):
    text = whole(neuron, model)[0]
    peak = text["max_activating_token_index"]
    for place in (peak, peak + 1):
        neuron.point_at(token(neuron, 1, place))
        neuron.wait(lambda: tip(neuron) == tip_for(text, place))
        at = float(neuron.run("return document.querySelector('.needle').style.getPropertyValue('--at')"))
        share = max(-1, min(1, text["activations"][place] / text["max_range"]))
        assert at == pytest.approx((share + 1) / 2, abs=1e-6)


def test_a_text_is_one_stop_of_the_tab_key(neuron):
    stops = neuron.run("return [...document.querySelectorAll('.tokens')].map((l) => l.querySelectorAll('[tabindex=\"0\"]').length)")
    assert stops == [1] * len(neuron.all(".text"))
    assert neuron.run("return document.querySelectorAll('.tok:not([tabindex])').length") == 0


def test_arrows_inside_a_text_go_from_token_to_token(neuron, model):
    text = whole(neuron, model)[1]
    peak = text["max_activating_token_index"]
    neuron.run("document.querySelector('#text-2 .peak').focus()")
    for key, place in [(Keys.ARROW_RIGHT, peak + 1), (Keys.ARROW_LEFT, peak), (Keys.ARROW_LEFT, peak - 1)]:
        neuron.press(key)
        assert tip(neuron) == tip_for(text, place)
    assert neuron.path() == f"/viz/{model}/all/0/5"


def test_home_end_and_enter_lead_to_first_last_and_maximum(neuron, model):
    text = snippets(neuron, model)[1]
    first = text["first_token_index"]
    neuron.run("document.querySelector('#text-2 .peak').focus()")
    places = [(Keys.HOME, first), (Keys.END, first + len(text["tokens"]) - 1), (Keys.ENTER, text["max_activating_token_index"])]
    for key, place in places:
        neuron.press(key)
        assert neuron.has_focus(f'#text-2 .tok[data-i="{place}"]')


def test_up_and_down_inside_a_text_change_the_line(neuron):
    neuron.run("document.querySelector('#text-2 .tok').focus()")
    top = "return document.activeElement.getClientRects()[0].top"
    before = neuron.run(top)
    neuron.press(Keys.ARROW_DOWN)
    assert neuron.has_focus("#text-2 .tok") and neuron.run(top) > before
    neuron.press(Keys.ARROW_UP)
    assert neuron.run(top) == before


def test_escape_hides_the_value(neuron):
    neuron.run("document.querySelector('#text-1 .peak').focus()")
    assert tip(neuron)
    neuron.press(Keys.ESCAPE)
    assert tip(neuron) is None


def test_a_focused_token_has_a_name_for_screen_readers(neuron, model):
    text = whole(neuron, model)[0]
    neuron.run("document.querySelector('#text-1 .peak').focus()")
    value, spelled, place = tip_for(text, text["max_activating_token_index"])
    assert neuron.run("return document.activeElement.getAttribute('aria-label')") == f"{spelled}, {value}, {place}"


@pytest.mark.parametrize("way", ["key", "button"])
def test_the_maximum_of_the_first_text_is_one_step_away(neuron, model, way):
    neuron.press("m") if way == "key" else neuron.one("#text-1").find_element(By.XPATH, './/button[.="Go to maximum"]').click()
    place = whole(neuron, model)[0]["max_activating_token_index"]
    assert neuron.has_focus(f'#text-1 .tok[data-i="{place}"]')


def test_the_marked_maximum_is_the_apis(neuron, model):
    for n, text in enumerate(whole(neuron, model), 1):
        assert int(neuron.one(f"#text-{n} .peak").get_attribute("data-i")) == text["max_activating_token_index"]


def test_a_text_can_be_shown_whole_and_short_again(neuron, model):
    neuron.requests()
    text = whole(neuron, model)[1]
    short = snippets(neuron, model)[1]["tokens"]
    button = neuron.one("#text-2 .more")
    assert button.text == f"Show all {len(text['tokens'])} tokens"
    button.click()
    neuron.wait(lambda: neuron.text_content("#text-2 .tok") == text["tokens"])
    assert f"{neuron.base_url}/api/{model}/neuroscope/0/5" in neuron.requests(), "the whole text is asked for on demand"
    assert button.get_attribute("aria-expanded") == "true"
    button.click()
    neuron.wait(lambda: neuron.text_content("#text-2 .tok") == short)


def test_the_values_of_a_whole_text_are_the_apis(neuron, model):
    text = whole(neuron, model)[1]
    neuron.run("document.querySelector('#text-2 .more').click()")  # a pointer left over the text would show its own value
    neuron.wait(lambda: len(neuron.all("#text-2 .tok")) == len(text["tokens"]))
    for place in (0, 1, len(text["tokens"]) // 2, len(text["tokens"]) - 1):
        neuron.run("arguments[0].focus()", token(neuron, 2, place))
        assert tip(neuron) == tip_for(text, place)


def test_the_maximum_stays_where_it_was_when_a_text_grows(neuron):
    neuron.run("document.querySelector('#text-4 .peak').scrollIntoView({block: 'center'})")
    top = "return document.querySelector('#text-4 .peak').getBoundingClientRect().top"
    before = neuron.run(top)
    neuron.run("document.querySelector('#text-4 .more').click()")
    neuron.wait(lambda: neuron.one("#text-4 .more").text == "Show the snippet")
    assert neuron.run(top) == pytest.approx(before, abs=1)


@pytest.mark.parametrize("way", ["key", "button"])
def test_all_texts_can_be_shown_whole_at_once(neuron, model, way):
    neuron.press("e") if way == "key" else neuron.button("Show whole texts").click()
    expected = [text["tokens"] for text in whole(neuron, model)]
    shown = lambda: [neuron.text_content(f"#text-{n} .tok") for n in range(1, len(expected) + 1)]
    neuron.wait(lambda: shown() == expected)
    neuron.press("e") if way == "key" else neuron.button("Show snippets").click()
    neuron.wait(lambda: shown() == [text["tokens"] for text in snippets(neuron, model)])


def test_a_bar_of_the_trace_leads_to_its_token(neuron, model):
    bar = neuron.run("const t = document.querySelector('#text-1 .trace'); return Math.min(10, t.clientWidth / 61)")
    canvas = neuron.one("#text-1 .trace")
    neuron.point_at(canvas, x=int(bar * 4.5 - canvas.size["width"] / 2))
    neuron.run("const t = arguments[0]; t.dispatchEvent(Object.assign(new MouseEvent('click', {bubbles: true, "
               "clientX: t.getBoundingClientRect().left + arguments[1], clientY: t.getBoundingClientRect().top + 5})))", canvas, bar * 4.5)
    first = snippets(neuron, model)[0]["first_token_index"]
    assert neuron.has_focus(f'#text-1 .tok[data-i="{first + 4}"]')


@pytest.mark.parametrize("way", ["key", "button"])
def test_marks_can_be_switched_off_and_stay_off(neuron, model, way):
    assert mark_of(neuron) == '"·"'
    neuron.press("w") if way == "key" else neuron.one("#sections .section-head button").click()
    neuron.wait(lambda: mark_of(neuron) == "none")
    neuron.open(f"/viz/{model}/all/0/6")
    assert mark_of(neuron) == "none"
    neuron.press("w")
    neuron.wait(lambda: mark_of(neuron) == '"·"')


def mark_of(page):
    return page.run("return getComputedStyle(document.querySelector('.tok.spaced'), '::before').content")


def test_marks_move_nothing(neuron):
    places = "return [...document.querySelectorAll('#text-1 .tok')].map((t) => { const r = t.getClientRects()[0]; return [r.left, r.top]; })"
    before = neuron.run(places)
    neuron.press("w")
    assert neuron.run(places) == before


def test_line_ends_and_special_tokens_have_signs(page, model):
    page.open(f"/viz/{model}/all/0/5")
    signs = "return [...document.querySelectorAll('.mark.line')].map((m) => getComputedStyle(m, '::before').content)"
    assert set(page.run(signs)) == {'"↵"'}
    assert set(page.text_content(".tok.special")) <= {"<|BOS|>", "<|endoftext|>"} and page.all(".tok.special")


BACKGROUNDS = """
return [...document.querySelectorAll('#text-' + arguments[0] + ' .tok')].map((t) => getComputedStyle(t).backgroundColor)
"""


def test_colours_are_the_sign_and_the_share_of_the_neurons_range(neuron, model):
    orange, blue = (240, 138, 53), (91, 155, 216)
    for n, text in enumerate(snippets(neuron, model), 1):
        for colour, value in zip(neuron.run(BACKGROUNDS, n), text["activations"]):
            numbers = [float(part) for part in re.findall(r"[\d.]+", colour)]
            heat = min(1, abs(value) / text["max_range"])
            if heat < 0.004:
                assert numbers[3] == 0
                continue
            assert tuple(numbers[:3]) == (blue if value < 0 else orange)
            assert (numbers + [1])[3] == pytest.approx(heat, abs=0.004)


CONTRAST = """
const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const paper = parts(getComputedStyle(document.documentElement).backgroundColor);
return Math.min(...[...document.querySelectorAll('.tokens .tok')].map((token) => {
    const style = getComputedStyle(token);
    const [r, g, b, a = 1] = parts(style.backgroundColor);
    const back = light([r, g, b].map((c, i) => c * a + paper[i] * (1 - a)));
    const ink = light(parts(style.color));
    return (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05);
}));
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["0/5", "1/358", "0/188"])
def test_every_token_can_be_read_on_its_colour(page, model, scheme, place):
    page.prefer(scheme=scheme)
    page.open(f"/viz/{model}/all/{place}")
    assert page.run(CONTRAST) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_strength_of_colour_leaves_the_text_readable(front, front_page, model, scheme):
    def sweep(document):
        text = document["data"]["texts"][0]
        text["max_range"] = 1
        text["activations"] = [step / 30 * (-1) ** step for step in range(31)] + [-step / 30 * (-1) ** step for step in range(31)]
        text["tokens"] = [" token"] * 62
        text.update(first_token_index=0, num_tokens=62, max_activating_token_index=30)
        document["data"]["texts"] = [text]

    front.change(f"/api/{model}/neuroscope/0/5", sweep)
    front_page.prefer(scheme=scheme)
    front_page.open(f"/viz/{model}/all/0/5")
    assert len(front_page.all("#text-1 .tok")) == 62
    assert front_page.run(CONTRAST) >= 4.5
