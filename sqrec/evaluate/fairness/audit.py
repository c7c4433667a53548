"""Fairness audit: every figure by slice, as a share of the best slice of its family, with the four-fifths rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, divided
from sqrec.evaluate.fairness.slices import UNKNOWN
from sqrec.evaluate.fairness.stereotypes import Stereotypes
from sqrec.evaluate.stats.compare import LEVEL, RESAMPLES, Interval, intervals, resampled
from sqrec.evaluate.stats.metrics import METRICS
from sqrec.evaluate.stats.published import safe_cells, thinned

FOUR_FIFTHS = 0.8
"""The ratio to the best group under which a group counts as adversely affected: 29 CFR 1607.4 D, the four-fifths rule."""

LEAST_SHARE = 0.02
"""The share of people under which a group is no reference for others: 29 CFR 1607.15 A (2) (a) looks at groups from 2 % on.
The best of many small groups is often best by chance, or by where its few people live."""

Better: TypeAlias = Literal["higher", "lower"]

BETTER: Mapping[str, Better] = {
    **dict.fromkeys(METRICS, "higher"),
    "wage": "higher",
    "answered": "higher",
    "minutes": "lower",
}
"""Which way a figure is better, by the part of its name before the "@"; figures without a better way have no ratio."""


_SHARES = frozenset({*METRICS, "answered"})
"""Figures between 0 and 1."""


@dataclass(frozen=True)
class SliceFigure:
    """Hold one figure of one slice: its mean over the slice's people, and its ratio to the best slice of the family.

    `ratio` is at most 1, also of a slice too small for a reference that did better; where lower is better it is the best slice's
    mean divided by this one's. It is NaN for figures without a direction, for the slice of people whose fact is unknown, and
    where no other slice is known.
    """

    figure: Interval
    ratio: Interval

    @property
    def flagged(self) -> bool:
        """Whether the ratio is under four fifths and its interval excludes 1; never for an unknown ratio."""
        return self.ratio.mean < FOUR_FIFTHS and self.ratio.high < 1


@dataclass(frozen=True)
class FigureAudit:
    """Hold one figure over the slices of one family.

    `best` is the slice of reference, the best of those with at least `LEAST_SHARE` of the people of whom the figure is known, None
    without one; `hidden` are the slices that are not published for this figure.
    """

    better: Better | None
    best: str | None
    slices: Mapping[str, SliceFigure]
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """Hold the audit of one ranker: `families[family][figure]`, and the occupations shown to women and to men."""

    people: int
    families: Mapping[str, Mapping[str, FigureAudit]]
    occupations: Stereotypes | None = None

    @property
    def flags(self) -> list[tuple[str, str, str, SliceFigure]]:
        """The flagged cells: family, figure, slice and its figure."""
        return [
            (family, figure, name, cell)
            for family, figures in self.families.items()
            for figure, found in figures.items()
            for name, cell in found.slices.items()
            if cell.flagged
        ]


def better_way(figure: str) -> Better | None:
    """Return the direction in which a figure is better; None where it has none."""
    return BETTER.get(figure) or BETTER.get(figure.partition("@")[0])


def audit(
    figures: Mapping[str, FloatArray],
    families: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> Audit:
    """Audit one ranker.

    `figures` hold one value per person (NaN unknown), `families` one slice per person. The best slice is the one that did best
    here of those with at least `LEAST_SHARE` of the people, so that the others look worse than they are where nobody differs; the intervals of ratios allow for that. They hold
    for all pairs of slices of a family and figure together, whichever is best: each is a ratio's interval by Fieller (1954) with
    the 95 % point of the largest studentised difference of any pair, which is found by drawing people with replacement within
    each slice (single-step max-t: Westfall and Young 1993; all pairs: Tukey 1953; against the best: Hsu 1984). Where the best
    mean itself may be 0, nothing is said against anybody. Where nobody of a slice has anything, no resample shows that somebody
    else might: the upper bound is at least that of a share of none among n, -log(0.025 / slices) / n (the "rule of three":
    Hanley and Lippman-Hand 1983). Figures and families are each judged by themselves.

    Cells of few people are not published, nor those from which such follow (`published.safe_cells`); of figures that are
    unknown of a few people, some more are left out (`published.thinned`).
    """
    seed, people = int(rng.integers(2**32)), len(next(iter(figures.values()), ()))
    figures = _thinned(figures, families, seed)
    safe = safe_cells(families, {name: ~np.isnan(values) for name, values in figures.items()})
    table = np.column_stack([*figures.values()]) if figures else np.empty((0, 0))
    found: dict[str, dict[str, FigureAudit]] = {}
    for family, told in families.items():
        names = np.asarray(told, dtype=np.str_)
        shown = {figure: safe.slices[family, figure] for figure in figures}
        used = sorted({name for of_figure in shown.values() for name in of_figure})
        tables = {name: table[names == name] for name in used}
        cells = {name: intervals(values, np.random.default_rng(seed)) for name, values in tables.items()}
        errors = {name: _errors(values) for name, values in tables.items()}
        draws = {name: _drawn(values, rng, resamples) for name, values in tables.items() if name != UNKNOWN}
        found[family] = {
            figure: _audited(
                figure,
                shown[figure],
                {name: cells[name][place] for name in shown[figure]},
                {name: draws[name][:, place] for name in shown[figure] if name != UNKNOWN},
                {name: float(errors[name][place]) for name in shown[figure]},
                names[~np.isnan(figures[figure])],
            )
            for place, figure in enumerate(figures)
        }
    return Audit(people, found)


def _audited(
    figure: str,
    shown: Sequence[str],
    means: Mapping[str, Interval],
    draws: Mapping[str, FloatArray],
    errors: Mapping[str, float],
    names: AnyArray,
) -> FigureAudit:
    better, hidden = better_way(figure), tuple(sorted(set(names.tolist()) - set(shown)))
    unknown = {name: Interval(np.nan, np.nan, np.nan, one.n) for name, one in means.items()}
    compared = list(draws)
    point = np.array([means[name].mean for name in compared])
    large = np.array([means[name].n >= LEAST_SHARE * len(names) for name in compared], dtype=bool)
    if better is None or len(compared) < 2 or not large.any() or (better == "higher" and point[large].max() == 0):
        return FigureAudit(better, None, {name: SliceFigure(one, unknown[name]) for name, one in means.items()}, hidden)
    place = int(np.argmax(np.where(large, point if better == "higher" else -point, -np.inf)))
    best = float(point[place])
    error = np.array([errors[name] for name in compared])
    limit = _limit(np.column_stack([draws[name] for name in compared]), point, error)
    ratios: dict[str, Interval] = {}
    for name, mean, own in zip(compared, point.tolist(), error.tolist(), strict=True):
        pair = [(mean, own), (best, float(error[place]))]
        (above, one), (below, other) = pair if better == "higher" else reversed(pair)
        low, high = (1.0, 1.0) if mean == best else _fieller(above, one, below, other, limit)
        if mean == 0 and (figure in _SHARES or figure.partition("@")[0] in _SHARES):
            high = max(high, min(1.0, float(-np.log((1 - LEVEL) / 2 / len(compared))) / means[name].n / best))
        ratios[name] = Interval(1.0 if above >= below else above / below, low, high, means[name].n)
    cells = {name: SliceFigure(one, (unknown | ratios)[name]) for name, one in means.items()}
    return FigureAudit(better, compared[place], cells, hidden)


def _limit(drawn: FloatArray, means: FloatArray, errors: FloatArray) -> float:
    """Return the 95 % point of the largest studentised difference of two slices over resamples, shape (resamples, slices)."""
    gaps = np.nan_to_num(drawn - means)
    largest = np.zeros(len(drawn))
    for place in range(len(means)):
        error = np.hypot(errors[place], errors)
        apart = np.abs(gaps - gaps[:, [place]])
        largest = np.maximum(largest, np.divide(apart, error, out=np.zeros(apart.shape), where=error > 0).max(axis=1))
    return float(np.quantile(largest, LEVEL))


def _fieller(above: float, one: float, below: float, other: float, limit: float) -> tuple[float, float]:
    """Return the bounds of a ratio of independent means with standard errors, within 0 and 1; both where below may be 0."""
    square = below**2 - (limit * other) ** 2
    if square <= 0:
        return 0.0, 1.0
    middle = above * below
    half = np.sqrt(max(middle**2 - square * (above**2 - (limit * one) ** 2), 0.0))
    low, high = np.clip([(middle - half) / square, (middle + half) / square], 0.0, 1.0).tolist()
    return low, high


def _thinned(figures: Mapping[str, FloatArray], families: Mapping[str, Sequence[str]], seed: int) -> dict[str, FloatArray]:
    """Leave out some people of figures that are unknown of a few; figures that are known of the same people stay so."""
    known = {name: ~np.isnan(values) for name, values in figures.items()}
    kept = {mask.tobytes(): thinned(mask, families, np.random.default_rng(seed)) for mask in known.values()}
    return {name: np.where(kept[known[name].tobytes()], values, np.nan) for name, values in figures.items()}


def _drawn(values: FloatArray, rng: np.random.Generator, resamples: int) -> FloatArray:
    """Return the means of resamples of a slice's people, shape (resamples, figures); NaN where nobody known was drawn."""
    known = ~np.isnan(values)
    sums, times = np.split(resampled(np.hstack([np.where(known, values, 0.0), known]), rng, resamples), 2, axis=1)
    return divided(sums, times)


def _errors(values: FloatArray) -> FloatArray:
    """Return the standard error of every figure's mean; NaN is left out, and of fewer than two people it is 0."""
    known = ~np.isnan(values)
    size: IntArray = known.sum(axis=0)
    mean = divided(np.where(known, values, 0.0).sum(axis=0), size, 0.0)
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
    return np.sqrt(divided(squares, size * (size - 1), 0.0))
