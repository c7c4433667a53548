"""Programmes by rule: who is offered what, in which order; the queue for public-welfare posts."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import AMENITY_ROWS, COURSE_ROWS, JOB_ROWS, PROFILE
from sqrec import Recommender, Snapshot, read_folder
from sqrec.base.arrays import key_of
from sqrec.cities import load_city
from sqrec.errors import DataError, RequestError
from sqrec.groups.groups import KeyGroups
from sqrec.groups.restricted import Restricted
from sqrec.profile import Person, Profiles
from sqrec.programmes import Offerings, Programme, Waiting, programmes, programmes_answer, welfare_queue
from sqrec.reach.walk import StraightLine
from sqrec.texts import built_in_texts
from tests.support import tiny
from tests.support.people import split

AT = tiny.micros("2026-07-20T12:00")
HOME = {"lon": 120.356, "lat": 36.084, "area": "370203022"}
World = tuple[Recommender, Snapshot, Offerings]


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return the small city with things for groups: courses c0 to c6, places a0 to a7, posts j30 to j37."""
    courses, amenities, jobs = tiny.courses(), tiny.amenities(), tiny.jobs()
    for place in range(7):
        courses[place]["audience"] = "disabled" if place < 5 else "graduate|disabled"
        courses[place]["published_at"] = f"2026-0{1 + place}-01"
    courses[0] |= {"lon": 120.4, "lat": 36.1}  # far
    courses[1] |= {"lon": "", "lat": "", "area": ""}  # nowhere known
    for place in (2, 3):
        courses[place] |= {"lon": 120.357, "lat": 36.086}  # equally near
    courses[4] |= {"valid_to": "2026-07-01"}
    courses[6] |= {"age_min": 18, "age_max": 35}
    for place, audience in ((0, "elderly"), (7, "elderly"), (3, "elderly")):
        amenities[place]["audience"] = audience
    amenities[3]["status"] = "closed"
    for place in (30, 33, 37):
        jobs[place]["kind"] = "public_welfare"
        jobs[place] |= {"hazards": "", "hazards_checked": "true" if place == 30 else ""}
    return {"jobs": jobs, "courses": courses, "amenities": amenities, "people": tiny.people(), "events": tiny.events()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    read = read_folder(tiny.write(tmp_path_factory.mktemp("programmes"), tables()), write_rejected=False)
    assert not read.errors
    profiler = PROFILE.fit({"job": read.tables["jobs"], "course": read.tables["courses"], "amenity": read.tables["amenities"]})
    snapshot = Snapshot.of(read, profiler)
    rows: Any = {"job": JOB_ROWS, "course": COURSE_ROWS, "amenity": AMENITY_ROWS}
    return (
        Recommender(profiler, read.city, StraightLine.of(read.city), rows, {}, {}),
        snapshot,
        Offerings.of(snapshot.items, read.city),
    )


def invented(world: World, at: int = AT, **facts: Any) -> Profiles:
    return world[0].profiler.profiles([Person(**(HOME | facts))], np.array([at]), [{}], np.array([0], np.uint64))


def offered(world: World, facts: dict[str, Any], vouched: tuple[str, ...] = (), **asked: Any) -> tuple[Programme, ...]:
    recommender, snapshot, offerings = world
    person, restricted = split(facts)
    known = {name: getattr(person, name) for name in facts if hasattr(person, name)}
    clock = asked.get("clock") or AT
    memberships = KeyGroups().of(person, restricted, recommender.city, clock)
    profile = invented(world, asked.pop("at", AT), **known)
    return programmes(recommender, profile, offerings, snapshot, memberships, vouched=vouched, restricted=restricted, **asked)


def ids(world: World, one: Programme) -> list[str]:
    return [world[1].items[one.kind].ids[row] for row in one.rows]


def told(world: World, found: tuple[Programme, ...]) -> dict[tuple[str, str], tuple[str, list[str]]]:
    return {(one.group, one.kind): (one.standing, ids(world, one)) for one in found}


def test_what_is_for_whom(world: World) -> None:
    rows = {kind: {group: len(found) for group, found in by.items()} for kind, by in world[2].rows.items()}
    assert rows == {"job": {"hard_to_employ": 3}, "course": {"disabled": 7, "graduate": 2}, "amenity": {"elderly": 2}}
    assert world[2].groups == {"hard_to_employ", "disabled", "graduate", "elderly"}


def test_the_order_is_minutes_then_newest_then_hash(world: World) -> None:
    (one,) = offered(world, {"disability": True, "birth_month": "1970-01"}, kinds=["course"])
    twins = sorted(["c2", "c3"], key=lambda i: -int(i[1]))  # equally near: the newer first
    assert ids(world, one) == [*twins, "c5", "c0", "c1"]  # minutes unknown: last; c4 is over, c6 for the young
    minutes = [reach.minutes for reach in one.reach]
    assert minutes[:-1] == sorted(m for m in minutes if m is not None)
    assert minutes[-1] is None


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [(0.0, 0.0, {"a0", "a7"}), (0.2, 0.0, {"a7"}), (0.25, 0.2, {"a7"})],  # degrees north; the nearest stays, however far
)
def test_places_beyond_the_widest_circle_are_left_out(tmp_path: Path, first: float, last: float, shown: set[str]) -> None:
    told = tables()
    for place, north in ((0, first), (7, last)):
        told["amenities"][place] |= {"lon": 120.356, "lat": 36.084 + north}
    read = read_folder(tiny.write(tmp_path, told), write_rejected=False)
    profiler = PROFILE.fit({"amenity": read.tables["amenities"]})
    snapshot = Snapshot.of(read, profiler)
    recommender = Recommender(profiler, read.city, StraightLine.of(read.city), {"amenity": AMENITY_ROWS}, {}, {})
    place = recommender, snapshot, Offerings.of(snapshot.items, read.city)
    (one,) = offered(place, {"birth_month": "1940-01"}, kinds=["amenity"])
    assert set(ids(place, one)) == shown


