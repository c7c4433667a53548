"""Whether rows still look as they did: the population stability index of every column."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sqrec.base.arrays import FloatArray

BINS = 10
"""Parts of about the same size into which the known values of a column are cut."""
FLOOR = 1e-4
"""The share that stands for an empty part: the index takes logarithms."""


@dataclass(frozen=True)
class Shape:
    """Hold how the values of every column are spread.

    `edges`, shape (columns, BINS - 1), are the values that cut the known ones into parts of about the same size; `shares`,
    shape (columns, BINS + 1), say how much of all rows lies in each part, the unknown in the last.
    """

    edges: FloatArray
    shares: FloatArray

    @classmethod
    def of(cls, rows: FloatArray) -> Self:
        """Take the shape of rows, shape (rows, columns); a column of which nothing is known has no edges (NaN)."""
        edges = np.full((rows.shape[1], BINS - 1), np.nan)
        for place, column in enumerate(rows.T):
            known = column[~np.isnan(column)]
            if len(known):
                edges[place] = np.quantile(known, np.arange(1, BINS) / BINS, method="higher")
        return cls(edges, _shares(rows, edges))

    def moved(self, rows: FloatArray) -> FloatArray:
        """Return the population stability index of every column of other rows against this shape, shape (columns,).

        The sum over all parts of (new - old) * ln(new / old), shares of an empty part counted as `FLOOR`. By custom up to 0.1 is
        little, above 0.25 a lot. Zero where there are no rows at all.
        """
        if len(rows) == 0:
            return np.zeros(len(self.edges))
        old, new = (np.maximum(shares, FLOOR) for shares in (self.shares, _shares(rows, self.edges)))
        return ((new - old) * np.log(new / old)).sum(axis=1)


def _shares(rows: FloatArray, edges: FloatArray) -> FloatArray:
    counts = np.zeros((rows.shape[1], BINS + 1))
    for place, column in enumerate(rows.T):
        part = (column[:, None] >= edges[place]).sum(axis=1)
        counts[place] = np.bincount(np.where(np.isnan(column), BINS, part), minlength=BINS + 1)
    return counts / max(len(rows), 1)
