"""The expected ndcg@10 that each rule of serving costs, one rule after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray, KeyArray
from sqrec.base.numbers import DAY, SEED
from sqrec.catalogue.attention import Loads, discount
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import RequestError
from sqrec.evaluate.lists.lists import FIRST
from sqrec.evaluate.stats.compare import FEW_PEOPLE, Interval, interval_of, mean_share, share_of_means
from sqrec.evaluate.stats.split import Questions
from sqrec.profile import Profiles
from sqrec.rank import SERVED, WHOLE, Policy, Ranking, Recommender, served_in
from sqrec.rank.capacity import lots, tempered
from sqrec.rank.explore import chances
from sqrec.rank.order import Marks, arranged, nearer
from sqrec.rank.ranking import marked
from sqrec.rank.wish import OTHERS, Turns, turns_of

DAYS = 7
"""Batches over which the cost of the price is averaged."""


@dataclass(frozen=True)
class ScoredList:
    """Hold one question's list in score order, best first.

    `item` are rows of items, `group` the groups for diversity, `minutes` the way on foot (NaN unknown), `gain` the item's share
    of ndcg at the top (0: not used), `turn` the rank of the wish it answers, `twin` and `yields` as in `Marks`.
    """

    item: IntArray
    score: FloatArray
    group: IntArray
    minutes: FloatArray
    gain: FloatArray
    turn: IntArray
    twin: IntArray
    yields: bool = True

    def marks(self, policy: Policy) -> Marks:
        """Return the marks that decide the item's places under a policy."""
        far = self.minutes > (np.inf if policy.widest is None else policy.widest)
        turn = self.turn if policy.wish is not None else np.full(len(self.item), OTHERS)
        return Marks(turn, far, np.isnan(self.minutes), self.group, self.twin, self.yields)

    def arranged(self, order: IntArray, policy: Policy) -> IntArray:
        """Return an order as a policy rearranges it."""
        return arranged(order, self.marks(policy), policy.spread)


@dataclass(frozen=True)
class Batch:
    """Hold people's lists, and the attention loads before the first batch (None: no rule for capacity).

    `person` are hashes of ids, `key` those of the items, `midnight` (microseconds UTC) is that of the first batch.
    """

    lists: Sequence[ScoredList]
    person: KeyArray
    loads: Loads | None
    key: KeyArray
    midnight: int


@dataclass(frozen=True)
class Costs:
    """Hold costs as shares of expected ndcg@10 in score order (`gain`); intervals are over people.

    Each cost is what one more rule takes: `wish` items that answer a wish first (no part of the total, as people asked for it),
    then `circle` items beyond the widest circle last, `diversity` spreading over groups, `price` the price of attention,
    `exploration` its expectation over the draw. `total` is the sum of the last four.
    """

    gain: Interval
    wish: Interval
    circle: Interval
    diversity: Interval
    price: Interval
    exploration: Interval
    total: Interval

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(**{name: interval_of(one) for name, one in told.items()})

    @property
    def half_width(self) -> float:
        """Half the width of the total's interval; infinite with too few people."""
        return (self.total.high - self.total.low) / 2 if self.total.n >= FEW_PEOPLE else np.inf


def batch_of(recommender: Recommender, snapshot: Snapshot, kind: Kind, questions: Questions) -> Batch:
    """Return questions' personal lists in score order, over the candidates of a request.

    Where the kind does not repeat, items used before are left out. The loads are those of the last question's midnight.
    Questions that the law refuses, and those of people who switched off, have no list.
    """
    items, capacity = snapshot.items[kind], recommender.city.capacity
    if len(questions) == 0:
        return Batch([], questions.person, None, items.key, 0)
    midnight = recommender.city.midnight(int(questions.at.max()))
    profiles, wish = snapshot.ask(recommender.profiler, questions.person, questions.at), served_in(recommender.city).wish
    lists: list[ScoredList] = []
    answered: list[int] = []
    for place in range(len(questions)):
        if ranking := _ranked(recommender, profiles.row(place), kind, snapshot):
            lists.append(_scored(ranking, _at_top(items, questions, place)[ranking.item], wish))
            answered.append(place)
    loads = snapshot.loads(kind, midnight, capacity.days) if capacity else None
    return Batch(lists, questions.person[answered], loads, items.key, midnight)


