"""Measures beyond accuracy: small lists by hand, properties, and what held-out questions keep."""

from dataclasses import replace
from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from sqrec.errors import DataError
from sqrec.evaluate.lists.exposure import CATALOGUE_MEASURES, attention, catalogue_figures, gini
from sqrec.evaluate.lists.lists import EMPTY, STRANGER, ItemFacts, Lists
from sqrec.evaluate.lists.measures import PERSONAL, measures, per_person, self_information
from sqrec.evaluate.stats.compare import Interval
from sqrec.evaluate.stats.metrics import METRICS
from sqrec.evaluate.stats.notes import meaning_of
from sqrec.texts import report_texts

A, B, C = 1 / log2(2), 1 / log2(3), 1 / log2(4)  # attention to ranks 1, 2 and 3

NAN = np.nan
FACTS = ItemFacts(
    live=np.array([True, True, True, True, True, False]),
    group=np.array([0, 0, 1, 2, -1, 1]),
    text=sparse.csr_array(np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [0, 0, 0], [0, 0, 1]])),
    wage=np.array([1000, 2000, NAN, 4000, NAN, 5000]),
    openings=np.array([1, 2, 1, NAN, 4, 1]),
)


def lists(*rows: list[int], k: int = 3, **more: Any) -> Lists:
    return Lists.of([np.array(row, dtype=np.int64) for row in rows], k=k, **more)


def figures(found: Lists, facts: ItemFacts = FACTS) -> dict[str, Interval]:
    return measures(found, facts, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("row", "name", "expected"),
    [
        ([0, 1, 2], "diversity", 2 / 3),
        ([0, 1], "diversity", 0),
        ([0, 2, 3], "diversity", 1),
        ([0, 1, 4], "diversity", 0),  # an unknown group is in no pair
        ([0, 4, STRANGER], "diversity", NAN),
        ([0], "diversity", NAN),
        ([0, 1, 2], "text_diversity", 2 / 3),
        ([0, 3], "text_diversity", 0.4),
        ([0, 2, 3], "text_diversity", (1 + 0.4 + 0.2) / 3),
        ([0, 1, 4], "text_diversity", 0),  # no text, in no pair
        ([0, 4, STRANGER], "text_diversity", NAN),
        ([0, 1, 2, 5], "wage", 1500),  # the fourth place is not looked at
        ([0, 1, 2], "wage_known", 2 / 3),
        ([2, 4], "wage", NAN),
        ([2, STRANGER], "wage_known", 0),
        ([], "wage_known", NAN),
        ([], "minutes_known", NAN),
        ([], "empty", 1),
        ([0], "empty", 0),
        ([], "short", 1),
        ([0, 1], "short", 1),
        ([0, 1, STRANGER], "short", 0),
    ],
)
def test_one_list_by_hand(row: list[int], name: str, expected: float) -> None:
    assert per_person(lists(row), FACTS)[name][0] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_grades_are_means_of_what_was_graded_and_of_nobody_where_nobody_graded() -> None:
    found = lists([0, 1, 2], [3, STRANGER], [])
    graded = replace(found, grade=np.array([[3, 0, 0], [2, NAN, NAN], [NAN, NAN, NAN]]))
    told = per_person(graded, FACTS)
    np.testing.assert_allclose(told["grade"], [1, 2, NAN])
    np.testing.assert_allclose(told["implausible"], [2 / 3, 0, NAN])
    assert {"grade@3", "implausible@3"} <= set(figures(graded))
    assert not {"grade@3", "implausible@3"} & set(figures(found))
    np.testing.assert_array_equal(graded.take(np.array([1])).grade, [[2, NAN, NAN]])


def test_minutes_and_information_are_means_of_what_is_known() -> None:
    told = [np.array([4.0, NAN, 8.0, 90.0]), np.array([NAN])]
    found = per_person(
        lists([0, 1, 2, 3], [4], minutes=told, information=[np.array([1.0, 2.0, 6.0, 0.0]), np.array([NAN])]), FACTS
    )
    np.testing.assert_allclose(found["minutes"], [6, NAN])
    np.testing.assert_allclose(found["minutes_known"], [2 / 3, 0])
    np.testing.assert_allclose(found["novelty"], [3, NAN])


def test_self_information_by_hand() -> None:
    # 4 items and 4 events, one more each as the prior: shares 4/8, 2/8, 1/8, 1/8
    found = self_information(np.array([3.0, 1.0, 0.0, 0.0]), np.array([0, 1, 3, STRANGER]))
    np.testing.assert_allclose(found, [1, 2, 3, NAN])
    assert len(self_information(np.empty(0), np.empty(0, np.int64))) == 0


@pytest.mark.parametrize(
    ("values", "total", "expected"),
    [
        ([1, 1, 1], 3, 0),
        ([5], 4, 3 / 4),
        ([1, 3], 2, 1 / 4),
        ([3, 1], 4, 5 / 8),  # 0, 0, 1, 3
        ([0, 0], 2, NAN),
    ],
)
def test_gini_by_hand(values: list[float], total: int, expected: float) -> None:
    assert gini(np.array([values], dtype=float), total)[0] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_the_catalogue_by_hand() -> None:
    found = figures(lists([0, 1, 5], [0, 4], [], [STRANGER, 3], k=3))
    attended = np.array([0.0, 2 * A, B, B, B])  # items 2, 0, 1, 4 and 3; item 5 is not live
    pairs = np.abs(attended[:, None] - attended[None, :]).sum()
    per_opening = np.array([0.0, 2 * A, B / 2, B / 4])  # items 2, 0, 1 and 4; of item 3 it is not known
    between = np.abs(per_opening[:, None] - per_opening[None, :]).sum()
    assert found["coverage@3"].mean == 4 / 5
    assert found["exposure_gini@3"].mean == pytest.approx(pairs / (2 * 5**2 * attended.mean()))
    assert found["congestion@3"].mean == pytest.approx(between / (2 * 4**2 * per_opening.mean()))
    assert found["crowded_share@3"].mean == pytest.approx(2 * A / per_opening.sum())
    assert all(found[f"{name}@3"].n == 4 for name in ("coverage", "exposure_gini", "congestion", "crowded_share", "empty"))


