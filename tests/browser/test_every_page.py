"""What holds for every page: widths, themes, requests, console, names, movement."""

import gzip
import json
import pathlib
import re

import pytest
from page import host_of

PAGES = {"home": "/", "model": "/viz/{model}", "layer": "/viz/{model}/all/0", "neuron": "/viz/{model}/all/0/5", "guide": "/doc/", "reference": "/doc/api", "operating": "/doc/operate", "sql": "/doc/sql", "compare": "/compare?n={model}/0/5&n={model}/1/205&n={model}/0/9", "lists": "/bookmarks?n={model}/0/5&n={model}/1/205", "card": "/viz/{model}/all/0/5?embed=1", "search": "/search?token=any:%20the", "found": "/search?q=the", "not-found": "/nowhere"}
SHOTS = pathlib.Path(__file__).resolve().parents[2] / "build" / "screenshots"
BACKGROUND = "return getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(245, 244, 239)", "rgb(17, 19, 21)"


@pytest.fixture(params=PAGES)
def path(request, model):
    """The path of each page."""
    return PAGES[request.param].format(model=model)


@pytest.fixture(params=[name for name in PAGES if name != "card"])
def whole_path(request, model):
    """A card is made to stand in another page: it has no header, footer or switch of its own."""
    return PAGES[request.param].format(model=model)


def test_nothing_is_asked_of_other_hosts(page, path):
    page.open(path)
    assert {host_of(url) for url in page.requests()} == {host_of(page.base_url)}


def test_the_console_stays_empty(page, path):
    page.open(path)
    own_status = f"{page.base_url}/nowhere - Failed to load resource"
    assert [line for line in page.console() if own_status not in line] == []


@pytest.mark.parametrize("width", [320, 360, 900, 1600])
def test_no_page_is_wider_than_its_window(page, path, width):
    page.resize(width, 800, mobile=width < 500)
    page.open(path)
    assert page.run("return document.documentElement.scrollWidth") <= width


def test_the_pages_follow_the_systems_theme(page, path):
    page.open(path)
    assert page.run(BACKGROUND) == LIGHT
    page.prefer(scheme="dark")
    page.wait(lambda: page.run(BACKGROUND) == DARK)


def test_the_chosen_theme_stays(page, whole_path):
    page.open(whole_path)
    button = page.one("#theme-button")
    seen = []
    for _ in range(3):
        button.click()
        seen.append(page.run(BACKGROUND))
    assert seen == [LIGHT, DARK, LIGHT], "light, dark, and again as the system"
    button.click()
    button.click()
    page.open(whole_path)
    assert page.run(BACKGROUND) == DARK
    assert "dark" in page.one("#theme-button").get_attribute("title")


def test_the_chosen_theme_is_there_before_the_first_paint(page, path):
    page.open(path)
    page.run("localStorage.setItem('theme', 'dark')")
    page.open(path)
    scripts = page.run("return [...document.querySelectorAll('head script')].map((s) => [s.src, s.type])")
    assert scripts[0] == [f"{page.base_url}/js/first-paint.js", ""], "a classic script runs before the body is read"
    assert page.run(BACKGROUND) == DARK


def test_everything_that_can_be_focused_has_a_name(page, path):
    page.open(path)
    nodes = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    interactive = {"button", "link", "textbox", "searchbox", "spinbutton", "combobox", "radio", "listbox", "img", "canvas"}
    nameless = [node for node in nodes if not node["ignored"] and node["role"]["value"] in interactive and not node.get("name", {}).get("value")]
    assert nameless == []


def test_the_page_has_its_landmarks_one_heading_and_a_language(page, whole_path):
    page.open(whole_path)
    assert page.run("return document.documentElement.lang") == "en"
    for selector in ("main", "h1", "header", "footer"):
        assert len([node for node in page.all(f"body > {selector}, main {selector}:not(article header)") if node.is_displayed()]) == 1


def test_the_tab_key_begins_with_a_way_past_the_header(page, whole_path):
    page.open(whole_path)
    page.press("\ue004")
    assert page.has_focus(".skip")
    page.press("\ue007")
    page.wait(lambda: page.has_focus("#main"))


def test_focus_can_be_seen(page, path):
    page.open(path)
    page.press("\ue004", "\ue004")
    style = page.run("const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]")
    assert style == ["solid", "2px"]


