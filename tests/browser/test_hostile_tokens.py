"""Tokens are text, whatever they look like."""

import pytest

HOSTILE = [
    "<script>window.broken = 1</script>", '"><img src=x onerror="window.broken = 1">', "</div></article>", "&lt;b&gt;",
    "\u202eright to left", "\u2066isolate", "a" + "\u0301\u0336\u0489" * 80, "\u0301", "\u0000", "\u200b", "\ufffd",
    "\u2028", "\u00a0", "\r\n", "\n" * 9, "\t", " " * 60, "x" * 900, "", "שלום", " مرحبا", "__proto__", "{{x}}", "${x}",
    "javascript:alert(1)", "\ud83d\udc69\u200d\ud83d\udcbb",
]


@pytest.fixture
def hostile(front, front_page, model):
    """The page of a neuron whose texts hold nothing but hostile tokens."""

    def poison(document):
        data = document["data"]
        text = data["texts"][0]
        count = len(HOSTILE)
        text.update(tokens=HOSTILE, activations=[(-1) ** n * n / count for n in range(count)], num_tokens=count)
        text.update(first_token_index=0, max_activating_token_index=count - 2, max_range=1)
        data["texts"] = [text]
        data["logit_effects"] = [{"effect": 1.0, "token": token} for token in HOSTILE]
        document["metadata"]["dataset"] = "<b>bold</b>\u202e" + "y" * 300

    front.change(f"/api/{model}/neuroscope/0/5", poison)
    return front_page.open(f"/viz/{model}/all/0/5")


def test_no_token_becomes_markup_or_script(hostile):
    assert hostile.run("return window.broken") is None
    assert not hostile.all("main script, main img, #texts b, #aside b")
    assert "<script>window.broken = 1</script>" in hostile.text_content(".tokens .tok")
    assert not [line for line in hostile.console() if "Content Security" in line or "Refused" in line]


def test_every_token_keeps_an_element_of_its_own(hostile):
    assert len(hostile.all(".tokens .tok")) == len(HOSTILE)


def test_what_has_no_glyph_is_named(hostile):
    signs = hostile.run("return [...document.querySelectorAll('.tokens .mark')].map((m) => m.dataset.sign)")
    for sign in ("U+202E", "U+2066", "U+0000", "U+200B", "U+2028", "U+00A0", "empty", "→", "↵", "␍↵"):
        assert sign in signs


def test_right_to_left_reaches_nothing_outside_its_token(hostile):
    lefts = "return [...document.querySelectorAll('.tokens .tok')].slice(3, 6).map((t) => t.getClientRects()[0]).map((r) => [r.top, r.left])"
    places = hostile.run(lefts)
    assert places == sorted(places), "tokens stand in their order"
    assert hostile.run("return getComputedStyle(document.querySelector('.tok')).unicodeBidi") == "isolate"


@pytest.mark.parametrize("width", [360, 900, 1600])
def test_nothing_makes_the_page_wider_than_the_window(hostile, width):
    hostile.resize(width, 800, mobile=width < 500)
    assert hostile.run("return document.documentElement.scrollWidth") <= width


def test_a_flood_of_accents_stays_on_its_line(hostile):
    height = hostile.run("return document.querySelector('.tok.flood').getBoundingClientRect().height")
    assert height < 40


def test_the_tooltip_spells_what_cannot_be_seen(hostile):
    hostile.run("document.querySelectorAll('.tokens .tok')[4].focus()")
    assert hostile.text_content("#tip .tip-token") == ["“\\u{202E}right to left”"]
    hostile.run("document.querySelectorAll('.tokens .tok')[17].focus()")
    assert len(hostile.text_content("#tip .tip-token")[0]) < 60


def test_markup_in_the_samples_own_tokens_is_text(page, model):
    """The sample holds Python code with tokens such as '<', ' <' and '</'."""
    for neuron in range(512):
        texts = page.api(f"/{model}/neuroscope/0/{neuron}?texts=20&window=50,10")["data"]["texts"]
        rank = next((n for n, text in enumerate(texts, 1) if any("<" in t and "|" not in t for t in text["tokens"])), None)
        if rank:
            break
    page.open(f"/viz/{model}/all/0/{neuron}")
    assert page.text_content(f"#text-{rank} .tok") == texts[rank - 1]["tokens"]
