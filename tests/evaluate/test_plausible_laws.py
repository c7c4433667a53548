"""Laws of the rubric: help never hurts, the unknown is no flaw, order does not matter, its data are whole and frozen."""

import hashlib
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.codes.taxonomy import built_in
from sqrec.contract import AMENITY_TYPES, TABLES
from sqrec.evaluate.plausible import Yardstick, amenities, courses, grade, jobs, rubric
from sqrec.evaluate.plausible.rubric import FILES, kin
from sqrec.profile.person import Person
from tests.support.officer import AT, graded, qingdao

JOB_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["保洁", "面点师", "夜班保安", "护士", "招聘", ""]),
    "occupation": st.sampled_from([None, "4-09-08-01", "4-10-01-06", "2-05-08-01", "4-07-05-01"]),
    "wage_max": st.none() | st.floats(10, 9000),
    "wage_unit": st.sampled_from([None, "month", "day", "hour"]),
    "education_min": st.sampled_from([None, "71", "61", "31", "21"]),
    "experience_min_years": st.none() | st.floats(0, 8),
    "skills": st.sampled_from([None, "清洁", "清洁|消毒", "清洁|消毒|收纳|开荒", "清洁@4"]),
    "form": st.sampled_from([None, "full_time", "part_time", "flexible", "internship"]),
    "mode": st.sampled_from([None, "on_site", "remote"]),
    "hours": st.sampled_from([None, "08:00-17:00", "22:00-06:00", "mon-fri 09:00-12:00, 14:00-18:00"]),
    "hazards": st.sampled_from([None, "night"]),
    "hazards_checked": st.sampled_from([None, True]),
    "days_per_week": st.sampled_from([None, 5.0, 6.5]),
}
PEOPLE_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "birth_month": st.sampled_from([None, "1960-01", "1985-01", "2010-01", "2012-01"]),
    "education": st.sampled_from([None, "81", "71", "61", "31", "21"]),
    "desired": st.sampled_from([("保洁员",), ("4-07-05-01",), ("护士", "面点师"), ("开飞船",)]),
    "occupations": st.sampled_from([(), ("保安",), ("保洁员",)]),
    "skills": st.sampled_from([(), ("清洁",), ("清洁@5", "驾驶")]),
    "experience_years": st.none() | st.floats(0, 8),
    "wage_min": st.none() | st.floats(1000, 9000),
    "forms": st.sampled_from([(), ("full_time",), ("part_time", "flexible")]),
    "hours": st.sampled_from([None, "mon-fri 08:00-18:00", "18:00-08:00"]),
    "employment": st.sampled_from([None, "unemployed", "student", "retired"]),
}
SOMEBODY = st.fixed_dictionaries(PEOPLE_FACTS)
SOME_JOB = st.fixed_dictionaries(JOB_FACTS)
WAY = st.none() | st.floats(0, 120)


@settings(deadline=None, max_examples=300)
@given(SOMEBODY, SOME_JOB, WAY, st.data())
def test_what_can_only_help_never_lowers_a_job(
    person: dict[str, Any], job: dict[str, Any], way: float | None, data: st.DataObject
) -> None:
    """A wished-for trade is known, so more schooling is never too much of it."""
    before = graded("job", person, job, way).grade
    skills = [skill for skill in (job["skills"] or "").split("|") if skill]
    better_person: dict[str, Any] = {
        "education": "11",
        "experience_years": 40.0,
        "wage_min": 0.0,
        "forms": (*person["forms"], job["form"]) if job["form"] and person["forms"] else person["forms"],
        "hours": "00:00-24:00",
        "skills": (*person["skills"], *skills) if person["skills"] else (),
        "desired": (*person["desired"], job["occupation"]) if job["occupation"] else person["desired"],
    }
    better_job: dict[str, Any] = {"education_min": None, "experience_min_years": None, "mode": "remote", "hazards_checked": True}
    name = data.draw(st.sampled_from([*better_person, *better_job, "nearer"]))
    if name == "forms" and job["form"] == "part_time":
        return  # taking part-time work also changes how its wage compares
    person = {**person, name: better_person[name]} if name in better_person else person
    job = {**job, name: better_job[name]} if name in better_job else job
    near = way if name != "nearer" or way is None else way / 2
    assert graded("job", person, job, near).grade >= before


