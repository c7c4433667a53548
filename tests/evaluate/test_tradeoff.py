"""The curve of ranking quality against congestion, computed by hand."""

from dataclasses import replace

import numpy as np
import pytest

from sqrec.base.arrays import Ragged
from sqrec.catalogue.attention import Loads
from sqrec.cities import Capacity
from sqrec.evaluate.lists.tradeoff import STRENGTHS, ScoredLists, tradeoff

TWO = ScoredLists(
    item=[np.array([0, 1])] * 2,
    score=[np.array([1.0, 0.0])] * 2,
    positives=[np.array([0]), np.array([1])],
    grades=Ragged.of([[1], [1]], np.int64),
)
"""Two people with one list of two items; each used another one."""
KEYS = np.array([5, 6], np.uint64)


def rule(strength: float, days: int) -> Capacity:
    where = {"since": "2026-11-01", "source": "a test", "trust": "K"}
    return Capacity.model_validate(where | {"strength": {"job": strength}, "kept": 0, "temperature": 9.5, "days": days})


def nothing(openings: list[float]) -> Loads:
    return Loads(np.zeros(len(openings)), np.array(openings), np.ones(len(openings), bool))


def curve(openings: list[float], strength: float = 1.0, days: int = 2, lists: ScoredLists = TWO) -> dict[float, list[float]]:
    found = tradeoff(lists, nothing(openings), KEYS, rule(strength, days), "job", 0, np.random.default_rng(1))
    assert (found.served, found.days, found.people) == (strength, days, 2)
    assert [point.strength for point in found.points] == sorted({*STRENGTHS, strength})
    return {
        point.strength: [one.mean for one in (point.congestion, point.congestion_change, point.ndcg, point.ndcg_share)]
        for point in found.points
    }


def test_two_days_even_out_what_one_day_cannot() -> None:
    """The first day knows nothing. On the second, loads are 1.23 and 0.77: 1 - 0.23 is less than 0.9 + 0.23, the items change places."""
    second = 1 / np.log2(3)
    before = (2 - 2 * second) / (2 * (2 + 2 * second))  # Gini of two numbers: half their difference over their sum
    points = curve([1.0, 1.0])
    assert points[0.0] == pytest.approx([before, 0, (1 + second) / 2, 1])
    assert points[1.0] == pytest.approx([0, -1, (1 + second) / 2, 1])
    assert curve([1.0, 1.0], days=1)[1.0] == pytest.approx(points[0.0])  # a single day never knows


def test_only_who_finds_the_first_item_pays() -> None:
    """Both used the first item: half of the days it stands in the second place."""
    second = 1 / np.log2(3)
    points = curve([1.0, 1.0], lists=replace(TWO, positives=[np.array([0]), np.array([0])]))
    assert points[1.0][2:] == pytest.approx([(1 + second) / 2, (1 + second) / 2])


def test_openings_that_fit_the_order_leave_it_alone() -> None:
    points = curve([3.0, 1.0])
    assert points[1.0] == points[0.0]


def test_unknown_openings_count_for_nothing() -> None:
    """One item of known openings gets its fair share, whatever it gets."""
    found = tradeoff(TWO, nothing([1.0, np.nan]), KEYS, rule(1.0, 2), "job", 0, np.random.default_rng(1))
    assert found.items == 1
    assert [point.congestion.mean for point in found.points] == [0.0] * len(found.points)


def test_a_list_of_equal_scores_is_nobodys_own() -> None:
    points = curve([1.0, 1.0], lists=replace(TWO, score=[np.zeros(2)] * 2))
    assert points[1.0] == points[0.0]


def test_intervals_are_over_people() -> None:
    found = tradeoff(TWO, nothing([1.0, 1.0]), KEYS, rule(1.0, 2), "job", 0, np.random.default_rng(1))
    for point in found.points:
        assert point.ndcg.n == point.congestion.n == 2
        assert point.congestion_change.low <= point.congestion_change.mean <= point.congestion_change.high
    again = tradeoff(TWO, nothing([1.0, 1.0]), KEYS, rule(1.0, 2), "job", 0, np.random.default_rng(1))
    assert again == found
