"""The page in Chromium: a resident removes and corrects what is known of them."""

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.support.server import Server
from tests.support.visits import Visit


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
