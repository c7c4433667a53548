"""How a ranker spreads people's attention over the catalogue."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.evaluate.stats.compare import LEVEL, RESAMPLES, Interval, times_drawn
from sqrec.evaluate.stats.notes import meaning_of

MOST_CROWDED = 0.01
"""The share of items that counts as the most crowded."""

_CELLS = 4_000_000  # bounds what one block of resamples holds in memory: 32 MB an array


@dataclass(frozen=True)
class Stock:
    """Hold the items that compete for attention, one entry per row of the catalogue.

    `live` marks those that could have been shown to somebody; `openings` is for how many people each has room, NaN unknown.
    """

    live: BoolArray
    openings: FloatArray


@dataclass(frozen=True)
class Attention:
    """Hold how much attention items get, shape (resamples, items shown to somebody); the other `total` live ones get none.

    `openings` belong to the columns; `roomy` is the number of live items whose openings are known.
    """

    given: FloatArray
    openings: FloatArray
    total: int
    roomy: int


@dataclass(frozen=True)
class CatalogueMeasure:
    """Hold one measure of all lists together: its name before the "@", and how it is computed, one value per resample."""

    name: str
    compute: Callable[[Attention], FloatArray]

    @property
    def meaning(self) -> str:
        """What it means, in one sentence."""
        return meaning_of(self.name)


def attention(item: IntArray, items: int) -> sparse.csr_array:
    """Return how much attention each person gives each item, shape (people, items): 1 / log2(rank + 1) (Singh and Joachims 2018).

    `item`, shape (people, k), are rows of the catalogue; negative ones (nothing there, unknown) get none.
    """
    person, place = np.nonzero(item >= 0)
    return sparse.csr_array((1 / np.log2(place + 2.0), (person, item[person, place])), (len(item), items))


def catalogue_figures(item: IntArray, stock: Stock, rng: np.random.Generator, resamples: int = RESAMPLES) -> dict[str, Interval]:
    """Return every catalogue measure with its interval; what nothing is known about is left out.

    People are drawn with replacement, each with the whole list, and every figure is computed anew. As a resample holds
    fewer different people than there are, it always covers less and is more uneven: the bounds are the 2.5 and 97.5
    percentiles of the resamples, moved by the distance of their mean from the figure (Davison and Hinkley 1997, section 2.3),
    and speak of as many other people.
    """
    given = attention(item, len(stock.live))
    shown = np.flatnonzero((given.sum(axis=0) > 0) & stock.live)
    given, openings = given[:, shown], stock.openings[shown]
    total, roomy = int(stock.live.sum()), int((stock.live & ~np.isnan(stock.openings)).sum())

    def figures(drawn: FloatArray) -> FloatArray:
        found = Attention(np.asarray((given.T @ drawn.T).T), openings, total, roomy)
        return np.column_stack([measure.compute(found) for measure in CATALOGUE_MEASURES])

    people = len(item)
    told = figures(np.ones((1, people)))[0]
    bounds = np.full((2, len(told)), np.nan)
    if people > 1:
        draws = np.vstack([figures(times_drawn(people, size, rng)) for size in _blocks(resamples, people + len(shown))])
        bounds = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0) + told - draws.mean(axis=0)
    rows = zip(CATALOGUE_MEASURES, told.tolist(), *np.clip(bounds, 0, 1).tolist(), strict=True)
    return {measure.name: Interval(mean, low, high, people) for measure, mean, low, high in rows if not np.isnan(mean)}


def coverage(found: Attention) -> FloatArray:
    """Return the share of live items that somebody is shown (Herlocker et al. 2004)."""
    return _divided((found.given > 0).sum(axis=1), np.full(len(found.given), found.total))


def exposure_gini(found: Attention) -> FloatArray:
    """Return the Gini coefficient of attention over live items."""
    return gini(found.given, found.total)


def congestion(found: Attention) -> FloatArray:
    """Return the Gini coefficient of attention per opening over the live items whose openings are known."""
    return gini(_per_opening(found), found.roomy)


def crowded_share(found: Attention) -> FloatArray:
    """Return the share of attention per opening, added up over items, that the most crowded items have."""
    each = -np.sort(-_per_opening(found), axis=1)
    most = int(np.ceil(MOST_CROWDED * found.roomy))
    return _divided(each[:, :most].sum(axis=1), each.sum(axis=1))


def gini(values: FloatArray, total: int) -> FloatArray:
    """Return the Gini coefficient of each row of values together with as many zeros as it takes to be `total`; NaN of nothing.

    0: all get the same; (total - 1) / total: one gets everything (Sen 1973).
    """
    places = np.arange(total - values.shape[1] + 1, total + 1, dtype=np.float64)
    weighted: FloatArray = np.sort(values, axis=1) * (2 * places - total - 1)
    return _divided(weighted.sum(axis=1), total * values.sum(axis=1))


CATALOGUE_MEASURES = (
    CatalogueMeasure("coverage", coverage),
    CatalogueMeasure("exposure_gini", exposure_gini),
    CatalogueMeasure("congestion", congestion),
    CatalogueMeasure("crowded_share", crowded_share),
)
"""The measures that speak of all lists together."""


def _per_opening(found: Attention) -> FloatArray:
    known = ~np.isnan(found.openings)
    return found.given[:, known] / found.openings[known]


def _blocks(resamples: int, width: int) -> Iterator[int]:
    block = max(1, _CELLS // max(width, 1))
    yield from (min(block, resamples - start) for start in range(0, resamples, block))


def _divided(part: FloatArray | IntArray, whole: FloatArray | IntArray) -> FloatArray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
