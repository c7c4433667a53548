"""Bootstrap intervals over people, and paired differences between rankers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.errors import DataError

RESAMPLES = 2000
LEVEL = 0.95
FEW_PEOPLE = 30
_CELLS = 2_000_000  # bounds what one block of resamples holds in memory: 16 MB an array


@dataclass(frozen=True)
class Interval:
    """Hold a mean over people with its interval.

    `n` is the number of people in the mean. With nobody all three figures are NaN; with one person `low` and
    `high` are, as one person says nothing about others.
    """

    mean: float
    low: float
    high: float
    n: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0; never for unknown bounds."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Difference:
    """Hold a paired difference, ours minus theirs: its interval, and for how many people ours is better or worse."""

    interval: Interval
    better: int
    worse: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval of the difference lies on one side of 0."""
        return self.interval.excludes_zero

    def reversed(self) -> "Difference":
        """Return theirs minus ours."""
        gap = self.interval
        return Difference(Interval(-gap.mean, -gap.high, -gap.low, gap.n), self.worse, self.better)


def interval(per_person: FloatArray, rng: np.random.Generator, resamples: int = RESAMPLES) -> Interval:
    """Return the mean of one value per person, shape (people,), with its interval; NaN is left out of mean and `n`."""
    return intervals(per_person[:, None], rng, resamples)[0]


def intervals(values: FloatArray, rng: np.random.Generator, resamples: int = RESAMPLES) -> list[Interval]:
    """Return mean and interval of every column of values, shape (people, figures).

    People are drawn with replacement, each with all of their figures (cluster bootstrap); the bounds are the
    2.5 and 97.5 percentiles of the means of the resamples (Efron and Tibshirani 1993, chapter 13). NaN is
    left out of its column; columns with the same people share their draws.
    """
    unknown = np.isnan(values)
    patterns, pattern = np.unique(unknown, axis=1, return_inverse=True)
    found = dict[int, Interval]()
    for number in range(patterns.shape[1]):
        columns = np.flatnonzero(pattern.ravel() == number)
        known = values[~patterns[:, number]][:, columns]
        found.update(zip(columns.tolist(), _of_complete(known, rng, resamples), strict=True))
    return [found[column] for column in range(values.shape[1])]


def difference(ours: FloatArray, theirs: FloatArray, rng: np.random.Generator, resamples: int = RESAMPLES) -> Difference:
    """Return the paired difference of one value per person each; see `differences`."""
    return differences(ours[:, None], theirs[:, None], rng, resamples)[0]


def differences(ours: FloatArray, theirs: FloatArray, rng: np.random.Generator, resamples: int = RESAMPLES) -> list[Difference]:
    """Return ours minus theirs for every column, person by person; both have the shape (people, figures).

    Raises DataError unless both know the same people: a pair with one half is no pair.
    """
    if not np.array_equal(np.isnan(ours), np.isnan(theirs)):
        raise DataError("The two rankers were not asked about the same people. Evaluate both on the same questions.")
    gaps = ours - theirs
    better, worse = (gaps > 0).sum(axis=0), (gaps < 0).sum(axis=0)
    parts = zip(intervals(gaps, rng, resamples), better.tolist(), worse.tolist(), strict=True)
    return [Difference(*part) for part in parts]


def share_of_means(
    ours: FloatArray,
    theirs: FloatArray,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
    strata: IntArray | None = None,
) -> Interval:
    """Return the mean of one value per person divided by the mean of another, with the interval of that ratio.

    Both means are of the same people in every resample; people without either value (NaN) are left out. With `strata` (a
    number per person) as many people of each stratum are drawn as it has. A ratio with a mean of 0 below the line is unknown.
    """
    pair, known = _paired(ours, theirs)
    share = _share(pair)
    if np.isnan(share) or len(pair) == 1:
        return Interval(share, np.nan, np.nan, len(pair))
    drawn = _resampled_within(pair, None if strata is None else strata[known], rng, resamples)
    ratios = drawn[drawn[:, 1] != 0, 0] / drawn[drawn[:, 1] != 0, 1]
    return of_draws(share, ratios, len(pair))


