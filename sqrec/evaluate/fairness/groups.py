"""Tests whether a challenger leaves a slice further behind the best one of its family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sqrec.base.arrays import FloatArray, divided
from sqrec.evaluate.fairness.slices import UNKNOWN
from sqrec.evaluate.stats.compare import LEVEL, Interval, of_draws, resampled
from sqrec.evaluate.stats.published import publishable

ALPHA = (1 - LEVEL) / 2
"""The level of one-sided tests: that of one end of an interval."""


@dataclass(frozen=True)
class GroupTest:
    """Hold the test of one slice and figure.

    `before` and `after` are the slice's mean as a share of the family's best, for the champion and for the challenger; `change`
    is after minus before with its interval, `p` the p-value of "it does not fall", `adjusted` that after Holm's correction.
    """

    family: str
    slice: str
    figure: str
    people: int
    before: float
    after: float
    change: Interval
    p: float
    adjusted: float = 1.0

    @property
    def worse(self) -> bool:
        """Whether it is established that the slice falls further behind."""
        return self.adjusted < ALPHA


def group_tests(
    ours: Mapping[str, FloatArray],
    theirs: Mapping[str, FloatArray],
    families: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    resamples: int,
) -> tuple[tuple[GroupTest, ...], dict[str, list[str]]]:
    """Test every figure of every publishable slice; also return the hidden slices of each family.

    `ours` (challenger) and `theirs` (champion) have one value per person and figure, `families` one slice per person. A family
    with fewer than two known slices has no test. The p-values of all tests are corrected together (Holm 1979).
    """
    found: list[GroupTest] = []
    hidden: dict[str, list[str]] = {}
    for family, told in families.items():
        names = np.asarray(told, dtype=np.str_)
        shown = publishable(names)
        hidden[family] = sorted(set(names.tolist()) - set(shown))
        slices = [name for name in shown if name != UNKNOWN]
        if len(slices) > 1:
            members = (names[:, None] == np.array(slices)).astype(np.float64)
            for figure in ours:
                found += _tested(family, slices, figure, members, (theirs[figure], ours[figure]), rng, resamples)
    adjusted = holm(np.array([test.p for test in found]))
    return tuple(replace(test, adjusted=float(p)) for test, p in zip(found, adjusted, strict=True)), hidden


def holm(p: FloatArray) -> FloatArray:
    """Return p-values adjusted for their number (Holm 1979): the k-th smallest of m times m - k + 1, never falling, at most 1."""
    order = np.argsort(p, kind="stable")
    steps = np.minimum(np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order]), 1.0) if len(p) else p
    adjusted = np.empty(len(p))
    adjusted[order] = steps
    return adjusted


def _tested(
    family: str,
    slices: Sequence[str],
    figure: str,
    members: FloatArray,
    values: tuple[FloatArray, FloatArray],
    rng: np.random.Generator,
    resamples: int,
) -> list[GroupTest]:
    """Test one figure of one family; `members`, shape (people, slices), are 1 where somebody belongs to a slice."""
    table = np.hstack([members, *(members * value[:, None] for value in values)])
    (before, after), people = _shares(table.mean(axis=0)[None]), members.sum(axis=0).astype(np.int64)
    drawn_before, drawn_after = _shares(resampled(table, rng, resamples))
    changes = drawn_after - drawn_before
    told = zip(slices, people.tolist(), before[0].tolist(), after[0].tolist(), changes.T, strict=True)
    return [
        GroupTest(family, name, figure, size, was, will, _interval(will - was, change, size), _p_of_no_fall(will - was, change))
        for name, size, was, will, change in told
    ]


def _shares(means: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return every slice's mean as a share of the best slice's, before and after, both of shape (resamples, slices)."""
    drawn, before, after = np.split(means, 3, axis=1)
    return _of_best(before, drawn), _of_best(after, drawn)


def _of_best(sums: FloatArray, drawn: FloatArray) -> FloatArray:
    """Divide by what is there and then by the best; NaN where nobody was drawn, or where even the best has nothing."""
    means = divided(sums, drawn)
    return divided(means, np.fmax.reduce(means, axis=1, keepdims=True))


def _interval(change: float, drawn: FloatArray, people: int) -> Interval:
    if np.isnan(drawn).all() or np.isnan(change):
        return Interval(np.nan, np.nan, np.nan, people)
    return of_draws(change, drawn, people)


def _p_of_no_fall(change: float, drawn: FloatArray) -> float:
    """Return the share of resamples in which the slice does not fall, itself counted as one; 1 where nothing is known."""
    known = drawn[~np.isnan(drawn)]
    return 1.0 if np.isnan(change) else float((1 + np.count_nonzero(known >= 0)) / (1 + len(known)))
