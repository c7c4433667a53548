"""What clashes with what a person told: another form, other hours, less pay; and what is out of the question."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.questions.reason_world import week
from sqrec.catalogue.kinds import workdays
from sqrec.profile.encoders import WeekSlots
from sqrec.profile.hours import at_night
from sqrec.rank.clashes import OUTSIDE, Clashes, hours_outside

HOURS = (
    "09:00-18:00",
    "22:00-06:00",
    "19:00-07:00",
    "mon-fri 08:00-18:00",
    "sat 08:00-20:00; sun 08:00-20:00",
    "mon-fri 17:30-22:00; sat 08:00-22:00",
    "07:30-11:30",
    "tue 23:00-01:00",
)


def outside(free: str, busy: str, days: int) -> float:
    packed = WeekSlots().encode([free, busy])
    return float(hours_outside(packed[0], packed[1:], np.array([days]))[0])


def test_no_vacancies_have_no_share() -> None:
    packed = WeekSlots().encode(["09:00-18:00"])
    assert hours_outside(packed[0], packed[1:], np.empty(0, np.int64)).tolist() == []


@pytest.mark.parametrize(
    ("free", "busy", "days", "share"),
    [
        ("mon-fri 08:00-18:00", "09:00-18:00", 5, 0.0),  # the weekend is not worked
        ("mon-fri 08:00-18:00", "09:00-18:00", 6, 1 / 6),
        ("mon-fri 08:00-18:00", "09:00-18:00", 7, 2 / 7),
        ("sat 08:00-20:00; sun 08:00-20:00", "10:00-19:00", 3, 1 / 3),
        ("08:00-18:00", "22:00-06:00", 5, 1.0),
        ("08:00-18:00", "16:00-20:00", 5, 0.5),
        ("08:00-18:00", "17:30-21:00", 0, 0.0),  # hours of one's own: one of them is free
        ("08:00-18:00", "18:00-22:00", 0, 1.0),
        ("", "09:00-18:00", 5, float("nan")),
        ("08:00-18:00", "", 5, float("nan")),
    ],
)
def test_the_share_of_the_working_time_that_is_not_free(free: str, busy: str, days: int, share: float) -> None:
    assert outside(free, busy, days) == pytest.approx(share, nan_ok=True)


def by_sets(free: str, busy: str, days: int) -> float:
    own, slots = week(free), week(busy)
    by_day = [{slot for slot in slots if slot // 48 == day} for day in range(7)]
    shares = sorted(len(one - own) / len(one) for one in by_day if one)[:days]
    return sum(shares) / len(shares)


@given(st.sampled_from(HOURS), st.sampled_from(HOURS), st.integers(1, 7))
def test_shares_are_those_of_sets_of_half_hours(free: str, busy: str, days: int) -> None:
    assert outside(free, busy, days) == pytest.approx(by_sets(free, busy, days))


def test_days_of_work_are_told_or_named_or_five_and_none_where_hours_are_ones_own() -> None:
    rows: list[dict[str, Any]] = [
        {"days_per_week": 5.5, "hours": "mon 09:00-10:00", "form": "full_time", "mode": "on_site"},
        {"days_per_week": None, "hours": "mon-fri 09:00-10:00", "form": None, "mode": None},
        {"days_per_week": None, "hours": "09:00-10:00", "form": "part_time", "mode": "remote"},
        {"days_per_week": None, "hours": None, "form": None, "mode": None},
        {"days_per_week": 6, "hours": "09:00-10:00", "form": "flexible", "mode": "on_site"},
        {"days_per_week": 6, "hours": "09:00-10:00", "form": "full_time", "mode": "online_order"},
    ]
    table = pd.DataFrame(rows).astype({"days_per_week": float, "hours": "string", "form": "string", "mode": "string"})
    assert workdays(table).tolist() == [6, 7, 5, 5, 0, 0]


@pytest.mark.parametrize(
    ("hours", "night"), [("22:00-06:00", True), ("19:00-07:00", True), ("18:00-02:00", True), ("18:00-01:00", False), ("", False)]
)
def test_a_night_shift_lies_half_or_more_between_ten_and_six(hours: str, night: bool) -> None:
    assert at_night(WeekSlots().encode([hours])[0]) == night


def test_half_of_the_time_does_not_clash() -> None:
    assert not outside("08:00-18:00", "16:00-20:00", 5) > OUTSIDE


@pytest.mark.parametrize(
    ("hours", "telling"),
    [
        ([1, 0, 0, 0], [1, 0, 0, 1]),
        ([1, 1, 0, 0], [1, 1, 0, 1]),
        ([1, 1, 1, 0], [0, 0, 0, 1]),  # whoever is free in the evening for a course still looks for work by day
        ([], []),
    ],
)
def test_hours_that_most_work_goes_against_set_none_apart(hours: list[int], telling: list[int]) -> None:
    none = np.zeros(len(hours), bool)
    form = np.array([False, False, False, True])[: len(hours)]
    assert Clashes(form, np.array(hours, bool), none, none).telling.tolist() == [bool(one) for one in telling]
