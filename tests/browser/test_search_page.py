"""Search: the box with its suggestions, every kind of result, the address, and what can be taken along."""

import csv
import io
import json
import time
from urllib.parse import quote

import pytest
from selenium.webdriver.common.keys import Keys


def links(page, selector="#results .neuron-link"):
    return page.run("return [...document.querySelectorAll(arguments[0])].map((a) => a.getAttribute('href'))", selector)


def suggestions(page):
    return page.text_content(".suggestions:not([hidden]) .suggestion")


def neuron_pages(neurons):
    return [f"/viz/{found['model']}/all/{found['layer']}/{found['neuron']}" for found in neurons]


def test_from_home_a_word_leads_to_the_neurons_that_fire_on_it(page):
    page.open("/").press("/")
    assert page.has_focus("#search")
    page.press("the")
    page.wait(lambda: any(text.startswith(" the ") for text in suggestions(page)))
    page.press(*[Keys.ARROW_DOWN] * (1 + next(n for n, text in enumerate(suggestions(page)) if text.startswith(" the "))))
    chosen = page.one("#search").get_attribute("aria-activedescendant")
    assert "the" in page.one(f"#{chosen}").text and page.one(f"#{chosen}").get_attribute("aria-selected") == "true"
    page.press(Keys.ENTER)
    page.wait(lambda: page.path() == "/search?token=any%3A%20the")
    page.ready()
    assert links(page) == neuron_pages(page.api("/search/neurons?token=any:%20the&limit=20")["neurons"])


def test_enter_without_a_choice_searches_everything(page):
    page.open("/").press("/")
    page.press("your", Keys.ENTER)
    page.wait(lambda: page.path() == "/search?q=your")
    page.ready()
    answer = page.api("/search?q=your")
    assert answer["tokens"] and answer["explanations"]
    texts = page.api("/search/texts?q=your&limit=5")["neurons"]
    assert [node.text for node in page.all("#results h2")] == ["Tokens", "Explanations", "Texts"]
    assert len(page.all(".found-tokens li")) == len(answer["tokens"])
    assert links(page) == neuron_pages(answer["explanations"] + texts)


@pytest.mark.parametrize("typed", ["{model} 1/205", "L1N205"])
def test_a_neuron_that_is_typed_is_the_first_suggestion(page, model, typed):
    page.open("/search")
    page.press(typed.format(model=model))
    page.wait(lambda: suggestions(page)[:1] == [f"{model}, layer 1, neuron 205"])
    page.press(Keys.ARROW_DOWN, Keys.ENTER)
    page.wait(lambda: page.path() == f"/viz/{model}/all/1/205")


def test_what_names_one_neuron_only_leads_to_it(page, model):
    page.open("/").press("/")
    page.press(f"{model} 1/205", Keys.ENTER)
    page.wait(lambda: page.path() == f"/viz/{model}/all/1/205")


def test_a_word_without_its_blank_becomes_the_token_that_there_is(page):
    page.open("/search?kind=neurons")
    assert "feet" not in [item["token"] for item in page.api("/search/tokens?q=feet&match=exact")["tokens"]]
    page.press("feet", Keys.ENTER)
    page.wait(lambda: page.path() == "/search?token=any%3A%20feet")
    page.ready()
    assert links(page) == neuron_pages(page.api("/search/neurons?token=any:%20feet")["neurons"])


def test_escape_closes_the_suggestions_and_leaves_what_was_typed(page):
    page.open("/search")
    page.press("th")
    page.wait(lambda: suggestions(page))
    page.press(Keys.ESCAPE)
    assert suggestions(page) == [] and page.one("#search").get_attribute("value") == "th"
    assert page.one("#search").get_attribute("aria-expanded") == "false"


def test_neurons_say_why_they_were_found_and_what_they_do(page):
    page.open("/search?token=any:%20the")
    found = page.api("/search/neurons?token=any:%20the&limit=20")["neurons"]
    for row, neuron in zip(page.all(".found-neurons li"), found, strict=True):
        place = f"{neuron['model']}/{{}}/{neuron['layer']}/{neuron['neuron']}"
        assert row.find_element("css selector", ".token-word").get_attribute("textContent") == " the" and f"it has {neuron['num_tokens']} tokens" in row.text
        assert ("fires on" in row.text) == any(match["kind"] == "activating" for match in neuron["matches"])
        explanation = page.api("/" + place.format("neuron_explainer"))["data"]["explanation"]
        assert " ".join(explanation.split()) in " ".join(row.get_attribute("textContent").split())
        assert row.find_elements("css selector", ".tokens .tok")


