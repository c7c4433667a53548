"""Counts of the last days before a midnight, without one's own: a table by hand."""

from typing import Any, cast

import numpy as np
import pytest

from sqrec.catalogue.counts import DAY, Counts
from sqrec.profile import Events

MIDNIGHT = 10 * DAY
KNOWN = np.array([1, 7 * DAY - 1, 7 * DAY, 8 * DAY, MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + 1])
ITEM = np.array([0, 0, 0, 1, 3, 0, 1])
EMPLOYER = np.array([0, 1, -1, 0])  # of the four items; nobody knows that of the third


def counts_of(known: np.ndarray = KNOWN, item: np.ndarray = ITEM) -> Counts:
    size = len(known)
    number, key = np.zeros(size, np.int64), np.arange(1, size + 1, dtype=np.uint64)
    events = Events(key, key, number, key, number + 1, known, known, np.zeros(size, bool), key)
    sizes = {"item": np.ones(4), "employer": np.ones(2)}
    return Counts(events, item, {"item": np.arange(4), "employer": EMPLOYER}, sizes, cast("Any", None))


@pytest.mark.parametrize(
    ("days", "by_item", "by_employer"),
    [(0, [3, 1, 0, 1], [4, 1]), (3, [1, 1, 0, 1], [2, 1]), (2, [0, 1, 0, 1], [1, 1]), (1, [0, 0, 0, 1], [1, 0])],
)
def test_what_was_known_in_the_last_days_before_a_midnight_counts(days: int, by_item: list[int], by_employer: list[int]) -> None:
    """Midnight itself does not count, the midnight that the days begin with does."""
    counts = counts_of()
    assert counts.total("item", MIDNIGHT, days).tolist() == by_item
    assert counts.total("employer", MIDNIGHT, days).tolist() == by_employer


def test_ones_own_are_taken_off_group_by_group() -> None:
    counts, items = counts_of(), np.arange(4)
    nobody, own = np.empty(0, np.int64), np.array([0, 0, 1])
    assert counts.others("item", items, MIDNIGHT, 0, nobody).tolist() == [3, 1, 0, 1]
    assert counts.others("item", items, MIDNIGHT, 0, own).tolist() == [1, 0, 0, 1]
    assert counts.others("item", items, MIDNIGHT, 3, np.array([3])).tolist() == [1, 1, 0, 0]
    for mine, expected in ((nobody, [4, 1, np.nan, 4]), (own, [2, 0, np.nan, 2])):
        np.testing.assert_array_equal(counts.others("employer", items, MIDNIGHT, 0, mine), expected)
    assert counts.total("item", MIDNIGHT).tolist() == [3, 1, 0, 1]  # what is kept for others stays whole


def test_the_first_event_of_all_counts() -> None:
    assert counts_of(KNOWN[:1], ITEM[:1]).total("item", MIDNIGHT).tolist() == [1, 0, 0, 0]
