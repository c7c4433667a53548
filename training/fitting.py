"""Input of LightGBM: rows, groups, initial scores, parameters."""

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
"""The number of boosters whose mean is a ranker. On a few thousand lists single boosters of other seeds differ by .01 of ndcg."""

GAIN = tuple(2**grade - 1 for grade in range(max(GRADES.values()) + 1))
"""The gain of each grade, 2^grade - 1, for LightGBM as in our ndcg."""


def fit(sample: Sample, names: tuple[str, ...], monotone: tuple[int, ...], settings: Settings, seed: int) -> lgb.Booster:
    """Train a lambdarank booster with exactly `settings.rounds` trees."""
    return fit_mean(sample, names, monotone, settings, (seed,))


def fit_mean(
    sample: Sample, names: tuple[str, ...], monotone: tuple[int, ...], settings: Settings, seeds: Sequence[int]
) -> lgb.Booster:
    """Train one booster per seed as `fit` does, and return their mean (bagging, Breiman 1996).

    Each seed draws other rows and columns.
    """
    data = dataset(sample, names, settings=settings)
    return mean_of([lgb.train(parameters(settings, monotone, seed), data, num_boost_round=settings.rounds) for seed in seeds])


def dataset(
    sample: Sample,
    names: tuple[str, ...],
    reference: lgb.Dataset | None = None,
    settings: Settings | None = None,
) -> lgb.Dataset:
    """Return rows as a LightGBM dataset, in groups of at most `MOST_ROWS` rows.

    With `settings` the rows have an initial score for learning (`offset`): sampling correction and position bias. It is no part
    of the booster, whose trees know no positions. Raises ValueError where a group is longer or the groups do not cover the
    rows.
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
    """Return the offset of the initial score while learning, shape (rows,): sampling correction plus position bias."""
    rarity = 0.0 if sample.rarity is None else sample.rarity
    return rarity + pull(sample, settings)


def pull(sample: Sample, settings: Settings) -> FloatArray:
    """Return position bias as an offset, shape (rows,); 0 where the position is unknown.

    P(click) = P(examined at k) · P(relevant), so log P(examined at k) = -fall · log k is added to the initial score:
    differences of scores are log odds (Bradley and Terry 1952).
    """
    if not settings.examined_fall or sample.position is None:
        return np.zeros(len(sample.rows))
    return -settings.examined_fall * np.log(np.maximum(sample.position, 1))


def scores_of(ranker: Ranker, sample: Sample) -> FloatArray:
    """Return the scores of a ranker that needs no item keys, shape (rows,)."""
    return ranker.score(sample.rows, np.zeros(len(sample.rows), dtype=np.uint64))


def parameters(settings: Settings, monotone: tuple[int, ...], seed: int) -> dict[str, Any]:
    """Return LightGBM's parameters: lambdarank on ndcg@10, deterministic, one thread."""
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
