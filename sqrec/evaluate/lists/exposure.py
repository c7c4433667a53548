"""Distribution of attention over the catalogue."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, divided
from sqrec.evaluate.stats.compare import LEVEL, RESAMPLES, Interval, times_drawn

MOST_CROWDED = 0.01
"""The share of items that counts as the most crowded."""

_CELLS = 4_000_000  # bounds what one block of resamples holds in memory: 32 MB an array


@dataclass(frozen=True)
class Attention:
    """Hold attention per item, shape (resamples, items shown to somebody); the other live items of `total` get none.

    `openings` belong to the columns; `roomy` is the number of live items whose openings are known.
    """

    given: FloatArray
    openings: FloatArray
    total: int
    roomy: int


def attention(item: IntArray, items: int) -> sparse.csr_array:
    """Return how much attention each person gives each item, shape (people, items): 1 / log2(rank + 1) (Singh and Joachims 2018).

    `item`, shape (people, k), are rows of the catalogue; negative ones (nothing there, unknown) get none.
    """
    person, place = np.nonzero(item >= 0)
    return sparse.csr_array((1 / np.log2(place + 2.0), (person, item[person, place])), (len(item), items))


def catalogue_figures(
    item: IntArray, live: BoolArray, openings: FloatArray, rng: np.random.Generator, resamples: int = RESAMPLES
) -> dict[str, Interval]:
    """Return every catalogue measure with its interval; a measure of which nothing is known is left out.

    `item`, shape (people, k), are rows of the catalogue. Of every row of the catalogue `live` says whether it could have been shown
    to somebody, `openings` for how many people it has room (NaN unknown).

    People are drawn with replacement, each with the whole list, and every figure is computed anew. As a resample holds
    fewer different people than there are, it always covers less and is more uneven: the bounds are the 2.5 and 97.5
    percentiles of the resamples, moved by the distance of their mean from the figure (Davison and Hinkley 1997, section 2.3),
    and speak of as many other people.
    """
    given = attention(item, len(live))
    shown = np.flatnonzero((given.sum(axis=0) > 0) & live)
    total, roomy = int(live.sum()), int((live & ~np.isnan(openings)).sum())
    given, openings = given[:, shown], openings[shown]

    def figures(drawn: FloatArray) -> FloatArray:
        found = Attention(np.asarray((given.T @ drawn.T).T), openings, total, roomy)
        return np.column_stack([measure(found) for measure in CATALOGUE_MEASURES.values()])

    people = len(item)
    told = figures(np.ones((1, people)))[0]
    bounds = np.full((2, len(told)), np.nan)
    if people > 1:
        draws = np.vstack([figures(times_drawn(people, size, rng)) for size in _blocks(resamples, people + len(shown))])
        bounds = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0) + told - draws.mean(axis=0)
    rows = zip(CATALOGUE_MEASURES, told.tolist(), *np.clip(bounds, 0, 1).tolist(), strict=True)
    return {name: Interval(mean, low, high, people) for name, mean, low, high in rows if not np.isnan(mean)}


def coverage(found: Attention) -> FloatArray:
    """Return the share of live items that somebody is shown (Herlocker et al. 2004)."""
    return divided((found.given > 0).sum(axis=1), np.full(len(found.given), found.total))


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
    return divided(each[:, :most].sum(axis=1), each.sum(axis=1))


def gini(values: FloatArray, total: int) -> FloatArray:
    """Return the Gini coefficient of each row of values together with as many zeros as it takes to be `total`; NaN of nothing.

    0: all get the same; (total - 1) / total: one gets everything (Sen 1973).
    """
    places = np.arange(total - values.shape[1] + 1, total + 1, dtype=np.float64)
    weighted: FloatArray = np.sort(values, axis=1) * (2 * places - total - 1)
    return divided(weighted.sum(axis=1), total * values.sum(axis=1))


CATALOGUE_MEASURES: Mapping[str, Callable[[Attention], FloatArray]] = {
    "coverage": coverage,
    "exposure_gini": exposure_gini,
    "congestion": congestion,
    "crowded_share": crowded_share,
}
"""The measures of all lists together, by the name before the "@"; each returns one value per resample."""


def _per_opening(found: Attention) -> FloatArray:
    known = ~np.isnan(found.openings)
    return found.given[:, known] / found.openings[known]


def _blocks(resamples: int, width: int) -> Iterator[int]:
    block = max(1, _CELLS // max(width, 1))
    yield from (min(block, resamples - start) for start in range(0, resamples, block))
