"""Metrics of ranked lists: pure functions, one value per person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray, Ragged
from sqrec.catalogue.attention import discount as attention
from sqrec.errors import DataError, RequestError
from sqrec.evaluate.stats.notes import meaning_of

NOT_FOUND = 0
"""The rank of a positive that is not in the list."""

ALL = int(np.iinfo(np.int64).max)
"""The cut-off of the whole list."""

CUTOFFS = (1, 5, 10, 20, 50)
HIGHEST_GRADE = 30


@dataclass(frozen=True)
class Hits:
    """Hold the ranks of each person's positives in the person's list. Built by `Hits.of`.

    `ranks` are 1-based, `NOT_FOUND` where a positive is not in the list; `grades` are whole numbers from 1. Both have one list
    per person over *all* positives, found ones first and by rank: the ideal order is made of all of them. `listed` is the
    number of items in each person's list.
    """

    ranks: Ragged
    grades: Ragged
    listed: IntArray

    @classmethod
    def of(cls, ranks: Ragged, grades: Ragged, listed: IntArray) -> "Hits":
        """Check what was found for each person and put it in order; positives may come in any order.

        Every positive has an entry, found or not. Raises DataError for a rank outside the list, two positives
        on one rank, or a grade that is none.
        """
        _check(ranks, grades, listed)
        order = np.lexsort((_last_if_missing(ranks.values), _owners(ranks)))
        return cls(Ragged(ranks.offsets, ranks.values[order]), Ragged(ranks.offsets, grades.values[order]), listed)

    def __len__(self) -> int:
        return len(self.listed)

    @property
    def positives(self) -> IntArray:
        """The number of positives of each person, in the list or not."""
        return self.ranks.sizes

    @property
    def asked(self) -> BoolArray:
        """Mark the people with a positive, the only ones a metric can speak about."""
        return self.positives > 0


@dataclass(frozen=True)
class Metric:
    """Hold one metric: its name before the "@", and how it is computed.

    `compute` takes hits and a cut-off k. `whole` metrics exist over the whole list under their bare name,
    `cut` ones at any k as "name@k".
    """

    name: str
    compute: Callable[[Hits, int], FloatArray]
    whole: bool = False
    cut: bool = True

    @property
    def meaning(self) -> str:
        """What it means, in one sentence."""
        return meaning_of(self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which reports give this metric."""
        return (self.name,) * self.whole + tuple(f"{self.name}@{k}" for k in CUTOFFS if self.cut)

    @property
    def title(self) -> str:
        """The name with its cut-off as a letter."""
        return f"{self.name}@k" if self.cut else self.name


def ndcg(hits: Hits, k: int) -> FloatArray:
    """Return normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), gain as in Burges et al. 2005."""
    return gain_share(hits, discount(hits.ranks.values, k), k)


def gain_share(hits: Hits, discounts: FloatArray, k: int) -> FloatArray:
    """Return the discounted gain of each person's positives as a share of the best order's; one discount per positive."""
    gain = np.exp2(hits.grades.values) - 1
    best_first = np.lexsort((-hits.grades.values, _owners(hits.ranks)))
    ideal = _total(hits, gain[best_first] * discount(_places(hits.ranks), k))
    return _share(hits, _total(hits, gain * discounts), ideal)


def discount(ranks: IntArray, k: int) -> FloatArray:
    """Return the attention to each rank up to k, 1 / log2(rank + 1); 0 beyond it and for what was not found."""
    return np.where(_within(ranks, k), attention(np.maximum(ranks, 1)), 0.0)


def recall(hits: Hits, k: int) -> FloatArray:
    """Return the share of all positives among the first k."""
    return _share(hits, _found(hits, k), hits.positives)


def precision(hits: Hits, k: int) -> FloatArray:
    """Return the share of positives in k places; a shorter list leaves places empty."""
    return _share(hits, _found(hits, k), np.full(len(hits), k))


def average_precision(hits: Hits, k: int) -> FloatArray:
    """Return average precision; as positives come by rank, a positive's place is the number of hits up to it."""
    ranks = hits.ranks.values
    at_rank = np.where(_within(ranks, k), _places(hits.ranks) / np.maximum(ranks, 1), 0.0)
    return _share(hits, _total(hits, at_rank), np.minimum(hits.positives, k))


def reciprocal_rank(hits: Hits, k: int) -> FloatArray:
    """Return 1 / rank of the first positive; 0 where it is not among the first k."""
    ranks = hits.ranks.values
    first = _within(ranks, k) & (_places(hits.ranks) == 1)
    return _share(hits, _total(hits, first / np.maximum(ranks, 1)), np.ones(len(hits)))


