"""Compiled loops that fill rows: what columns of one family share is computed once, and written into the rows in place.

Every loop gives the bits of the columns' own `compute` (numpy): sums run in numpy's order, whatever the other pairs are
(docs/laws.md, law 1).
"""

from typing import Any

import numpy as np
from numba import njit

BEST, LAST, MEAN, RECENT = range(4)
"""Which place of `places` is whose: the column where a reduction stands, or -1."""
_LANES = 8


@njit(cache=True)
def fill_reduced(match: Any, first: int, last: int, weights: Any, places: Any, rows: Any) -> None:
    """Fill columns of `rows` with the best, the first, the mean and the weighted mean of `match[:, first:last]`.

    `weights` has one number per text where the weighted mean is asked for; there must be a text.
    """
    count = last - first
    terms, whole = np.empty(count), _sum(weights, len(weights))
    for row in range(len(rows)):
        terms[:] = match[row, first:last]
        _reduce(terms, weights, whole, places, rows[row])


@njit(cache=True)
def fill_same(group: Any, items: Any, earlier: Any, weights: Any, places: Any, rows: Any) -> None:
    """Fill columns of `rows` as `fill_reduced` does, a match being 1 where an item's group is that of an earlier item, else 0.

    `group` is each catalogue item's group, -1 unknown; `items` and `earlier` are rows of the catalogue.
    """
    terms, whole = np.empty(len(earlier)), _sum(weights, len(weights))
    theirs = group[earlier]
    for row in range(len(rows)):
        mine = group[items[row]]
        for number in range(len(earlier)):
            terms[number] = 1.0 if mine >= 0 and mine == theirs[number] else 0.0
        _reduce(terms, weights, whole, places, rows[row])


@njit(cache=True)
def _reduce(terms: Any, weights: Any, whole: float, places: Any, out: Any) -> None:
    """Write the reductions of some terms, at least one; `terms` is used up."""
    if places[BEST] >= 0:
        out[places[BEST]] = terms.max()
    if places[LAST] >= 0:
        out[places[LAST]] = terms[0]
    if places[MEAN] >= 0:
        out[places[MEAN]] = _sum(terms, len(terms)) / len(terms)
    if places[RECENT] >= 0:
        for number in range(len(terms)):
            terms[number] *= weights[number]
        out[places[RECENT]] = _sum(terms, len(terms)) / whole


@njit(cache=True)
def _sum(terms: Any, count: int) -> float:
    """Return the sum of at most 128 terms in the order of numpy's pairwise sum: eight lanes, then what is left."""
    total = 0.0
    if count < _LANES:
        for number in range(count):
            total += terms[number]
        return total
    lanes = terms[:_LANES].copy()
    even = count - count % _LANES
    for start in range(_LANES, even, _LANES):
        for lane in range(_LANES):
            lanes[lane] += terms[start + lane]
    total = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    for number in range(even, count):
        total += terms[number]
    return total


@njit(cache=True)
def fill_rates(times: Any, group: Any, sizes: Any, items: Any, mean: float, prior: float, out: Any) -> None:
    """Fill `out` with times per item of the group, drawn towards the mean of the catalogue, relative to that mean (`Popularity`)."""
    for row in range(len(items)):
        members = sizes[group[items[row]]]
        out[row] = (times[row] + prior * mean) / ((members + prior) * mean)


@njit(cache=True)
def most_rungs(ladders: Any, items: Any, mine: Any, out: Any) -> None:
    """Fill `out` with the rungs that each item's occupation ladder shares with the nearest of some others; NaN without a code."""
    for row in range(len(items)):
        best = 0
        for other in range(len(mine)):
            shared = 0
            for rung in range(mine.shape[1]):
                if mine[other, rung] > 0 and ladders[items[row], rung] == mine[other, rung]:
                    shared += 1
            best = max(best, shared)
        out[row] = np.nan if ladders[items[row], 0] == 0 else best


@njit(cache=True)
def shared_levels(areas: Any, items: Any, home: Any, out: Any) -> None:
    """Fill `out` with the levels of the administrative path that each item shares with a home; NaN where the item has no area."""
    for row in range(len(items)):
        shared = 0
        for level in range(len(home)):
            if areas[items[row], level] == home[level]:
                shared += 1
        out[row] = np.nan if areas[items[row], 0] == 0 else shared


@njit(cache=True)
def same_values(rows: Any, out: Any) -> None:
    """Tell of every column whether all rows have the same value in it, or are all unknown (NaN)."""
    out[:] = True
    for row in range(1, len(rows)):
        for column in range(rows.shape[1]):
            first, value = rows[0, column], rows[row, column]
            out[column] &= value == first or (value != value and first != first)
