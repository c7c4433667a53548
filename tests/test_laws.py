"""Laws of the house: one row maker, the same bits; no row knows its label; unknown is NaN; nothing restricted."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import features
from features import JOB_ROWS, PROFILE
from sqrec.base.arrays import key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import GROUPS, TABLES
from sqrec.profile import Events, Facts, Person, Profiles
from sqrec.profile.person import FACTS
from sqrec.rank import WHOLE, Recommender, RowBuilder
from tests.support import tiny
from tests.support.leaks import AT, ask, rows_of, same, with_event, world


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recommender, Snapshot]:
    return world(tiny.write(tmp_path_factory.mktemp("city")))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(st.integers(0, 39), min_size=1, max_size=60), person=st.integers(0, 11))
def test_a_pair_has_the_same_bits_in_any_company(city: Any, items: list[int], person: int) -> None:
    recommender, snapshot = city
    profile = ask(recommender, snapshot, f"p{person:02d}")
    everything = rows_of(recommender, snapshot, f"p{person:02d}")
    pairs = recommender.pairs(profile, snapshot.items["job"], np.array(items))
    rows = recommender.build(profile, snapshot, "job", pairs)
    for item, row in zip(items, rows, strict=True):
        assert row.tobytes() == everything[snapshot.items["job"].ids[item]].tobytes()


@pytest.mark.parametrize("size", [1, 7, 300, 10_000])
def test_batches_of_every_size_have_the_same_bits(city: Any, size: int) -> None:
    recommender, snapshot = city
    people = [f"p{i:02d}" for i in range(12)]
    keys = np.array([key_of(p) for p in people], np.uint64)
    profiles = snapshot.ask(recommender.profiler, keys, np.full(12, AT))
    query = np.sort(np.arange(size) % 12)
    item = np.random.default_rng(size).integers(0, 40, size)
    rows = recommender.build(profiles, snapshot, "job", recommender.pairs(profiles, snapshot.items["job"], item, query))
    alone = {person: rows_of(recommender, snapshot, person) for person in people}
    ids = snapshot.items["job"].ids
    assert all(row.tobytes() == alone[people[q]][ids[i]].tobytes() for row, q, i in zip(rows, query, item, strict=True))


def test_an_unknown_person_has_no_made_up_facts(city: Any) -> None:
    recommender, snapshot = city
    profile = recommender.profiler.profiles([Person()], np.array([AT]), [{}], np.array([0], np.uint64))
    pairs = recommender.pairs(profile, snapshot.items["job"], np.arange(40))
    rows = recommender.build(profile, snapshot, "job", pairs)
    about_person = [place for place, column in enumerate(JOB_ROWS.columns) if column.reads and column.name != "history_size"]
    assert np.isnan(rows[:, about_person]).all()


def test_rankers_read_these_facts_alone() -> None:
    assert JOB_ROWS.reads == {
        *("education", "experience_years", "skills", "wage_min", "forms", "hours", "lon", "lat", "pace", "birth_month"),
        *("area", "desired", "occupations", "history", "employment"),
    }
    assert JOB_ROWS.reads - {"history"} <= set(FACTS)
    assert not JOB_ROWS.reads & (set(TABLES["restricted"].names) - {"person_id"})


ROW_MAKERS = {name: thing for name, thing in vars(features).items() if isinstance(thing, RowBuilder)}
ROW_MAKERS |= {f"PLAIN_ROWS of a {kind}": rows for kind, rows in features.PLAIN_ROWS.items()}


@pytest.mark.parametrize("name", ROW_MAKERS)
def test_no_column_reads_a_restricted_fact_or_a_group(name: str) -> None:
    closed = (set(TABLES["restricted"].names) - {"person_id"}) | set(GROUPS) | {"group", "groups", "membership", "restricted"}
    for column in ROW_MAKERS[name].columns:
        assert not closed & set(column.reads), column.name
        assert not closed & set(column.name.split("_")), column.name
        assert set(column.reads) <= {*FACTS, "history"}, column.name


def test_every_row_maker_is_looked_at() -> None:
    assert {"JOB_ROWS", "COURSE_ROWS", "AMENITY_ROWS"} <= set(ROW_MAKERS)


def test_a_profile_holds_no_restricted_fact() -> None:
    closed = set(TABLES["restricted"].names) - {"person_id"}
    assert not closed & {column for encoding in PROFILE.people for column in encoding.columns}
    assert not closed & {field.name for value in (Person, Profiles, Facts, Snapshot) for field in fields(value)}


def test_restricted_facts_and_recognitions_change_no_row(city: Any, tmp_path: Path) -> None:
    kept = [
        {
            "person_id": f"p{i:02d}",
            "sex": ("male", "female")[i % 2],
            "disability": "true",
            "low_income": "true",
            "hukou_area": "110101",
            "recognised": "hard_to_employ@2020-01-01|disabled@2020-01-01",
        }
        for i in range(12)
    ]
    with_them = world(
        tiny.write(tmp_path, {"jobs": tiny.jobs(), "people": tiny.people(), "events": tiny.events(), "restricted": kept})
    )
    for person in ("p01", "p05", "p11"):
        assert same(rows_of(*city, person), rows_of(*with_them, person))


def test_a_removed_fact_is_unknown_in_every_column_that_reads_it(city: Any) -> None:
    recommender, snapshot = city
    profile = ask(recommender, snapshot, "p01")
    items = snapshot.items["job"]
    for fact in sorted(JOB_ROWS.reads - {"history", "birth_month", "pace"}):
        bare = recommender.profiler.profiles([profile.raw(0).without(fact)], profile.at, profile.history, profile.person)
        rows = recommender.build(bare, snapshot, "job", recommender.pairs(bare, items, np.arange(40)))
        for place, column in enumerate(JOB_ROWS.columns):
            if column.reads == (fact,):
                assert np.isnan(rows[:, place]).all(), column.name


@pytest.mark.parametrize(
    ("at", "recorded_at"),
    [
        ("2026-07-20T12:00:00Z", ""),  # at the moment itself
        ("2026-07-25T00:00:00Z", ""),  # later
        ("2026-07-10T00:00:00Z", "2026-07-20T12:00:00Z"),  # before, but known only then
        ("2026-07-10T00:00:00Z", "2026-07-28T00:00:00Z"),  # before, but known later
    ],
)
@pytest.mark.parametrize("who", ["p05", "p06"])
def test_what_was_not_known_changes_no_row(city: Any, tmp_path: Path, at: str, recorded_at: str, who: str) -> None:
    leaky = with_event(tmp_path, at=at, recorded_at=recorded_at)
    assert same(rows_of(*city, who), rows_of(*leaky, who))


def test_what_was_known_does_change_rows(city: Any, tmp_path: Path) -> None:
    told = with_event(tmp_path, at="2026-07-10T00:00:00Z", recorded_at="2026-07-11T00:00:00Z")
    assert not same(rows_of(*city, "p05"), rows_of(*told, "p05"))
    assert not same(rows_of(*city, "p06"), rows_of(*told, "p06"))


def test_the_leak_tests_can_fail(city: Any, tmp_path: Path) -> None:
    """With the second clock ignored, a late record shows up in rows: the test above would catch it."""
    recommender, snapshot = with_event(tmp_path, at="2026-07-10T00:00:00Z", recorded_at="2026-07-28T00:00:00Z")
    order = np.argsort(snapshot.events.at, kind="stable")
    careless: Events = replace(snapshot.events.where(order), known=snapshot.events.at[order])
    assert not same(rows_of(*city, "p05"), rows_of(recommender, snapshot.with_events(careless), "p05"))


def test_counts_leave_out_the_own_events(city: Any, tmp_path: Path) -> None:
    counted = [column.name for column in JOB_ROWS.columns].index("popularity_item")
    mine = with_event(tmp_path, at="2026-07-10T00:00:00Z")
    assert rows_of(*mine, "p05")["j01"][counted] == rows_of(*city, "p05")["j01"][counted]
    assert rows_of(*mine, "p06")["j01"][counted] > rows_of(*city, "p06")["j01"][counted]


def test_counts_are_those_of_the_last_local_midnight(city: Any, tmp_path: Path) -> None:
    counted = [column.name for column in JOB_ROWS.columns].index("popularity_item")
    before = with_event(tmp_path, at="2026-07-19T15:59:00Z")  # 23:59 in Qingdao
    after = with_event(tmp_path, at="2026-07-19T16:00:00Z")  # 00:00 in Qingdao
    assert rows_of(*after, "p06")["j01"][counted] == rows_of(*city, "p06")["j01"][counted]
    assert rows_of(*before, "p06")["j01"][counted] > rows_of(*city, "p06")["j01"][counted]


def test_who_switched_off_feeds_no_count(city: Any, tmp_path: Path) -> None:
    off = with_event(tmp_path, at="2026-07-10T00:00:00Z", person_id="p11")
    assert same(rows_of(*city, "p06"), rows_of(*off, "p06"))


def test_facts_changed_after_the_question_are_unknown(city: Any, tmp_path: Path) -> None:
    people = tiny.people()
    people[5] |= {"updated_at": "2026-07-21T00:00:00Z", "desired": "董事长", "wage_min": 39999}
    later = world(tiny.write(tmp_path, {"jobs": tiny.jobs(), "people": people, "events": tiny.events()}))
    rows = rows_of(*later, "p05")["j06"]
    names = [column.name for column in JOB_ROWS.columns]
    assert np.isnan(rows[names.index("text_desired_best")])
    assert np.isnan(rows[names.index("wage_fit")])
    assert not np.isnan(rows[names.index("education_gap")])


def test_ids_say_nothing(city: Any, tmp_path: Path) -> None:
    """Other names for jobs, in another order, give the same rows: an id is never read as a number or sorted on."""
    renamed = {f"j{i:02d}": f"x{(i * 17 + 5) % 40:02d}" for i in range(40)}
    jobs = sorted((row | {"job_id": renamed[row["job_id"]]} for row in tiny.jobs()), key=lambda row: row["job_id"])
    events = [row | {"item_id": renamed[row["item_id"]]} for row in tiny.events()]
    other = world(tiny.write(tmp_path, {"jobs": jobs, "people": tiny.people(), "events": events}))
    ours, theirs = rows_of(*city, "p05"), rows_of(*other, "p05")
    assert same({renamed[i]: row for i, row in ours.items()}, theirs)


def test_the_whole_catalogue_is_ranked_without_what_was_seen(city: Any) -> None:
    recommender, snapshot = city
    profile = ask(recommender, snapshot, "p05")
    scene = recommender.scene(profile, "job", snapshot, WHOLE, 10)
    shown = {snapshot.items["job"].ids[i] for i in scene.pairs.item}
    seen = {row["item_id"] for row in tiny.events() if row["person_id"] == "p05" and tiny.micros(row["at"][:-1]) < AT}
    assert shown == {f"j{i:02d}" for i in range(40)} - seen - {"j36", "j37"}


def test_a_folder_with_jobs_alone_is_enough(tmp_path: Path) -> None:
    recommender, snapshot = world(tiny.write(tmp_path, {"jobs": tiny.jobs()}))
    assert len(rows_of(recommender, snapshot, "a stranger")) == 40