def expecting(batch: Batch, temperature: float) -> Batch:
    """Return the batch with the gains that the ranker expects: each item's share in a conditional logit over the list.

    They are scaled so that score order has ndcg 1. A use shows one item of a list only; a ranker whose scores are on the scale
    of choices (McFadden 1974) rates all of them. Such gains have narrow intervals, and are as good as the ranker.
    """
    return replace(batch, lists=[replace(one, gain=_chosen(one.score / temperature)) for one in batch.lists])


@dataclass(frozen=True)
class Orders:
    """Hold each list's order after each rule: none, wish, circle and diversity in `steps`, the price on each day in `days`.

    They depend on no gain and on no exploration: batches with the same scores share them.
    """

    steps: Sequence[Sequence[IntArray]]
    days: Sequence[Sequence[IntArray]]

    @classmethod
    def of(cls, batch: Batch, policy: Policy, kind: Kind) -> Self:
        """Return the orders of a batch's lists under a policy; without a price there is one day, as the rules before leave it."""
        wishing = replace(policy, widest=None, spread=None)
        steps = (replace(wishing, wish=None), wishing, replace(policy, spread=None), policy)
        orders = [[one.arranged(np.arange(len(one.item)), step) for one in batch.lists] for step in steps]
        priced = policy.capacity is not None and policy.capacity.strength.get(kind, 0.0) > 0 and batch.loads is not None
        return cls(orders, list(_days(batch, policy, kind)) if priced else [orders[-1]])


class Gains(NamedTuple):
    """Hold each list's ndcg@10, shape (lists,), after each rule: none, wish, circle, diversity, price, exploration."""

    score: FloatArray
    wish: FloatArray
    circle: FloatArray
    diversity: FloatArray
    price: FloatArray
    exploration: FloatArray

    @classmethod
    def of(cls, batch: Batch, orders: Orders, policy: Policy) -> "Gains":
        """Return the gains of a batch in some orders; with a price the mean over seven days, as each batch adds attention."""
        score, wish, circle, diversity = (_worths(batch, lists) for lists in orders.steps)
        price = np.mean([_worths(batch, lists) for lists in orders.days], axis=0)
        tried = [[_explored(one, order, policy) for one, order in zip(batch.lists, lists, strict=True)] for lists in orders.days]
        return cls(score, wish, circle, diversity, price, price + np.mean(tried, axis=0))

    @property
    def total(self) -> float:
        """The mean of `Costs.total`, without its interval; NaN where nobody tells."""
        return mean_share(self.wish - self.exploration, self.score)

    @property
    def circles(self) -> float:
        """The mean of `Costs.circle`, alike."""
        return mean_share(self.wish - self.circle, self.score)

    def costs(self) -> Costs:
        """Return what each rule takes, with intervals."""
        return Costs(
            gain=_share(self.score, np.ones(len(self.score))),
            wish=_share(self.score - self.wish, self.score),
            circle=_share(self.wish - self.circle, self.score),
            diversity=_share(self.circle - self.diversity, self.score),
            price=_share(self.diversity - self.price, self.score),
            exploration=_share(self.price - self.exploration, self.score),
            total=_share(self.wish - self.exploration, self.score),
        )


def costs_of(batch: Batch, policy: Policy, kind: Kind) -> Costs:
    """Return the costs of a policy's rules on a batch."""
    return gains_of(batch, policy, kind).costs()


def gains_of(batch: Batch, policy: Policy, kind: Kind) -> Gains:
    """Return each list's ndcg@10 after each rule of a policy."""
    return Gains.of(batch, Orders.of(batch, policy, kind), policy)


def _chosen(score: FloatArray) -> FloatArray:
    odds = np.exp(score - score.max(initial=-np.inf))
    first = odds[:FIRST]
    return odds / float((first * discount(np.arange(1, len(first) + 1))).sum())


