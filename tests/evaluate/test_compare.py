"""Intervals and paired differences."""

import numpy as np
import pytest

from sqrec.errors import DataError
from sqrec.evaluate.stats import compare
from sqrec.evaluate.stats.compare import (
    FEW_PEOPLE,
    Difference,
    Interval,
    difference,
    differences,
    interval,
    interval_of,
    intervals,
    mean_share,
    of_draws,
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


@pytest.mark.parametrize(("cells", "people"), [(120, 30), (100, 30), (30, 30), (29, 30), (1, 30), (600, 30), (7, 1)])
def test_resamples_in_blocks_are_those_drawn_at_once(monkeypatch: pytest.MonkeyPatch, cells: int, people: int) -> None:
    """Blocks of 4, 3, 1, 1, 1 and 20 resamples, and of 7 of one person: the same draws, one after the other."""
    values = rng(1).random((people, 2))
    monkeypatch.setattr(compare, "_CELLS", cells)
    sizes: list[int] = []
    drawn = compare.times_drawn
    monkeypatch.setattr(compare, "times_drawn", lambda n, size, draws: sizes.append(size) or drawn(n, size, draws))
    found = compare.resampled(values, rng(2), 20)
    np.testing.assert_allclose(found, values[rng(2).integers(people, size=(20, people))].mean(axis=1), rtol=1e-12)
    assert max(sizes) == max(1, cells // people)


def test_nobody_is_unknown_and_one_person_has_no_bounds() -> None:
    nobody, alone = interval(np.array([np.nan]), rng()), interval(np.array([0.4]), rng())
    assert (nobody.n, alone.n, alone.mean) == (0, 1, 0.4)
    assert np.isnan([nobody.mean, nobody.low, nobody.high, alone.low, alone.high]).all()
    assert not nobody.excludes_zero
    assert not alone.excludes_zero
    both = intervals(np.array([[0.4, 0.6, np.nan]]), rng())
    assert [(one.mean, one.n) for one in both[:2]] == [(0.4, 1), (0.6, 1)]
    assert (both[2].n, np.isnan(told(both[2])).all(), np.isnan([one.low for one in both]).all()) == (0, True, True)


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


def test_a_mean_share_is_that_of_the_interval_to_the_bit() -> None:
    """2 + 1 over 4 + 2 of who has both; nobody, and a mean of 0 below the line, tell nothing."""
    ours, theirs = np.array([2.0, 1.0, np.nan, 5.0]), np.array([4.0, 2.0, 3.0, np.nan])
    assert mean_share(ours, theirs) == share_of_means(ours, theirs, rng()).mean == 0.5
    ours, theirs = rng(4).random(1001), rng(5).random(1001)
    assert mean_share(ours, theirs) == share_of_means(ours, theirs, rng()).mean
    for whole in (np.empty(0), np.zeros(1), np.zeros(3), np.array([1.0, -1.0])):
        told = share_of_means(np.ones(len(whole)), whole, rng())
        assert np.isnan([mean_share(np.ones(len(whole)), whole), told.mean, told.low, told.high]).all()
        assert told.n == len(whole)
    alone = share_of_means(np.array([1.0]), np.array([2.0]), rng())
    assert (alone.mean, alone.n) == (0.5, 1)
    assert np.isnan([alone.low, alone.high]).all()


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


def plain_means(values: np.ndarray, draws: np.random.Generator, strata: np.ndarray | None, resamples: int) -> np.ndarray:
    """Return the means of resamples, people picked by their places: stratum by stratum, each with its own number of people."""
    parts = [values] if strata is None else [values[strata == one] for one in sorted(set(strata.tolist()))]
    sums = [part[draws.integers(len(part), size=(resamples, len(part)))].sum(axis=1) for part in parts]
    return np.sum(sums, axis=0) / len(values)


def bounds(figures: np.ndarray) -> list[float]:
    return np.quantile(figures, [0.025, 0.975]).tolist()


def told(found: Interval) -> list[float]:
    return [found.mean, found.low, found.high]


WORLDS = np.repeat([4, 2, 9], [5, 12, 20])


@pytest.mark.parametrize("strata", [None, WORLDS])
@pytest.mark.parametrize("resamples", [None, 300])
def test_a_share_of_means_is_that_of_a_plain_bootstrap(strata: np.ndarray | None, resamples: int | None) -> None:
    ours, theirs = rng(1).random(37), rng(2).random(37)
    ours[3], theirs[20], ours[36] = np.nan, np.nan, np.nan
    known = np.isfinite(ours) & np.isfinite(theirs)
    more = {} if resamples is None else {"resamples": resamples}
    found = share_of_means(ours, theirs, rng(3), strata=strata, **more)
    pair = np.column_stack([ours, theirs])[known]
    drawn = plain_means(pair, rng(3), None if strata is None else strata[known], resamples or 2000)
    share = ours[known].sum() / theirs[known].sum()
    np.testing.assert_allclose(told(found), [share, *bounds(drawn[:, 0] / drawn[:, 1])], rtol=1e-12)
    assert found.n == 34


@pytest.mark.parametrize("strata", [None, WORLDS])
@pytest.mark.parametrize("resamples", [None, 300])
def test_a_ratio_of_shares_is_that_of_a_plain_bootstrap(strata: np.ndarray | None, resamples: int | None) -> None:
    ours, theirs, part = rng(1).random(37), rng(2).random(37), np.arange(37) % 2 == 0
    ours[3], theirs[20], ours[36] = np.nan, np.nan, np.nan
    known = np.isfinite(ours) & np.isfinite(theirs)
    more = {} if resamples is None else {"resamples": resamples}
    found = ratio_of_shares(ours, theirs, part, rng(3), strata=strata, **more)
    sums = np.column_stack([ours * part, theirs * part, ours * ~part, theirs * ~part])[known]
    drawn = plain_means(sums, rng(3), None if strata is None else strata[known], resamples or 2000)
    in_all = sums.sum(axis=0)
    ratio = (in_all[0] / in_all[1]) / (in_all[2] / in_all[3])
    np.testing.assert_allclose(
        told(found), [ratio, *bounds((drawn[:, 0] / drawn[:, 1]) / (drawn[:, 2] / drawn[:, 3]))], rtol=1e-12
    )
    assert found.n == 34


def test_resamples_within_strata_are_means_of_everybody() -> None:
    values = rng(1).random((37, 2))
    np.testing.assert_allclose(
        compare._resampled_within(values, WORLDS, rng(3), 50), plain_means(values, rng(3), WORLDS, 50), rtol=1e-12
    )


def test_resamples_that_have_nothing_below_the_line_are_left_out() -> None:
    """Two of four people have a 1 below the line: a sixteenth of the resamples have none of them."""
    ours, theirs = np.array([0.5, 0.25, 0.75, 1.0]), np.array([1.0, 1.0, 0.0, 0.0])
    drawn = plain_means(np.column_stack([ours, theirs]), rng(3), None, 2000)
    assert 60 < (drawn[:, 1] == 0).sum() < 190
    drawn = drawn[drawn[:, 1] != 0]
    np.testing.assert_allclose(told(share_of_means(ours, theirs, rng(3))), [1.25, *bounds(drawn[:, 0] / drawn[:, 1])], rtol=1e-12)


def test_resamples_without_somebody_of_each_part_are_left_out() -> None:
    """Below one of the three lines there is nothing: no ratio, whichever line it is."""
    ours, theirs, part = np.array([0.5, 0.0, 0.75, 0.0]), np.array([1.0, 0.5, 1.0, 0.5]), np.array([True, True, False, False])
    drawn = plain_means(np.column_stack([ours * part, theirs * part, ours * ~part, theirs * ~part]), rng(3), None, 2000)
    drawn = drawn[(drawn[:, 1] != 0) & (drawn[:, 2] != 0) & (drawn[:, 3] != 0)]
    expected = bounds((drawn[:, 0] / drawn[:, 1]) / (drawn[:, 2] / drawn[:, 3]))
    np.testing.assert_allclose(told(ratio_of_shares(ours, theirs, part, rng(3))), [0.5 / 0.75, *expected], rtol=1e-12)


def test_bounds_are_percentiles_of_the_resamples_that_are_known() -> None:
    drawn = np.concatenate([np.arange(41.0), [np.nan, np.nan]])
    found = of_draws(7, drawn, 5)
    assert (found.mean, found.low, found.high, found.n) == (7.0, pytest.approx(1.0), pytest.approx(39.0), 5)
    nothing = of_draws(7, np.full(3, np.nan), 5)
    assert (nothing.mean, nothing.n) == (7.0, 5)
    assert np.isnan([nothing.low, nothing.high]).all()


def test_one_person_has_a_share_without_bounds() -> None:
    found = share_of_means(np.array([0.3, np.nan]), np.array([0.4, 1.0]), rng())
    assert (found.mean, found.n) == (pytest.approx(0.75), 1)
    assert np.isnan([found.low, found.high]).all()


@pytest.mark.parametrize(
    ("ours", "theirs", "n"),
    [([], [], 0), ([np.nan, 1.0], [1.0, np.nan], 0), ([1.0, 2.0], [0.0, 0.0], 2), ([1.0, 2.0], [1.0, -1.0], 2)],
)
def test_a_share_of_nothing_is_unknown(ours: list[float], theirs: list[float], n: int) -> None:
    found = share_of_means(np.array(ours), np.array(theirs), rng())
    assert np.isnan(told(found)).all()
    assert found.n == n


@pytest.mark.parametrize(
    ("ours", "theirs", "n"),
    [
        ([1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0], 4),  # an oracle that is worth nothing inside
        ([1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], 4),  # we are worth nothing outside
        ([1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0], 4),
        ([np.nan, 1.0, np.nan, np.nan], [1.0, 1.0, 1.0, 1.0], 1),
        ([np.nan] * 4, [1.0] * 4, 0),
    ],
)
def test_a_ratio_of_shares_of_nothing_is_unknown(ours: list[float], theirs: list[float], n: int) -> None:
    found = ratio_of_shares(np.array(ours), np.array(theirs), np.array([True, True, False, False]), rng())
    assert np.isnan(told(found)).all()
    assert found.n == n


def test_nothing_of_ours_inside_is_a_ratio_of_nought() -> None:
    found = ratio_of_shares(np.array([0.0, 0.0, 1.0, 1.0]), np.ones(4), np.array([True, True, False, False]), rng())
    assert told(found) == [0, 0, 0]


def test_pairs_are_counted_by_who_is_better() -> None:
    ours, theirs = (
        np.array([[3.0, 1.0], [1.0, 1.0], [2.0, 5.0], [9.0, np.nan]]),
        np.array([[1.0, 1.0], [2.0, 1.0], [1.0, 1.0], [7.0, np.nan]]),
    )
    first, second = differences(ours, theirs, rng(4), 500)
    assert (first.better, first.worse, first.interval.n) == (3, 1, 4)
    assert (second.better, second.worse, second.interval.n) == (1, 0, 3)


def test_a_difference_is_the_interval_of_the_gaps() -> None:
    ours, theirs = rng(5).random(40), rng(6).random(40)
    few, many = interval(ours - theirs, rng(7), 500), interval(ours - theirs, rng(7))
    assert few != many
    assert difference(ours, theirs, rng(7), 500).interval == few
    assert difference(ours, theirs, rng(7)).interval == many


def test_a_difference_turned_round_is_theirs_minus_ours() -> None:
    ours, theirs = rng(5).random(40), rng(6).random(40)
    turned, other = difference(ours, theirs, rng(7)).reversed(), difference(theirs, ours, rng(7))
    np.testing.assert_allclose(told(turned.interval), told(other.interval), rtol=1e-12)
    assert (turned.interval.n, turned.better, turned.worse) == (40, other.better, other.worse)
    assert Difference(Interval(1.0, 0.5, 2.0, 7), 3, 1).reversed() == Difference(Interval(-1.0, -2.0, -0.5, 7), 1, 3)


@pytest.mark.parametrize(
    ("low", "high", "excluded"), [(0.0, 0.5, False), (-0.5, 0.0, False), (0.1, 0.5, True), (-0.5, -0.1, True)]
)
def test_a_bound_at_nought_does_not_exclude_it(low: float, high: float, excluded: bool) -> None:
    assert Interval(0.2, low, high, 9).excludes_zero is excluded
    assert Difference(Interval(0.2, low, high, 9), 1, 1).excludes_zero is excluded


def test_an_interval_comes_back_from_json() -> None:
    assert interval_of({"mean": 0.5, "low": 0, "high": 1, "n": 7.0}) == Interval(0.5, 0.0, 1.0, 7)
    unknown = interval_of({"mean": 0.4, "low": None, "high": None, "n": 1})
    assert (unknown.mean, unknown.n) == (0.4, 1)
    assert np.isnan([unknown.low, unknown.high]).all()


def test_few_people_are_fewer_than_thirty() -> None:
    """The number that docs/report.md and the report's texts name."""
    assert FEW_PEOPLE == 30
