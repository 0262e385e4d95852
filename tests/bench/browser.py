#!/usr/bin/env python3
"""What the pages cost in Chromium: a table of requests, bytes, long tasks and waiting, over the bundled sample; and how the
page of a model of 307,200 neurons answers (see big_model.py).

Each page is loaded with an empty cache, ROUNDS times; times are medians. It needs the packages of `make test`.
usage: BIN=build tests/bench/browser.py
"""

import os
import pathlib
import statistics
import sys
import tempfile

import big_model
import make_lists

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "browser")]
from conftest import Stack
from page import READY, Page
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from test_every_page import PAGES

MODEL = "tiny-gelu-2l"
ROUNDS = int(os.environ.get("BENCH_ROUNDS") or 5)
TARGETS = "Targets: a neuron's page usable at most 200 ms after the API's answer; at most 150 kB of script."
# Looks at every frame whether the page is ready, from before its first script on.
WATCH = f"""
window.longTasks = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({{ type: 'longtask', buffered: true }});
const isReady = () => {{ {READY} }};
const look = () => {{ if (isReady()) window.readyAt = performance.now(); else requestAnimationFrame(look); }};
requestAnimationFrame(look);
"""
FIGURES = """
const loaded = [performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')];
const sum = (list) => list.reduce((total, entry) => total + entry.transferSize, 0);
const answers = loaded.filter((entry) => new URL(entry.name).pathname.startsWith('/api') && entry.responseEnd <= window.readyAt);
return {
  requests: loaded.length,
  kilobytes: sum(loaded) / 1000,
  script: sum(loaded.filter((entry) => /[.]js$/.test(new URL(entry.name).pathname))) / 1000,
  ready: window.readyAt,
  after: answers.length ? window.readyAt - answers[0].responseEnd : null,
  tasks: longTasks.reduce((total, duration) => total + duration, 0),
};
"""
COLUMNS = [
    ("requests", "requests", "{:.0f}"), ("kilobytes", "kB", "{:.0f}"), ("script", "script kB", "{:.0f}"),
    ("ready", "ready ms", "{:.0f}"), ("after", "after API ms", "{:.0f}"), ("tasks", "long tasks ms", "{:.0f}"),
]  # fmt: skip


def chromium(folder):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={folder}"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def load(page, path):
    """The figures of one load with an empty cache."""
    page.driver.get("about:blank")
    page.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    page.open(path)
    page.wait(lambda: page.run("return window.readyAt"))
    return page.run(FIGURES)


def middle(rounds, name):
    values = [figures[name] for figures in rounds if figures[name] is not None]
    return statistics.median(values) if values else None


def show_big_model(page, stack):
    owner = stack.database_url.replace("deepdecipher_loader@", "postgres@")
    big_model.fill(*make_lists.psql_functions(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", owner]))
    for _ in range(2):  # the second time the server has read everything
        steps = list(big_model.measure(page))
    print(f"{'307,200 neurons':24}" + "".join(f"{title:>18}" for title in big_model.COLUMNS))
    for name, *cells in steps:
        print(f"{name:24}" + "".join(f"{'-' if cell is None else f'{cell:.0f}':>18}" for cell in cells), flush=True)
    print(big_model.TARGETS)


def main():
    program_folder = pathlib.Path(os.environ.get("BIN", "build")).resolve()
    with tempfile.TemporaryDirectory(prefix="dd-pages-", dir="/tmp") as folder:
        stack = Stack(f"{folder}/var", program_folder)
        driver = chromium(f"{folder}/chromium")
        try:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
            page = Page(driver, stack.base_url)
            page.resize(1280, 900)
            print(f"{'first load, empty cache':24}" + "".join(f"{title:>15}" for _, title, _ in COLUMNS))
            for name, path in PAGES.items():
                rounds = [load(page, path.format(model=MODEL)) for _ in range(ROUNDS + 1)][1:]
                cells = [(form, middle(rounds, key)) for key, _, form in COLUMNS]
                print(f"{name:24}" + "".join(f"{'-' if value is None else form.format(value):>15}" for form, value in cells), flush=True)
            print(TARGETS)
            show_big_model(page, stack)
        finally:
            driver.quit()
            stack.stop()


if __name__ == "__main__":
    main()
