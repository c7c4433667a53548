"""Audit: every figure by group, as a share of the best group of its family, with the four-fifths rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from sqrec.arrays import AnyArray, FloatArray
from sqrec.evaluate.compare import LEVEL, RESAMPLES, Interval, intervals, resampled
from sqrec.evaluate.metrics import METRICS
from sqrec.evaluate.published import safe_cells, thinned
from sqrec.evaluate.slices import UNKNOWN
from sqrec.evaluate.stereotypes import Stereotypes

FOUR_FIFTHS = 0.8
"""The ratio to the best group under which a group counts as adversely affected: 29 CFR 1607.4 D, the four-fifths rule."""

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
    """Hold one figure of one slice: its mean over the slice's people, and that as a share of the best slice's.

    `ratio` is at most 1; where lower is better it is the best slice's mean divided by this one's. It is unknown (NaN) for
    figures without a better way, for the slice of people of whom the fact is unknown, and where no other slice is known.
    """

    figure: Interval
    ratio: Interval

    @property
    def flagged(self) -> bool:
        """Whether the ratio is under four fifths and its interval excludes 1; never for an unknown ratio."""
        return self.ratio.mean < FOUR_FIFTHS and self.ratio.high < 1


@dataclass(frozen=True)
class FigureAudit:
    """Hold one figure over the slices of one family; `best` is the slice that the others are compared with, None where none is.

    `hidden` names the slices that are not published for this figure.
    """

    better: Better | None
    best: str | None
    slices: Mapping[str, SliceFigure]
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """Hold the audit of one ranker: `families[family][figure]`, and what is shown to women and to men."""

    people: int
    families: Mapping[str, Mapping[str, FigureAudit]]
    occupations: Stereotypes | None = None

    @property
    def flags(self) -> list[tuple[str, str, str, SliceFigure]]:
        """The flagged cells with their family, figure and slice."""
        return [
            (family, figure, name, cell)
            for family, figures in self.families.items()
            for figure, found in figures.items()
            for name, cell in found.slices.items()
            if cell.flagged
        ]


def better_way(figure: str) -> Better | None:
    """Return which way a figure is better; None where neither is, or where nothing is said of it."""
    return BETTER.get(figure) or BETTER.get(figure.partition("@")[0])


def audit(
    figures: Mapping[str, FloatArray],
    families: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> Audit:
    """Audit one ranker.

    `figures` hold one value per person (NaN unknown), `families` one slice per person. People are drawn with replacement
    within each slice, each with all of their figures; the best slice is found again in every resample, so that the interval
    speaks of the distance to whichever is best (multiple comparisons with the best: Hsu 1984; ranks under the bootstrap: Hall
    and Miller 2009). No ratio passes 1: an interval excludes 1 where the slice is itself the best in fewer than 2.5 % of the
    resamples. Where nobody of a slice has anything, resamples cannot show that somebody else might: the upper bound is then
    that of a share of none among n, -log(0.025) / n (the "rule of three": Hanley and Lippman-Hand 1983).

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
        draws = {name: _drawn(values, rng, resamples) for name, values in tables.items() if name != UNKNOWN}
        found[family] = {
            figure: _audited(
                figure,
                shown[figure],
                {name: cells[name][place] for name in shown[figure]},
                {name: draws[name][:, place] for name in shown[figure] if name != UNKNOWN},
                names[~np.isnan(figures[figure])],
            )
            for place, figure in enumerate(figures)
        }
    return Audit(people, found)


def _audited(
    figure: str, shown: Sequence[str], means: Mapping[str, Interval], draws: Mapping[str, FloatArray], names: AnyArray
) -> FigureAudit:
    better, hidden = better_way(figure), tuple(sorted(set(names.tolist()) - set(shown)))
    unknown = {name: Interval(np.nan, np.nan, np.nan, one.n) for name, one in means.items()}
    if better is None or len(draws) < 2:
        return FigureAudit(better, None, {name: SliceFigure(one, unknown[name]) for name, one in means.items()}, hidden)
    compared = list(draws)
    point = np.array([means[name].mean for name in compared])
    best = point.max() if better == "higher" else point.min()
    if better == "higher" and best == 0:
        return FigureAudit(better, None, {name: SliceFigure(one, unknown[name]) for name, one in means.items()}, hidden)
    told = _ratios(point[None], better)[0]
    drawn = _ratios(np.column_stack([draws[name] for name in compared]), better)
    ratios = {name: _interval(float(told[place]), drawn[:, place], means[name].n) for place, name in enumerate(compared)}
    if figure.partition("@")[0] in _SHARES or figure in _SHARES:
        ratios = {name: _perhaps_some(one, float(best)) if one.mean == 0 else one for name, one in ratios.items()}
    cells = {name: SliceFigure(one, (unknown | ratios)[name]) for name, one in means.items()}
    return FigureAudit(better, compared[int(np.argmax(told))], cells, hidden)


def _perhaps_some(none: Interval, best: float) -> Interval:
    """Return the ratio of a slice that has nothing with an upper bound from its number of people."""
    return replace(none, high=max(none.high, min(1.0, float(-np.log((1 - LEVEL) / 2)) / none.n / best)))


def _thinned(figures: Mapping[str, FloatArray], families: Mapping[str, Sequence[str]], seed: int) -> dict[str, FloatArray]:
    """Leave out some people of figures that are unknown of a few; figures that are known of the same people stay so."""
    known = {name: ~np.isnan(values) for name, values in figures.items()}
    kept = {mask.tobytes(): thinned(mask, families, np.random.default_rng(seed)) for mask in known.values()}
    return {name: np.where(kept[known[name].tobytes()], values, np.nan) for name, values in figures.items()}


def _ratios(means: FloatArray, better: Better) -> FloatArray:
    """Return every mean as a share of the best one of its row, shape (resamples, slices); NaN for an unknown mean.

    Where lower is better the share is inverted: best / mean. Whoever is level with the best has 1, also where that is 0.
    """
    best = np.fmax.reduce(means, axis=1, keepdims=True) if better == "higher" else np.fmin.reduce(means, axis=1, keepdims=True)
    above, below = np.broadcast_arrays(means, best) if better == "higher" else np.broadcast_arrays(best, means)
    ratios = np.divide(above, below, out=np.full(means.shape, np.nan), where=below > 0)
    return np.where(means == best, 1.0, ratios)


def _drawn(values: FloatArray, rng: np.random.Generator, resamples: int) -> FloatArray:
    """Return the means of resamples of a slice's people, shape (resamples, figures); NaN where nobody known was drawn."""
    known = ~np.isnan(values)
    sums, times = np.split(resampled(np.hstack([np.where(known, values, 0.0), known]), rng, resamples), 2, axis=1)
    return np.divide(sums, times, out=np.full(sums.shape, np.nan), where=times > 0)


def _interval(ratio: float, drawn: FloatArray, people: int) -> Interval:
    known = drawn[~np.isnan(drawn)]
    if len(known) == 0 or np.isnan(ratio):
        return Interval(np.nan, np.nan, np.nan, people)
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist()
    return Interval(ratio, low, high, people)
