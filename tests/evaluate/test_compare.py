"""Intervals and paired differences."""

import numpy as np
import pytest

from sqrec.errors import DataError
from sqrec.evaluate.stats.compare import (
    Interval,
    difference,
    differences,
    interval,
    intervals,
    ratio_of_shares,
    share_of_means,
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_mean_is_the_plain_mean_and_n_is_carried() -> None:
    found = interval(np.array([0.0, 1.0, np.nan, 0.5]), rng())
    assert (found.mean, found.n) == (0.5, 3)
    assert 0 <= found.low < found.mean < found.high <= 1


def test_bounds_are_close_to_the_normal_ones_for_many_people() -> None:
    values = rng(2).normal(0.3, 1.0, 4000)
    found, half = interval(values, rng()), 1.96 * values.std() / np.sqrt(4000)
    assert found.low == pytest.approx(values.mean() - half, abs=0.004)
    assert found.high == pytest.approx(values.mean() + half, abs=0.004)


def test_bounds_are_those_of_a_plain_bootstrap() -> None:
    values = rng(3).random(40)
    plain = values[rng(9).integers(40, size=(2000, 40))].mean(axis=1)
    found = interval(values, rng(9))
    np.testing.assert_allclose([found.low, found.high], np.quantile(plain, [0.025, 0.975]), rtol=1e-12)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    draws = rng(4)
    found = [interval(draws.binomial(1, 0.3, 200).astype(float), draws, 400) for _ in range(200)]
    assert 0.90 <= np.mean([one.low <= 0.3 <= one.high for one in found]) <= 0.99


def test_same_generator_same_interval() -> None:
    values = rng(5).random(100)
    assert interval(values, rng(6)) == interval(values, rng(6))


def test_columns_are_the_same_alone_and_together() -> None:
    values = rng(7).random((60, 3))
    for column, found in enumerate(intervals(values, rng(8))):
        alone = interval(values[:, column], rng(8))
        np.testing.assert_allclose([found.low, found.high], [alone.low, alone.high], rtol=1e-12)


def test_columns_may_know_different_people() -> None:
    values = np.array([[0.1, np.nan], [0.3, 0.5], [0.2, 0.5], [np.nan, np.nan]])
    first, second = intervals(values, rng())
    assert (first.n, second.n) == (3, 2)
    assert second == Interval(0.5, 0.5, 0.5, 2)


def test_resamples_in_blocks_still_cover_everything() -> None:
    values = rng(1).random(300_000)  # six resamples to a block
    found = interval(values, rng(), resamples=20)
    assert found.low < values.mean() < found.high


def test_nobody_is_unknown_and_one_person_has_no_bounds() -> None:
    nobody, alone = interval(np.array([np.nan]), rng()), interval(np.array([0.4]), rng())
    assert (nobody.n, alone.n, alone.mean) == (0, 1, 0.4)
    assert np.isnan([nobody.mean, nobody.low, nobody.high, alone.low, alone.high]).all()
    assert not nobody.excludes_zero
    assert not alone.excludes_zero


def test_pairing_sees_what_two_intervals_hide() -> None:
    base = rng(2).random(300)
    ours = base + 0.02
    apart, paired = (interval(ours, rng()), interval(base, rng())), difference(ours, base, rng())
    assert apart[0].low < apart[1].high
    assert paired.excludes_zero
    assert paired.interval.mean == pytest.approx(0.02)
    assert (paired.better, paired.worse) == (300, 0)


def test_a_ranker_is_no_better_than_itself() -> None:
    values = rng(3).random(50)
    found = difference(values, values, rng())
    assert found.interval == Interval(0.0, 0.0, 0.0, 50)
    assert not found.excludes_zero


def test_a_worse_ranker_excludes_zero_from_below() -> None:
    values = rng(3).random(50)
    found = difference(values - 0.5, values, rng())
    assert found.excludes_zero
    assert found.interval.high < 0


def test_pairs_with_one_half_are_refused() -> None:
    with pytest.raises(DataError, match="same people"):
        difference(np.array([0.1, np.nan]), np.array([0.1, 0.2]), rng())
    with pytest.raises(DataError, match="same people"):
        difference(np.array([0.1]), np.array([0.1, 0.2]), rng())


def test_an_empty_table_has_nobody_in_every_column() -> None:
    assert [one.n for one in intervals(np.empty((0, 3)), rng())] == [0, 0, 0]
    assert [one.interval.n for one in differences(np.empty((0, 2)), np.empty((0, 2)), rng())] == [0, 0]


def test_ratio_of_shares_by_hand() -> None:
    """Inside 0.3 of 0.6 is a half, outside 0.8 of 1.0 four fifths: 0.625. Nobody inside, or a worthless oracle: unknown."""
    ours, theirs = np.array([0.2, 0.4, np.nan, 0.6, 1.0]), np.array([0.4, 0.8, 1.0, 1.0, 1.0])
    part = np.array([True, True, True, False, False])
    found = ratio_of_shares(ours, theirs, part, rng())
    assert (found.mean, found.n) == (pytest.approx(0.625), 4)
    assert found.low <= found.mean <= found.high
    for inside, oracle in ((np.zeros(5, bool), theirs), (part, np.zeros(5))):
        assert np.isnan(ratio_of_shares(ours, oracle, inside, rng()).mean)


def test_ratio_of_shares_of_equal_groups_is_one() -> None:
    theirs = rng(2).random(400)
    found = ratio_of_shares(0.5 * theirs, theirs, rng(3).random(400) < 0.5, rng())
    assert found.mean == pytest.approx(1.0)
    assert found.high - found.low < 1e-9


def test_every_stratum_keeps_its_people_in_every_resample() -> None:
    """Where everybody of a world is alike, drawing within worlds changes nothing, and drawing across them does."""
    world = np.repeat([0, 1, 2], [2, 3, 5])
    ours, theirs, inside = (
        world * 0.25,
        0.5 + 0.25 * world,
        np.array([True, False] + [True, False, False] + [True, False] * 2 + [True]),
    )
    alone = share_of_means(ours, theirs, rng(), strata=world)
    assert (alone.low, alone.mean, alone.high) == pytest.approx([(0.75 + 2.5) / (1.0 + 2.25 + 5.0)] * 3)
    across = share_of_means(ours, theirs, rng())
    assert across.low < across.mean < across.high
    assert across.mean == alone.mean
    ratio = ratio_of_shares(ours, theirs, inside, rng(), strata=world)
    assert ratio.mean == ratio_of_shares(ours, theirs, inside, rng()).mean
    assert ratio.low < ratio.mean < ratio.high


def test_strata_narrow_an_interval_to_what_varies_within_them() -> None:
    draws = rng(11)
    world = np.repeat(np.arange(4), 200)
    ours = 0.2 * world + draws.normal(0.2, 0.05, 800)
    within, across = (share_of_means(ours, np.ones(800), rng(), strata=one) for one in (world, None))
    assert within.high - within.low == pytest.approx(2 * 1.96 * 0.05 / np.sqrt(800), rel=0.15)
    assert across.high - across.low > 3 * (within.high - within.low)
