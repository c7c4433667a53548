"""The plain baseline: LightGBM with its default settings on obvious columns (`features/plain.py`), over drawn or shown others."""

from collections.abc import Mapping
from typing import Any

import lightgbm as lgb

from training.sample import Others, Sample

PLAIN_OTHERS = Others(near=0, far=200)
"""What stands beside each used item where no list is known: a part of the catalogue, drawn evenly."""
PLAIN_TREES = 100
"""LightGBM's own default number of trees."""
_TOLD: Mapping[str, Any] = {
    "objective": "lambdarank",
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    "num_threads": 1,
}


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
