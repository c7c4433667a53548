"""Courses and amenities: hand-computed columns, what may be shown, what is offered by rule."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features import AMENITY_ROWS, COURSE_ROWS, JOB_ROWS, PROFILE
from sqrec.base.arrays import key_of, keys_of
from sqrec.catalogue.counts import Cells
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.profile import Person
from sqrec.profile.history import history_of
from sqrec.profile.segments import ages
from sqrec.rank import WHOLE, Habit, Linear, Policy, Recommender, RowBuilder
from sqrec.rank.telling import Speech, tell
from sqrec.rank.view import View
from sqrec.rank.wish import HELD, NEAREST, OTHERS, UNFIT, turns_of
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")  # a Monday, 20:00 in Qingdao
ROWS = {"job": JOB_ROWS, "course": COURSE_ROWS, "amenity": AMENITY_ROWS}

SKILLS = [{"skill_id": "s1", "name": "中式面点", "aliases": "面点|白案"}, {"skill_id": "s2", "name": "烹饪", "aliases": ""}]
JOBS = [
    {"job_id": "a", "title": "面点师", "occupation": "4-03-02-02", "skills": "面点@4|烹饪", "published_at": "2026-01-01"},
    {"job_id": "b", "title": "面点师", "occupation": "4-03-02-02", "skills": "s1", "published_at": "2026-01-01"},
    {"job_id": "guard", "title": "保安", "occupation": "4-07-05-01", "published_at": "2026-01-01"},
    {"job_id": "late", "title": "面点师", "occupation": "4-03-02-02", "skills": "s2", "published_at": "2026-08-01"},
]
COURSES = [
    {"course_id": "c1", "title": "面点班", "teaches": "白案@4", "level": "4", "fee": "800", "age_min": "18", "age_max": "50"},
    {
        "course_id": "c2",
        "title": "厨艺班",
        "teaches": "烹饪@5",
        "occupation": "4-03-02-05",
        "level": "5",
        "fee": "500",
        "subsidised": "true",
        "start_on": "2026-07-25",
    },
    {"course_id": "c3", "title": "老年班", "audience": "elderly"},
    {"course_id": "over", "title": "旧班", "end_on": "2026-07-19"},
]
AMENITIES = [
    {"amenity_id": "m1", "name": "小小托育", "type": "childcare", "hours": "mon-fri 08:00-18:00", "area": "370203022001"},
    {"amenity_id": "m2", "name": "夜市便利店", "type": "convenience_store", "hours": "00:00-24:00", "area": "370203022001"},
    {"amenity_id": "m3", "name": "幸福食堂", "type": "canteen", "age_min": "60", "area": "370203022002"},
    {"amenity_id": "shut", "name": "旧店", "type": "market", "status": "closed"},
]
PEOPLE = [
    {"person_id": f"p{n}", "birth_month": f"{year}-05", "area": f"37020302200{n % 2 + 1}"}
    for n, year in enumerate((1950, 1990, 1991, 1992, 1955, 1993))
]
EVENTS = [
    ("p1", "m1"), ("p3", "m1"), ("p3", "m2"), ("p5", "m1"),  # young people of the second community: childcare
    ("p0", "m3"), ("p4", "m3"), ("p2", "m2"),
]  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recommender, Snapshot]:
    events = [
        {
            "event_id": f"e{n}",
            "person_id": person,
            "kind": "amenity",
            "item_id": item,
            "event": "visit",
            "at": f"2026-07-{10 + n}T04:00:00Z",
        }
        for n, (person, item) in enumerate(EVENTS)
    ]
    tables: dict[str, Any] = {
        "skills": SKILLS,
        "jobs": JOBS,
        "courses": COURSES,
        "amenities": AMENITIES,
        "people": PEOPLE,
        "events": events,
    }
    folder = read_folder(tiny.write(tmp_path_factory.mktemp("kinds"), tables), write_rejected=False)
    assert not folder.problems, folder.problems
    kinds: tuple[Kind, ...] = ("job", "course", "amenity")
    profiler = PROFILE.fit({kind: folder.tables[TABLE_OF_KIND[kind]] for kind in kinds}, folder.tables["skills"])
    return Recommender(profiler, folder.city, StraightLine.of(folder.city), ROWS, {}, {}), Snapshot.of(folder, profiler)


def column(
    world: tuple[Recommender, Snapshot], kind: Kind, name: str, at: int = AT, person_id: str | None = None, **facts: Any
) -> dict[str, float]:
    """Return one column of every item's row, by the item's id."""
    recommender, snapshot = world
    key = key_of(person_id) if person_id else 0
    person = snapshot.people[person_id] if person_id else Person(**facts)
    profile = recommender.profiler.profiles([person], np.array([at]), [{}], np.array([key], np.uint64))
    items = snapshot.items[kind]
    rows = recommender.build(profile, snapshot, kind, recommender.pairs(profile, items, np.arange(len(items))))
    return dict(zip(items.ids, rows[:, ROWS[kind].names.index(name)].tolist(), strict=True))


def equal(found: dict[str, float], **expected: float) -> bool:
    return all(np.array_equal(found[name], value, equal_nan=True) for name, value in expected.items())


def test_what_a_course_teaches_of_use(world: Any) -> None:
    """c1 teaches one skill and it is asked for; with it in hand nothing that c1 teaches is lacking."""
    wanted = {"desired": ("4-03-02-02",)}
    assert equal(column(world, "course", "skill_gap_useful", **wanted), c1=1.0, c2=1.0, c3=np.nan)
    assert equal(column(world, "course", "skill_gap_useful", skills=("面点",), **wanted), c1=0.0, c2=1.0)
    assert equal(column(world, "course", "skill_gap_useful"), c1=np.nan)


def test_courses_near_the_jobs_that_were_looked_at(world: Any) -> None:
    """4-03-02-05 shares three rungs with a pastry cook's 4-03-02-02 and one with a guard's; an unknown job says nothing."""
    recommender, snapshot = world
    items, jobs = snapshot.items["course"], keys_of(["a", "guard", "gone"])
    ones = np.ones(3, np.int64)
    for seen, best, mean in ((jobs, 3.0, 2.0), (jobs[1:], 1.0, 1.0), (jobs[2:], np.nan, np.nan)):
        history: Any = {"job": history_of(seen, np.arange(len(seen)), ones[: len(seen)], np.zeros(len(seen), bool))}
        profile = recommender.profiler.profiles([Person()], np.array([AT]), [history], np.array([0], np.uint64))
        rows = recommender.build(profile, snapshot, "course", recommender.pairs(profile, items, np.arange(len(items))))
        for by, expected in (("best", best), ("mean", mean)):
            told = dict(zip(items.ids, rows[:, COURSE_ROWS.names.index(f"earlier_jobs_{by}")].tolist(), strict=True))
            assert equal(told, c2=expected, over=np.nan)


@pytest.mark.parametrize(("days", "begun"), [(4, []), (6, ["c2"])])
def test_a_course_that_has_begun_is_said_to_have(world: Any, days: int, begun: list[str]) -> None:
    """c2 begins five days after the moment; of the others nobody knows."""
    recommender, snapshot = world
    at = np.array([AT + days * 86_400_000_000])
    profile = recommender.profiler.profiles([Person()], at, [{}], np.array([0], np.uint64))
    items = snapshot.items["course"]
    ranking = replace(recommender, fallbacks={"course": Linear.nothing()}).recommend(profile, "course", snapshot, WHOLE, 20)
    view = View.of(snapshot, profile, "course", ranking.scene.pairs.take(ranking.order), recommender.city)
    told = tell(Speech(COURSE_ROWS, RowBuilder(()), (), (), ()), ranking, ranking.order, view)
    assert [items.ids[row] for row, one in zip(ranking.item, told, strict=True) if "begun" in one.missing] == begun


def test_skill_gap_counts_what_live_vacancies_ask_for(world: Any) -> None:
    """Two live vacancies ask for s1, one for s2; the third is not published yet."""
    wanted = {"desired": ("4-03-02-02",)}
    assert equal(column(world, "course", "skill_gap", **wanted), c1=2 / 3, c2=1 / 3, over=0.0)
    assert equal(column(world, "course", "skill_gap", skills=("面点",), **wanted), c1=0.0, c2=1.0)
    assert equal(column(world, "course", "skill_gap", occupations=("4-03-02-02",)), c1=2 / 3)
    assert equal(column(world, "course", "skill_gap"), c1=np.nan)
    assert equal(column(world, "course", "skill_gap", skills=("面点", "烹饪"), **wanted), c1=np.nan)


def test_level_steps_run_backwards(world: Any) -> None:
    assert equal(column(world, "course", "level_step"), c1=2.0, c2=1.0, c3=np.nan)
    assert equal(column(world, "course", "level_step", skills=("中式面点@5",)), c1=1.0, c2=1.0)
    assert equal(column(world, "course", "level_step", skills=("面点@4", "烹饪@3")), c1=0.0, c2=-2.0)


def test_what_a_course_costs_and_knows(world: Any) -> None:
    assert equal(column(world, "course", "item_fee"), c1=np.log1p(800), c2=0.0, c3=np.nan)
    assert equal(column(world, "course", "already_known", skills=("白案",)), c1=1.0, c2=0.0, c3=np.nan)
    assert equal(column(world, "course", "days_to_start"), c1=np.nan, c2=5.0)


@pytest.mark.parametrize(
    ("born", "fit"), [("1990-01", 1.0), ("2008-06", 1.0), ("2008-08", -1.0), ("1970-01", -6.0), (None, np.nan)]
)
def test_age_fit_says_how_many_years_are_missing(world: Any, born: str | None, fit: float) -> None:
    assert equal(column(world, "course", "age_fit", birth_month=born), c1=fit, c2=np.nan)


def test_age_is_true_to_a_month() -> None:
    assert ages(np.array([1990 * 12.0 + 7]), np.array([AT]))[0] == pytest.approx(36.0, abs=0.09)


def test_needs(world: Any) -> None:
    assert equal(column(world, "amenity", "need_match", needs=("type:childcare",)), m1=1.0, m2=0.0, m3=0.0)
    assert equal(column(world, "amenity", "need_match", needs=("domain:meals", "type:market")), m1=0.0, m3=0.5, shut=1.0)
    assert equal(column(world, "amenity", "need_match"), m1=np.nan)


@pytest.mark.parametrize(
    ("moment", "m1"),
    [
        ("2026-07-20T00:00", 1.0),  # Monday 08:00 in Qingdao
        ("2026-07-19T23:59", 0.0),  # Monday 07:59
        ("2026-07-20T09:59", 1.0),
        ("2026-07-20T10:00", 0.0),  # Monday 18:00
        ("2026-07-18T04:00", 0.0),  # Saturday noon
    ],
)
def test_open_now_is_city_time(world: Any, moment: str, m1: float) -> None:
    assert equal(column(world, "amenity", "open_now", at=tiny.micros(moment)), m1=m1, m2=1.0, m3=np.nan)


def test_habits_of_neighbours_leave_out_the_own_events(world: Any) -> None:
    """Of seven visits four are of the second community, three of them to childcare, where p1 was once."""
    share, prior = 3 / 7, 20.0
    stranger = column(world, "amenity", "habit_community_type", area="370203022002")
    assert stranger["m1"] == pytest.approx(np.log((3 + prior * share) / ((4 + prior) * share)))
    own = column(world, "amenity", "habit_community_type", person_id="p1")
    assert own["m1"] == pytest.approx(np.log((2 + prior * 2 / 6) / ((3 + prior) * 2 / 6)))
    assert equal(column(world, "amenity", "habit_community_type"), m1=np.nan)


def test_habits_of_a_district_count_all_its_communities(world: Any) -> None:
    """Everybody lives in one district: its habits are those of the city; of a district without people nothing is known."""
    recommender = replace(world[0], rows={"amenity": RowBuilder((Habit("place", "district"),))})
    items = world[1].items["amenity"]

    def habits(area: str) -> list[float]:
        profile = recommender.profiler.profiles([Person(area=area)], np.array([AT]), [{}], np.array([0], np.uint64))
        pairs = recommender.pairs(profile, items, np.array([items.ids.index("m1"), items.ids.index("m3")]))
        return recommender.build(profile, world[1], "amenity", pairs)[:, 0].tolist()

    assert habits("370203022002") == pytest.approx([0.0, 0.0])
    assert np.isnan(habits("370211001001")).all()


@pytest.mark.parametrize("groups", [4, 1000])
def test_habits_hold_only_what_was_used(groups: int) -> None:
    segment, group = np.array([0, 2, 2, -1, 2, 0]), np.array([1, 0, 0, 1, 3, -1])
    cells = Cells.of(segment, group, groups)
    assert cells.cell.tolist() == [1, 2 * groups, 2 * groups + 3]
    asked = np.array([3, 0, -1, 1])
    for number, times, size in ((0, [0, 0, 0, 1], 1), (1, [0, 0, 0, 0], 0), (2, [1, 2, 0, 0], 3), (7, [0, 0, 0, 0], 0)):
        found, everything = cells.of_segment(number, asked)
        assert (found.tolist(), everything) == (times, size)


def test_who_may_see_what(world: Any) -> None:
    recommender, snapshot = world

    def shown(kind: Kind, born: str | None) -> set[str]:
        profile = recommender.profiler.profiles([Person(birth_month=born)], np.array([AT]), [{}], np.array([0], np.uint64))
        scene = recommender.scene(profile, kind, snapshot, WHOLE, 10)
        return {snapshot.items[kind].ids[row] for row in scene.pairs.item}

    assert shown("course", None) == {"c1", "c2"}
    assert shown("amenity", "1990-01") == {"m1", "m2", "m3"}
    assert shown("amenity", "2009-01") == {"m3"}
    assert shown("amenity", "2011-01") == {"m3"}
    assert shown("job", "2011-01") == set()


def test_wanted_trades_are_proposed(world: Any) -> None:
    recommender, snapshot = world
    wanted = Person(desired=("4-03-02-05",))
    profile = recommender.profiler.profiles([wanted], np.array([AT]), [{}], np.array([0], np.uint64))
    index, here = snapshot.index["job"], profile.facts.direction[:, profile.who]
    found = index.of_trades(profile.codes("desired", 0)[:, 2], here, 2)
    assert {snapshot.items["job"].ids[row] for row in found} < {"a", "b", "late"}
    assert len(index.of_trades(np.empty(0, np.uint64), here, 2)) == 0


def test_what_a_title_implies_is_a_hazard(tmp_path: Path) -> None:
    """Somebody looked and named none, but a bar and a height are hazards by the city's lists."""
    titles = ("酒吧服务员", "高空外墙清洗工", "超市收银员")
    jobs = [{"job_id": f"h{n}", "title": title, "hazards_checked": "true"} for n, title in enumerate(titles)]
    folder = read_folder(tiny.write(tmp_path / "data", {"jobs": jobs}), write_rejected=False)
    items = Snapshot.of(folder, PROFILE.fit({"job": folder.tables["jobs"]})).items["job"]
    assert items.safe_for_minors.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("desired", "shared"),
    [
        (("4-03-02-02",), 4.0),
        (("4-03-02-05",), 3.0),
        (("4-03-01-01", "2-06-03-00"), 2.0),  # the nearest of two
        (("4-10-01-05",), 1.0),
        (("2-06-03-00",), 0.0),
        ((), np.nan),
    ],
)
def test_rungs_of_the_occupation_ladder(world: Any, desired: tuple[str, ...], shared: float) -> None:
    assert equal(column(world, "job", "occupation_desired", desired=desired), a=shared, b=shared)


