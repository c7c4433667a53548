"""Code lists: the ladder that runs backwards, and the retirement formula against its anchors."""

import json
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.codes.certificates import level_name, named_level, next_level, rung, steps
from sqrec.codes.retirement import Retirement, RetirementRange, flexible, retirement, turned

ANCHORS = [
    ("1965-01", "male", None, 60, 1, "2025-02"),
    ("1965-05", "male", None, 60, 2, "2025-07"),
    ("1976-08", "male", None, 62, 11, "2039-07"),
    ("1976-09", "male", None, 63, 0, "2039-09"),
    ("1971-04", "female", "cadre", 55, 4, "2026-08"),
    ("1981-09", "female", "cadre", 58, 0, "2039-09"),
    ("1975-01", "female", "worker", 50, 1, "2025-02"),
    ("1975-03", "female", "worker", 50, 2, "2025-05"),
    ("1984-11", "female", "worker", 55, 0, "2039-11"),
    ("1964-12", "male", None, 60, 0, "2024-12"),
    # the month before and the first month of the decision, the cap, and long before
    ("1969-12", "female", "cadre", 55, 0, "2024-12"),
    ("1970-01", "female", "cadre", 55, 1, "2025-02"),
    ("1974-12", "female", "worker", 50, 0, "2024-12"),
    ("1984-10", "female", "worker", 54, 11, "2039-09"),
    ("2009-01", "male", None, 63, 0, "2072-01"),
    ("1940-06", "male", None, 60, 0, "2000-06"),
]


@pytest.mark.parametrize(("born", "sex", "post", "years", "months", "month"), ANCHORS)
def test_anchors(born: str, sex: str, post: str | None, years: int, months: int, month: str) -> None:
    found = retirement(born, sex, post)
    assert found == RetirementRange(Retirement(years, months, month), Retirement(years, months, month))
    assert found.exact


def months_old(found: Retirement) -> int:
    return found.years * 12 + found.months


@pytest.mark.parametrize(
    ("sex", "post", "first", "last"),
    [
        ("female", None, (54, 7), (58, 0)),  # worker's or cadre's: not guessed
        (None, None, (54, 7), (63, 0)),
        (None, "cadre", (58, 0), (63, 0)),
        (None, "worker", (54, 7), (63, 0)),
        ("male", "worker", (63, 0), (63, 0)),  # a man's age does not depend on the post
        ("male", "cadre", (63, 0), (63, 0)),
    ],
)
def test_what_is_not_known_gives_a_range(
    sex: str | None, post: str | None, first: tuple[int, int], last: tuple[int, int]
) -> None:
    found = retirement("1984-01", sex, post)
    assert found is not None
    assert ((found.earliest.years, found.earliest.months), (found.latest.years, found.latest.months)) == (first, last)
    assert found.exact == (first == last)


def test_an_unknown_birth_month_says_nothing() -> None:
    assert retirement(None, "male") is None
    assert flexible(None, "male") is None


@pytest.mark.parametrize(
    ("born", "sex", "post", "first", "last"),
    [
        ("1965-01", "male", None, "2025-01", "2028-02"),  # not below the old age, 60
        ("1976-09", "male", None, "2036-09", "2042-09"),
        ("1984-11", "female", "worker", "2036-11", "2042-11"),
        ("1964-12", "male", None, "2024-12", "2024-12"),  # before the decision holds nobody may choose
    ],
)
def test_flexible_by_three_years(born: str, sex: str, post: str | None, first: str, last: str) -> None:
    found = flexible(born, sex, post)
    assert found is not None
    assert (found.earliest.month, found.latest.month) == (first, last)


@given(st.integers(1930 * 12, 2015 * 12), st.sampled_from(["male", "female", None]), st.sampled_from(["cadre", "worker", None]))
def test_who_is_born_later_retires_later_and_facts_only_narrow(place: int, sex: str | None, post: str | None) -> None:
    born, next_born = (f"{one // 12:04d}-{one % 12 + 1:02d}" for one in (place, place + 1))
    now, then, anybody = retirement(born, sex, post), retirement(next_born, sex, post), retirement(born)
    assert now is not None
    assert then is not None
    assert anybody is not None
    assert now.earliest.month <= then.earliest.month
    assert now.latest.month <= then.latest.month
    assert anybody.earliest.month <= now.earliest.month <= now.latest.month <= anybody.latest.month
    assert turned(born, months_old(now.earliest)) == now.earliest.month


def test_the_formula_is_data_with_its_source() -> None:
    data = json.loads(resources.files("sqrec.codes").joinpath("retirement.json").read_text(encoding="utf-8"))
    assert (data["trust"], data["flexible"]["trust"]) == ("V", "K")
    assert [(case["old_age_years"], case["most_months"]) for case in data["cases"]] == [(60, 36), (55, 36), (50, 60)]


def test_five_is_the_lowest_level() -> None:
    rungs = [rung(level) for level in (5, 4, 3, 2, 1)]
    assert rungs == [2.0, 3.0, 4.0, 5.0, 6.0]
    assert [next_level(level) for level in (5, 4, 3, 2, 1)] == [4, 3, 2, 1, None]
    assert level_name(5) == "初级工（五级）"
    assert level_name(1) == "高级技师（一级）"
    assert level_name(3, "en") == "Senior worker (level 3)"


@pytest.mark.parametrize("level", [None, 0, 6, 2.5])
def test_an_unknown_level_has_no_rung(level: float | None) -> None:
    assert np.isnan(rung(level))


def test_eight_names_in_order() -> None:
    data = json.loads(resources.files("sqrec.codes").joinpath("certificates.json").read_text(encoding="utf-8"))
    names = [level["zh-CN"].partition("（")[0] for level in data["levels"]]
    assert names == ["学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师"]
    assert [level["code"] for level in data["levels"]] == [None, 5, 4, 3, 2, 1, None, None]


@pytest.mark.parametrize(
    ("skill", "expected"),
    [
        ("中式面点师@4", ("中式面点师", 4)),
        ("中式面点师", ("中式面点师", None)),
        ("中式面点师@9", ("中式面点师@9", None)),
        ("a@b@3", ("a@b", 3)),
        ("@3", ("@3", None)),
    ],
)
def test_named_levels(skill: str, expected: tuple[str, int | None]) -> None:
    assert named_level(skill) == expected


@pytest.mark.parametrize(
    ("held", "wanted", "expected"),
    [
        (["面点师@4"], "面点师@4", 0.0),
        (["面点师@3"], "面点师@4", 1.0),  # three is above four
        (["面点师@5"], "面点师@3", -2.0),
        (["面点师@5", "面点师@2"], "面点师@4", 2.0),  # the highest held counts
        (["养老护理员@1"], "面点师@5", np.nan),  # a level belongs to one occupation
        (["面点师"], "面点师@5", np.nan),
        (["面点师@3"], "面点师", np.nan),
        ([], "面点师@5", np.nan),
    ],
)
def test_steps_are_per_occupation(held: list[str], wanted: str, expected: float) -> None:
    assert np.array_equal(steps(held, wanted), expected, equal_nan=True)
