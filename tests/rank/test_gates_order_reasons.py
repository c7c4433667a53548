"""Law, order and fit: hand-computed tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.cities import load_city
from sqrec.cities.ages import age_at, age_of
from sqrec.errors import RequestError
from sqrec.rank import Spread
from sqrec.rank.gates import Gate, gate
from sqrec.rank.order import by_score, demoted, nearer, spread_out
from sqrec.rank.reasons import fit_of
from tests.support.tiny import micros

QINGDAO = load_city("qingdao")


@pytest.mark.parametrize(
    ("born", "year", "month", "age"),
    [
        ("2010-11", 2026, 11, 15),  # sixteen only from December: the day of birth is not known
        ("2010-11", 2026, 12, 16),
        ("2010-10", 2026, 11, 16),
        ("2026-11", 2026, 12, 0),
        (None, 2026, 11, None),
    ],
)
def test_a_year_counts_from_the_month_after(born: str | None, year: int, month: int, age: int | None) -> None:
    assert age_at(born, year, month) == age


def test_age_is_judged_in_city_time() -> None:
    assert age_of("2010-10", micros("2026-10-31T15:59"), QINGDAO) == 15
    assert age_of("2010-10", micros("2026-10-31T16:00"), QINGDAO) == 16


@pytest.mark.parametrize(
    ("age", "kind", "expected"),
    [
        (14, "job", Gate("none", "no_jobs_under_age")),
        (15, "job", Gate("none", "no_jobs_under_age")),
        (16, "job", Gate("safe", "minor_jobs_only")),
        (17, "job", Gate("safe", "minor_jobs_only")),
        (18, "job", Gate("all", None)),
        (90, "job", Gate("all", None)),
        (14, "course", Gate("all", None)),
        (14, "amenity", Gate("safe", "minor_amenities_only")),
        (None, "job", Gate("all", "age_unknown")),
    ],
)
def test_gates(age: int | None, kind: str, expected: Gate) -> None:
    assert gate(age, kind, QINGDAO) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["job", "course", "amenity"])
def test_under_fourteen_nothing_is_answered(kind: str) -> None:
    with pytest.raises(RequestError, match="13 years"):
        gate(13, kind, QINGDAO)  # type: ignore[arg-type]


def test_equal_scores_are_ordered_by_key() -> None:
    order = by_score(np.array([1.0, 2.0, 1.0, 2.0]), np.array([9, 8, 7, 6], np.uint64))
    assert order.tolist() == [3, 1, 2, 0]


def test_of_equal_scores_the_nearer_comes_first_and_the_unknown_last() -> None:
    keys = np.array([4, 3, 2, 1], np.uint64)
    ties = nearer(np.array([np.nan, 9.0, 2.0, 9.0]), keys)
    assert ties.tolist() == [3, 2, 0, 1]
    assert by_score(np.zeros(4), ties).tolist() == [2, 3, 1, 0]
    assert by_score(np.array([0.0, 1.0, 0.0, 0.0]), ties).tolist() == [1, 2, 3, 0]


@pytest.mark.parametrize(
    ("looked_at", "expected"),
    [
        ("", "abcdef"),
        ("a", "bacdef"),  # 1 becomes 2, where b stands, who was not looked at
        ("b", "acdbef"),  # 2 becomes 4
        ("ab", "acdbef"),  # 1 becomes 2, before c at 3; 2 becomes 4, behind d
        ("abc", "adbefc"),  # 2, 4 and 6: of equal places the one not looked at goes first
        ("abcdef", "abcdef"),
        ("f", "abcdef"),
    ],
)
def test_what_was_looked_at_stands_twice_as_low(looked_at: str, expected: str) -> None:
    letters = "abcdef"
    order = demoted(np.arange(6), np.array([letter in looked_at for letter in letters]))
    assert "".join(letters[place] for place in order) == expected


def test_a_group_too_many_moves_behind_the_first() -> None:
    groups = np.array([0, 0, 0, 1, -1, -1, 2])
    order = spread_out(np.arange(7), groups, Spread(most=2, first=4))
    assert order.tolist() == [0, 1, 3, 4, 2, 5, 6]


def test_the_rule_gives_way_where_there_is_nothing_else() -> None:
    assert spread_out(np.arange(3), np.zeros(3, np.int64), Spread(most=1, first=3)).tolist() == [0, 1, 2]


@given(st.lists(st.integers(-1, 3), max_size=40), st.integers(1, 4), st.integers(1, 12))
def test_spreading_keeps_everything_and_the_bound(groups: list[int], most: int, first: int) -> None:
    array = np.array(groups, dtype=np.int64)
    order = spread_out(np.arange(len(array)), array, Spread(most=most, first=first))
    assert sorted(order.tolist()) == list(range(len(array)))
    shown = array[order[:first]]
    room = sum(min(most, int((array == group).sum())) for group in set(groups) if group >= 0) + int((array == -1).sum())
    if room >= first:
        assert all((shown == group).sum() <= most for group in range(4))


@pytest.mark.parametrize(("checked", "missing", "fit"), [(0, 0, "unknown"), (1, 0, "high"), (3, 1, "medium"), (3, 2, "low")])
def test_fit(checked: int, missing: int, fit: str) -> None:
    assert fit_of(checked, missing) == fit
