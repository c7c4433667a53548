"""The personas and the written adverts: the contract accepts them, they cover who comes to an officer, and the whys hold."""

import json

import pytest

from experiments.plausible.ceiling import best, yardsticks
from experiments.plausible.personas import ADVERTS, HERE, Persona, moment, read_personas, worlds
from sqrec.cities.ages import age_at
from sqrec.evaluate.plausible import Yardstick
from sqrec.tables import Folder, read_folder


@pytest.fixture(scope="module")
def folder() -> Folder:
    return read_folder(ADVERTS, write_rejected=False)


@pytest.fixture(scope="module")
def sticks(folder: Folder) -> dict[str, Yardstick]:
    return dict(yardsticks(folder))


def named(name: str) -> Persona:
    return next(persona for persona in read_personas() if persona.id == name)


def test_the_contract_takes_every_row(folder: Folder) -> None:
    assert [str(problem) for problem in folder.problems] == []
    assert [len(folder.tables[name]) for name in ("jobs", "courses", "amenities")] == [136, 54, 75]
    assert 0.3 < folder.tables["jobs"]["occupation"].isna().mean() < 0.4
    assert set(folder.tables["jobs"]["wage_unit"]) == {"month", "day", "hour"}


def test_personas_cover_who_comes() -> None:
    people = read_personas()
    assert len({persona.id for persona in people}) == len(people) >= 60
    assert [sum(persona.world == world for persona in people) for world in worlds()] == [24, 24, 16]
    assert all(persona.why.endswith("。") for persona in people)
    ages = [age for one in people if (age := age_at(one.person.birth_month, 2026, 11)) is not None]
    assert min(ages) < 16
    assert max(ages) >= 75
    assert len({wish for one in people for wish in one.person.desired}) >= 25
    assert any("@" in skill for one in people for skill in one.person.skills)
    for fact in ("lon", "desired", "occupations", "education", "hours", "wage_min"):
        assert any(not getattr(one.person, fact) for one in people), fact


def test_facts_that_are_none_of_the_contracts_are_told() -> None:
    whole = json.loads((HERE / "personas.json").read_text(encoding="utf-8"))
    assert {*whole} == {"since", "source", "trust", "at", "worlds", "personas"}


@pytest.mark.parametrize(
    ("persona", "words"),
    [
        ("r01", ("保洁",)),
        ("r02", ("面点",)),
        ("r03", ("开发",)),
        ("r06", ("护士",)),
        ("r09", ("标注", "录入")),
        ("r10", ("焊",)),
        ("r13", ("骑手", "快递")),
        ("r14", ("缝纫", "裁缝")),
        ("r16", ("月嫂", "育儿", "家政", "保姆")),
    ],
)
def test_the_best_job_is_of_the_trade_that_the_why_names(
    folder: Folder, sticks: dict[str, Yardstick], persona: str, words: tuple[str, ...]
) -> None:
    row, first = best(sticks["job"], named(persona), moment())[0]
    title = folder.tables["jobs"]["title"].iloc[row]
    assert first.grade >= 1
    assert any(word in title for word in words), (title, first.sentence())


def test_a_wage_under_the_law_is_never_plausible(folder: Folder, sticks: dict[str, Yardstick]) -> None:
    """One advert of the folder pays 20 to 22 yuan an hour, where 24 is the lowest."""
    rows = folder.tables["jobs"]["title"].tolist()
    grades = sticks["job"].grades(named("r01").person, range(len(rows)), moment())
    told = [title for title, one in zip(rows, grades, strict=True) if one.reasons == ("unlawful_wage",)]
    assert told == ["火锅店服务员 小时工"]


def test_nothing_is_plausible_work_under_sixteen(sticks: dict[str, Yardstick]) -> None:
    jobs = sticks["job"].grades(named("a09").person, range(len(sticks["job"].read)), moment())
    assert {one.grade for one in jobs} == {0}


def test_who_tells_nothing_gets_what_is_near_and_open_to_all(folder: Folder, sticks: dict[str, Yardstick]) -> None:
    found = best(sticks["job"], named("r11"), moment())
    assert [one.grade for _, one in found][:5] == [2] * 5
    assert {one.reasons[0] for _, one in found[:5]} == {"entry_job"}


def test_a_licence_course_comes_before_the_levels(folder: Folder, sticks: dict[str, Yardstick]) -> None:
    """r15 wants to become an electrician and holds nothing: the permit by evening class, no level 4 or 3."""
    titles = folder.tables["courses"]["title"].tolist()
    grades = sticks["course"].grades(named("r15").person, range(len(titles)), moment(), [20.0] * len(titles))
    told = {title: one.grade for title, one in zip(titles, grades, strict=True) if "电工" in title}
    assert told["低压电工 夜班 取证"] == 3
    assert max(grade for title, grade in told.items() if "夜班" not in title) < 3