@pytest.mark.parametrize(
    ("needs", "shown"),
    [
        ((), {"a0"}),
        (("type:childcare",), {"a0", "a3"}),  # eleven minutes away
        (("domain:elder_care",), {"a0", "a2"}),
        (("type:gym",), {"a0"}),  # there is one, beyond the widest circle
    ],
)
def test_a_declared_need_reaches_as_far_as_the_widest_circle(tmp_path: Path, needs: tuple[str, ...], shown: set[str]) -> None:
    places = tiny.amenities()
    places[7] |= {"lat": 36.3}
    folder = read_folder(tiny.write(tmp_path, {"amenities": places, "people": tiny.people()}), write_rejected=False)
    profiler = PROFILE.fit({"amenity": folder.tables["amenities"]})
    snapshot = Snapshot.of(folder, profiler)
    recommender = Recommender(profiler, folder.city, StraightLine.of(folder.city), ROWS, {}, {"amenity": Linear.nothing()})
    person = Person(lon=120.356, lat=36.085, needs=needs)
    profile = profiler.profiles([person], np.array([AT]), [{}], np.array([0], np.uint64))
    ranking = recommender.recommend(profile, "amenity", snapshot, Policy(reach=2.0), 1)
    assert {snapshot.items["amenity"].ids[row] for row in ranking.item} == shown
    assert all(ranking.reach(int(place)).step in {2.0, 15.0} for place in ranking.order)
    off = profiler.profiles([replace(person, personalised=False)], np.array([AT]), [{}], np.array([0], np.uint64))
    neutral = recommender.recommend(off, "amenity", snapshot, Policy(reach=2.0), 1)
    assert {snapshot.items["amenity"].ids[row] for row in neutral.item} == {"a0"}