def test_equal_ones_are_ordered_by_hash(tmp_path: Path) -> None:
    courses = [row | {"audience": "disabled", "lon": 120.36, "lat": 36.08} for row in tiny.courses()]
    read = read_folder(tiny.write(tmp_path, {"courses": courses, "people": tiny.people()}), write_rejected=False)
    profiler = PROFILE.fit({"course": read.tables["courses"]})
    snapshot = Snapshot.of(read, profiler)
    recommender = Recommender(profiler, read.city, StraightLine.of(read.city), {"course": COURSE_ROWS}, {}, {})
    place = recommender, snapshot, Offerings.of(snapshot.items, read.city)
    (one,) = offered(place, {"disability": True})
    walked = [i for i in ids(place, one) if i != "c7"]
    assert walked == sorted(walked, key=key_of)
    assert len(walked) == 7


@pytest.mark.parametrize(
    ("facts", "vouched", "standing", "needs"),
    [
        ({"disability": True}, (), "likely", ()),
        ({"disability": True, "recognised": ("disabled@2026-01-01",)}, (), "open", ()),
        ({"recognised": ("disabled@2026-12-01",)}, (), "unknown", ("disability",)),  # not yet
        ({}, (), "unknown", ("disability",)),
        ({}, ("disabled",), "open", ()),
        ({"disability": False}, ("disabled",), "open", ()),  # the caller answers for it
    ],
)
def test_standings(world: World, facts: dict[str, Any], vouched: tuple[str, ...], standing: str, needs: tuple[str, ...]) -> None:
    found = {one.group: one for one in offered(world, facts, vouched, kinds=["course"])}
    assert (found["disabled"].standing, found["disabled"].needs) == (standing, needs)


def test_nothing_is_offered_to_who_is_not_of_the_group(world: World) -> None:
    facts = {"disability": False, "education": "61", "birth_month": "1990-01", "employment": "employed"}
    assert offered(world, facts) == ()


def test_an_item_for_several_groups_is_offered_once_where_one_stands_best(world: World) -> None:
    found = told(world, offered(world, {"recognised": ("graduate@2026-01-01",), "disability": True}, kinds=["course"]))
    assert found["graduate", "course"] == ("open", ["c5", "c6"])
    assert set(found["disabled", "course"][1]) == {"c0", "c1", "c2", "c3"}
    everything = [i for _, some in found.values() for i in some]
    assert len(everything) == len(set(everything))


