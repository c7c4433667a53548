"""Ranking quality against the spread of attention over openings, by strength of the rule for capacity."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, KeyArray, Ragged, divided, keys_of, lookup
from sqrec.base.numbers import DAY
from sqrec.catalogue.attention import Loads, discount, remaining
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import Capacity
from sqrec.contract import Kind
from sqrec.evaluate.lists.exposure import gini
from sqrec.evaluate.lists.heldout import Outcome
from sqrec.evaluate.lists.lists import FIRST
from sqrec.evaluate.stats.compare import LEVEL, Interval, interval, share_of_means, times_drawn
from sqrec.evaluate.stats.metrics import Hits, per_person, ranks_in
from sqrec.evaluate.stats.split import Questions
from sqrec.rank.capacity import lots, tempered
from sqrec.rank.recommender import Recommender

STRENGTHS = (0.0, 0.005, 0.01, 0.015, 0.02, 0.04, 0.08)
"""Where the curve is drawn, besides the strength that is served."""

RESAMPLES = 500
_METRIC = f"ndcg@{FIRST}"
_BLOCK = 50


@dataclass(frozen=True)
class Point:
    """Hold what one strength makes of the lists.

    `congestion` is the Gini coefficient of attention per opening over live items of known openings, `congestion_change` its
    change as a share of that in score order (-0.3: 30 % less; NaN where that is even); `ndcg` is ndcg@10 over people, `ndcg_share` the same as a share
    of that in score order. Intervals are over people; shares are of the same people.
    """

    strength: float
    congestion: Interval
    congestion_change: Interval
    ndcg: Interval
    ndcg_share: Interval


@dataclass(frozen=True)
class Tradeoff:
    """Hold the curve of one kind.

    `served` is the strength in service, `people` get a list on each of `days`, `items` is the number of items with known
    openings.
    """

    served: float
    days: int
    people: int
    items: int
    points: Sequence[Point]


@dataclass(frozen=True)
class ScoredLists:
    """Hold the upper part of everybody's list in score order: rows of items, scores, and the positives."""

    item: Sequence[IntArray]
    score: Sequence[FloatArray]
    positives: Sequence[IntArray]
    grades: Ragged

    @classmethod
    def of(cls, table: pd.DataFrame, questions: Questions, items: Items) -> Self:
        """Read one ranker's rows of `Outcome.lists`, one list per question."""
        starts = np.flatnonzero(table["position"].to_numpy() == 1)
        item = np.split(items.find(keys_of(table["item_id"].tolist())), starts[1:])
        score = np.split(table["score"].to_numpy(np.float64), starts[1:])
        person = keys_of(table["person_id"].iloc[starts].tolist())
        by_person = np.argsort(questions.person)
        question = by_person[lookup(questions.person[by_person], person)]
        used = questions.items.take(question)
        return cls(item, score, [items.find(used.row(row)) for row in range(len(used))], questions.grades.take(question))

    def __len__(self) -> int:
        return len(self.item)


def tradeoff_of(
    outcome: Outcome, snapshot: Snapshot, kind: Kind, recommender: Recommender, rng: np.random.Generator
) -> Tradeoff | None:
    """Return what spreading the model's held-out lists over openings costs, at the temperature that serves.

    None in a city without a rule for capacity, and where there are no lists or no known openings.
    """
    table, items = outcome.lists[outcome.lists["ranker"] == "model"], snapshot.items[kind]
    capacity = recommender.served(kind).capacity
    if capacity is None or table.empty:
        return None
    midnight = recommender.city.midnight(int(outcome.questions.at[~outcome.refused].max()))
    nothing = Loads(np.zeros(len(items)), remaining(items, snapshot.counts[kind], midnight), outcome.facts.live)
    if not nothing.live.any():
        return None
    lists = ScoredLists.of(table, outcome.questions, items)
    return tradeoff(lists, nothing, items.key, capacity, kind, midnight, rng)


def tradeoff(
    lists: ScoredLists, loads: Loads, keys: KeyArray, capacity: Capacity, kind: Kind, midnight: int, rng: np.random.Generator
) -> Tradeoff:
    """Return the curve: everybody gets a list on each day of the rule's window, by what was known at the day's midnight.

    `loads` are those before the first day, with nothing shown yet; `keys` the hashes of the items' ids.
    """
    served, seed = capacity.strength.get(kind, 0.0), int(rng.integers(2**32))
    told = {
        strength: _given(lists, loads, keys, capacity.model_copy(update={"strength": {kind: strength}}), kind, midnight)
        for strength in sorted({*STRENGTHS, served})
    }
    known = np.flatnonzero(loads.live)
    base = _Spread(told[0.0], known, loads.openings)
    points = [_point(strength, one, base, known, loads.openings, seed) for strength, one in told.items()]
    return Tradeoff(served, capacity.days, len(lists), len(known), points)


