"""What the pages show when an answer does not come, and how they go on."""

import pytest

STATES = [(429, "Too many requests"), (503, "The database is away"), (202, "On its way"), (500, "The server failed")]
PAGES = {"home": ("/", "/api"), "model": ("/viz/{model}", "/api/{model}/metadata"), "neuron": ("/viz/{model}/all/0/5", "/api/{model}/neuroscope/0/5")}


@pytest.fixture(params=PAGES)
def place(request, model):
    """(path of a page, what it asks the API first)."""
    return tuple(path.format(model=model) for path in PAGES[request.param])


def has_content(page):
    return any(node.is_displayed() for node in page.all("#rows a, #numbers dd, .text"))


@pytest.mark.parametrize("status, heading", STATES)
def test_a_refusal_says_what_it_is_and_can_be_retried(front, front_page, place, status, heading):
    path, asked = place
    front.refuse(asked, status, detail=f"Reason number {status}.")
    front_page.open(path)
    panel = front_page.one(".state")
    assert heading in panel.text and f"HTTP {status}" in panel.text and f"Reason number {status}." in panel.text
    assert front_page.all("[role=alert]")
    front.rules.clear()
    front_page.button("Try again").click()
    front_page.wait(lambda: has_content(front_page))


@pytest.mark.parametrize("name", ["home", "model"])
def test_a_404_says_what_it_is(front, front_page, model, name):
    path, asked = (part.format(model=model) for part in PAGES[name])
    front.refuse(asked, 404, detail="Reason number 404.")
    front_page.open(path)
    panel = front_page.one(".state")
    assert "Not here" in panel.text and "HTTP 404" in panel.text and "Reason number 404." in panel.text


def test_a_connection_that_breaks_says_so_and_can_be_retried(front, front_page, place):
    path, asked = place
    front.drop(asked)
    front_page.open(path)
    assert "No answer" in front_page.one(".state").text
    front.rules.clear()
    front_page.button("Try again").click()
    front_page.wait(lambda: has_content(front_page))


def test_an_answer_that_is_not_json_says_so(front, front_page, place):
    path, asked = place
    front.answer(asked, "<html>Please log in</html>", content_type="text/html")
    front_page.open(path)
    assert "Not understood" in front_page.one(".state").text


@pytest.mark.parametrize("status", [202, 429, 503])
def test_a_page_looks_again_by_itself_after_retry_after(front, front_page, place, status):
    path, asked = place
    front.refuse(asked, status, times=1, retry_after=1)
    front_page.open(path)
    front_page.wait(lambda: has_content(front_page), "the page did not recover by itself")


def test_a_page_without_retry_after_waits_for_the_reader(front, front_page, place):
    path, asked = place
    front.refuse(asked, 503)
    front_page.open(path)
    assert "Tries again" not in front_page.shown()


def test_an_unknown_model_shows_the_models_and_the_command(page):
    for path in ("/viz/no-such-model", "/viz/no-such-model/all/0/0"):
        page.open(path)
        assert "Model 'no-such-model' not found." in page.one(".state").text
        assert "deepdecipher-ingest neuroscope no-such-model" in page.one(".state").text
        assert page.all('.state a[href="/viz"]')


def test_a_command_for_a_hostile_name_is_safe_to_paste(page):
    page.open("/viz/x'%3B%20rm%20-rf%20~")
    assert page.text_content(".command code") == ["deepdecipher-ingest neuroscope 'x'\\''; rm -rf ~'"]


@pytest.mark.parametrize("place", ["2/0", "0/512", "99999/0"])
def test_a_neuron_out_of_range_says_what_there_is(page, model, place):
    page.open(f"/viz/{model}/all/{place}")
    assert "has layers 0 to 1 with neurons 0 to 511" in page.one(".state").text


def test_an_unknown_service_leads_to_the_one_that_has_all(page, model):
    page.open(f"/viz/{model}/no-such-service/0/5")
    assert page.one(".state p a").get_attribute("href").endswith(f"/viz/{model}/all/0/5")


@pytest.mark.parametrize("place", ["x/1", "1/-1", "1/1.5"])
def test_an_index_that_is_no_number_says_so(page, model, place):
    page.open(f"/viz/{model}/all/{place}")
    assert "two numbers" in page.one(".state").text


def test_a_neuron_without_data_in_its_service_names_the_command(front, front_page, model):
    front.refuse(f"/api/{model}/neuroscope/0/5", 404, detail="Nothing stored for this neuron.")
    front_page.open(f"/viz/{model}/neuroscope/0/5")
    assert f"deepdecipher-ingest neuroscope {model} --layers 0 --neurons 5" in front_page.one(".state").text


def test_a_list_that_fails_leaves_the_rest_of_the_models_page(front, front_page, model):
    front.refuse(f"/api/{model}/neuroscope", 503)
    front_page.open(f"/viz/{model}")
    assert "The database is away" in front_page.shown()
    assert front_page.one("#numbers").is_displayed() and front_page.one("#dials").is_displayed()


def test_a_whole_text_that_does_not_come_leaves_the_snippet(front, front_page, model):
    front_page.open(f"/viz/{model}/all/0/5")
    before = front_page.text_content("#text-1 .tok")
    front.drop(f"/api/{model}/neuroscope/0/5")
    front_page.one("#text-1 .more").click()
    front_page.wait(lambda: "did not come" in front_page.one("#text-1").text)
    assert front_page.text_content("#text-1 .tok") == before
    front.rules.clear()
    front_page.one("#text-1 .more").click()
    front_page.wait(lambda: len(front_page.all("#text-1 .tok")) > len(before))
    assert "did not come" not in front_page.one("#text-1").text


def test_an_answer_that_comes_late_does_not_replace_a_later_neuron(front, front_page, model):
    front_page.open(f"/viz/{model}/all/0/5")
    front.refuse(f"/api/{model}/neuroscope/0/6", 503)
    front_page.press("\ue014")
    front_page.wait(lambda: "The database is away" in front_page.shown())
    front_page.press("\ue014")
    front_page.wait(lambda: front_page.path().endswith("/0/7") and front_page.all(".text"))
    assert "The database is away" not in front_page.shown()


@pytest.mark.parametrize("path", ["/nowhere", "/viz/a/b", "/viz/a/b/1/2/3", "/doc/nothing"])
def test_an_address_that_leads_nowhere_has_a_page_that_leads_on(page, path):
    page.open(path)
    assert "No page here" in page.shown()
    assert page.text_content("#path") == [path]
    assert page.all('main a[href="/viz"]')