def _days(batch: Batch, policy: Policy, kind: Kind) -> Iterator[list[IntArray]]:
    """Yield everybody's order on one day after the other; the first lists of all do not know what is crowded."""
    if batch.loads is None or policy.capacity is None:
        raise ValueError("Without loads and a rule for capacity nothing is priced.")
    loads = batch.loads.copy()
    for day in range(DAYS):
        midnight = batch.midnight + day * DAY
        ties = lots(batch.key, midnight)
        orders = [np.empty(0, np.int64)] * len(batch.lists)
        turns: list[int] = np.argsort(lots(batch.person, midnight), kind="stable").tolist()
        for place in turns:
            one, order = batch.lists[place], np.arange(len(batch.lists[place].item))
            if not loads.nothing:
                tie = nearer(one.minutes, ties[one.item])
                order = tempered(order, one.score, loads.load(one.item), policy.capacity, kind, tie)
            orders[place] = one.arranged(order, policy)
            loads.give(one.item[orders[place][:FIRST]])
        yield orders


def _share(part: FloatArray, whole: FloatArray) -> Interval:
    """Return a share of means; every share draws the same people."""
    return share_of_means(part, whole, np.random.default_rng(SEED))


def _worths(batch: Batch, orders: Sequence[IntArray]) -> FloatArray:
    """Return each list's ndcg@10 in some order."""
    weight = discount(np.arange(1, FIRST + 1))
    told = [one.gain[order[:FIRST]] for one, order in zip(batch.lists, orders, strict=True)]
    return np.array([float((gain * weight[: len(gain)]).sum()) for gain in told])


def _explored(one: ScoredList, order: IntArray, policy: Policy) -> float:
    """Return what exploring adds to a list's ndcg@10 in expectation; mostly it takes away."""
    if policy.explore is None:
        return 0.0
    places, probability = chances(order, one.group, policy.spread, policy.explore, one.marks(policy).turn)
    if len(places) == 0:
        return 0.0
    gain, weight = one.gain[order[places]], np.where(places < FIRST, discount(places + 1), 0.0)
    return float((probability * (gain - gain[0]) * (weight[0] - weight)).sum())


def _ranked(recommender: Recommender, profile: Profiles, kind: Kind, snapshot: Snapshot) -> Ranking | None:
    try:
        scene = recommender.scene(profile, kind, snapshot, replace(SERVED, exclude_seen=kind not in recommender.repeats), n=FIRST)
    except RequestError:
        return None
    return recommender.rank(scene, kind, WHOLE) if scene.personal else None


def _scored(ranking: Ranking, gain: FloatArray, wish: float | None) -> ScoredList:
    scene = ranking.scene
    turns = Turns.none(len(scene.pairs)) if wish is None else turns_of(scene.profile, scene.items, scene.pairs, wish)
    marks = marked(scene, turns, SERVED)
    at = ranking.order
    minutes, turn, twin = scene.pairs.minutes[at], turns.turn[at], marks.twin[at]
    return ScoredList(ranking.item, ranking.score, marks.group[at], minutes, gain, turn, twin, marks.yields)


def gains_among(item: IntArray, items: Items, questions: Questions, question: int) -> FloatArray:
    """Return what each item of a list's first places (rows of items) contributes to its ndcg@10, shape (items,)."""
    return _at_top(items, questions, question)[item] * discount(np.arange(1, len(item) + 1))


def _at_top(items: Items, questions: Questions, question: int) -> FloatArray:
    """Return what every item adds to ndcg at the top, times its weight; positives that no list holds count in the best order (0 in all)."""
    worth = np.exp2(questions.grades.row(question)) - 1
    best = np.sort(worth)[::-1][:FIRST]
    ideal = float((best * discount(np.arange(1, len(best) + 1))).sum())
    used = items.find(questions.items.row(question))
    gain = np.zeros(len(items))
    told = worth if questions.weight is None else worth * questions.weight.row(question)
    gain[used[used >= 0]] = told[used >= 0] / ideal
    return gain
