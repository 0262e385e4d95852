"""What the tests do with a page: open it, wait for it, press keys, and read what it shows."""

import base64
import json
import urllib.parse
import urllib.request

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

WAIT_SECONDS = 30
READY = """
return document.readyState === 'complete'
    && ![...document.querySelectorAll('.skeleton, [aria-busy="true"]')].some((node) => node.checkVisibility())
"""
WAITING = """
return [document.readyState, ...[...document.querySelectorAll('.skeleton, [aria-busy="true"]')]
    .filter((node) => node.checkVisibility()).map((node) => node.outerHTML.slice(0, 120)),
    ...performance.getEntriesByType('resource').slice(-6).map((entry) => [entry.name, entry.responseStatus, Math.round(entry.responseEnd)].join(' '))]
"""

TWO_FRAMES = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"


class Page:
    """A browser looking at one base URL."""

    def __init__(self, driver, base_url):
        self.driver = driver
        self.base_url = base_url

    def open(self, path):
        """Loads a path and waits until nothing on it is waiting."""
        self.driver.get(self.base_url + path)
        return self.ready()

    def ready(self):
        """Waits until the page shows an answer, good or bad."""
        try:
            self.wait(lambda: self.run(READY))
        except TimeoutException:
            raise AssertionError(f"{self.path()} does not become ready: {self.run(WAITING)} {self.console()}") from None
        return self

    def wait(self, holds, otherwise="this never became true"):
        """Waits for holds() to be true and returns its value."""
        return WebDriverWait(self.driver, WAIT_SECONDS, poll_frequency=0.03).until(lambda _: holds(), otherwise)

    def run(self, script, *arguments):
        """Runs JavaScript in the page and returns its value."""
        return self.driver.execute_script(script, *arguments)

    def unfold(self):
        """Scrolls to the end and back, so that every section has come into view, and waits for all of them."""
        place = 0
        while place < self.run("return document.documentElement.scrollHeight"):
            self.run("scrollTo({top: arguments[0], behavior: 'instant'})", place)
            self.driver.execute_async_script(TWO_FRAMES)
            self.ready()
            place += 600
        self.run("scrollTo({top: 0, behavior: 'instant'})")
        return self

    def one(self, selector):
        """The first element that fits."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        """All elements that fit."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def button(self, label):
        """The visible button with this label."""
        (found,) = [node for node in self.all("button") if node.is_displayed() and node.text.strip() == label]
        return found

    def shown(self):
        """All visible text."""
        return self.one("body").text

    def text_content(self, selector):
        """textContent of each element that fits."""
        return self.run("return [...document.querySelectorAll(arguments[0])].map((node) => node.textContent)", selector)

    def path(self):
        """Path and query of the address, as the address bar has them."""
        return self.driver.current_url.removeprefix(self.base_url)

    def press(self, *keys):
        """Presses keys one after the other, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def point_at(self, element, x=0, y=0):
        """Moves the mouse over an element; x and y from its centre."""
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        ActionChains(self.driver).move_to_element_with_offset(element, x, y).perform()

    def has_focus(self, selector):
        """Is the focused element one that fits?"""
        return self.run("return document.activeElement.matches(arguments[0])", selector)

    def resize(self, width, height, mobile=False):
        """Sets the size of the page in CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def prefer(self, scheme="light", motion="no-preference"):
        """Sets what the system prefers."""
        features = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def console(self):
        """Console lines since the last call that tell of something wrong."""
        return [line["message"] for line in self.driver.get_log("browser") if line["level"] in ("WARNING", "SEVERE")]

    def requests(self):
        """URLs asked for since the last call."""
        messages = [json.loads(line["message"])["message"] for line in self.driver.get_log("performance")]
        sent = [message["params"] for message in messages if message["method"] == "Network.requestWillBeSent"]
        return [params["request"]["url"] for params in sent if not params["request"]["url"].startswith("data:")]

    def api(self, path):
        """What the API answers, read without the browser."""
        with urllib.request.urlopen(self.base_url + "/api" + path, timeout=WAIT_SECONDS) as answer:
            return json.load(answer)

    def screenshot(self, file, most=9000):
        """Saves the whole page as PNG, or its first `most` rows of pixels."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], most), "scale": 1}
        command = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        file.write_bytes(base64.b64decode(self.driver.execute_cdp_cmd("Page.captureScreenshot", command)["data"]))


def host_of(url):
    """Host and port of a URL."""
    return urllib.parse.urlsplit(url).netloc


def as_shown(number):
    """A number as the pages print it: JavaScript's shortest digits, with a proper minus sign."""
    text = repr(float(number))
    if "e" in text:
        text = f"{float(number):.12f}".rstrip("0")
    return text.removesuffix(".0").replace("-", "−")
