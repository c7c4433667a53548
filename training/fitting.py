"""What LightGBM is told: rows, weights, what is known of places, parameters."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import lightgbm as lgb
import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.contract import GRADES
from sqrec.rank import Ranker
from training.boosters import mean_of
from training.sample import MOST_ROWS, Sample
from training.settings import OURS, Settings

AVERAGED = 3
"""Boosters that a ranker is the mean of: what one draw of rows and columns makes of a few thousand lists differs by .01 of the gain."""

GAIN = tuple(2**grade - 1 for grade in range(max(GRADES.values()) + 1))
"""What an item of each grade is worth at the top of a list, to LightGBM as in our ndcg."""


def fit(sample: Sample, names: tuple[str, ...], monotone: tuple[int, ...], settings: Settings, seed: int) -> lgb.Booster:
    """Train a lambdarank booster with exactly `settings.rounds` trees."""
    return fit_mean(sample, names, monotone, settings, (seed,))


def fit_mean(
    sample: Sample, names: tuple[str, ...], monotone: tuple[int, ...], settings: Settings, seeds: Sequence[int]
) -> lgb.Booster:
    """Train one booster per seed as `fit` does, each on other draws of rows and columns, and return their mean (Breiman 1996)."""
    data = dataset(sample, names, settings=settings)
    return mean_of([lgb.train(parameters(settings, monotone, seed), data, num_boost_round=settings.rounds) for seed in seeds])


def dataset(
    sample: Sample,
    names: tuple[str, ...],
    reference: lgb.Dataset | None = None,
    settings: Settings | None = None,
) -> lgb.Dataset:
    """Return rows as LightGBM takes them, in groups of at most `MOST_ROWS` rows.

    With `settings` comes what is for learning alone: weights of questions, how rarely items are drawn, and places in shown lists.
    A booster knows nothing of places: what is known of their pull is part of the scores that the trees start from, and the numbers per place that LightGBM
    learns (its "Support for Position Bias Treatment") are added while it learns and kept out of the trees.
    """
    if int(sample.sizes.sum()) != len(sample.rows) or int(sample.sizes.max()) > MOST_ROWS:
        raise ValueError(f"Groups must be contiguous and hold at most {MOST_ROWS} rows; got {sample.sizes.max()}.")
    return lgb.Dataset(
        sample.rows,
        sample.label,
        group=sample.sizes,
        init_score=offset(sample, settings) if settings else None,
        feature_name=list(names),
        reference=reference,
        free_raw_data=False,
    )


def offset(sample: Sample, settings: Settings) -> FloatArray:
    """Return what is added to each row's score while learning and is no part of the ranker: its rarity, and its place's pull."""
    rarity = 0.0 if sample.rarity is None else sample.rarity
    return rarity + pull(sample, settings)


def pull(sample: Sample, settings: Settings) -> FloatArray:
    """Return the logarithm of the chance that each row was looked at; 0 where nobody knows.

    Where a click is a look times a liking, the odds of a click on one item of a list instead of another are the ratio of both
    products: in scores, whose differences are logarithms of odds, looks are a term of their own (Bradley and Terry 1952).
    """
    if not settings.examined_fall or sample.position is None:
        return np.zeros(len(sample.rows))
    return -settings.examined_fall * np.log(np.maximum(sample.position, 1))


def scores_of(ranker: Ranker, sample: Sample) -> FloatArray:
    """Return the scores of a ranker that draws no lots."""
    return ranker.score(sample.rows, np.zeros(len(sample.rows), dtype=np.uint64))


def parameters(settings: Settings, monotone: tuple[int, ...], seed: int) -> dict[str, Any]:
    """Return what LightGBM is told: lambdarank on ndcg@10, the same result in every run."""
    shape = {name: value for name, value in asdict(settings).items() if name not in OURS}
    return shape | {
        "objective": "lambdarank",
        "metric": "ndcg",
        "eval_at": [10],
        "label_gain": list(GAIN),
        "bagging_freq": 1,  # of rows: bagging by query is not deterministic with more than one thread
        "monotone_constraints": list(monotone),
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "num_threads": 1,  # two that meet a busy core wait for each other several times as long as one works
        "verbosity": -1,
    }
