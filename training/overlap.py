"""Overlap of the lists of different people: whether shown lists were personal."""

from collections.abc import Mapping
from typing import Any

import lightgbm as lgb
import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray, mixed
from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.profile import Events
from sqrec.rank import Recommender
from training.logged import ShownLists
from training.rows import FEWEST_LISTS
from training.sample import uses_of

MOST_LISTS = 800
"""The most lists that are measured, so that it takes seconds."""
PERSONAL = 0.5
"""The overlap below which lists count as personal."""
_TREES = 80
_TOLD: Mapping[str, Any] = {
    "objective": "binary",
    "num_leaves": 15,
    "min_data_in_leaf": 50,
    "learning_rate": 0.1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def overlap_of(recommender: Recommender, known: Snapshot, kind: Kind, lists: ShownLists, rng: np.random.Generator) -> float:
    """Return how far a person's lists and those of others overlap: 0 (disjoint) to 1 (the same items for everybody).

    Beside each list stand as many items of a list that somebody else was shown at nearly the same time. A classifier, trained
    on one half of the lists, predicts for the other half which items were shown to whom. The overlap is twice its error rate,
    an upper bound of 1 minus the total variation distance. Lists of the newest or dearest items overlap; results of a search or
    of a ranker do not. Raises ValueError for fewer than two lists.
    """
    names, first, query = np.unique(lists.request, return_index=True, return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"Lists of two people at least can overlap; got {len(names)} lists.")
    asked = np.sort(rng.choice(len(names), min(MOST_LISTS, len(names)), replace=False))
    items, found = known.items[kind], known.items[kind].find(lists.item)
    shown = [found[(query == one) & (found >= 0)] for one in asked]
    at, person = lists.at[first[asked]], lists.person[first[asked]]
    others = [rng.permutation(shown[other])[: len(own)] for own, other in zip(shown, _neighbours(person, at), strict=True)]
    question = np.concatenate([np.repeat(np.arange(len(asked)), [len(one) for one in part]) for part in (shown, others)])
    item, own = np.concatenate(shown + others), np.arange(len(question)) < sum(map(len, shown))
    # What the person used some other time has no row in her own lists: beside them it would give the others away.
    kept = own | ~_used(known.events, person[question], items.key[item])
    question, item, own = question[kept], item[kept], own[kept]
    profiles = known.ask(recommender.profiler, person, at)
    rows = recommender.build(profiles, known, kind, recommender.pairs(profiles, items, item, question))
    half = (rng.permutation(len(asked)) % 2 == 0)[question]
    wrong = np.concatenate([_wrong(rows, own, half), _wrong(rows, own, ~half)])
    return min(1.0, 2 * float(wrong.mean()))


def overlap_before(recommender: Recommender, snapshot: Snapshot, kind: Kind, kept: BoolArray, log: ShownLists) -> float | None:
    """Return the overlap of the lists to learn from, given the kept events alone; None of fewer than `FEWEST_LISTS`."""
    known = snapshot.with_events(snapshot.events.where(kept & snapshot.feeds(snapshot.events)))
    lists = log.anew().learnt(known.events, snapshot.events, uses_of(known.events, repeats=False))[0].lists
    few = len(np.unique(lists.request)) < FEWEST_LISTS
    return None if few else overlap_of(recommender, known, kind, lists, np.random.default_rng([SEED, 6]))


def _used(events: Events, person: KeyArray, item: KeyArray) -> BoolArray:
    """Mark the pairs of a person and an item that an event of grade >= 1 knows."""
    return np.isin(mixed(person) ^ item, (mixed(events.person) ^ events.item)[events.grade > 0])


def _neighbours(person: KeyArray, at: IntArray) -> IntArray:
    """Return for each list the next one in time that somebody else was shown; after the last comes the first."""
    order = np.argsort(at, kind="stable")
    found = np.empty(len(order), np.int64)
    for place, one in enumerate(order):
        later = np.roll(order, -place)[1:]
        someone = later[person[later] != person[one]]
        found[one] = someone[0] if len(someone) else one
    return found


def _wrong(rows: FloatArray, own: BoolArray, learnt: BoolArray) -> BoolArray:
    """Mark the rows outside the learnt half that the classifier gets wrong."""
    trees = lgb.train(dict(_TOLD), lgb.Dataset(rows[learnt], own[learnt].astype(int)), num_boost_round=_TREES)
    return (np.asarray(trees.predict(rows[~learnt])) > 0.5) != own[~learnt]  # a coin's chance
