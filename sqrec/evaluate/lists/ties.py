"""Sensitivity of a ranker's figure to the order of equal scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, Ragged
from sqrec.evaluate.stats.compare import Difference, Interval, difference, interval
from sqrec.evaluate.stats.metrics import ALL, NOT_FOUND, Hits, discount, gain_share, ndcg
from sqrec.evaluate.stats.notes import Note

K = 10
"""The cut-off of the check."""


@dataclass(frozen=True)
class Span:
    """Hold the places that one person's positives could have taken among items of equal score, in order of their ranks.

    Places are 1-based; both are `NOT_FOUND` for a positive that is not in the list. Without a tie `first` is `last`.
    """

    first: IntArray
    last: IntArray

    @classmethod
    def of(cls, scores: FloatArray, ranks: IntArray, *, tied: bool = True) -> "Span":
        """Take a list's scores, best first, and the ranks of its positives; `tied` says whether scores made the order."""
        ranks = np.sort(np.where(ranks == NOT_FOUND, ALL, ranks))
        found = ranks != ALL
        first = np.where(found, ranks, NOT_FOUND)
        last = first.copy()
        if tied and found.any():
            theirs = -scores[ranks[found] - 1]
            first[found] = np.searchsorted(-scores, theirs, "left") + 1
            last[found] = np.searchsorted(-scores, theirs, "right")
        return cls(first, last)


@dataclass(frozen=True)
class TieCheck:
    """Hold what ties do to a ranker's ndcg@10.

    `tied` is the share of people with a positive that has the score of another item; `by_rule` the figure as reported, ties
    ordered by the hash of the id; `over_orders` its mean over every order of the ties; `gain` the first minus the second.
    """

    tied: Interval
    by_rule: Interval
    over_orders: Interval
    gain: Difference

    @property
    def decides(self) -> bool:
        """Whether the rule for ties is established to raise the figure."""
        return self.gain.interval.low > 0


def tie_check(hits: Hits, spans: Sequence[Span], counted: BoolArray, rng: np.random.Generator) -> TieCheck:
    """Compare a ranker's ndcg@10 with its mean over every order of the ties, for the people who count."""
    first, last = (Ragged.of(rows, np.int64).values for rows in ([one.first for one in spans], [one.last for one in spans]))
    by_rule, over_orders = ndcg(hits, K), ndcg_over_ties(hits, first, last, K)
    people = np.repeat(np.arange(len(hits)), hits.positives)
    tied = (np.bincount(people, weights=last > first, minlength=len(hits)) > 0).astype(np.float64)
    tied[~hits.asked] = np.nan
    seed = int(rng.integers(2**32))

    def drawn() -> np.random.Generator:
        return np.random.default_rng(seed)

    return TieCheck(
        interval(tied[counted], drawn()),
        interval(by_rule[counted], drawn()),
        interval(over_orders[counted], drawn()),
        difference(by_rule[counted], over_orders[counted], drawn()),
    )


def ndcg_over_ties(hits: Hits, first: IntArray, last: IntArray, k: int) -> FloatArray:
    """Return ndcg averaged over every order of equal scores (McSherry and Najork 2008), shape (people,).

    `first` and `last` are the places that each positive of `hits` could take, in the order of `hits`. Every place is as
    likely as another, so its discount is the mean discount of them all; gains and the best order stay as they are. Without
    a tie the figure is that of `ndcg` to the bit.
    """
    up_to = np.concatenate(([0.0], np.cumsum(1 / np.log2(np.arange(1, k + 1) + 1))))
    sums = up_to[np.minimum(last, k)] - up_to[np.minimum(np.maximum(first - 1, 0), k)]
    means = sums / np.maximum(last - first + 1, 1)
    return gain_share(hits, np.where(last > first, means, discount(first, k)), k)


def said_of_ties(ranker: str, check: TieCheck) -> Note:
    """Return the note that a ranker's figure depends on the rule for ties."""
    return Note(
        "ties_decide",
        {
            "ranker": ranker,
            "by_rule": f"{check.by_rule.mean:.3f}",
            "over_orders": f"{check.over_orders.mean:.3f}",
            "low": f"{check.gain.interval.low:+.3f}",
            "high": f"{check.gain.interval.high:+.3f}",
            "n": check.gain.interval.n,
        },
    )