@dataclass(frozen=True)
class _Given:
    """Hold the attention that people's lists gave, shape (people, items), and people's ndcg, the mean over the days."""

    attention: sparse.csr_array
    ndcg: FloatArray


def _given(lists: ScoredLists, before: Loads, keys: KeyArray, capacity: Capacity, kind: Kind, midnight: int) -> _Given:
    loads, people = before.copy(), np.repeat(np.arange(len(lists)), [min(FIRST, len(one)) for one in lists.item])
    days = capacity.days if capacity.strength[kind] else 1  # in score order every day is the same
    shown: list[AnyArray] = []
    ndcg = np.zeros((days, len(lists)))
    for day in range(days):
        ordered = list(_day(lists, loads, keys, capacity, kind, midnight + day * DAY))
        ranks = [ranks_in(item, used) for item, used in zip(ordered, lists.positives, strict=True)]
        sizes = np.array([len(item) for item in ordered], dtype=np.int64)
        ndcg[day] = per_person(Hits.of(Ragged.of(ranks, np.int64), lists.grades, sizes), (_METRIC,))[_METRIC]
        for item in ordered:
            loads.give(item[:FIRST])
        shown.append(np.concatenate([item[:FIRST] for item in ordered]))
    weights = np.concatenate([discount(np.arange(1, min(FIRST, len(one)) + 1)) for one in lists.item])
    cells = (np.tile(weights, days), (np.tile(people, days), np.concatenate(shown)))
    return _Given(sparse.csr_array(cells, (len(lists), len(keys))), ndcg.mean(axis=0))


def _day(lists: ScoredLists, loads: Loads, keys: KeyArray, capacity: Capacity, kind: Kind, midnight: int) -> Iterator[IntArray]:
    """Yield everybody's list of one day; lists of equal scores are nobody's own and stay as they are."""
    for item, score in zip(lists.item, lists.score, strict=True):
        if loads.nothing or score[0] == score[-1]:
            yield item
        else:
            ties = lots(keys[item], midnight)
            yield item[tempered(np.arange(len(item)), score, loads.load(item), capacity, kind, ties)]


class _Spread:
    """Compute the Gini coefficient of attention per opening, of everybody and of resamples of people."""

    def __init__(self, given: _Given, known: IntArray, openings: FloatArray) -> None:
        self.given, self.total = given, len(known)
        attention = given.attention[:, known]
        some = np.flatnonzero(attention.sum(axis=0) > 0)
        self.attention, self.openings = attention[:, some], openings[known[some]]

    def of(self, drawn: FloatArray) -> FloatArray:
        """Return the coefficient of each row of `drawn`, how often each person counts."""
        return gini(np.asarray((self.attention.T @ drawn.T).T) / self.openings, self.total)


def _point(strength: float, given: _Given, base: _Spread, known: IntArray, openings: FloatArray, seed: int) -> Point:
    ours, rng, people = _Spread(given, known, openings), np.random.default_rng(seed), len(given.ndcg)
    everybody = np.ones((1, people))
    values, theirs = [ours.of(everybody)], [base.of(everybody)]
    for _ in range(RESAMPLES // _BLOCK if people > 1 else 0):
        drawn = times_drawn(people, _BLOCK, rng)
        values.append(ours.of(drawn))
        theirs.append(base.of(drawn))
    congestion, before = np.concatenate(values), np.concatenate(theirs)
    change = divided(congestion, before) - 1
    draw = np.random.default_rng(seed)
    return Point(
        strength,
        _recentred(congestion, people),
        _recentred(change, people),
        interval(given.ndcg, draw),
        share_of_means(given.ndcg, base.given.ndcg, np.random.default_rng(seed)),
    )


def _recentred(values: FloatArray, people: int) -> Interval:
    """Return the first value with bounds from the others, moved by the distance of their mean (as in `catalogue_figures`)."""
    told, draws = float(values[0]), values[1:][~np.isnan(values[1:])]
    if np.isnan(told) or not len(draws):
        return Interval(told, np.nan, np.nan, people)
    low, high = (np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) + told - draws.mean()).tolist()
    return Interval(told, low, high, people)
