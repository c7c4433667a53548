"""The page in Chromium: what a resident does, on a desk, a phone and on paper."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.server import Server
from tests.town import EVIL

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


def test_a_resident_is_picked_and_sees_three_lists(visit: Visit) -> None:
    assert len(visit.all("#resident option")) == 13
    visit.pick(1)
    assert visit.texts(".list:not(.programmes) > h2 small") == ["按匹配程度排列", "通用排序", "通用排序"]
    assert [len(visit.titles(kind)) for kind in ("job", "course", "amenity")] == [10, 7, 8]
    assert "创业指导课" not in visit.titles("course")
    assert "为“" in visit.one("#status").text
    assert visit.one("#status").get_attribute("aria-live") == "polite"
    fits = set(visit.texts("#job .fit"))
    assert fits <= {f"匹配度 {level}" for level in ("高", "中", "低", "未知")}
    assert all(text.startswith("步行约") or text in {"线上", "同一地区", "距离未知"} for text in visit.texts(".item .minutes"))
    assert visit.texts("#job .reasons")
    assert not any("步行" in text for text in visit.texts(".item .reasons"))
    assert "由算法" in visit.one("#notices").text
    assert visit.one("#facts-title").text == "用到的个人信息（10条）"


def test_programmes_are_shown_as_the_service_tells_them(visit: Visit, page: Server) -> None:
    visit.pick(1)
    told = page.post({"person_id": "p01"}).json()["programmes"]
    assert visit.texts("#programmes .programme h3") == [one["name"] for one in told]
    shown = visit.one("#programmes").text
    assert told
    assert all(one["text"] in shown and one["order"] in shown for one in told)
    assert all(item["title"] in shown for one in told for item in one["items"])


def test_a_title_from_data_is_only_text(visit: Visit) -> None:
    visit.pick(1)
    assert EVIL in visit.titles("amenity")
    assert visit.browser.title.startswith("双圈推荐")
    assert not visit.all("#lists img, #lists script")


def test_off_works_at_once_and_says_how_the_list_is_made(visit: Visit) -> None:
    visit.pick(1)
    personal = visit.titles("job")
    visit.switch("off")
    assert "按远近和发布时间排列" in visit.one("#notices").text
    assert set(visit.texts(".list:not(.programmes) > h2 small")) == {"先近后新"}
    assert not visit.one("#facts-box").is_displayed()
    visit.open_why("job")
    assert "没有用到您的个人特点" in visit.one("#job .why").text
    visit.switch("on")
    assert visit.titles("job") == personal


def test_a_stored_off_wins(visit: Visit) -> None:
    visit.pick(11)
    assert "本人已关闭" in visit.one("#notices").text
    assert set(visit.texts(".list:not(.programmes) > h2 small")) == {"先近后新"}


def test_why_is_asked_once_and_shows_factors_and_facts(visit: Visit) -> None:
    visit.pick(1)
    visit.listen()
    visit.open_why("job")
    factors = visit.texts("#job .item:first-child .weights li")
    assert 1 <= len(factors) <= 5
    second = visit.one("#job .item:nth-child(2) .why-button")
    second.send_keys(Keys.ENTER)
    visit.until(lambda: visit.texts("#job .item:nth-child(2) .weights li"))
    assert second.get_attribute("aria-expanded") == "true"
    visit.open_why("course")
    assert "通用排序" in visit.one("#course .why").text
    assert [asked["explain"] for asked in visit.asked()] == [True]


def test_a_fact_is_removed_corrected_and_restored(visit: Visit, page: Server) -> None:
    visit.pick(1)
    before = visit.titles("job")
    visit.open("#facts-box")
    visit.listen()
    visit.answered(lambda: visit.click("#facts [data-fact=desired] button:last-child"))
    assert "gone" in visit.one("#facts [data-fact=desired]").get_attribute("class")
    assert visit.asked()[-1]["tags"] == {"desired": None}
    assert visit.titles("job") == titles_of(page, visit.asked()[-1])
    assert not any("您想" in text for text in visit.texts(".reasons"))
    visit.answered(lambda: visit.click("#facts [data-fact=desired] button"))
    assert visit.asked()[-1]["tags"] == {}
    assert visit.titles("job") == before
    visit.click("#facts [data-fact=desired] button")
    field = visit.one("#facts [data-fact=desired] input")
    field.clear()
    visit.answered(lambda: field.send_keys("育婴员、保安", Keys.ENTER))
    assert visit.asked()[-1]["tags"] == {"desired": ["育婴员", "保安"]}
    assert "育婴员、保安" in visit.one("#facts [data-fact=desired]").text
    assert visit.titles("job") == titles_of(page, visit.asked()[-1])


def test_a_fact_is_removed_where_it_was_used(visit: Visit) -> None:
    visit.pick(1)
    visit.open_why("job")
    visit.listen()
    used = visit.one("#job .why [data-fact]:has(button)").get_attribute("data-fact")
    visit.answered(lambda: visit.click(f"#job .why [data-fact={used}] button:last-child"))
    assert visit.asked()[-1]["tags"] == {used: None}
    assert visit.browser.execute_script("return document.activeElement.id") == "results"


def test_every_fact_can_be_corrected(visit: Visit, page: Server) -> None:
    """What is confirmed unchanged is sent as the resident has it, and changes no list."""
    visit.pick(2)
    before = visit.titles("job")
    visit.open("#facts-box")
    visit.listen()
    told = {fact["code"]: fact["value"] for fact in page.get("/page/people").json()[2]["facts"]}
    assert visit.all_facts() == list(told)
    for fact in told.keys() - {"area", "location"}:
        visit.correct(fact)
        assert visit.asked()[-1]["tags"] == {fact: told[fact]}
        assert visit.titles("job") == before
        visit.answered(lambda fact=fact: visit.click(f"#facts [data-fact={fact}] button"))
        assert visit.asked()[-1]["tags"] == {}


@pytest.mark.parametrize(
    ("fact", "does", "sent", "shown"),
    [
        ("forms", ["input[value=part_time]"], ["full_time"], "全职"),
        ("needs", ["input[value='type:clinic']"], ["type:childcare", "domain:elder_care", "type:clinic"], "托育、养老、社区医院"),
        ("hours", "周一至周四 18：00-22：00", "mon-thu 18:00-22:00", "周一-周四 18:00-22:00"),
        ("skills", "烹饪、电工、面点（高级工（三级））", ["烹饪", "电工", "面点@3"], "烹饪、电工、面点（高级工（三级））"),
        ("employment", "失业", "unemployed", "失业"),
        ("experience_years", "12 年", 12, "12年"),
        ("pace", "55", 55, "每分钟55米"),
        ("wage_min", "", None, "每月3200元"),
    ],
)
def test_a_correction_is_sent_and_shown(visit: Visit, fact: str, does: str | list[str], sent: Any, shown: str) -> None:
    visit.pick(2)
    visit.open("#facts-box")
    visit.listen()
    visit.correct(fact, does)
    assert visit.asked()[-1]["tags"] == {fact: sent}
    assert visit.one(f"#facts [data-fact={fact}] .said").text.partition("：")[2] == shown


def test_area_and_point_of_a_home_are_corrected_together(visit: Visit, page: Server) -> None:
    visit.pick(2)
    visit.open("#facts-box")
    visit.listen()
    other = page.get("/page/places").json()[1]
    visit.correct("location", other["name"])
    assert visit.asked()[-1]["tags"] == {"area": other["area"], "location": None}
    assert other["name"] in visit.one("#facts [data-fact=area]").text
    visit.correct("area", page.get("/page/places").json()[0]["name"])
    assert visit.asked()[-1]["tags"]["location"].keys() == {"lon", "lat", "crs"}
    visit.answered(lambda: visit.click("#facts [data-fact=location] button"))
    assert visit.asked()[-1]["tags"] == {}


def test_a_correction_can_be_left_and_a_wrong_one_is_told(visit: Visit) -> None:
    visit.pick(2)
    visit.open("#facts-box")
    visit.listen()
    visit.click("#facts [data-fact=pace] button")
    visit.click("#facts [data-fact=pace] form button[type=button]")
    assert visit.one("#facts [data-fact=pace] .said").text.endswith("每分钟60米")
    assert visit.asked() == []
    visit.click("#facts [data-fact=hours] button")
    field = visit.one("#facts [data-fact=hours] input")
    field.clear()
    field.send_keys("有空就行", Keys.ENTER)
    visit.until(lambda: visit.one("#error").is_displayed())
    assert "可工作时间：请填时间段" in visit.one("#error").text


def titles_of(page: Server, asked: dict[str, Any]) -> list[str]:
    return [item["title"] for item in page.post(asked).json()["streams"]["job"]]


def test_the_form_alone_gets_lists(visit: Visit) -> None:
    visit.click("#form-box summary")
    for name, text in (("year", "1990"), ("month", "5"), ("education", "高中"), ("place", "台东社区")):
        Select(visit.one(f"#{name}")).select_by_visible_text(text)
    visit.one("#desired").send_keys("厨师、面点师")
    visit.click("[id='need-type:canteen']")
    visit.click("#form-full_time")
    visit.answered(lambda: visit.click("#form [type=submit]"))
    assert "按您填写的信息" in visit.one("#status").text
    assert any("正是您需要的服务" in text for text in visit.texts("#amenity .reasons"))
    assert any(text.startswith("步行约") for text in visit.texts("#job .minutes"))
    visit.open_why("job")
    assert visit.texts("#job .why .weights li")
    assert not visit.all("#job .why button")


def test_groups_of_the_form_open_programmes_and_change_no_list(visit: Visit) -> None:
    visit.click("#form-box summary")
    assert len(visit.all("#groups input")) == 11
    visit.listen()
    visit.answered(lambda: visit.click("#form [type=submit]"))
    before = [visit.titles(kind) for kind in ("job", "course", "amenity")]
    visit.click("[id='group-graduate']")
    visit.click("[id='group-rural_worker']")
    visit.answered(lambda: visit.click("#form [type=submit]"))
    assert [asked["groups"] for asked in visit.asked()] == [[], ["graduate", "rural_worker"]]
    assert "groups" not in visit.asked()[-1]["person"]
    assert [visit.titles(kind) for kind in ("job", "course", "amenity")] == before
    assert "可以参加" in visit.one("#programmes").text


def test_a_wrong_form_is_told_in_chinese(visit: Visit) -> None:
    visit.click("#form-box summary")
    Select(visit.one("#year")).select_by_visible_text("1990")
    visit.one("#wage_min").send_keys("很多")
    visit.click("#form [type=submit]")
    visit.until(lambda: visit.one("#error").is_displayed())
    assert "期望月薪：请填数字" in visit.one("#error").text
    assert "出生年月：请填年和月" in visit.one("#error").text
    assert visit.one("#wage_min").get_attribute("aria-invalid") == "true"
    assert visit.one("#error").get_attribute("role") == "alert"


def test_under_fourteen_is_refused_in_chinese(visit: Visit) -> None:
    visit.click("#form-box summary")
    Select(visit.one("#year")).select_by_index(1)
    Select(visit.one("#month")).select_by_visible_text("12")
    visit.click("#form [type=submit]")
    visit.until(lambda: visit.one("#error").is_displayed())
    assert "未满14周岁" in visit.one("#error").text


def test_large_type_is_larger_and_forgotten(visit: Visit) -> None:
    size = "return parseFloat(getComputedStyle(document.querySelector('#results-title')).fontSize)"
    before = visit.browser.execute_script(size)
    visit.click("#large")
    assert visit.one("#large").get_attribute("aria-pressed") == "true"
    assert visit.browser.execute_script(size) >= 1.3 * before
    visit.browser.refresh()
    visit.until(lambda: visit.one("body").get_attribute("data-ready"))
    assert visit.browser.execute_script(size) == before
    assert visit.browser.execute_script("return localStorage.length + sessionStorage.length + document.cookie.length") == 0


@pytest.mark.parametrize("large", [False, True])
def test_a_phone_does_not_scroll_sideways(visit: Visit, large: bool) -> None:
    visit.size(360, 800)
    if large:
        visit.click("#large")
    visit.click("#form-box summary")
    assert not visit.wide()
    visit.pick(1)
    visit.open_why("job")
    visit.open("#facts-box")
    visit.click("#facts [data-fact=desired] button")
    assert not visit.wide()


def test_the_keyboard_reaches_everything(visit: Visit) -> None:
    visit.pick(1)
    reached = []
    visit.open("#facts-box")
    visit.browser.execute_script("document.body.tabIndex = -1; document.body.focus()")
    for _ in range(60):
        visit.browser.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(
            visit.browser.execute_script("const e = document.activeElement; return e.id || e.className || e.name || e.tagName")
        )
    assert reached[0] == "skip"
    assert {"large", "print", "resident", "small", "personalised", "why-button"} <= set(reached)


def test_every_field_has_a_label(visit: Visit) -> None:
    visit.pick(1)
    unnamed = "return [...document.querySelectorAll('input, select, button, meter')].filter(e => !(e.labels?.length || e.ariaLabel || e.textContent.trim())).length"
    assert visit.browser.execute_script(unnamed) == 0


CONTRASTS = """
const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
const colour = (text) => text.match(/[\\d.]+/g).map(Number);
const ground = (e) => { for (; e; e = e.parentElement) { const c = colour(getComputedStyle(e).backgroundColor); if (c[3] !== 0) return c; } return [255, 255, 255]; };
return [...document.querySelectorAll('body *')]
  .filter((e) => e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && e.tagName !== 'OPTION')
  .map((e) => { const [a, b] = [light(colour(getComputedStyle(e).color)), light(ground(e))]; return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className || e.tagName]; })
  .filter(([ratio]) => ratio < 4.5);