def hit_rate(hits: Hits, k: int) -> FloatArray:
    """Return 1 where a positive is among the first k, else 0."""
    return _share(hits, (_found(hits, k) > 0).astype(np.float64), np.ones(len(hits)))


def exposure(hits: Hits, k: int) -> FloatArray:
    """Return the mean attention that the first k places give to a person's positives (Singh and Joachims 2018)."""
    return _share(hits, _total(hits, discount(hits.ranks.values, k)), hits.positives)


_METRICS = (
    Metric("ndcg", ndcg),
    Metric("recall", recall),
    Metric("precision", precision),
    Metric("map", average_precision),
    Metric("mrr", reciprocal_rank, whole=True),
    Metric("hit_rate", hit_rate),
    Metric("exposure", exposure, whole=True, cut=False),
    Metric("recall@candidates", recall, whole=True, cut=False),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _METRICS}
"""Every metric by the part of its name before the cut-off."""

NAMES: tuple[str, ...] = tuple(name for metric in _METRICS for name in metric.names)
"""What a report computes for every ranker."""


def per_person(hits: Hits, names: Iterable[str] = NAMES) -> dict[str, FloatArray]:
    """Return each named metric, shape (people,); NaN for people without a positive, who count in no mean.

    Names are "ndcg@10", "mrr", … at any cut-off from 1. Raises RequestError for a name no metric has.
    """
    chosen = {name: _resolve(name) for name in names}
    return {name: metric.compute(hits, k) for name, (metric, k) in chosen.items()}


def ranks_in(listed: AnyArray, positives: AnyArray) -> IntArray:
    """Return the rank of each positive in a finished list of item indices or ids; `NOT_FOUND` where it is absent."""
    if len(listed) == 0:
        return np.full(len(positives), NOT_FOUND, dtype=np.int64)
    order = np.argsort(listed, kind="stable")
    at = np.minimum(np.searchsorted(listed, positives, sorter=order), len(listed) - 1)
    return np.where(listed[order[at]] == positives, order[at] + 1, NOT_FOUND).astype(np.int64)


def _resolve(name: str) -> tuple[Metric, int]:
    metric = METRICS.get(name)
    if metric is not None and metric.whole:
        return metric, ALL
    base, _, k = name.partition("@")
    metric = METRICS.get(base)
    if metric is None or not metric.cut or not k.isdecimal() or int(k) < 1:
        known = ", ".join(metric.title for metric in _METRICS)
        raise RequestError(f"No metric is called {name!r}. Use one of {known}, with a whole number k >= 1.")
    return metric, int(k)


def _check(ranks: Ragged, grades: Ragged, listed: IntArray) -> None:
    if not np.array_equal(ranks.offsets, grades.offsets) or len(ranks) != len(listed):
        raise DataError("Ranks, grades and list lengths speak of different people or positives. Build them together.")
    person, values = _owners(ranks), ranks.values
    if ((values < NOT_FOUND) | (values > listed[person])).any():
        raise DataError("A positive has a rank outside its list. Ranks start at 1; 0 means not found.")
    if ((grades.values < 1) | (grades.values > HIGHEST_GRADE)).any():
        raise DataError(f"A positive's grade is not between 1 and {HIGHEST_GRADE}. Leave out what is no positive.")
    found = values != NOT_FOUND
    taken = np.column_stack([person[found], values[found]])
    if len(np.unique(taken, axis=0)) < len(taken):
        raise DataError("Two positives of a person have the same rank. Break ties before ranks are given.")


def _owners(lists: Ragged) -> IntArray:
    """Return the person of each positive."""
    return np.repeat(np.arange(len(lists)), lists.sizes)


def _places(lists: Ragged) -> IntArray:
    """Return each positive's place in its person's list of positives, from 1."""
    return np.arange(1, len(lists.values) + 1) - np.repeat(lists.offsets[:-1], lists.sizes)


def _last_if_missing(ranks: IntArray) -> IntArray:
    return np.where(ranks == NOT_FOUND, ALL, ranks)


def _within(ranks: IntArray, k: int) -> BoolArray:
    return (ranks != NOT_FOUND) & (ranks <= k)


def _total(hits: Hits, values: FloatArray) -> FloatArray:
    return np.bincount(_owners(hits.ranks), weights=values, minlength=len(hits)).astype(np.float64, copy=False)


def _found(hits: Hits, k: int) -> FloatArray:
    return _total(hits, _within(hits.ranks.values, k).astype(np.float64))


def _share(hits: Hits, part: FloatArray, whole: FloatArray | IntArray) -> FloatArray:
    """Divide, person by person; NaN, never 0 or 1, where there is no positive."""
    shares = np.full(len(hits), np.nan)
    return np.divide(part, whole, out=shares, where=hits.asked)
