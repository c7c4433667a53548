"""Drift of rows: the population stability index of every column."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sqrec.base.arrays import FloatArray

BINS = 10
"""Bins of about equal size for the known values of a column."""
FLOOR = 1e-4
"""The share of an empty bin, as the index takes logarithms."""


@dataclass(frozen=True)
class Shape:
    """Hold the histogram of every column.

    `edges`, shape (columns, BINS - 1), are the quantiles of the known values; `shares`, shape (columns, BINS + 1), the shares
    of all rows in each bin, the unknown in the last.
    """

    edges: FloatArray
    shares: FloatArray

    @classmethod
    def of(cls, rows: FloatArray) -> Self:
        """Compute the histograms of rows, shape (rows, columns); a column without known values has NaN edges."""
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