HARD = {
    "birth_month": "1980-01",
    "hukou_area": "370203",
    "disability": True,
    "registered_unemployed_on": "2026-01-01",
    "employment": "unemployed",
}


def posts(world: World, facts: dict[str, Any], vouched: tuple[str, ...] = (), **asked: Any) -> dict[str, Any]:
    found = offered(world, facts, vouched, kinds=["job"], **asked)
    return {one.group: (one.standing, set(ids(world, one)), one.needs) for one in found}


def test_welfare_posts_are_for_the_groups_of_the_rule(world: World) -> None:
    assert posts(world, HARD) == {"hard_to_employ": ("likely", {"j30", "j33", "j37"}, ())}
    assert posts(world, HARD | {"recognised": ("hard_to_employ@2026-02-01",)})["hard_to_employ"][0] == "open"
    assert posts(world, HARD | {"employment": "employed"}) == {}
    (one,) = offered(world, HARD, kinds=["job"])
    assert "重新安置总次数不超过2次" in one.not_checked


def test_the_statutory_age_ends_welfare_posts_and_is_not_guessed(world: World) -> None:
    kept = {"recognised": ("hard_to_employ@2020-01-01",)}
    assert posts(world, {"birth_month": "1950-01", **kept}) == {}
    assert posts(world, {"birth_month": "1972-01", **kept})["hard_to_employ"][2] == ("sex", "post_type")
    assert posts(world, {"birth_month": "1972-01", "sex": "male", **kept})["hard_to_employ"][0] == "open"
    assert posts(world, {"birth_month": "1970-01", "sex": "female", "post_type": "worker", **kept}) == {}


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("2026-06-30T15:59", None),  # 13 until the end of the month after the birth month
        ("2026-06-30T16:00", set()),  # 14
        ("2028-06-30T15:59", set()),  # still 15
        ("2028-06-30T16:00", {"j30"}),  # 16: checked and harmless ones alone
        ("2030-06-30T15:59", {"j30"}),  # still 17
        ("2030-06-30T16:00", {"j30", "j33", "j37"}),  # 18
    ],
)
def test_age_gates_hold_for_programmes_too(world: World, clock: str, expected: set[str] | None) -> None:
    facts = {"birth_month": "2012-06"}
    if expected is None:
        with pytest.raises(RequestError):
            posts(world, facts, ("hard_to_employ",), clock=tiny.micros(clock))
        return
    found = posts(world, facts, ("hard_to_employ",), clock=tiny.micros(clock))
    assert (found["hard_to_employ"][1] if found else set()) == expected


def test_minors_are_offered_public_services_only(world: World) -> None:
    grown = told(world, offered(world, {"birth_month": "1990-01"}, ("elderly",), kinds=["amenity"]))
    young = told(world, offered(world, {"birth_month": "2010-01"}, ("elderly",), kinds=["amenity"]))
    assert set(grown["elderly", "amenity"][1]) == {"a0", "a7"}  # a3 is closed
    assert young["elderly", "amenity"][1] == ["a0"]  # a canteen, no gym


def test_the_off_switch_closes_memberships_but_not_what_the_caller_vouches_for(world: World) -> None:
    facts = {"disability": True, "personalised": False}
    assert offered(world, facts, kinds=["course"]) == ()
    assert [one.standing for one in offered(world, facts, ("disabled",), kinds=["course"])] == ["open"]


def test_expired_things_are_left_out_when_asked(world: World) -> None:
    before = told(world, offered(world, {"disability": True}, kinds=["course"], at=tiny.micros("2026-06-15T00:00")))
    assert "c4" in before["disabled", "course"][1]  # open until 1 July
    assert "c6" not in before["disabled", "course"][1]  # published on 1 July


def test_n_bounds_every_list(world: World) -> None:
    assert [len(one.rows) for one in offered(world, {"disability": True}, kinds=["course"], n=2)] == [2]