def mean_share(ours: FloatArray, theirs: FloatArray) -> float:
    """Return the mean of `share_of_means` without its interval, to the bit; NaN where it is unknown."""
    return _share(_paired(ours, theirs)[0])


def _paired(ours: FloatArray, theirs: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return both values of who has both, shape (people, 2), and who that is."""
    known = ~np.isnan(ours) & ~np.isnan(theirs)
    return np.column_stack([ours[known], theirs[known]]), known


def _share(pair: FloatArray) -> float:
    return float(pair[:, 0].mean() / pair[:, 1].mean()) if len(pair) and pair[:, 1].mean() != 0 else np.nan


def ratio_of_shares(
    ours: FloatArray,
    theirs: FloatArray,
    part: BoolArray,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
    strata: IntArray | None = None,
) -> Interval:
    """Return `share_of_means` of the people in a part divided by that of the others, with its interval.

    Unknown where a part has nobody, or a mean below a line is 0.
    """
    known = ~np.isnan(ours) & ~np.isnan(theirs)
    inside, outside = part[known].astype(np.float64), (~part[known]).astype(np.float64)
    sums = np.column_stack([one * side for side in (inside, outside) for one in (ours[known], theirs[known])])
    if len(sums) == 0 or (sums.mean(axis=0)[[1, 2, 3]] == 0).any():
        return Interval(np.nan, np.nan, np.nan, len(sums))
    drawn = _resampled_within(sums, None if strata is None else strata[known], rng, resamples)
    drawn = drawn[(drawn[:, 1:] != 0).all(axis=1)]
    return of_draws(float(_double_ratio(sums.mean(axis=0)[None])[0]), _double_ratio(drawn), len(sums))


def of_draws(value: float, drawn: FloatArray, n: int) -> Interval:
    """Return a figure of n people with the 2.5 and 97.5 percentiles of its resamples; NaN among these is left out.

    Both bounds are NaN where no resample is known.
    """
    known = drawn[~np.isnan(drawn)]
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist() if len(known) else (np.nan, np.nan)
    return Interval(float(value), low, high, n)


def _double_ratio(means: FloatArray) -> FloatArray:
    return (means[:, 0] / means[:, 1]) / (means[:, 2] / means[:, 3])


def _of_complete(values: FloatArray, rng: np.random.Generator, resamples: int) -> Sequence[Interval]:
    """Return the interval of every column of values without NaN, shape (people, figures)."""
    n = len(values)
    if n == 0:
        return [Interval(np.nan, np.nan, np.nan, 0)] * values.shape[1]
    means = values.mean(axis=0)
    bounds = np.full((2, values.shape[1]), np.nan)
    if n > 1:
        bounds = np.quantile(resampled(values, rng, resamples), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return [Interval(mean, low, high, n) for mean, low, high in np.vstack([means, bounds]).T.tolist()]


def resampled(values: FloatArray, rng: np.random.Generator, resamples: int) -> FloatArray:
    """Return the means of resamples of people, shape (resamples, figures), a block of resamples at a time."""
    n, block = len(values), max(1, _CELLS // len(values))
    sizes = [min(block, resamples - start) for start in range(0, resamples, block)]
    return np.vstack([times_drawn(n, size, rng) @ values / n for size in sizes])


def _resampled_within(values: FloatArray, strata: IntArray | None, rng: np.random.Generator, resamples: int) -> FloatArray:
    """Return the means of resamples, shape (resamples, figures), in which every stratum keeps its number of people."""
    if strata is None:
        return resampled(values, rng, resamples)
    parts = [values[strata == stratum] for stratum in np.unique(strata)]
    return np.sum([resampled(part, rng, resamples) * (len(part) / len(values)) for part in parts], axis=0)


def times_drawn(n: int, resamples: int, rng: np.random.Generator) -> FloatArray:
    """Return how often each of n people is drawn in each resample, shape (resamples, n)."""
    drawn = rng.integers(n, size=(resamples, n)) + n * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * n).reshape(resamples, n).astype(np.float64)


def interval_of(told: Mapping[str, Any]) -> Interval:
    """Read an interval as JSON has it; what was null is unknown."""
    mean, low, high = (float("nan") if told[name] is None else float(told[name]) for name in ("mean", "low", "high"))
    return Interval(mean, low, high, int(told["n"]))