@settings(deadline=None, max_examples=200)
@given(SOMEBODY, SOME_JOB, st.data())
def test_an_unknown_fact_of_a_job_is_no_flaw(person: dict[str, Any], job: dict[str, Any], data: st.DataObject) -> None:
    """All but what the trade is told by, and hazards of a minor's work, which the law wants looked for.

    Of an unknown form it is not known either how its wage is counted.
    """
    name = data.draw(st.sampled_from(sorted({*JOB_FACTS} - {"title", "occupation", "hazards_checked", "mode"})))
    before = graded("job", person, job, None)
    if "skill_shared" not in before.reasons:
        assert graded("job", person, {**job, name: None}, None).grade >= before.grade or name == "form"


@settings(deadline=None, max_examples=60)
@given(SOMEBODY, st.lists(SOME_JOB, min_size=2, max_size=8), st.randoms())
def test_grades_do_not_depend_on_order_or_company(person: dict[str, Any], jobs: list[dict[str, Any]], luck: Any) -> None:
    order = list(range(len(jobs)))
    luck.shuffle(order)
    yardstick = Yardstick.of("job", jobs, qingdao())
    together = yardstick.grades(Person(**person), order, AT, [10.0] * len(jobs))
    assert together == [graded("job", person, jobs[row], 10.0) for row in order]


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["job", "course", "amenity"]), SOMEBODY, st.data())
def test_any_cell_may_be_unknown(kind: Any, person: dict[str, Any], data: st.DataObject) -> None:
    names = TABLES[{"job": "jobs", "course": "courses", "amenity": "amenities"}[kind]].names
    unknown = st.sampled_from([None, np.nan, pd.NaT, ""])
    item = data.draw(st.fixed_dictionaries(dict.fromkeys(names, unknown)))
    known = {name: value for name, value in person.items() if data.draw(st.booleans())}
    found = grade(kind, Person(**known), item, AT, qingdao())
    assert 0 <= found.grade <= 3
    assert found.sentence("zh-CN").endswith("。")
    assert found.sentence("en").endswith(".")


def test_every_code_of_the_kin_table_is_in_the_taxonomy() -> None:
    codes = built_in().codes
    groups = [*kin().kin, *kin().twins]
    named = [*(code for group in groups for code in group.codes), *kin().wide.codes, *kin().split.codes]
    named += [code for licence in kin().licences for code in licence.codes]
    assert [code for code in named if not any(f"{one}-".startswith(f"{code}-") for one in codes)] == []
    assert len(kin().kin) >= 25
    assert len({group.id for group in kin().kin}) == len(kin().kin)


def test_every_number_has_a_date_a_source_and_a_trust_mark() -> None:
    parts = [part for part in vars(rubric()).values() if hasattr(part, "trust")]
    for part in (rubric(), kin(), kin().wide, kin().split, kin().licences_from, *parts):
        assert len(part.since) == len("2026-11-30")
        assert part.source
    assert rubric().version == kin().version
    assert {*rubric().requirement_flaws} <= {name for name, told in rubric().sentences.items() if told.cost == 2}
    places = rubric().amenities
    assert {*places.rare, *places.told_only, *places.ages, *places.seekers, *places.elders} <= {*AMENITY_TYPES}


@pytest.mark.parametrize(
    ("name", "sha256"),
    [
        ("rubric.json", "c3d7481037fb3353bec7085e14bd71904609be65263c05828501ee7fc131e80d"),
        ("kin.json", "4a44bfee2a391eb4e1d717d42fd4b2bf3960b8d58c0bd598ecac83a3240f0fba"),
    ],
)
def test_the_rubric_is_frozen(name: str, sha256: str) -> None:
    """A change needs a new version in both files and in docs/plausibility.md: grades of two versions do not compare."""
    assert name in FILES
    data = resources.files("sqrec.evaluate.plausible").joinpath(name).read_bytes()
    assert (rubric().version, hashlib.sha256(data).hexdigest()) == ("1", sha256)


def test_the_page_publishes_the_version_every_reason_and_every_group() -> None:
    page = (Path(__file__).parents[2] / "docs" / "plausibility.md").read_text(encoding="utf-8")
    assert f"Version {rubric().version}, {rubric().since}." in page
    for code, told in rubric().sentences.items():
        assert f"| {told.chinese} | {told.english} |" in page, code
    for group in kin().kin:
        assert f"| {group.id} | {group.chinese} | {'、'.join(group.codes)} |" in page
    for room in (amenities, courses, jobs):
        tables = [line for line in (room.__doc__ or "").splitlines() if line.startswith("|")]
        assert "\n".join(tables) in page
