"""Use rates of the fit bands."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.evaluate.stats.compare import Interval, share_of_means
from sqrec.rank.reasons import FITS, Fit, Requirement, fits_of


@dataclass(frozen=True)
class Band:
    """Hold what came of the pairs of one fit band.

    `candidates` and `used` are numbers of pairs; `rate` is used / candidates over everything that was ranked, `shown_rate`
    the same over the first ten of each list alone, both with people drawn whole; `n` of an interval is people.
    """

    fit: Fit
    candidates: int
    used: int
    rate: Interval
    shown: int
    shown_used: int
    shown_rate: Interval


@dataclass
class BandWatch:
    """Count, question by question, the candidates of each fit band and those that were used."""

    names: Sequence[str]
    requirements: Sequence[Requirement]
    counts: list[IntArray] = field(default_factory=list[IntArray])

    def look(self, rows: FloatArray, used: BoolArray, first: BoolArray) -> None:
        """Count one question: its candidates' rows, which of them were used, and which are in the first places."""
        if not self.requirements:
            return
        fit = fits_of(rows, self.names, self.requirements)
        parts = (fit, fit[used], fit[first], fit[first & used])
        self.counts.append(np.array([np.bincount(part, minlength=len(FITS)) for part in parts]))

    def bands(self, seed: int) -> tuple[Band, ...]:
        """Return every band that has a candidate; none without questions or requirements."""
        if not self.counts:
            return ()
        table = np.array(self.counts, dtype=np.float64)  # (people, what is counted, bands)
        totals = table.sum(axis=0).astype(np.int64)
        return tuple(
            Band(
                name,
                int(totals[0, place]),
                int(totals[1, place]),
                _rate(table[:, 1, place], table[:, 0, place], seed),
                int(totals[2, place]),
                int(totals[3, place]),
                _rate(table[:, 3, place], table[:, 2, place], seed),
            )
            for place, name in enumerate(FITS)
            if totals[0, place]
        )


def _rate(used: FloatArray, all_of_them: FloatArray, seed: int) -> Interval:
    """Return used pairs per pair; people without any pair in the band say nothing of it."""
    there = all_of_them > 0
    return share_of_means(used[there], all_of_them[there], np.random.default_rng(seed))