"""


def test_texts_are_dark_enough(visit: Visit) -> None:
    """WCAG 2.1 AA, 1.4.3: at least 4.5 to 1."""
    visit.pick(1)
    visit.open_why("job")
    visit.open("#facts-box")
    visit.answered(lambda: visit.click("#facts [data-fact=desired] button:last-child"))
    assert visit.browser.execute_script(CONTRASTS) == []


def test_nothing_leaves_the_server_and_nothing_is_refused(visit: Visit, page: Server) -> None:
    visit.browser.get_log("browser")
    visit.browser.refresh()
    visit.until(lambda: visit.one("body").get_attribute("data-ready"))
    visit.pick(1)
    visit.open_why("job")
    loaded = visit.browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert {name.removeprefix(page.url) for name in loaded} >= {"/page/page.js", "/page/people", "/v1/recommend"}
    assert all(name.startswith(page.url + "/") for name in loaded)
    assert [told for told in visit.browser.get_log("browser") if told["level"] == "SEVERE"] == []


def test_paper_shows_lists_and_no_controls(visit: Visit, tmp_path: Path) -> None:
    visit.pick(1)
    visit.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = {
        css: any(one.is_displayed() for one in visit.all(css))
        for css in ("button", "select", "input", "#facts", "#about", "#job .reasons", "#notices")
    }
    visit.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert [css for css, there in shown.items() if there] == ["#job .reasons", "#notices"]
    told = visit.browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pdf = tmp_path / "page.pdf"
    pdf.write_bytes(base64.b64decode(told["data"]))
    assert pdf.read_bytes().startswith(b"%PDF")
    if shutil.which("pdfinfo"):
        assert "A4" in subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