def turns(world: Any, kind: Kind, at: int = AT, **facts: Any) -> dict[str, int]:
    """Return in which turn each item comes for a person of some facts, everything within reach."""
    recommender, snapshot = world
    profile = recommender.profiler.profiles([Person(**facts)], np.array([at]), [{}], np.array([0], np.uint64))
    items = snapshot.items[kind]
    found = turns_of(profile, items, recommender.pairs(profile, items, np.arange(len(items))), 60.0)
    return dict(zip(items.ids, found.turn.tolist(), strict=True))


@pytest.mark.parametrize(
    ("skills", "answers"), [((), True), (("烹饪@5",), False), (("烹饪@3",), False), (("烹饪",), True), (("面点@3",), True)]
)
def test_a_course_of_the_wanted_trade_answers_unless_it_ends_at_what_is_held(
    world: Any, skills: tuple[str, ...], answers: bool
) -> None:
    """The course c2 is of the trade 4-03-02 and ends at level 5, the lowest, in 烹饪."""
    assert (turns(world, "course", desired=("4-03-02-02",), skills=skills)["c2"] < NEAREST) == answers
    assert turns(world, "course", desired=("4-07-05-01",), skills=skills)["c2"] == (OTHERS if answers else HELD)
    assert turns(world, "course", skills=skills)["c2"] == (OTHERS if answers else HELD)


def test_a_place_answers_a_declared_need_by_type_or_domain(world: Any) -> None:
    assert [one for one, turn in turns(world, "amenity", needs=("type:childcare",)).items() if turn < NEAREST] == ["m1"]
    assert [one for one, turn in turns(world, "amenity", needs=("domain:meals",)).items() if turn < NEAREST] == ["m3"]
    assert {one for one, turn in turns(world, "amenity", desired=("4-03-02-02",)).items() if turn != OTHERS} == {"m1"}
    assert turns(world, "amenity")["m1"] == UNFIT  # childcare: for somebody of whom nothing is told
