"""Which pairs of records are worth comparing: linear in the records."""

from collections.abc import Sequence

import numpy as np

from sqrec.base.arrays import IntArray, KeyArray
from sqrec.same.records import Records, numbered
from sqrec.same.rules import blocks
from sqrec.same.worded import Worded

_CELL = 300.0 / 6_371_008.8
"""The edge of a cell of about 300 metres, on unit vectors."""


def pairs_of(owner: IntArray, told: Sequence[Worded], records: Records) -> tuple[IntArray, IntArray]:
    """Return pairs (first, second), first < second, each once: records of one owner (-1: nobody's) with equal titles, bare or not.

    Each is compared with the first one, with the first of its area, and with the next ones in the order of their places.
    """
    area = records.area[:, -1]
    cells = [np.nan_to_num(np.floor(axis / _CELL), nan=-1e9) for axis in records.direction]
    found = [np.empty((2, 0), np.int64)]
    for name in ("core", "bare"):
        keys = [f"{one}|{getattr(words, name)}" if one >= 0 else None for one, words in zip(owner.tolist(), told, strict=True)]
        title = numbered(keys)
        ordered = np.lexsort((area, records.address, *cells, title))
        found += [_next(ordered, title, blocks().wording), _first(title), _first(_both(title, area))]
    pairs = np.concatenate(found, axis=1)
    low, high = pairs.min(axis=0), pairs.max(axis=0)
    distinct = np.unique(low * len(owner) + high)
    return distinct // max(len(owner), 1), distinct % max(len(owner), 1)


def _both(group: IntArray, area: KeyArray) -> IntArray:
    """Return numbers of the groups split by areas; -1 where either is unknown."""
    known = (group >= 0) & (area > 0)
    found = np.full(len(group), -1)
    found[known] = np.unique(np.stack([group[known].astype(np.uint64), area[known]]), axis=1, return_inverse=True)[1].ravel()
    return found


def _next(order: IntArray, group: IntArray, most: int) -> IntArray:
    """Return pairs of each record and the next ones of its group in some order, shape (2, pairs)."""
    ordered = group[order]
    found = [np.empty((2, 0), np.int64)]
    for step in range(1, min(most, len(order) - 1) + 1):
        same = np.flatnonzero((ordered[:-step] == ordered[step:]) & (ordered[:-step] >= 0))
        found.append(np.stack([order[same], order[same + step]]))
    return np.concatenate(found, axis=1)


def _first(group: IntArray) -> IntArray:
    """Return pairs of each record and the first of its group, shape (2, pairs)."""
    known = np.flatnonzero(group >= 0)
    _, first, number = np.unique(group[known], return_index=True, return_inverse=True)
    heads = known[first][number.ravel()]
    return np.stack([heads, known])[:, heads != known]