def test_tokens_are_joined_by_and_or_and_not_and_the_address_follows(page):
    page.open("/search?kind=neurons")
    for token in (" the", " that"):
        page.press(token)
        page.wait(lambda: any(text.startswith(f"{token} ") for text in suggestions(page)))
        place = next(n for n, text in enumerate(suggestions(page)) if text.startswith(f"{token} "))
        page.press(*[Keys.ARROW_DOWN] * (place + 1), Keys.ENTER)
        page.wait(lambda: quote(token, safe="") in page.path())
        page.ready()
    assert page.path() == "/search?token=any%3A%20the&token=any%3A%20that"
    for relation, parameter in (("or", "or"), ("but not", "not")):
        page.run("const s = document.querySelector('#terms li:nth-child(2) select'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))", parameter)
        page.wait(lambda: page.path() == f"/search?token=any%3A%20the&{parameter}=any%3A%20that")
        page.ready()
        assert links(page) == neuron_pages(page.api(f"/search/neurons?token=any:%20the&{parameter}=any:%20that&limit=20")["neurons"])
        assert relation in page.one("#terms").text
    page.all("#terms button")[0].click()
    page.wait(lambda: page.path() == "/search?token=any%3A%20that")
    page.driver.back()
    page.wait(lambda: page.path() == "/search?token=any%3A%20the&not=any%3A%20that" and len(page.all("#terms li")) == 2)


def test_more_follows_page_by_page_to_the_end(page):
    page.open("/search?token=any:%20the")
    whole = page.api("/search/neurons?token=any:%20the&limit=100")
    assert whole["next"] is None and len(whole["neurons"]) > 40
    while page.one("#more").is_displayed():
        before = len(links(page))
        page.one("#more").click()
        page.wait(lambda: len(links(page)) > before)
        page.ready()
    assert links(page) == neuron_pages(whole["neurons"])
    assert page.one("#count").text == f"{len(whole['neurons'])} neurons"


def test_explanations_are_marked_and_can_be_filtered(page):
    page.open("/search?kind=explanations&q=words")
    found = page.api("/search/explanations?q=words&limit=20")["explanations"]
    assert links(page) == neuron_pages(found)
    marks = page.run("return [...document.querySelectorAll('.found li')].map((row) => [...row.querySelectorAll('mark')].map((m) => m.textContent))")
    assert marks == [[item["explanation"][start:end] for start, end in item["marks"]] for item in found]
    assert any(marks)
    least = sorted(item["score"] for item in found)[len(found) // 2]
    page.run("const f = document.getElementById('min-score'); f.value = arguments[0]; f.dispatchEvent(new Event('change'))", str(least))
    page.wait(lambda: "min_score=" in page.path())
    page.ready()
    kept = page.api(f"/search/explanations?q=words&min_score={least}&limit=20")["explanations"]
    assert links(page) == neuron_pages(kept) and 0 < len(kept) < len(found)


def test_texts_are_found_by_words_near_their_maximum(page):
    page.open("/search?kind=texts&q=your")
    found = page.api("/search/texts?q=your&limit=20")["neurons"]
    assert found and links(page) == neuron_pages(found)
    shown = page.run("return [...document.querySelectorAll('.found-text')].map((p) => [p.textContent, ...[...p.querySelectorAll('mark')].map((m) => m.textContent)])")
    assert shown == [[item["snippet"], *(item["snippet"][start:end] for start, end in item["marks"])] for item in found]
    assert page.text_content(".found-texts li > .muted") == [(f"in {item['num_texts']} texts, first " if item["num_texts"] > 1 else "") + f"in text {item['text'] + 1}" for item in found]


@pytest.mark.parametrize("match", ["exact", "prefix", "substring", "fuzzy"])
def test_tokens_by_every_way_of_matching(page, match):
    page.open(f"/search?kind=tokens&q=ther&match={match}")
    found = page.api(f"/search/tokens?q=ther&match={match}&limit=20")["tokens"]
    assert page.text_content(".found .token-word") == [item["token"] for item in found]
    assert page.one("#match").get_attribute("value") == match


def test_changing_the_kind_takes_the_words_along(page):
    page.open("/search?q=words")
    page.run("document.getElementById('kind-explanations').click()")
    page.wait(lambda: page.path() == "/search?kind=explanations&q=words")
    page.ready()
    assert page.all(".found-explanations li")
    page.run("document.getElementById('kind-neurons').click()")
    page.wait(lambda: any(text.lstrip().startswith("words ") for text in suggestions(page)))
    assert page.one("#search").get_attribute("value") == "words"


def test_a_models_page_searches_its_own_tokens(page, model):
    page.open(f"/viz/{model}").press("/")
    page.press(" the")
    page.wait(lambda: any(text.startswith(" the ") for text in suggestions(page)))
    place = next(n for n, text in enumerate(suggestions(page)) if text.startswith(" the "))
    page.press(*[Keys.ARROW_DOWN] * (place + 1), Keys.ENTER)
    page.wait(lambda: page.path() == f"/search?token=any%3A%20the&model={model}")
    page.ready()
    assert page.one("#model").get_attribute("value") == model and links(page)


@pytest.fixture
def downloads(page, tmp_path):
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    yield tmp_path
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})


