"""The plain baseline: LightGBM with default settings on obvious columns (`features/plain.py`), trained on the ranker's questions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import lightgbm as lgb
import numpy as np

from features import PLAIN_ROWS
from sqrec.base.arrays import BoolArray
from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.rank import Boosted, Recommender, Reference
from training.boosters import booster_text, mean_of, on_columns
from training.choosing import ndcg_of
from training.logged import ShownLists
from training.rows import MOST_LEARNT, learning_rows
from training.sample import Sample

PLAIN_TREES = 100
"""LightGBM's own default number of trees."""
PLAIN_WEIGHT = 0.3
"""The weight of plain's score in a mean of both (experiments/questions/averaged.md)."""
_STREAM = 5
"""The number of the baseline's random stream."""
_TOLD: Mapping[str, Any] = {
    "objective": "lambdarank",
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    "num_threads": 1,
}


def plain_of(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    kept: BoolArray,
    log: ShownLists | None,
    *,
    repeats: bool,
    joined: bool = False,
) -> Reference:
    """Train the baseline of a kind from the kept events alone, on its own columns of the same lists and drawn items.

    `joined`: uses that came from a list are questions with drawn items as well.
    """
    rows = PLAIN_ROWS[kind]
    on_plain = replace(recommender, rows={kind: rows})
    lists = log.anew() if log else None
    learn = learning_rows(on_plain, snapshot, kind, kept, _STREAM, MOST_LEARNT, lists, repeats=repeats, joined=joined)
    return Reference(rows, booster_text(fit_plain(learn, rows.names, SEED)))


def fit_plain(sample: Sample, names: tuple[str, ...], seed: int) -> lgb.Booster:
    """Train LightGBM with its default settings on binary labels: every use counts the same."""
    data = lgb.Dataset(
        sample.rows,
        (sample.label > 0).astype(int),
        group=sample.sizes,
        init_score=sample.rarity,
        feature_name=list(names),
    )
    return lgb.train({**_TOLD, "seed": seed}, data, num_boost_round=PLAIN_TREES)


def beside_plain(booster: lgb.Booster, plain: lgb.Booster, compare: Sample, names: Sequence[str]) -> tuple[lgb.Booster, float]:
    """Return the booster averaged with plain where that has the higher ndcg@10 on the comparison questions, and plain's weight.

    Otherwise the booster alone and 0. The errors of the two differ: one is tuned and has many columns, the other has few and is
    not tuned.
    """
    both = with_plain(booster, plain, names, PLAIN_WEIGHT)
    found = [ndcg_of(compare, Boosted(one, None)) for one in (both, booster)]
    return (both, PLAIN_WEIGHT) if found[0] > found[1] else (booster, 0.0)


def with_plain(booster: lgb.Booster, plain: lgb.Booster, names: Sequence[str], weight: float) -> lgb.Booster:
    """Return the weighted mean of a ranker's booster and of plain's, whose columns must be among the ranker's (`names`)."""
    return mean_of([booster, on_columns(plain, names)], (1 - weight, weight)) if weight else booster


def plain_on(sample: Sample, kind: Kind, names: Sequence[str]) -> lgb.Booster:
    """Train plain on the rows of a ranker, whose columns are `names`."""
    own = PLAIN_ROWS[kind].names
    return fit_plain(sample.with_columns(np.array([list(names).index(name) for name in own])), own, SEED)
