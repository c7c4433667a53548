"""From scores to a list: deterministic, and spread over employers."""

import numpy as np

from sqrec.arrays import FloatArray, IntArray, KeyArray
from sqrec.rank.policy import Spread


def by_score(scores: FloatArray, keys: KeyArray) -> IntArray:
    """Return places from the highest score down; ties are broken by the hash of the item's id."""
    return np.lexsort((keys, -scores))


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
