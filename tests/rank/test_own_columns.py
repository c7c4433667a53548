"""Own uses, the way to earlier places, skills of earlier items, kinship of trades: by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.base.arrays import Ragged, keys_of
from sqrec.profile import Person
from sqrec.profile.history import history_of
from sqrec.rank import Kinship, OwnUse, SkillsAlike, Way
from sqrec.reach.straight import apart, directions, metres
from tests.support.asked import AT, World, close, event, nameless, values, who, world

NAN = float("nan")
STEP = 6_371_008.8 * np.pi / 18_000
"""The metres of a hundredth of a degree along a meridian: 1,111.95."""

PLACES = [
    {"amenity_id": "a", "name": "一号", "type": "canteen", "lon": 120.35, "lat": 36.00},
    {"amenity_id": "b", "name": "二号", "type": "market", "lon": 120.35, "lat": 36.01},
    {"amenity_id": "c", "name": "三号", "type": "gym", "lon": 120.35, "lat": 36.03},
    {"amenity_id": "n", "name": "四号", "type": "gym"},
    {"amenity_id": "m", "name": "五号", "type": "gym"},
]
VISITS = [
    event("p", "a", "2026-07-10T04:00"),
    event("p", "b", "2026-07-18T12:00"),
    event("p", "a", "2026-07-12T04:00", "view"),
    event("p", "a", "2026-07-19T12:00"),
    event("p", "n", "2026-07-19T20:00"),  # after the last midnight: one's own uses count up to the moment
    event("p", "n", "2026-07-20T02:00"),
    event("q", "c", "2026-07-10T04:00"),
    event("q", "b", "2026-07-10T05:00"),
]
NOT_YET = [
    event("p", "a", "2026-07-20T12:00"),  # at the moment itself
    event("p", "c", "2026-07-20T13:00"),
    event("p", "b", "2026-07-20T01:00", recorded_at="2026-07-20T12:00:00Z"),
    event("p", "c", "2026-07-11T00:00", recorded_at="2026-07-21T00:00:00Z"),
    event("p", "m", "2026-07-11T00:00", "dismiss"),
    event("p", "m", "2026-07-11T01:00", "impression"),
]
"""Nothing that is known of, or no use."""


@pytest.fixture(scope="module", params=["known", "with what was not known"])
def places(request: Any, tmp_path_factory: pytest.TempPathFactory) -> World:
    more = [] if request.param == "known" else NOT_YET
    return world(tmp_path_factory.mktemp("places"), amenities=PLACES, events=[*VISITS, *more])


def test_own_uses(places: World) -> None:
    """p used a three times, 24 hours ago the last; b once, 48 hours ago; n twice, 10 hours ago: six uses in all."""
    p = who(places, "p")
    assert close(values(places, "amenity", OwnUse("times"), p), a=np.log(4), b=np.log(2), c=0, n=np.log(3), m=0)
    assert close(values(places, "amenity", OwnUse("share"), p), a=3 / 6, b=1 / 6, c=0, n=2 / 6, m=0)
    assert close(values(places, "amenity", OwnUse("idle"), p), a=np.log(25), b=np.log(49), c=NAN, n=np.log(11), m=NAN)


@pytest.mark.parametrize("known", [True, False])
def test_who_used_nothing(places: World, known: bool) -> None:
    somebody = who(places, "nobody") if known else nameless(places)
    for column, value in ((OwnUse("times"), 0.0), (OwnUse("share"), NAN), (OwnUse("idle"), NAN)):
        assert close(values(places, "amenity", column, somebody), a=value, b=value, c=value, n=value, m=value)
    for to in ("last", "nearest"):
        assert close(values(places, "amenity", Way(to), somebody), a=NAN, b=NAN, c=NAN, n=NAN, m=NAN)


def test_a_history_without_a_name_is_a_history(places: World) -> None:
    for column in (OwnUse("times"), OwnUse("share"), OwnUse("idle"), Way("last"), Way("nearest")):
        named, other = (values(places, "amenity", column, one) for one in (who(places, "p"), nameless(places, "p")))
        np.testing.assert_array_equal(list(named.values()), list(other.values()))


def test_uses_of_what_the_catalogue_does_not_know_count_nothing(places: World) -> None:
    used = keys_of(["gone", "b", "gone", "c", "b"])
    ones: Any = np.ones(5, np.int64)
    history: Any = {"amenity": history_of(used, AT - np.arange(1, 6) * 3_600_000_000, ones, np.zeros(5, bool))}
    profile = places[0].profiler.profiles([Person()], np.array([AT]), [history], np.array([0], np.uint64))
    assert close(values(places, "amenity", OwnUse("share"), profile), a=0, b=2 / 3, c=1 / 3)
    assert close(values(places, "amenity", OwnUse("idle"), profile), a=NAN, b=np.log(3), c=np.log(5))
    none: Any = {"amenity": history_of(used[:1], np.array([0]), ones[:1], np.zeros(1, bool))}
    profile = places[0].profiler.profiles([Person()], np.array([AT]), [none], np.array([0], np.uint64))
    assert close(values(places, "amenity", OwnUse("times"), profile), a=0, b=0)
    assert close(values(places, "amenity", OwnUse("share"), profile), a=NAN, b=NAN)
    assert close(values(places, "amenity", Way("nearest"), profile), a=NAN, b=NAN)


def test_times_of_a_history_are_its_events(places: World) -> None:
    used, at = keys_of(["b", "a", "b", "c", "b"]), np.array([5, 4, 3, 2, 1])
    told = history_of(used, at, np.array([1, 2, 0, 3, 2]), np.zeros(5, bool))
    assert (told.item.tolist(), told.at.tolist()) == (keys_of(["b", "a", "c"]).tolist(), [5, 4, 2])
    assert (told.grade.tolist(), told.times.tolist()) == ([2, 2, 3], [2, 1, 1])


def test_the_way_to_earlier_places(places: World) -> None:
    """The latest place is a (nobody knows where n is); a itself has b alone to be near to, and no other last one."""
    p = who(places, "p")
    last, nearest = (values(places, "amenity", Way(to), p) for to in ("last", "nearest"))
    assert np.isnan([last["a"], last["n"], last["m"], nearest["n"], nearest["m"]]).all()
    assert [last["b"], last["c"]] == pytest.approx([STEP, 3 * STEP], abs=0.01)
    assert [nearest["a"], nearest["b"], nearest["c"]] == pytest.approx([STEP, STEP, 2 * STEP], abs=0.01)
    only_b = who(places, "p", AT - 25 * 3_600_000_000)  # a's latest use is an hour ahead; b and a were used before
    assert values(places, "amenity", Way("last"), only_b)["a"] == pytest.approx(STEP, abs=0.01)
    assert np.isnan(values(places, "amenity", Way("last"), only_b)["b"])


@given(st.floats(-180, 180), st.floats(-89, 89), st.floats(0, 0.5), st.floats(-1, 1))
def test_apart_is_what_the_chord_says(lon: float, lat: float, east: float, north: float) -> None:
    here, there = (directions(np.array([x]), np.array([y])) for x, y in ((lon, lat), (lon + east, lat + north)))
    exact, found = metres(here, there)[0], apart((here * there).sum(axis=0))[0]
    assert abs(found - exact) < (1.0 if exact > 10 else 15.0)
    assert np.isnan(apart(np.array([NAN])))[0]
    assert apart(np.array([1.0 + 1e-15])).tolist() == [0.0]


SKILLS = [{"skill_id": f"s{n}", "name": name, "aliases": ""} for n, name in enumerate(("切配", "烹饪", "雕花"), start=1)]
SKILLS[0]["aliases"] = "刀工"
COURSES = [
    {"course_id": "x", "title": "甲班", "teaches": "切配@5|刀工|烹饪@4"},  # 刀工 is 切配: named once
    {"course_id": "y", "title": "乙班", "teaches": "烹饪"},
    {"course_id": "z", "title": "丙班", "teaches": "雕花"},
    {"course_id": "w", "title": "丁班"},
]
ONE, TWO = 1 + np.log(5 / 2), 1 + np.log(5 / 3)
"""The weights of skills that one or two of four courses teach."""
XY = TWO / np.hypot(ONE, TWO)


def views(*taken: str) -> list[dict[str, str]]:
    return [event("p", item, f"2026-07-0{day}T00:00", "view", "course") for day, item in enumerate(taken, start=1)]


@pytest.mark.parametrize("taken", [("y", "z"), ("w", "y", "z", "w")], ids="-".join)
def test_skills_of_earlier_courses(tmp_path: Any, taken: tuple[str, ...]) -> None:
    """y and z were looked at, z last; w says nothing of what is taught, before or after."""
    schools = world(tmp_path, skills=SKILLS, courses=COURSES, events=views(*taken))
    p = who(schools, "p")
    assert close(values(schools, "course", SkillsAlike("best"), p), x=XY, y=1, z=1, w=NAN)
    assert close(values(schools, "course", SkillsAlike("last"), p), x=0, y=0, z=1, w=NAN)
    assert close(values(schools, "course", SkillsAlike("mean"), p), x=XY / 2, y=1 / 2, z=1 / 2, w=NAN)


@pytest.mark.parametrize("taken", [(), ("w",)])
def test_without_skills_nothing_is_alike(tmp_path: Any, taken: tuple[str, ...]) -> None:
    schools = world(tmp_path, skills=SKILLS, courses=COURSES, events=[*views(*taken)])
    for by in ("best", "last", "mean"):
        assert close(values(schools, "course", SkillsAlike(by), who(schools, "p")), x=NAN, y=NAN, z=NAN, w=NAN)


JOBS = [
    {"job_id": "cook1", "title": "厨师", "occupation": "4-03-02-01", "skills": "切配|烹饪"},
    {"job_id": "cook2", "title": "面点师", "occupation": "4-03-02-02", "skills": "烹饪"},
    {"job_id": "guard", "title": "保安", "occupation": "4-07-05-01", "skills": "烹饪"},
    {"job_id": "sells", "title": "营业员", "occupation": "4-01-02-01", "skills": "雕花"},
    {"job_id": "none", "title": "养护员", "occupation": "4-14-01-02"},
    {"job_id": "uncoded", "title": "不详", "skills": "烹饪"},
]
RARE, COMMON = 1 + np.log(7 / 2), 1 + np.log(7 / 5)
"""The weights of skills that one or four of six vacancies ask for."""
KIN = (COMMON / np.hypot(RARE, COMMON) + 1) / np.hypot(RARE / np.hypot(RARE, COMMON), COMMON / np.hypot(RARE, COMMON) + 1)
"""Cooks' vacancies are (rare, common) and (0, 1) of unit length, guards' (0, 1): the cosine of the sum with (0, 1)."""


@pytest.fixture(scope="module")
def trades(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("trades"), skills=SKILLS, jobs=JOBS)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("4-07-05-01",), {"cook1": KIN, "cook2": KIN, "guard": 1, "sells": 0, "none": NAN, "uncoded": NAN}),
        (("4-07-05-01", "4-01-02-06"), {"cook1": KIN, "cook2": KIN, "guard": 1, "sells": 1, "none": NAN, "uncoded": NAN}),
        (("4-14-01-02",), {"cook1": NAN, "guard": NAN, "sells": NAN, "none": 1, "uncoded": NAN}),
        (("4-14-01-02", "4-07-05-01"), {"cook1": KIN, "guard": 1, "sells": 0, "none": 1, "uncoded": NAN}),
        (("2-06-03-00",), {"cook1": NAN, "guard": NAN, "none": NAN}),
        ((), {"cook1": NAN, "guard": NAN, "none": NAN}),
    ],
)
def test_kinship_of_trades(trades: World, codes: tuple[str, ...], expected: dict[str, float]) -> None:
    assert close(values(trades, "job", Kinship("desired"), nameless(trades, desired=codes)), **expected)
    assert close(values(trades, "job", Kinship("occupations"), nameless(trades, occupations=codes)), **expected)
    other = values(trades, "job", Kinship("desired"), nameless(trades, occupations=codes))
    assert np.isnan(list(other.values())).all()


LISTS = st.lists(st.lists(st.integers(1, 6), max_size=4), min_size=6, max_size=6)


@settings(deadline=None, max_examples=60)
@given(LISTS, st.lists(st.integers(-1, 3), min_size=6, max_size=6))
def test_laws_of_skill_rows_and_kinship(trades: World, skills: list[list[int]], trade: list[int]) -> None:
    items = trades[1].items["job"]
    told = Ragged.of([[(skill, 0) for skill in row] for row in skills], np.uint64, width=2)
    groups, keys = {"trade": np.array(trade)}, {"trade": np.arange(1, 5, dtype=np.uint64)}
    mine = replace(items, skills=told, groups=groups, group_keys=keys)
    rows, kinship = mine.skill_rows, mine.trade_kinship
    for row, named in enumerate(skills):
        weights = rows.weights[rows.offsets[row] : rows.offsets[row + 1]]
        assert len(weights) == len(set(named))
        assert np.isclose((weights**2).sum(), 1.0) == bool(named)
        assert (np.diff(rows.columns[rows.offsets[row] : rows.offsets[row + 1]]) > 0).all()
    assert kinship.shape == (4, 4)
    np.testing.assert_array_equal(kinship, kinship.T)
    assert (np.diag(kinship) == 1.0).all()
    known = kinship[~np.isnan(kinship)]
    assert ((known >= 0) & (known <= 1)).all()
    telling = [any(skills[row] for row in range(6) if trade[row] == one) for one in range(4)]
    assert all(np.isnan(kinship[a, b]) == (a != b and not (telling[a] and telling[b])) for a in range(4) for b in range(4))


def test_names_and_facts_read() -> None:
    assert [OwnUse("idle").name, Way("last").name, SkillsAlike("mean").name] == ["own_idle", "way_last", "skills_history_mean"]
    assert {OwnUse("idle").reads, Way("last").reads, SkillsAlike("mean").reads} == {("history",)}
    assert (Kinship("desired").name, Kinship("desired").reads) == ("kinship_desired", ("desired",))