def test_the_answer_is_json_and_tells_its_rule(world: World) -> None:
    found = offered(world, {}, ("elderly",))
    answer = programmes_answer(found, world[1].items, built_in_texts(), "en")
    assert json.loads(json.dumps(answer)) == answer
    first = answer[0]
    assert (first["group"], first["status"], first["text"]) == ("elderly", "open", "Open to you")
    assert [item["rank"] for item in first["items"]] == [1, 2]
    unknown = next(one for one in answer if one["group"] == "disabled")
    assert unknown["text"] == "Unknown: needs Holds a disability certificate"
    assert "nothing is scored" in unknown["order"]


def test_a_city_without_a_rule_offers_no_posts(world: World) -> None:
    assert "hard_to_employ" not in Offerings.of(world[1].items, load_city(None)).groups
    with pytest.raises(DataError, match="no rule"):
        welfare_queue([], load_city(None), AT)


# the queue


def waiting(name: str, **facts: Any) -> Waiting:
    return Waiting(name, *split(facts))


def queue(*people: Waiting) -> list[tuple[str, str | None]]:
    return [(place.person_id, place.step) for place in welfare_queue(people, load_city("qingdao"), AT)]


WOMAN = {"sex": "female"}


def test_classes_come_in_the_published_order() -> None:
    found = queue(
        waiting("young", **WOMAN, birth_month="2000-01", zero_employment_household=False, out_of_poverty=False),
        waiting("old", **WOMAN, birth_month="1980-01", zero_employment_household=False, out_of_poverty=False),
        waiting("poor", **WOMAN, birth_month="2001-01", zero_employment_household=False, out_of_poverty=True),
        waiting("family", **WOMAN, birth_month="2002-01", zero_employment_household=True),
    )
    assert found == [("family", "zero_employment"), ("poor", "out_of_poverty"), ("old", "older"), ("young", None)]


def test_inside_a_class_older_first_then_longer_registered_then_hash() -> None:
    plain = {**WOMAN, "zero_employment_household": False, "out_of_poverty": True}
    found = queue(
        waiting("late", **plain, birth_month="1990-05", registered_unemployed_on="2026-05-01"),
        waiting("early", **plain, birth_month="1990-05", registered_unemployed_on="2025-05-01"),
        waiting("older", **plain, birth_month="1989-01", registered_unemployed_on="2026-07-01"),
        waiting("unregistered", **plain, birth_month="1990-05", registered_unemployed_on="no"),
        waiting("unborn", **plain),
    )
    assert [name for name, _ in found] == ["older", "early", "late", "unregistered", "unborn"]
    twins = [waiting(name, **plain, birth_month="1990-05") for name in ("t1", "t2", "t3")]
    assert [name for name, _ in queue(*twins)] == sorted(("t1", "t2", "t3"), key=key_of)


def test_an_unknown_fact_places_nobody_and_is_named() -> None:
    (place,) = welfare_queue([waiting("x", birth_month="1980-01")], load_city("qingdao"), AT)
    assert (place.position, place.step) == (1, None)
    assert place.needs == ("sex", "zero_employment_household", "out_of_poverty")
    (place,) = welfare_queue([waiting("x", zero_employment_household=True)], load_city("qingdao"), AT)
    assert (place.step, place.needs) == ("zero_employment", ())


@given(
    st.permutations(range(8)), st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1960, 2000)), min_size=8, max_size=8)
)
def test_the_queue_does_not_depend_on_who_came_in_first(order: list[int], facts: list[tuple[bool, bool, int]]) -> None:
    people = [
        waiting(f"p{place}", sex="female", zero_employment_household=zero, out_of_poverty=poor, birth_month=f"{year}-03")
        for place, (zero, poor, year) in enumerate(facts)
    ]
    assert queue(*people) == queue(*(people[place] for place in order))
    found = welfare_queue(people, load_city("qingdao"), AT)
    assert [place.position for place in found] == list(range(1, 9))


def test_restricted_is_not_needed_to_wait() -> None:
    assert [
        p.step
        for p in welfare_queue([Waiting("a", Person(), None), Waiting("b", Person(), Restricted())], load_city("qingdao"), AT)
    ] == [
        None,
        None,
    ]