def saved(page, file):
    page.wait(lambda: file.exists() and file.stat().st_size > 0)
    time.sleep(0.1)
    return file.read_bytes().decode()


def test_a_result_is_saved_whole_as_ndjson_and_csv(page, downloads):
    page.open("/search?token=any:%20the")
    whole = page.api("/search/neurons?token=any:%20the&limit=100")["neurons"]
    page.button("NDJSON").click()
    assert [json.loads(line) for line in saved(page, downloads / "neurons-the.ndjson").split("\n")[:-1]] == whole
    page.wait(lambda: [node for node in page.all("#deeds button") if node.text == "CSV"])
    page.button("CSV").click()
    rows = list(csv.DictReader(io.StringIO(saved(page, downloads / "neurons-the.csv"))))
    assert [(row["model"], int(row["layer"]), int(row["neuron"]), float(row["score"]), json.loads(row["matches"])) for row in rows] == [
        (item["model"], item["layer"], item["neuron"], item["score"], item["matches"]) for item in whole
    ]


def test_a_result_opens_as_a_list_to_compare(page):
    page.open("/search?token=any:%20the")
    shown = links(page)
    page.run("[...document.querySelectorAll('#deeds a')].find((a) => a.textContent === 'Open as a list').click()")
    page.wait(lambda: page.path().startswith("/bookmarks?n="))
    page.ready()
    assert links(page, "#kept .neuron-link") == shown and page.one("#title").text == "the"


@pytest.mark.parametrize(
    "address, words",
    [
        ("/search?q=zzzqqq", "Nothing found"),
        ("/search?token=any:zzzqqq", "No neuron has these tokens"),
        ("/search?kind=explanations&q=zzzqqq", "No explanation has these words"),
        ("/search?kind=tokens&q=zzzqqq", "No such token"),
        ("/search?kind=texts&q=zzzqqq", "No text has these words"),
        ("/search?kind=neurons", "Add a token"),
        ("/search?token=any:a&model=nowhere", "Model 'nowhere' not found"),
        ("/search?not=any:a", "Add a token"),
        ("/search?kind=nonsense&match=nonsense&token=nonsense:a", "Search"),
    ],
)
def test_what_is_not_found_or_wrong_is_said(page, address, words):
    page.open(address)
    assert words in page.shown()
    assert [line for line in page.console() if "status of 404" not in line] == []


def test_hostile_words_stay_words(front, front_page):
    hostile = "<script>document.title = 'owned'</script>\u202e"

    def poison(document):
        for token in document["tokens"]:
            token["token"] = hostile
        for explanation in document["explanations"]:
            explanation["explanation"] = hostile

    front.change("/api/search", poison)
    front_page.open("/search?q=the")
    assert "owned" not in front_page.driver.title
    assert hostile in front_page.text_content(".found-explanations p[dir]")
    assert front_page.all("#results script") == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_says_what_to_do_and_can_be_tried_again(front, front_page, status):
    front.refuse("/api/search", status, times=1)
    front_page.open("/search?q=the")
    assert f"HTTP {status}" in front_page.shown()
    front_page.button("Try again").click()
    front_page.wait(lambda: front_page.all(".found-tokens li"))


BLANK = "return getComputedStyle(arguments[0], '::before').content"


@pytest.mark.parametrize("path, selector", [
    ("/search?token=any:%20the", ".terms .token-word"), ("/search?token=any:%20the", ".reasons .token-word"), ("/search?q=your", ".found-tokens .token-word"),
    ("/viz/{model}/all/0/5", "#tokens .token-word"), ("/viz/{model}/all/0/5", "#similar .token-word"), ("/compare?n={model}/0/5&n={model}/1/205", ".cloud .token-word"),
])  # fmt: skip
def test_the_blank_before_a_token_is_drawn_alike_everywhere(page, model, path, selector):
    page.open(path.format(model=model)).unfold()
    words = [node for node in page.all(selector) if node.get_attribute("textContent").startswith(" ") and node.get_attribute("textContent").strip()]
    assert words and {page.run(BLANK, node) for node in words} == {'"·"'}


def test_on_a_phone_the_kinds_of_search_stand_in_one_row(page):
    page.resize(360, 800, mobile=True)
    page.open("/search?kind=tokens&q=the")
    tops = page.run("return [...document.querySelectorAll('#kinds label')].map((node) => node.getBoundingClientRect().top)")
    box, tab = (page.run("return arguments[0].getBoundingClientRect().toJSON()", page.one(selector)) for selector in ("#kinds", "#kinds label:has(:checked)"))
    assert len(set(tops)) == 1 and box["left"] <= tab["left"] and tab["right"] <= box["right"] <= 360
