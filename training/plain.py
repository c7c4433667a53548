"""The plain baseline: LightGBM with its default settings on obvious columns (`features/plain.py`), over drawn or shown others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import lightgbm as lgb

from features import PLAIN_ROWS
from sqrec.arrays import BoolArray
from sqrec.catalogue.snapshot import Snapshot
from sqrec.columns import Kind
from sqrec.rank import Recommender, Reference
from training.boosters import booster_text
from training.logged import ShownLists
from training.rows import MOST_LEARNT, SEED, learning_rows
from training.sample import Sample

PLAIN_TREES = 100
"""LightGBM's own default number of trees."""
_STREAM = 5
"""A stream of lots that nothing else draws from."""
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
    """Train the baseline of a kind as if only the kept events had ever happened, on its own rows of the same lists and drawn items."""
    rows = PLAIN_ROWS[kind]
    on_plain = replace(recommender, rows={kind: rows})
    lists = log.anew() if log else None
    learn = learning_rows(on_plain, snapshot, kind, kept, _STREAM, MOST_LEARNT, lists, repeats=repeats, joined=joined)
    return Reference(rows, booster_text(fit_plain(learn, rows.names, SEED)))


def fit_plain(sample: Sample, names: tuple[str, ...], seed: int) -> lgb.Booster:
    """Train the baseline: every use counts the same, nothing is chosen, nothing is held back."""
    data = lgb.Dataset(
        sample.rows,
        (sample.label > 0).astype(int),
        group=sample.sizes,
        init_score=sample.rarity,
        feature_name=list(names),
    )
    return lgb.train({**_TOLD, "seed": seed}, data, num_boost_round=PLAIN_TREES)
