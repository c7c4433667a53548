"""The rubric by hand: one row is a person, an item, the way in minutes, the grade, and what an officer would say."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sqrec.evaluate.lists.lists import STRANGER, Lists
from sqrec.evaluate.plausible import Yardstick, grade
from sqrec.evaluate.plausible.inlists import with_grades
from sqrec.evaluate.plausible.trade import relation
from sqrec.profile.person import Person
from tests.support.officer import AT, SHOP, graded, qingdao

CLEANER = {
    "birth_month": "1979-05",
    "education": "71",
    "occupations": ("保洁员",),
    "desired": ("保洁员",),
    "experience_years": 6.0,
    "wage_min": 3200.0,
}
CLEANING = {
    "title": "急招保洁阿姨 包吃住",
    "occupation": "4-09-08-01",
    "wage_min": 3500.0,
    "wage_max": 3800.0,
    "wage_unit": "month",
    "form": "full_time",
}
COOK = {"birth_month": "1990-02", "education": "71", "desired": ("4-03-02-02",), "skills": ("中式面点师@5", "和面")}
NURSE = {
    "birth_month": "2003-02",
    "education": "31",
    "desired": ("护士",),
    "employment": "unemployed",
    "graduated_on": "2026-06-30",
}
RIDER = {"birth_month": "1995-02", "education": "61", "occupations": ("外卖骑手",), "skills": ("电动车驾驶",)}
BLANK = {"birth_month": "1985-02"}
NIGHT = {"desired": ("保安",), "hours": "mon-fri 08:00-18:00"}
GUARD = {"title": "夜班保安", "occupation": "4-07-05-01", "hours": "22:00-06:00"}


@pytest.mark.parametrize(
    ("person", "job", "minutes", "expected", "first"),
    [
        (CLEANER, CLEANING, 10, 3, "same_trade"),
        (CLEANER, {**CLEANING, "occupation": None}, 10, 3, "same_trade"),  # coded from the title
        (CLEANER, CLEANING, None, 3, "same_trade"),  # an unknown way is no flaw
        (CLEANER, CLEANING, 45, 2, "same_trade"),  # one mild flaw
        (CLEANER, CLEANING, 80, 1, "same_trade"),  # one serious flaw
        (CLEANER, {**CLEANING, "mode": "remote"}, 80, 3, "same_trade"),
        (CLEANER, {**CLEANING, "wage_max": 2900.0}, 10, 3, "same_trade"),  # within 10 %: a matter of talking
        (CLEANER, {**CLEANING, "wage_max": 2600.0}, 10, 2, "same_trade"),  # 19 % under
        (CLEANER, {**CLEANING, "wage_max": 2600.0}, 45, 1, "same_trade"),  # two mild flaws
        ({**CLEANER, "wage_min": 9000.0}, CLEANING, 10, 1, "same_trade"),  # a wage far above the trade
        ({**CLEANER, "wage_min": 9000.0}, CLEANING, 80, 0, "same_trade"),  # two serious flaws
        (CLEANER, {**CLEANING, "wage_max": 2000.0, "wage_min": None, "area": "370202"}, 10, 0, "unlawful_wage"),
        (CLEANER, {**CLEANING, "wage_max": 20.0, "wage_unit": "hour"}, 10, 3, "same_trade"),  # 20 × 174 = 3480
        (CLEANER, {**CLEANING, "wage_max": 120.0, "wage_unit": "day"}, 10, 2, "same_trade"),  # 120 × 21.75 = 2610
        (CLEANER, {**CLEANING, "kind": "public_welfare"}, 10, 0, "by_queue"),
        (CLEANER, {**CLEANING, "valid_to": "2026-11-01"}, 10, 0, "not_open"),
        (CLEANER, {**CLEANING, "published_at": "2026-12-01"}, 10, 0, "not_open"),
        (CLEANER, {"title": "月嫂", "occupation": "4-10-01-06"}, 10, 2, "kin_trade"),
        (CLEANER, {"title": "月嫂", "occupation": "4-10-01-06"}, 45, 1, "kin_trade"),
        (CLEANER, {"title": "月嫂", "occupation": "4-10-01-06", "education_min": "21"}, 10, 0, "kin_trade"),
        (CLEANER, {"title": "Java开发", "occupation": "4-04-05-01"}, 10, 0, "far_trade"),
        (CLEANER, {"title": "诚聘"}, 10, 1, "trade_untold"),
        ({**CLEANER, "desired": ("收银员",)}, CLEANING, 10, 1, "past_trade"),  # back to what she leaves, if nothing else
        ({**CLEANER, "desired": ()}, CLEANING, 10, 3, "same_trade"),  # without a wish the newest past
        (COOK, {"title": "面点师", "occupation": "4-03-02-02", "education_min": "71"}, 10, 3, "same_trade"),
        (COOK, {"title": "面点师", "occupation": "4-03-02-02", "education_min": "61"}, 10, 2, "same_trade"),
        (COOK, {"title": "面点师", "occupation": "4-03-02-02", "education_min": "21"}, 10, 1, "same_trade"),
        (COOK, {"title": "面点师", "occupation": "4-03-02-02", "skills": "中式面点师@4"}, 10, 2, "same_trade"),
        (COOK, {"title": "面点师", "occupation": "4-03-02-02", "skills": "中式面点师@3"}, 10, 1, "same_trade"),
        (COOK, {"title": "面点师", "occupation": "4-03-02-02", "skills": "裱花|馅料"}, 10, 2, "same_trade"),
        (COOK, {"title": "面点师", "occupation": "4-03-02-02", "skills": "裱花|馅料|蒸制"}, 10, 1, "same_trade"),
        ({**COOK, "skills": ()}, {"title": "面点师", "occupation": "4-03-02-02", "skills": "裱花|馅料|蒸制"}, 10, 3, "same_trade"),
        (COOK, {"title": "厨师", "occupation": "4-03-02-01"}, 10, 2, "kin_trade"),  # one minor group, another craft
        ({**COOK, "experience_years": 1.0}, {"title": "面点师", "occupation": "4-03-02-02", "experience_min_years": 2}, 10, 2, "same_trade"),
        ({**COOK, "experience_years": 1.0}, {"title": "面点师", "occupation": "4-03-02-02", "experience_min_years": 5}, 10, 1, "same_trade"),
        (NURSE, {"title": "社区护士", "occupation": "2-05-08-05", "education_min": "31"}, 20, 3, "same_trade"),
        (NURSE, {"title": "全科医生", "occupation": "2-05-01-19"}, 20, 0, "far_trade"),  # two equal parts, two licences
        (NURSE, {"title": "护工", "occupation": "4-14-01-02"}, 20, 2, "kin_trade"),
        ({"desired": ("护工",)}, {"title": "社区护士", "occupation": "2-05-08-05"}, 10, 0, "kin_trade"),  # needs a licence of years
        (NURSE, {"title": "护士见习", "occupation": "2-05-08-01", "form": "internship"}, 20, 3, "same_trade"),  # a new graduate
        ({**NURSE, "graduated_on": "2016-06-30", "birth_month": "1992-01"}, {"title": "护士见习", "occupation": "2-05-08-01", "form": "internship"}, 20, 1, "same_trade"),
        (RIDER, {"title": "快递员", "occupation": "4-02-07-08"}, 10, 2, "kin_trade"),
        (RIDER, {"title": "货车司机", "occupation": "4-02-02-02"}, 10, 1, "kin_trade"),  # a driving licence first
        ({**RIDER, "skills": ("驾驶证C1",)}, {"title": "货车司机", "occupation": "4-02-02-02"}, 10, 2, "kin_trade"),
        (NIGHT, GUARD, 10, 1, "same_trade"),  # wants to guard, but by day
        ({**NIGHT, "hours": "00:00-24:00"}, GUARD, 10, 3, "same_trade"),
        ({**NIGHT, "hours": None}, GUARD, 10, 3, "same_trade"),
        (NIGHT, {**GUARD, "hours": "10:00-22:00"}, 10, 2, "same_trade"),  # a third of the shift is outside
        (NIGHT, {**GUARD, "hours": "20:00-23:00", "form": "flexible"}, 10, 1, "same_trade"),
        ({"desired": ("保安",), "forms": ("full_time",)}, {**GUARD, "form": "part_time"}, 10, 2, "same_trade"),
        ({"desired": ("保安",), "birth_month": "1962-03"}, {**GUARD, "hazards": "night"}, 10, 1, "same_trade"),
        ({"desired": ("保洁",), "employment": "retired"}, CLEANING, 10, 2, "same_trade"),
        ({"desired": ("店员",), "birth_month": "2011-05"}, SHOP, 10, 0, "under_16"),
        ({"desired": ("营业员",), "birth_month": "2009-05"}, {**SHOP, "hazards": "night"}, 10, 0, "hazard_minor"),
        ({"desired": ("营业员",), "birth_month": "2009-05"}, {**SHOP, "title": "酒吧营业员"}, 10, 0, "hazard_minor"),
        ({"desired": ("营业员",), "birth_month": "2009-05"}, {**SHOP, "hazards_checked": True}, 10, 3, "same_trade"),
        ({"desired": ("营业员",), "birth_month": "2009-05"}, SHOP, 10, 2, "same_trade"),  # nobody looked for hazards
        ({"desired": ("程序员",)}, {"title": "软件工程师", "occupation": "2-02-10-03"}, 10, 3, "same_trade"),  # one trade, two codes
        ({"desired": ("程序员",)}, {"title": "电话客服", "occupation": "4-04-05-03"}, 10, 0, "far_trade"),
        (BLANK, SHOP, 10, 2, "entry_job"),
        ({}, {}, None, 2, "entry_job"),  # nothing known of either
        ({**BLANK, "education": "21"}, SHOP, 10, 1, "entry_job"),  # far below the schooling
        (BLANK, {**SHOP, "experience_min_years": 5}, 10, 1, "skilled_job"),
        (BLANK, {"title": "护士", "occupation": "2-05-08-05"}, 10, 0, "skilled_job"),
        (BLANK, {"title": "Java开发", "occupation": "4-04-05-01"}, 10, 1, "skilled_job"),  # nothing asked for, but no trade for beginners
        ({**BLANK, "education": "31"}, {"title": "行政专员", "occupation": "3-01-01-01", "education_min": "31"}, 10, 3, "schooling_match"),
        ({**BLANK, "skills": ("商品陈列", "收银操作")}, {**SHOP, "skills": "商品陈列|收银操作"}, 10, 3, "skills_match"),
        ({**BLANK, "skills": ("电工@4",)}, {"title": "电工", "occupation": "6-31-01-03"}, 10, 3, "skills_match"),
    ],
)  # fmt: skip
def test_jobs(person: dict[str, Any], job: dict[str, Any], minutes: float | None, expected: int, first: str) -> None:
    found = graded("job", person, job, minutes)
    assert (found.grade, found.reasons[0]) == (expected, first), found.sentence("en")


PASTRY = {
    "title": "中式面点师初级工培训班",
    "occupation": "4-03-02-02",
    "teaches": "中式面点师@5",
    "level": 5,
    "subsidised": True,
}
FOURTH = {**PASTRY, "teaches": "中式面点师@4", "level": 4}


@pytest.mark.parametrize(
    ("person", "course", "minutes", "expected", "first"),
    [
        ({"desired": ("中式面点师",)}, PASTRY, 10, 3, "teaches_wanted"),
        ({"desired": ("中式面点师",)}, PASTRY, 45, 2, "teaches_wanted"),
        ({"desired": ("中式面点师",)}, {**PASTRY, "online": True}, 90, 3, "teaches_wanted"),
        ({"desired": ("中式面点师",), "skills": ("英语",)}, FOURTH, 10, 2, "teaches_wanted"),  # holds nothing: one level too high
        ({"desired": ("中式面点师",), "skills": ("英语",)}, {**FOURTH, "teaches": None, "level": 2}, 10, 1, "teaches_wanted"),
        (COOK, FOURTH, 10, 3, "teaches_wanted"),  # the next level
        (COOK, PASTRY, 10, 0, "held"),
        ({**COOK, "skills": ("中式面点师@3",)}, FOURTH, 10, 0, "held"),
        ({**COOK, "skills": ("电工@3",)}, FOURTH, 10, 2, "teaches_wanted"),  # the certificate of another trade says nothing
        (COOK, {**FOURTH, "level": 3, "teaches": "中式面点师@3"}, 10, 2, "teaches_wanted"),
        (COOK, {**FOURTH, "level": 1, "teaches": "中式面点师@1"}, 10, 1, "teaches_wanted"),
        ({"desired": ("收银员",), "skills": ("商品陈列", "收银操作")}, {"title": "收银岗前培训", "occupation": "4-01-02-04", "teaches": "收银操作"}, 10, 0, "held"),
        ({"occupations": ("收银员",), "experience_years": 5.0}, {"title": "收银员岗前培训", "occupation": "4-01-02-04"}, 10, 1, "teaches_wanted"),
        ({"desired": ("保洁员",)}, {"title": "家政服务员初级工培训班", "occupation": "4-10-01-06", "level": 5}, 10, 2, "teaches_kin"),
        ({"desired": ("保洁员",)}, {"title": "家政服务员（初级工）培训班"}, 10, 2, "teaches_kin"),  # coded from the title
        ({"desired": ("保洁员",), "occupations": ("厨师",)}, {"title": "中式烹调师（中级工）", "occupation": "4-03-02-01", "level": 4}, 10, 2, "teaches_past"),
        ({"desired": ("保洁员",)}, {"title": "电工", "occupation": "6-31-01-03", "level": 5}, 10, 0, "unrelated"),
        ({"desired": ("保洁员",)}, {"title": "智能手机应用公益课"}, 10, 1, "teaches_general"),
        ({"desired": ("保洁员",)}, {"title": "智能手机应用公益课"}, 80, 0, "teaches_general"),
        ({"desired": ("保洁员",), "skills": ("电工@5",)}, {"title": "电工（中级工）", "occupation": "6-31-01-03", "level": 4}, 10, 2, "teaches_more"),
        ({"skills": ("电工@5",)}, {"title": "电工（中级工）", "occupation": "6-31-01-03", "level": 4}, 10, 3, "teaches_more"),
        ({}, PASTRY, 10, 2, "teaches_entry"),
        ({}, {**PASTRY, "subsidised": None, "fee": 800.0}, 10, 1, "teaches_entry"),
        ({}, {**PASTRY, "level": 2, "teaches": None}, 10, 0, "unrelated"),
        ({}, {"title": "客车驾驶岗前", "occupation": "4-02-02-01", "subsidised": True}, 10, 0, "unrelated"),  # no driving licence told
        ({"education": "21"}, PASTRY, 10, 1, "teaches_entry"),  # far below the schooling
        ({"desired": ("中式面点师",)}, {**PASTRY, "level": 2, "teaches": None}, 10, 2, "teaches_wanted"),  # asks for a level 3 untold
        ({"desired": ("中式面点师",), "wage_min": 4000.0}, {**PASTRY, "subsidised": False, "fee": 1900.0}, 10, 3, "teaches_wanted"),
        ({"desired": ("中式面点师",), "wage_min": 4000.0}, {**PASTRY, "subsidised": False, "fee": 2100.0}, 10, 2, "teaches_wanted"),
        ({"desired": ("中式面点师",), "wage_min": 4000.0}, {**PASTRY, "subsidised": False, "fee": 6100.0}, 10, 1, "teaches_wanted"),
        ({"desired": ("中式面点师",), "birth_month": "1960-01"}, {**PASTRY, "age_max": 60}, 10, 0, "age_bounds"),
        ({"desired": ("中式面点师",), "birth_month": "2012-01"}, PASTRY, 10, 1, "teaches_wanted"),
        ({"desired": ("中式面点师",), "education": "81"}, {**PASTRY, "education_min": "71"}, 10, 2, "teaches_wanted"),
        ({"desired": ("中式面点师",), "hours": "mon-fri 18:00-22:00"}, {**PASTRY, "schedule": "mon-fri 08:30-16:30"}, 10, 1, "teaches_wanted"),
        ({"desired": ("中式面点师",), "hours": "mon-fri 18:00-22:00"}, {**PASTRY, "schedule": "mon-fri 18:30-21:00"}, 10, 3, "teaches_wanted"),
        ({"desired": ("中式面点师",)}, {**PASTRY, "start_on": "2026-11-01", "end_on": "2026-12-20"}, 10, 2, "teaches_wanted"),
        ({"desired": ("中式面点师",)}, {**PASTRY, "end_on": "2026-11-29"}, 10, 0, "not_open"),
        ({"desired": ("中式面点师",)}, {**PASTRY, "audience": "disabled"}, 10, 0, "by_rule"),
        ({"occupations": ("中式面点师",), "employment": "retired"}, {**PASTRY, "level": 5}, 10, 2, "teaches_wanted"),
        ({}, {}, None, 1, "teaches_entry"),
    ],
)  # fmt: skip
def test_courses(person: dict[str, Any], course: dict[str, Any], minutes: float | None, expected: int, first: str) -> None:
    found = graded("course", person, course, minutes)
    assert (found.grade, found.reasons[0]) == (expected, first), found.sentence("en")


@pytest.mark.parametrize(
    ("person", "place", "minutes", "expected", "first"),
    [
        ({"needs": ("type:clinic",)}, {"type": "clinic"}, 4, 3, "answers_need"),
        ({"needs": ("domain:health",)}, {"type": "clinic"}, 14, 3, "answers_need"),
        ({"needs": ("type:clinic",)}, {"type": "clinic"}, 25, 2, "answers_need"),
        ({"needs": ("type:clinic",)}, {"type": "clinic"}, 50, 1, "answers_need"),
        ({"needs": ("type:clinic",)}, {"type": "clinic"}, 61, 0, "answers_need"),
        ({"needs": ("type:clinic",)}, {"type": "clinic"}, None, 3, "answers_need"),
        ({"needs": ("type:clinic",)}, {"type": "clinic", "hours": "14:00-18:00"}, 4, 2, "answers_need"),  # it is ten o'clock
        ({"needs": ("type:clinic",)}, {"type": "clinic", "hours": "12:00-18:00"}, 4, 3, "answers_need"),  # opens in two hours
        ({"needs": ("type:clinic",)}, {"type": "clinic", "status": "planned"}, 4, 0, "not_open"),
        ({"needs": ("type:clinic",)}, {"type": "clinic", "status": "closed"}, 4, 0, "not_open"),
        ({"needs": ("type:clinic",)}, {"type": "market"}, 4, 1, "other_need"),
        ({"needs": ("type:clinic",)}, {"type": "market"}, 20, 0, "other_need"),
        ({"needs": ("type:clinic",)}, {"type": "cafe"}, 4, 0, "other_need"),
        ({}, {"type": "market"}, 4, 3, "everyday"),
        ({}, {"type": "market"}, 14, 2, "everyday"),
        ({}, {"type": "market"}, 29, 1, "everyday"),
        ({}, {"type": "market"}, 31, 0, "everyday"),
        ({}, {"type": "market"}, None, 2, "everyday"),
        ({}, {"type": "bank"}, 4, 2, "everyday"),
        ({}, {"type": "cafe"}, 4, 2, "at_times"),
        ({}, {"type": "cafe"}, 14, 1, "at_times"),
        ({}, {"type": "car_wash"}, 4, 1, "at_times"),
        ({"employment": "unemployed"}, {"type": "employment_station"}, 12, 3, "for_situation"),
        ({"employment": "employed"}, {"type": "employment_station"}, 12, 2, "everyday"),
        ({"birth_month": "1950-01"}, {"type": "canteen"}, 12, 3, "for_situation"),
        ({"birth_month": "1950-01", "needs": ("type:repair",)}, {"type": "canteen"}, 12, 2, "for_situation"),
        ({"birth_month": "1950-01"}, {"type": "gym"}, 4, 1, "at_times"),  # not quite for the age
        ({"needs": ("type:childcare",)}, {"type": "childcare", "age_max": 3}, 12, 3, "answers_need"),  # the child's ages
        ({"birth_month": "1990-01"}, {"type": "childcare"}, 4, 1, "at_times"),
        ({"birth_month": "1970-01"}, {"type": "childcare"}, 4, 0, "needs_told"),
        ({"birth_month": "1990-01", "needs": ("type:clinic",)}, {"type": "childcare"}, 4, 0, "other_need"),
        ({"birth_month": "1990-01"}, {"type": "elder_care", "age_min": 60}, 4, 0, "needs_told"),
        ({"birth_month": "1990-01", "needs": ("type:elder_care",)}, {"type": "elder_care", "age_min": 60}, 4, 3, "answers_need"),
        ({"birth_month": "1990-01"}, {"type": "culture", "age_min": 60}, 4, 0, "age_bounds"),
        ({"birth_month": "2010-01"}, {"type": "cafe"}, 4, 0, "not_for_minors"),
        ({"birth_month": "2010-01"}, {"type": "culture"}, 4, 2, "everyday"),
        ({}, {"type": "market", "audience": "elderly"}, 4, 0, "by_rule"),
        ({}, {}, None, 1, "at_times"),
    ],
)  # fmt: skip
def test_amenities(person: dict[str, Any], place: dict[str, Any], minutes: float | None, expected: int, first: str) -> None:
    found = graded("amenity", person, place, minutes)
    assert (found.grade, found.reasons[0]) == (expected, first), found.sentence("en")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("4-09-08-01", "4-09-08-02", "same"),  # three parts
        ("4-09-08-01", "4-09-10-01", "kin"),  # street cleaning and greenery: a group
        ("4-12-01-01", "4-12-04-04", "kin"),  # two parts
        ("4-10-08-01", "4-10-01-05", "far"),  # two parts of a wide group: a rider is no carer
        ("4-10-01-05", "4-10-01-03", "kin"),  # a split minor group, whose crafts are near
        ("4-04-05-01", "4-04-05-03", "far"),  # another one, whose are not
        ("4-04-05-01", "2-02-10-03", "same"),  # one trade under two codes
        ("4-10-08-01", "4-02-07-08", "kin"),
        ("4-02-02", "4-02-02-01", "same"),  # a short code stands for what is below it
        ("2-06-03-00", "4-04-05-01", "far"),
    ],
)
def test_how_near_trades_are(one: str, other: str, expected: str) -> None:
    assert relation(one, other) == relation(other, one) == expected


def test_the_way_is_a_straight_line_with_the_citys_detour_and_pace() -> None:
    """0.009 degrees of latitude are 1,000.76 m: × 1.3 ÷ 75 m a minute (adults of Qingdao) is 17.3 minutes."""
    person = Person(birth_month="1985-02", lon=120.4, lat=36.1, needs=("type:clinic",))
    places = [{"type": "clinic", "lon": 120.4, "lat": 36.1 + step * 0.009} for step in (0, 1, 2)]
    found = Yardstick.of("amenity", places, qingdao()).grades(person, [0, 1, 2], AT)
    assert [one.reasons[1] for one in found] == ["doorstep", "walkable", "walk_long"]


def test_a_taxonomy_makes_aliases_one_skill() -> None:
    skills = pd.DataFrame([{"skill_id": "s1", "name": "商品陈列", "aliases": "理货陈列", "occupations": None}])
    job = {**SHOP, "skills": "商品陈列"}
    person = Person(desired=("营业员",), skills=("s1",))
    assert grade("job", person, job, AT, qingdao(), 10, skills).grade == 3
    assert grade("job", person, job, AT, qingdao(), 10).grade == 2


def test_lists_of_rankers_are_graded_place_by_place() -> None:
    """Two people, two lists: what the catalogue does not know has no grade, and only the rankers of the guard are graded."""
    table = [SHOP, {"title": "焊工", "occupation": "6-18-02-04"}]
    yardstick = Yardstick.of("job", table, qingdao())
    people = [Person(desired=("4-01-02-03",)), Person(desired=("6-18-02-04",))]
    lists = Lists.of([np.array([0, 1]), np.array([1, STRANGER])], k=3)
    found = with_grades({"model": lists, "words": lists}, yardstick, people, np.array([AT, AT]))
    hand = [[graded("job", {"desired": person.desired}, item, None).grade for item in table] for person in people]
    np.testing.assert_array_equal(found["model"].grade, [[hand[0][0], hand[0][1], np.nan], [hand[1][1], np.nan, np.nan]])
    assert hand[0][0] > hand[0][1]
    assert found["words"].grade is None
