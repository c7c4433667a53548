"""The checks of what is said: they pass what a small city's lists say, and catch what is not so."""

from pathlib import Path
from typing import Any

import pytest

from experiments.questions.reason_codes import MISSING, REASONS
from experiments.questions.reason_world import Said, World, shared_rungs, week
from experiments.questions.reasons import tallies
from sqrec import bundle as bundles
from sqrec import read_folder
from sqrec.profile import Person
from tests.support import tiny


@pytest.fixture(scope="module")
def world(small: Path) -> World:
    return World.of(read_folder(small / "data", write_rejected=False), tiny.micros("2026-08-01T04:00"))


def test_lists_of_a_small_city(small: Path) -> None:
    loaded = bundles.load(bundles.current(small / "var" / "bundles"))
    found = dict(tallies(loaded, read_folder(small / "data", write_rejected=False), lists=12))
    tally = found["job"]
    assert (tally.lists, tally.sum("items")) == (12, 120)
    assert tally.reasons > 200
    assert (tally.untrue, tally.sum("without_gain"), tally.more_than_four) == ({}, 0, 0)
    assert tally.sum("largest_said") >= 0.95 * tally.sum("raised") > 0
    assert tally.compared > tally.signs_differ


@pytest.mark.parametrize(
    ("code", "person", "text", "true"),
    [
        ("wanted_occupation", {"desired": ("面点师",)}, "正是您想做的面点师", True),
        ("wanted_occupation", {"desired": ("面点师",)}, "正是您想做的保安", False),
        ("wanted_occupation", {"desired": ("厨师",)}, "正是您想做的厨师", False),  # the same small class is another sentence
        ("wanted_class", {"desired": ("厨师",)}, "与您想做的厨师同属一个职业小类", True),
        ("near", {"lon": 120.3585, "lat": 36.083}, "步行约1分钟", True),
        ("near", {"lon": 120.3585, "lat": 36.083}, "步行约9分钟", False),
        ("near", {"lon": 120.4585, "lat": 36.083}, "步行约9分钟", False),
        ("wage_met", {"wage_min": 3050.0}, "月薪3050–3550元，达到您期望的3050元", True),
        ("wage_met", {"wage_min": 3500.0}, "月薪3050–3550元，达到您期望的3500元", False),
        ("wage_reached", {"wage_min": 3500.0}, "月薪3050–3550元，上限达到您期望的3500元", True),
        ("skills_held", {"skills": ("面点@5",)}, "要求的技能中您具备：面点", False),
        ("skills_held", {"skills": ("面点@3",)}, "要求的技能中您具备：面点", True),
        ("skills_met", {"skills": ("面点@3",)}, "您具备所要求的技能：面点", False),
        ("home_area", {"area": "370203022"}, "与您在同一街道", True),
        ("home_area", {"area": "370203001"}, "与您在同一街道", False),
        ("hours_met", {"hours": "08:00-18:00"}, "工作时间符合您的安排", True),
        ("hours_met", {"hours": "mon-thu 08:00-18:00"}, "工作时间符合您的安排", False),
        ("form_met", {"forms": ("part_time",)}, "全职，是您接受的形式", False),
        ("same_employer", {}, "您关注过海信物业的岗位", False),
        ("new", {}, "最近一周发布", False),
    ],
)
def test_what_is_not_so_is_caught(world: World, code: str, person: dict[str, Any], text: str, true: bool) -> None:
    assert REASONS[code](Said(world, Person(**person), "job", world.items["job"]["j01"], text)) == true


@pytest.mark.parametrize(
    ("skills", "text", "true"),
    [
        (("面点@5",), "面点、烹饪", True),
        (("面点@4",), "烹饪", True),
        (("面点@4",), "面点、烹饪", False),
        (("烹饪",), "烹饪", False),
        ((), "面点、烹饪", False),
    ],
)
def test_exactly_what_is_missing_is_named(world: World, skills: tuple[str, ...], text: str, true: bool) -> None:
    assert MISSING["skills"](Said(world, Person(skills=skills), "job", world.items["job"]["j01"], text)) == true


def test_half_hours_and_rungs() -> None:
    assert week("mon 09:00-10:00") == {18, 19}
    assert week("sun 23:30-00:30") == {6 * 48 + 47, 0}
    assert len(week("09:00-18:00")) == 7 * 18
    assert week(None) == frozenset()
    assert [shared_rungs("4-03-02-02", other) for other in ("4-03-02-02", "4-03-02-01", "4-03-01-01", "6-03-02-02", "")] == [
        4, 3, 2, 0, 0,
    ]  # fmt: skip
