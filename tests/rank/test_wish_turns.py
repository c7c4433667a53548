"""In which turn each answer to a wish comes: hand-made vacancies and places around one home."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.questions.reason_codes import MISSING
from features import AMENITY_ROWS, COURSE_ROWS, JOB_ROWS, PROFILE
from features.jobs import JOB_REQUIREMENTS
from features.said_of_jobs import JOB_FAMILIES, JOB_REASONS, JOB_TOLD
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.profile import Person
from sqrec.rank import WHOLE, Linear, Recommender, tell
from sqrec.rank.clashes import SAID
from sqrec.rank.telling import Speech
from sqrec.rank.view import View
from sqrec.rank.wish import ANSWERS, FARTHER, NEAREST, OTHERS, STEPS, UNFIT, turns_of
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")
LON, LAT = 120.0, 36.0
MINUTE = 0.00055
"""About a minute on foot to the north, degrees."""


def job(name: str, **facts: str) -> dict[str, str]:
    told = {"title": "面点师", "occupation": "4-03-02-02", "published_at": "2026-01-01", "lon": f"{LON}", "lat": f"{LAT}"}
    return {"job_id": name, **told, **facts}


FAR = f"{LAT + 45 * MINUTE}"
JOBS = [
    job("very"),
    job("very part time", form="part_time", hours="07:30-11:30"),
    job("very at night", form="full_time", hours="22:00-06:00"),
    job("very for little", form="full_time", wage_max="3500", wage_unit="month"),
    job("very at night for little", hours="22:00-06:00", wage_max="2000", wage_unit="month", form="full_time"),
    job("very part time at night", form="part_time", hours="22:00-06:00"),
    job("very internship at night", form="internship", hours="22:00-06:00"),
    job("class", occupation="4-03-02-05"),
    job("class part time", occupation="4-03-02-05", form="part_time"),
    job("class for graduates", occupation="4-03-02-05", education_min="21"),
    job("far", lat=FAR),
    job("far part time", lat=FAR, form="part_time"),
    job("other", occupation="4-07-05-01"),
    job("other part time", occupation="4-07-05-01", form="part_time"),
    job("other at night", occupation="4-07-05-01", hours="22:00-06:00"),
    job("other for graduates", occupation="4-07-05-01", education_min="21"),
]
PLACES = [
    ("near clinic", "clinic", 3),
    ("far clinic", "clinic", 45),
    ("far pharmacy", "pharmacy", 40),
    ("farther pharmacy", "pharmacy", 50),
    ("farthest culture", "culture", 100),
    ("near market", "market", 2),
]
COURSES = [
    {"course_id": name, "title": name, "occupation": code, "lon": f"{LON}", "lat": f"{LAT + minutes * MINUTE}"}
    for name, code, minutes in (
        ("cook", "4-03-02-05", 150),
        ("guard", "4-07-05-01", 150),
        ("nearer guard", "4-07-05-02", 100),
        ("near guard", "4-07-05-03", 5),
    )
]
ROWS = {"job": JOB_ROWS, "course": COURSE_ROWS, "amenity": AMENITY_ROWS}
COOK: dict[str, Any] = {
    "desired": ("4-03-02-02",),
    "forms": ("full_time",),
    "hours": "08:00-18:00",
    "wage_min": 4000.0,
    "education": "71",
    "lon": LON,
    "lat": LAT,
}
World = tuple[Recommender, Snapshot]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    places = [
        {"amenity_id": name, "name": name, "type": kind, "lon": f"{LON}", "lat": f"{LAT + minutes * MINUTE}"}
        for name, kind, minutes in PLACES
    ]
    home: Path = tmp_path_factory.mktemp("turns")
    tables: dict[str, Any] = {
        "jobs": JOBS,
        "courses": [{"course_id": "c", "title": "烘焙班"}, *COURSES],
        "amenities": places,
        "people": [{"person_id": "p"}],
        "events": [],
    }
    folder = read_folder(tiny.write(home, tables), write_rejected=False)
    kinds: tuple[Kind, ...] = ("job", "course", "amenity")
    profiler = PROFILE.fit({kind: folder.tables[TABLE_OF_KIND[kind]] for kind in kinds}, None)
    even = {kind: Linear.of(ROWS[kind].names, {}) for kind in kinds}
    return Recommender(profiler, folder.city, StraightLine.of(folder.city), ROWS, {}, even), Snapshot.of(folder, profiler)


def turns(world: World, kind: Kind, within: float = 60.0, **facts: Any) -> dict[str, int]:
    recommender, snapshot = world
    profile = recommender.profiler.profiles([Person(**facts)], np.array([AT]), [{}], np.array([0], np.uint64))
    items = snapshot.items[kind]
    found = turns_of(profile, items, recommender.pairs(profile, items, np.arange(len(items))), within)
    return dict(zip(items.ids, found.turn.tolist(), strict=True))


def test_the_very_occupation_comes_before_its_class_and_what_clashes_after_what_does_not(world: World) -> None:
    assert turns(world, "job", **COOK) == {
        "very": ANSWERS,
        "very part time": ANSWERS + 1,
        "very at night": ANSWERS + 1,
        "very for little": ANSWERS + 1,
        "very at night for little": ANSWERS + STEPS - 1,  # twice out of the question
        "very part time at night": ANSWERS + STEPS - 2,  # clashes twice
        "very internship at night": ANSWERS + STEPS - 1,
        "class": ANSWERS + 2,
        "class part time": ANSWERS + 3,
        "class for graduates": ANSWERS + STEPS - 1,  # far from met, and not even the occupation
        "far": FARTHER,
        "far part time": FARTHER + 1,
        "other": OTHERS,
        "other part time": UNFIT,
        "other at night": UNFIT,
        "other for graduates": OTHERS,
    }


def test_what_nobody_asked_for_stands_behind_where_it_does_not_fit(world: World) -> None:
    told = turns(world, "job", **COOK | {"desired": (), "occupations": ()})
    assert (told["other"], told["other at night"], told["very part time"]) == (OTHERS, UNFIT, UNFIT)


def test_what_nobody_told_clashes_with_nothing(world: World) -> None:
    found = turns(world, "job", desired=("4-03-02-02",), lon=LON, lat=LAT)
    assert {found[name] for name in found if name.startswith("very")} == {ANSWERS}
    assert {found[name] for name in found if name.startswith("class")} == {ANSWERS + 2}


def test_an_internship_is_for_beginners_where_no_forms_are_told(world: World) -> None:
    told: dict[str, Any] = {"desired": ("4-03-02-02",), "hours": "08:00-18:00", "lon": LON, "lat": LAT}
    assert turns(world, "job", **told, experience_years=3.0)["very internship at night"] == ANSWERS + STEPS - 1
    for years in (1.0, None):
        assert turns(world, "job", **told, experience_years=years)["very internship at night"] == ANSWERS + 1


def test_a_trade_that_is_wanted_as_a_whole_has_no_lesser_part(world: World) -> None:
    told: dict[str, Any] = {"lon": LON, "lat": LAT}
    assert turns(world, "job", desired=("4-03-02",), **told)["class"] == ANSWERS
    assert turns(world, "job", desired=("4-03-02-02", "4-07-05"), **told)["other"] == ANSWERS
    both = turns(world, "job", desired=("4-07-05-02", "4-03-02-02"), **told)  # of the first there is only the class
    assert (both["very"], both["other"], both["class"]) == (ANSWERS, ANSWERS + 2, ANSWERS + 2)


def test_courses_hours_away_stand_where_their_scores_put_them(world: World) -> None:
    told: dict[str, Any] = {"lon": LON, "lat": LAT}
    found = dict.fromkeys(("c", "cook", "guard", "nearer guard", "near guard"), OTHERS)
    assert turns(world, "course", **told) == found
    assert turns(world, "course", desired=("4-03-02-02",), **told) == found  # a notice says how far it is
    assert turns(world, "course", desired=("4-07-05-01",), **told) == found | {"near guard": ANSWERS}


def test_part_time_work_is_not_judged_by_the_pay_of_a_month(world: World) -> None:
    found = turns(world, "job", **COOK | {"forms": ("full_time", "part_time")})
    assert found["very part time"] == ANSWERS
    assert found["very for little"] == ANSWERS + 1


def test_of_each_need_what_is_near_or_else_the_nearest(world: World) -> None:
    needs = ("type:clinic", "type:pharmacy")
    found = turns(world, "amenity", needs=needs, lon=LON, lat=LAT)
    assert {name: turn for name, turn in found.items() if turn != OTHERS} == {"near clinic": ANSWERS, "far pharmacy": FARTHER}
    found = turns(world, "amenity", needs=(*needs, "type:culture"), lon=LON, lat=LAT)
    assert found["farthest culture"] == NEAREST  # beyond the reach, yet not twice as far
    assert turns(world, "amenity", within=45.0, needs=("type:culture",), lon=LON, lat=LAT)["farthest culture"] == OTHERS


def test_whose_place_is_unknown_has_everything_near(world: World) -> None:
    found = turns(world, "amenity", needs=("type:clinic", "type:pharmacy"))
    assert sorted(name for name, turn in found.items() if turn == ANSWERS) == sorted(
        name for name, kind, _ in PLACES if kind in {"clinic", "pharmacy"}
    )


def test_what_clashes_is_told_as_missing_and_lowers_the_fit(world: World) -> None:
    recommender, snapshot = world
    profile = recommender.profiler.profiles([Person(**COOK)], np.array([AT]), [{}], np.array([0], np.uint64))
    ranking = recommender.recommend(profile, "job", snapshot, WHOLE, 20)
    speech = Speech(JOB_ROWS, JOB_TOLD, JOB_FAMILIES, JOB_REASONS, JOB_REQUIREMENTS)
    view = View.of(snapshot, profile, "job", ranking.scene.pairs.take(ranking.order), recommender.city)
    told = {
        snapshot.items["job"].ids[row]: one
        for row, one in zip(ranking.item, tell(speech, ranking, ranking.order, view), strict=True)
    }
    assert {name: one.missing for name, one in told.items() if one.missing} == {
        "very part time": ("form",),
        "very at night": ("hours",),
        "very at night for little": ("hours",),
        "very part time at night": ("hours", "form"),
        "very internship at night": ("hours", "form"),
        "class part time": ("form",),
        "class for graduates": ("education",),
        "far part time": ("form",),
        "other part time": ("form",),
        "other at night": ("hours",),
        "other for graduates": ("education",),
    }
    assert (told["very at night"].fit, told["very"].fit) == ("medium", "unknown")
    assert {*SAID} < MISSING.keys()
