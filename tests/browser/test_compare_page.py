"""Comparisons, bookmarks, lists that can be shared, and cards for other pages."""

import http.server
import threading
import urllib.parse
import urllib.request

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

TWO = "n={model}/0/5&n={model}/1/205"


def columns(page):
    return page.run("return [...document.querySelectorAll('.column h2 a')].map((a) => a.getAttribute('href'))")


def allow_clipboard(page):
    permission = {"origin": page.base_url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.driver.execute_cdp_cmd("Browser.grantPermissions", permission)


def clipboard(page):
    return page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")


def test_neurons_stand_side_by_side_in_the_addresses_order(page, model):
    page.open("/compare?" + TWO.format(model=model))
    assert columns(page) == [f"/viz/{model}/all/0/5", f"/viz/{model}/all/1/205"]
    for column, place in zip(page.all(".column"), ("0/5", "1/205")):
        assert page.api(f"/{model}/neuron_explainer/{place}")["data"]["explanation"] in column.text
        assert len(column.find_elements("css selector", ".column-text")) == 3
    lefts = page.run("return [...document.querySelectorAll('.column')].map((c) => c.getBoundingClientRect().left)")
    assert lefts[0] < lefts[1]


def test_tokens_in_common_are_marked_and_named(page, model):
    page.open("/compare?" + TWO.format(model=model))
    lists = [[item["token"] for item in page.api(f"/{model}/tokens/{place}")["data"]["activation"][:25]] for place in ("0/5", "1/205")]
    keys = [{token.strip().lower() for token in tokens} - {""} for tokens in lists]
    for number, tokens in enumerate(lists):
        marked = page.run("return [...document.querySelectorAll('.column')[arguments[0]].querySelector('.cloud').querySelectorAll('.shared')].map((n) => n.textContent)", number)
        assert marked == [token for token in tokens if token.strip().lower() in keys[0] & keys[1]]
    assert all(f"“{key}”" in page.one("#common").text for key in keys[0] & keys[1])


def test_a_neuron_can_be_added_and_removed_and_the_address_follows(page, model):
    page.open("/compare")
    page.press("/")
    assert page.has_focus("#word")
    for number, word in enumerate((f"{model}/0/5", f" {page.base_url}/viz/{model}/all/1/205#texts "), 1):
        page.press(word, Keys.ENTER)
        page.wait(lambda: len(columns(page)) == number)
        page.ready()
    assert page.path() == "/compare?" + TWO.format(model=model)
    page.all(".column button")[0].click()
    page.wait(lambda: columns(page) == [f"/viz/{model}/all/1/205"])
    page.driver.back()
    page.wait(lambda: len(columns(page)) == 2)


def test_a_layer_and_a_neuron_are_of_the_last_model(page, model):
    page.open(f"/compare?n={model}/0/5")
    page.press("1/205", Keys.ENTER)
    page.wait(lambda: page.path() == "/compare?" + TWO.format(model=model))


def test_words_of_an_explanation_suggest_neurons_to_add(page, model):
    found = page.api("/search?q=feet")["explanations"][0]
    page.open(f"/compare?n={model}/0/5")
    page.press("feet")
    page.wait(lambda: page.all(".suggestions:not([hidden]) li"))
    page.press(Keys.ARROW_DOWN, Keys.ENTER)
    page.wait(lambda: page.path() == f"/compare?n={model}/0/5&n={model}/{found['layer']}/{found['neuron']}")


@pytest.mark.parametrize("word, said", [("nonsense", "model/layer/neuron"), ("{model}/0/5", "already")])
def test_what_cannot_be_added_says_why(page, model, word, said):
    page.open("/compare?" + TWO.format(model=model))
    page.one("#word").send_keys(word.format(model=model), Keys.ENTER)
    assert said in page.one("#problem").text
    assert len(columns(page)) == 2


def test_there_are_at_most_four(page, model):
    page.open("/compare?" + "&".join(f"n={model}/0/{n}" for n in range(6)))
    assert len(columns(page)) == 4
    page.one("#word").send_keys(f"{model}/1/1", Keys.ENTER)
    assert "At most 4" in page.one("#problem").text


@pytest.mark.parametrize("other, said", [("no-such-model/0/5", "not found"), ("a%2Cb/0/5", "no such neuron"), ("a%00b/0/5", "no such neuron"),
                                         ("{model}/0/9999999999", "no such neuron"), ("{model}/7/5", "only has 2 layers")])  # fmt: skip
def test_a_neuron_that_is_not_there_leaves_the_others(page, model, other, said):
    page.open(f"/compare?n={model}/0/5&n={other.format(model=model)}")
    first, second = page.all(".column")
    assert first.find_elements("css selector", ".cloud")
    assert said in second.text


def test_a_bookmark_stays_and_can_be_forgotten(page, model):
    page.open(f"/viz/{model}/all/0/5")
    page.press("b")
    assert page.one("#bookmark").get_attribute("aria-pressed") == "true"
    page.open(f"/viz/{model}/all/1/205")
    assert page.one("#bookmark").get_attribute("aria-pressed") == "false"
    page.one("#bookmark").click()
    page.open("/bookmarks")
    assert page.run("return [...document.querySelectorAll('.kept a')].map((a) => a.getAttribute('href'))") == [f"/viz/{model}/all/0/5", f"/viz/{model}/all/1/205"]
    page.wait(lambda: page.api(f"/{model}/neuron_explainer/0/5")["data"]["explanation"] in page.one(".kept").text)
    page.all(".kept button")[0].click()
    assert len(page.all(".kept a")) == 1
    page.open(f"/viz/{model}/all/0/5")
    assert page.one("#bookmark").get_attribute("aria-pressed") == "false"


def test_a_list_can_be_shared_and_kept(page, model):
    page.open(f"/viz/{model}/all/0/5")
    page.press("b")
    page.open("/bookmarks")
    allow_clipboard(page)
    page.one(".copy").click()
    page.wait(lambda: "Copied" in page.one(".copy").text)
    assert clipboard(page) == f"{page.base_url}/bookmarks?n={model}/0/5"
    page.open("/bookmarks?" + TWO.format(model=model))
    assert page.one("h1").text == "A list of 2 neurons"
    page.button("Keep these").click()
    page.open("/bookmarks")
    assert len(page.all(".kept a")) == 2


def test_chosen_bookmarks_are_compared(page, model):
    page.open("/bookmarks?" + TWO.format(model=model))
    assert page.one("#compare").get_attribute("href") is None
    for box in page.all(".kept input"):
        box.click()
    page.one("#compare").click()
    page.wait(lambda: page.path() == "/compare?" + TWO.format(model=model))


def test_what_is_kept_wrongly_does_no_harm(page):
    page.open("/bookmarks")
    for kept in ("{", '{"a":1}', '["<img src=x onerror=alert(1)>/0/1", 5, null]'):
        page.run("localStorage.setItem('bookmarks', arguments[0])", kept)
        page.open("/bookmarks")
        assert not page.all("main img")
        assert page.all(".kept li")


def kept(page):
    return page.run("return [...document.querySelectorAll('.kept a')].map((a) => a.getAttribute('href'))")


def name_list(page, name, button="Save as a new list"):
    field = page.one("#list-name")
    field.clear()
    field.send_keys(name)
    page.button(button).click()


def lists(page):
    return page.text_content("#list option")


def test_lists_have_names_and_the_chosen_one_gets_new_bookmarks(page, model):
    page.open(f"/viz/{model}/all/0/5").press("b")
    page.open("/bookmarks")
    name_list(page, "  Verbs  & <b>more</b> ")
    assert page.one("h1").text == "Verbs & <b>more</b>" and kept(page) == [f"/viz/{model}/all/0/5"] and not page.all("h1 b")
    page.open(f"/viz/{model}/all/1/205")
    assert "Verbs & <b>more</b>" in page.one("#bookmark").get_attribute("title")
    page.press("b")
    page.open("/bookmarks")
    assert kept(page) == [f"/viz/{model}/all/0/5", f"/viz/{model}/all/1/205"]
    assert lists(page) == ["Bookmarks (1)", "Verbs & <b>more</b> (2)"]
    Select(page.one("#list")).select_by_index(0)
    assert page.one("h1").text == "Bookmarks" and kept(page) == [f"/viz/{model}/all/0/5"]
    page.open(f"/viz/{model}/all/1/205")
    assert page.one("#bookmark").get_attribute("aria-pressed") == "false"


def test_a_list_is_renamed_deleted_and_brought_back(page, model):
    page.open(f"/viz/{model}/all/0/5").press("b")
    page.open("/bookmarks")
    name_list(page, "One")
    name_list(page, "One")
    assert lists(page) == ["Bookmarks (1)", "One (1)"], "two lists of one name are refused"
    name_list(page, "Two", "Rename")
    assert page.one("h1").text == "Two" and lists(page) == ["Bookmarks (1)", "Two (1)"]
    page.button("Delete").click()
    assert page.one("h1").text == "Bookmarks" and lists(page) == ["Bookmarks (1)"]
    assert page.has_focus("#undo button") and not page.one("#remove").is_displayed(), "the first list stays"
    page.button("Undo").click()
    assert page.one("h1").text == "Two" and kept(page) == [f"/viz/{model}/all/0/5"] and page.one("#undo").text == ""
    page.open("/bookmarks")
    assert page.one("h1").text == "Two"


def test_a_shared_list_brings_its_name(page, model):
    name = "<img src=x>\u202e&n=\n" + "x" * 200
    page.open("/bookmarks?" + TWO.format(model=model) + "&name=" + urllib.parse.quote(name))
    assert page.one("h1").text == ("<img src=x> &n= " + "x" * 200)[:60] and not page.all("main img")
    name_list(page, "Theirs")
    page.wait(lambda: page.path() == "/bookmarks")
    page.ready()
    assert page.one("h1").text == "Theirs" and len(kept(page)) == 2
    allow_clipboard(page)
    page.one(".copy").click()
    page.wait(lambda: "Copied" in page.one(".copy").text)
    assert clipboard(page) == f"{page.base_url}/bookmarks?{TWO.format(model=model)}&name=Theirs"


def test_a_list_says_which_neurons_there_are_not(page, model):
    page.open(f"/bookmarks?n={model}/0/5&n={model}/1/9999&n=no-such/0/0")
    page.wait(lambda: len([row for row in page.all("#kept .kept-words") if row.text]) == 3)
    there, beyond, unknown = [row.text for row in page.all("#kept .kept-words")]
    assert "tokens" in there and "only has 512 neurons" in beyond and "no-such" in unknown


def test_lists_that_are_stored_wrongly_do_no_harm(page, model):
    page.open("/bookmarks")
    for stored in ("{", "7", '[["a"]]', '[5, null, ["", []], ["__proto__", ["x/0/1"]]]'):
        page.run("localStorage.setItem('bookmarks', JSON.stringify([arguments[1]])); localStorage.setItem('lists', arguments[0]); localStorage.setItem('list', 'gone')", stored, f"{model}/0/5")
        page.open("/bookmarks")
        assert page.one("h1").text == "Bookmarks" and kept(page) == [f"/viz/{model}/all/0/5"]


def test_a_neuron_leads_to_a_comparison(page, model):
    page.open(f"/viz/{model}/all/0/5")
    page.press("c")
    page.wait(lambda: page.path() == f"/compare?n={model}/0/5")


def test_a_card_shows_the_neuron_and_nothing_else(page, model):
    page.resize(640, 520)
    page.open(f"/viz/{model}/all/0/5?embed=1")
    assert page.one(".explanation").is_displayed() and page.one("#text-1").is_displayed() and page.one("h1").is_displayed()
    for selector in ("header.top", "footer", "#dials", "#aside", "#jump", "#text-4", "#bookmark"):
        assert not page.one(selector).is_displayed()
    assert page.one("#card-open").get_attribute("href") == f"{page.base_url}/viz/{model}/all/0/5"
    asked = page.run("return performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname.split('/')).filter((p) => p[1] === 'api').map((p) => p[3])")
    assert set(asked) == {"explanations", "neuroscope"}


@pytest.mark.parametrize("query, ancestors", [("?embed=1", "frame-ancestors *"), ("", "frame-ancestors 'self'"), ("?embed=2", "frame-ancestors 'self'")])
def test_only_cards_may_stand_in_other_sites_pages(page, model, query, ancestors):
    with urllib.request.urlopen(f"{page.base_url}/viz/{model}/all/0/5{query}") as answer:
        assert answer.headers["Content-Security-Policy"].endswith(ancestors)


def test_a_copied_card_works_in_another_sites_page(page, model):
    page.open(f"/viz/{model}/all/0/5")
    allow_clipboard(page)
    page.button("Copy card").click()
    page.wait(lambda: any("Copied" in node.text for node in page.all("#aside .copy")))
    html = clipboard(page)

    class Handler(http.server.BaseHTTPRequestHandler):
        """Another site's page with the card in it."""

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_):
            """Keeps the tests' output quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True).start()
        page.driver.get(f"http://localhost:{site.server_address[1]}/")
        page.driver.switch_to.frame(page.one("iframe"))
        page.wait(lambda: page.all(".explanation"))
        page.driver.switch_to.default_content()
        site.shutdown()
