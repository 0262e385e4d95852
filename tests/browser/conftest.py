"""Fixtures of the browser tests: Debian's Chromium without a window, and a server in front that can misbehave."""

import pytest
from faulty_front import FaultyFront
from page import Page
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FLAGS = """
--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars
""".split()


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """One Chromium for all tests, with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chromium = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    chromium.set_page_load_timeout(60)
    yield chromium
    chromium.quit()


@pytest.fixture
def driver(browser, base_url):
    """The browser as on a first visit: nothing stored, 1280 × 900, light, the pointer in a corner, no old log lines."""
    browser.get("about:blank")
    browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": base_url, "storageTypes": "all"})
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
    browser.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 0, "y": 0})
    page = Page(browser, base_url)
    page.resize(1280, 900)
    page.prefer(scheme="light")
    page.console()
    page.requests()
    return browser


@pytest.fixture
def page(driver, base_url):
    """A Page on the system under test."""
    return Page(driver, base_url)


@pytest.fixture
def front(base_url):
    """A server that passes requests on to the system under test, unless a test gives it rules."""
    with FaultyFront(base_url) as server:
        yield server


@pytest.fixture
def front_page(driver, front):
    """A Page seen through the faulty front."""
    return Page(driver, front.url)


@pytest.fixture(scope="session")
def model():
    """The bundled sample's model."""
    return "tiny-gelu-2l"