def test_attention_falls_with_the_rank() -> None:
    given_ = attention(np.array([[2, EMPTY, 0], [EMPTY] * 3]), 3).toarray()
    np.testing.assert_allclose(given_, [[C, 0, A], [0, 0, 0]])


def test_what_nobody_knows_is_no_figure() -> None:
    names = set(figures(lists([0, 1], [2])))
    assert names >= {"diversity@3", "wage@3", "short@3", "coverage@3"}
    assert not names & {"minutes@3", "novelty@3"}
    places = replace(FACTS, wage=None, openings=np.full(6, NAN))
    assert set(figures(lists([0, 1], [2]), places)) == names - {"wage@3", "wage_known@3", "congestion@3", "crowded_share@3"}


def test_means_are_over_people_who_know() -> None:
    found = figures(lists([0, 1], [2, 4], [3, 5]))["wage@3"]
    assert (found.mean, found.n) == (3000, 2)
    assert 1500 <= found.low <= found.high <= 4500


@pytest.mark.parametrize("rows", [[], [[]], [[], []], [[STRANGER]]])
def test_nobody_and_nothing_are_no_error(rows: list[list[int]]) -> None:
    for one in figures(lists(*rows)).values():
        assert one.n == len(rows)
    for one in measures(lists(*rows), ItemFacts.unknown(0), np.random.default_rng(1)).values():
        assert one.n == len(rows)


def test_lists_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(DataError, match="same items"):
        lists([0, 1], minutes=[np.array([1.0])])


some_lists = st.lists(st.lists(st.integers(0, 5), unique=True, max_size=5), min_size=1, max_size=12)


@given(some_lists)
@settings(max_examples=60, deadline=None)
def test_shares_lie_between_0_and_1_and_in_their_interval(rows: list[list[int]]) -> None:
    for name, one in figures(lists(*rows)).items():
        if not name.startswith("wage@"):
            assert -1e-12 <= one.mean <= 1 + 1e-12, name
            assert np.isnan(one.low) or (0 <= one.low <= one.high <= 1), name


@given(some_lists, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_people_and_of_the_catalogue_changes_nothing(rows: list[list[int]], shuffler: Any) -> None:
    people = list(range(len(rows)))
    shuffler.shuffle(people)
    names = list(range(6))
    shuffler.shuffle(names)
    where = np.argsort(names)
    renumbered = ItemFacts(FACTS.live[names], FACTS.group[names], FACTS.text[names], FACTS.wage[names], FACTS.openings[names])
    again = figures(lists(*[[int(where[item]) for item in rows[person]] for person in people]), renumbered)
    for name, one in figures(lists(*rows)).items():
        assert again[name].mean == pytest.approx(one.mean, nan_ok=True), name


def test_the_same_list_for_everybody_has_no_doubt() -> None:
    found = catalogue_figures(np.tile([0, 1, 2], (20, 1)), np.ones(6, bool), np.ones(6), np.random.default_rng(1))
    for one in found.values():
        assert one.low == pytest.approx(one.mean)
        assert one.high == pytest.approx(one.mean)


def test_catalogue_intervals_hold_what_other_people_would_give() -> None:
    """200 people of whom each likes other items, drawn a hundred times: most intervals hold the mean over all draws."""
    live, openings, told = np.ones(300, bool), np.ones(300), []
    for run in range(100):
        rng = np.random.default_rng([7, run])
        taste = rng.gumbel(size=(200, 300)) - np.log(np.arange(1, 301))
        told.append(catalogue_figures(np.argsort(-taste, axis=1)[:, :10], live, openings, rng, resamples=200))
    for name in ("coverage", "exposure_gini", "congestion"):
        truth = np.mean([one[name].mean for one in told])
        assert np.mean([one[name].low <= truth <= one[name].high for one in told]) >= 0.85, name


def test_every_figure_has_a_sentence_in_both_languages() -> None:
    names = (*PERSONAL, *CATALOGUE_MEASURES)
    for name in (*METRICS, *names):
        assert set(report_texts()[f"meaning.{name}"]) == {"en", "zh-CN"}
        assert meaning_of(name, "zh-CN").endswith("。")
        assert meaning_of(name).endswith(".")
    assert all(one.meaning == meaning_of(one.name) for one in METRICS.values())
    assert len({*METRICS, *names}) == len(METRICS) + len(names)


def test_lists_without_any_item_to_show_are_no_error() -> None:
    """A kind whose table holds no row: there is no item whose facts could be looked up."""
    nothing = ItemFacts(np.empty(0, bool), np.empty(0, np.int64), sparse.csr_array((0, 3)), np.empty(0), np.empty(0))
    found = figures(lists([], []), nothing)
    assert (found["empty@3"].mean, found["empty@3"].n) == (1, 2)
    assert "text_diversity@3" not in found
