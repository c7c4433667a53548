"""Compiled loops over trees: which leaf each row reaches, and what leaves owe to families of columns.

A tree's leaves are bits, left to right; a node's mask clears those that a row cannot reach once its feature is above the node's
threshold (QuickScorer, Lucchese et al. 2015). Masks are and-ed, so that neither their order nor what was and-ed beforehand changes
a bit of the answer. Sums run over the trees in order, whatever the other rows are (docs/laws.md, law 1).
"""

from typing import Any

import numpy as np
from numba import njit

STRIDE = 16
"""A feature's masks are kept and-ed together up to every so many thresholds."""
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_ZERO = float(np.float32(1e-35))
"""What LightGBM takes for zero."""
_LOWEST = np.argsort([((int(_DE_BRUIJN) << place) & (2**64 - 1)) >> 58 for place in range(64)]).astype(np.uint8)
"""The place of the lowest bit, by the first six bits of that bit times a de Bruijn sequence (Leiserson et al. 1998)."""


@njit(cache=True)
def add_leaves(
    starts: Any, threshold: Any, tree: Any, mask: Any, jumps: Any, jump_starts: Any, unknown: Any, leaf: Any, rows: Any, out: Any,
    exits: Any,
) -> None:  # fmt: skip
    """Add the leaf that each row reaches in every tree to `out`, trees in order; its place goes to `exits`, shape (rows, trees).

    Feature f's nodes are `starts[f]:starts[f + 1]`, in rising order of their thresholds. Line `jump_starts[f] + k` of `jumps`, shape
    (lines, trees), holds the masks of its first `k * STRIDE` nodes and-ed together, line f of `unknown` those of its nodes where an
    unknown value goes right. `exits` may be one line that all rows write over. What is the same in all rows is and-ed once.
    """
    features, trees = len(starts) - 1, len(leaf)
    shared, alive = np.empty(trees, mask.dtype), np.empty(trees, mask.dtype)
    varies = np.empty(features, np.int64)
    varying = 0
    shared[:] = _all_ones(mask)
    for feature in range(features):
        if starts[feature] == starts[feature + 1]:
            continue
        if _is_same(rows, feature):
            _clear(starts, threshold, tree, mask, jumps, jump_starts, unknown, feature, rows[0, feature], shared)
        else:
            varies[varying] = feature
            varying += 1
    for row in range(len(rows)):
        for number in range(trees):  # a loop is compiled to wide moves, an assignment of slices is not
            alive[number] = shared[number]
        for feature in varies[:varying]:
            _clear(starts, threshold, tree, mask, jumps, jump_starts, unknown, feature, rows[row, feature], alive)
        line, total = row % len(exits), out[row]
        for number in range(trees):
            left = np.uint64(alive[number])
            lowest = left & (~left + np.uint64(1))
            place = _LOWEST[(lowest * _DE_BRUIJN) >> np.uint64(58)]
            total += leaf[number, place]
            exits[line, number] = place
        out[row] = total


@njit(cache=True)
def _all_ones(mask: Any) -> Any:
    return ~np.zeros(1, mask.dtype)[0]


@njit(cache=True)
def _is_same(rows: Any, feature: int) -> bool:
    """Tell whether a feature has one value in all rows; false of no rows."""
    for row in range(len(rows)):
        first, value = rows[0, feature], rows[row, feature]
        if value != first and not (value != value and first != first):
            return False
    return len(rows) > 0


@njit(cache=True)
def _clear(
    starts: Any, threshold: Any, tree: Any, mask: Any, jumps: Any, jump_starts: Any, unknown: Any, feature: int, value: float,
    alive: Any,
) -> None:  # fmt: skip
    """Clear the leaves that a feature's value cannot reach."""
    if value != value:
        _and(alive, unknown[feature])
        return
    if abs(value) <= _ZERO:
        value = 0.0
    below = _below(threshold, starts[feature], starts[feature + 1], value)
    jump = (below - starts[feature]) // STRIDE
    if jump > 0:
        _and(alive, jumps[jump_starts[feature] + jump])
    for node in range(starts[feature] + jump * STRIDE, below):
        alive[tree[node]] &= mask[node]


@njit(cache=True)
def _and(alive: Any, line: Any) -> None:
    for number in range(len(alive)):
        alive[number] &= line[number]


@njit(cache=True)
def _below(threshold: Any, first: int, last: int, value: float) -> int:
    """Return where the thresholds from `first` to `last` (at least one) stop being below a value; halves without a jump."""
    left = last - first
    while left > 1:
        half = left >> 1
        first = first + half if threshold[first + half - 1] < value else first
        left -= half
    return first + (1 if threshold[first] < value else 0)


@njit(cache=True)
def add_shares(table: Any, exits: Any, rows: Any, out: Any, mean: Any) -> None:
    """Add to `out`, shape (rows, families), what the leaves of some rows owe to each family, and to `mean` the mean of all rows.

    `table` has shape (trees, leaves, families), `exits` shape (all rows, trees); `rows` are rows of `exits`. A row's sums run over
    the trees in order. For the mean leaves are counted first and added in their order: the order of the rows makes no difference.
    """
    trees, leaves, families = table.shape
    for place in range(len(rows)):
        for tree in range(trees):
            leaf = exits[rows[place], tree]
            for family in range(families):
                out[place, family] += table[tree, leaf, family]
    times = np.zeros((trees, leaves), np.int32)
    for row in range(len(exits)):
        for tree in range(trees):
            times[tree, exits[row, tree]] += 1
    for tree in range(trees):
        for leaf in range(leaves):
            if times[tree, leaf] > 0:
                share = times[tree, leaf] / len(exits)
                for family in range(families):
                    mean[family] += share * table[tree, leaf, family]
