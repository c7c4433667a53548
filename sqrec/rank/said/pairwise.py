"""Columns that are told pair by pair: a sentence asks for one where all sentences before it failed."""

from typing import Protocol

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.rank.view import View


class PairColumn(Protocol):
    """Be a column whose value for one pair can be had alone."""

    def value(self, view: View, query: int, row: int) -> float:
        """Return the number of one question and one item (a row of `Items`), NaN where unknown."""
        ...


class Pairwise:
    """Compute a column's value for every pair by itself."""

    __slots__ = ()

    def compute(self: PairColumn, view: View) -> FloatArray:
        """Return one float64 per pair."""
        pairs = zip(view.pairs.query.tolist(), view.pairs.item.tolist(), strict=True)
        return np.array([self.value(view, query, row) for query, row in pairs], np.float64)