def test_nothing_moves_for_those_who_want_no_movement(page, path):
    page.prefer(motion="reduce")
    page.open(path)
    moving = """return [...document.querySelectorAll('*')].filter((node) => { const s = getComputedStyle(node);
        return s.animationName !== 'none' || s.transitionDuration.split(',').some((d) => parseFloat(d) > 0); }).length"""
    assert page.run(moving) == 0


SHIFTS = """
const done = arguments[0];
let sum = 0;
new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({ type: 'layout-shift', buffered: true });
requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
"""


def test_the_layout_does_not_jump_while_loading(page, path):
    page.open(path)
    assert page.driver.execute_async_script(SHIFTS) < 0.1


def test_no_page_has_inline_script_or_style(page, path):
    page.driver.get(page.base_url + path)
    source = page.run("return fetch(location.href).then((answer) => answer.text())")
    assert "<style" not in source and " style=" not in source and " onclick" not in source
    assert source.count("<script") == source.count('<script src="/js/') + source.count('<script type="module" src="/js/')


WWW = pathlib.Path(__file__).resolve().parents[2] / "nginx" / "www"


def imported(module, seen=None):
    """A module and all that it imports at once; import() on demand does not count."""
    seen = set() if seen is None else seen
    if module not in seen:
        seen.add(module)
        folder = (WWW / module.lstrip("/")).parent
        for name in re.findall(r"^(?:import|export)[^;]*?from '(\.[^']+)';", (WWW / module.lstrip("/")).read_text(), re.M):
            imported("/" + str((folder / name).resolve().relative_to(WWW)), seen)
    return seen


def test_modules_that_a_page_preloads_are_the_ones_it_uses(page, path):
    page.driver.get(page.base_url + path)
    page.ready()
    used = {url.removeprefix(page.base_url) for url in page.requests() if "/js/" in url}
    named = set(page.run("return [...document.querySelectorAll('[rel=modulepreload], script[src]')].map((n) => new URL(n.href || n.src).pathname)"))
    entry = page.run("return new URL(document.querySelector('script[type=module]').src).pathname")
    assert named == imported(entry) | {"/js/first-paint.js"}
    assert named <= used


def test_the_script_of_a_page_stays_small(page, path):
    page.open(path)
    sizes = "return Promise.all([...document.querySelectorAll('[rel=modulepreload], script[src]')].map((n) => fetch(n.href || n.src).then((a) => a.text()).then((t) => t.length)))"
    assert sum(page.run(sizes)) < 90_000


def test_all_modules_together_stay_small():
    assert sum(len(gzip.compress(file.read_bytes())) for file in WWW.glob("js/**/*.js")) < 150_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 900, 1600])
@pytest.mark.parametrize("name", PAGES)
def test_screenshots_are_kept(page, model, name, width, scheme):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.resize(width, 900, mobile=width < 500)
    page.prefer(scheme=scheme)
    page.open(PAGES[name].format(model=model))
    file = SHOTS / f"{name}-{width}-{scheme}.png"
    page.screenshot(file)
    assert file.stat().st_size > 10_000
    assert json.loads(json.dumps(page.run("return innerWidth"))) == width


@pytest.mark.parametrize("name, path", [("neuron", "/viz/{model}/all/0/5"), ("search", "/search?token=any:%20your")])
def test_the_pictures_of_the_readme_are_kept(page, model, name, path):
    """nginx/www/doc has copies of these."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.resize(1200, 900)
    page.open(path.format(model=model)).unfold()
    page.point_at(page.one(".tok.peak" if name == "neuron" else "#title"))
    page.run("scrollTo({top: 0, behavior: 'instant'})")
    page.screenshot(SHOTS / f"readme-{name}.png", 1400 if name == "neuron" else 900)
    assert page.all(".tokens .tok.pos")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_light_and_has_nothing_to_press(page, whole_path, scheme):
    page.prefer(scheme=scheme)
    page.open(whole_path)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": [{"name": "prefers-color-scheme", "value": scheme}]})
    page.wait(lambda: page.run(BACKGROUND) == LIGHT)
    assert [node.text for node in page.all("button, select, .button") if node.is_displayed()] == []
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
