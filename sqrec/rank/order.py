"""From scores to a list: deterministic, what was looked at lower, and spread over employers."""

import numpy as np

from sqrec.arrays import BoolArray, FloatArray, IntArray, KeyArray
from sqrec.rank.policy import Spread


def by_score(scores: FloatArray, keys: KeyArray) -> IntArray:
    """Return places from the highest score down; ties are broken by `keys`."""
    return np.lexsort((keys, -scores))


def nearer(minutes: FloatArray, keys: KeyArray) -> KeyArray:
    """Return what breaks ties between items: the nearer first, those of unknown minutes (NaN) last, then by `keys`."""
    ranks = np.empty(len(keys), np.uint64)
    ranks[np.lexsort((keys, minutes))] = np.arange(len(keys), dtype=np.uint64)  # NaN sorts last
    return ranks


def demoted(order: IntArray, looked_at: BoolArray) -> IntArray:
    """Return the order with each item that was looked at, at place r (1 = top), at place 2r.

    `looked_at` is by place of pairs. Of two items that claim one place, the one not looked at goes first.
    """
    lower = looked_at[order]
    place = np.arange(1, len(order) + 1)
    return order[np.lexsort((lower, np.where(lower, 2 * place, place)))]


def behind(order: IntArray, far: BoolArray) -> IntArray:
    """Return the order with what is far (by place of pairs) behind all else; nothing else changes place."""
    return order[np.argsort(far[order], kind="stable")]


def spread_out(order: IntArray, groups: IntArray, spread: Spread) -> IntArray:
    """Return the order with at most `spread.most` of a group among the first ones.

    An item too many moves down to right behind the first `spread.first`; nothing else changes place. Items
    of an unknown group (-1) never count. Where there is too little else, the rule gives way.
    """
    taken: dict[int, int] = {}
    first: list[int] = []
    later: list[int] = []
    for place, index in enumerate(order.tolist()):
        if len(first) == spread.first:
            return np.array([*first, *later, *order[place:].tolist()], dtype=np.int64)
        group = int(groups[index])
        if group >= 0 and taken.get(group, 0) == spread.most:
            later.append(index)
        else:
            first.append(index)
            taken[group] = taken.get(group, 0) + 1
    return np.array(first + later, dtype=np.int64)
