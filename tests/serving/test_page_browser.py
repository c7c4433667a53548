"""The page in Chromium: what a resident does, on a desk, a phone and on paper."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.support.server import Server
from tests.support.town import EVIL
from tests.support.visits import Visit


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


def test_one_can_act_on_what_is_shown(visit: Visit, page: Server) -> None:
    """Wage, hours, address and telephone stand beside an item; numbers dial, what is no number is text."""
    visit.pick(1)
    told = page.post({"person_id": "p01", "n": 10}).json()["streams"]["job"]
    dialled: set[str] = set()
    for item in told:
        act, facts = visit.one(f"#job [data-item={item['item_id']}] .act"), item["facts"]
        assert f"工资：每月{facts['wage_min']:.0f}–{facts['wage_max']:.0f}元" in act.text
        assert f"单位：{facts['employer']}" in act.text
        assert "上班时间：周一-周五 09:00-18:00" in act.text
        assert "地址：台东一路18号" in act.text
        links = [link.get_attribute("href") for link in act.find_elements("css selector", "a")]
        three = ["tel:053255510001", "tel:053255510002", "tel:13800000000"]
        assert links == (three if "、" in facts.get("phone", "") else [])
        dialled |= set(links)
    assert dialled
    assert any("电话：javascript:alert(1)" in text for text in visit.texts("#job .act"))
    assert all("营业时间：08:00-20:00" in text and "收费：按件收费" in text for text in visit.texts("#amenity .act"))
    assert any("免费" in text for text in visit.texts("#course .act"))


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


def test_the_form_alone_gets_lists(visit: Visit) -> None:
    visit.click("#form-box summary")
    for name, text in (("year", "1990"), ("month", "5"), ("education", "高中"), ("place", "台东社区")):
        Select(visit.one(f"#{name}")).select_by_visible_text(text)
    visit.one("#desired").send_keys("厨师、面点师")
    visit.click("[id='need-type:canteen']")
    visit.click("#form-full_time")
    visit.answered(lambda: visit.click("#form [type=submit]"))
    assert "按您填写的信息" in visit.one("#status").text
    assert any("正是您需要的" in text for text in visit.texts("#amenity .reasons"))
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


def test_the_description_is_drawn_by_this_server_alone(visit: Visit, page: Server) -> None:
    visit.browser.get_log("browser")
    visit.browser.get(f"{page.url}/docs")
    visit.until(lambda: visit.all("#ui .opblock"))
    assert visit.one("#ui .info .title").text.startswith("sqrec")
    assert "bento" not in visit.one("body").text.lower().replace("bentoml's own", "")
    loaded = visit.browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert {name.removeprefix(page.url) for name in loaded} >= {"/docs.json", "/page/docs.js"}
    assert all(name.startswith((page.url + "/", "data:")) for name in loaded)
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
