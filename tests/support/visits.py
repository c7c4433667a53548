"""Chromium for tests of the page, and what one can do and see there."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.support.server import Server

SECONDS = 30
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Return Chromium; without it skip, but fail in CI."""
    driver = shutil.which("chromedriver")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not driver or not chromium:
        message = "Chromium and its driver are not installed."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    running = webdriver.Chrome(options=options, service=Service(driver))
    yield running
    running.quit()


class Visit:
    """Hold the page in a browser, and say what one can do and see there."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser

    def until(self, reached: Callable[[], object]) -> None:
        WebDriverWait(self.browser, SECONDS, ignored_exceptions=[Exception]).until(lambda _: reached())

    def one(self, css: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, css)

    def all(self, css: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def texts(self, css: str) -> list[str]:
        return [one.text for one in self.all(css)]

    def click(self, css: str) -> None:
        found = self.one(css)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", found)
        found.click()

    def size(self, width: int, height: int) -> None:
        told = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)

    def answered(self, does: Callable[[], object]) -> None:
        """Do something that asks the service, and wait for the next answer."""
        before = self.one("#made").text
        does()
        self.until(lambda: self.one("#made").text not in {before, ""} and self.one("#lists").get_attribute("aria-busy") is None)

    def pick(self, place: int) -> None:
        self.answered(lambda: Select(self.one("#resident")).select_by_index(place + 1))

    def listen(self) -> None:
        """Note from now on what the page sends."""
        self.browser.execute_script(
            "window.asked = []; const real = fetch; window.fetch = (where, what) => { asked.push(what.body); return real(where, what) }"
        )

    def asked(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.browser.execute_script("return asked")]

    def open(self, css: str) -> None:
        self.browser.execute_script("document.querySelector(arguments[0]).open = true", css)

    def switch(self, to: str) -> None:
        self.answered(lambda: self.click(f"#switch label:has([value={to}])"))

    def titles(self, kind: str) -> list[str]:
        return self.texts(f"#{kind} .item h3")

    def open_why(self, kind: str) -> None:
        self.click(f"#{kind} .item .why-button")
        self.until(lambda: "正在" not in self.one(f"#{kind} .item .why").text)

    def all_facts(self) -> list[str]:
        return [one.get_attribute("data-fact") or "" for one in self.all("#facts [data-fact]")]

    def correct(self, fact: str, does: str | list[str] | None = None) -> None:
        """Correct a fact by ticking boxes, by a text or choice, or (None) by confirming it."""
        line = f"#facts [data-fact={fact}]"
        self.click(
            next(
                f"{line} [aria-label='{one.get_attribute('aria-label')}']"
                for one in self.all(f"{line} button")
                if one.text == "更正"
            )
        )
        if isinstance(does, list):
            for box in does:
                self.click(f"{line} {box}")
        elif does is not None and self.all(f"{line} select"):
            Select(self.one(f"{line} select")).select_by_visible_text(does)
        elif does is not None:
            self.one(f"{line} input").clear()
            self.one(f"{line} input").send_keys(does)
        self.answered(lambda: self.click(f"{line} form button"))

    def wide(self) -> bool:
        """Whether something is wider than the window."""
        return self.browser.execute_script(
            "const most = innerWidth; return document.documentElement.scrollWidth > most ||"
            " [...document.querySelectorAll('body *:not(.skip):not(.unseen)')].some(e => e.getBoundingClientRect().right > most + 1)"
        )


@pytest.fixture
def visit(browser: webdriver.Chrome, page: Server) -> Visit:
    found = Visit(browser)
    found.size(1280, 900)
    browser.get(page.url)
    found.until(lambda: found.one("body").get_attribute("data-ready"))
    return found
