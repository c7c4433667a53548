"""Weighted sums with fitted weights: the words baseline, and the prior that boosters may be grown on."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from sqrec.arrays import BoolArray, FloatArray, IntArray
from sqrec.columns import Kind
from sqrec.rank import Linear
from training.sample import Sample

WORDS: dict[Kind, dict[str, float]] = {
    "job": {
        "text_desired_best": 2.0,
        "text_occupations_best": 2.0,
        "text_history_best": 2.0,
        "same_place_best": 5.0,
        "area_match": 1.0,
        "popularity_item": 0.1,
    },
    "course": {
        "text_desired_best": 2.0,
        "text_occupations_best": 2.0,
        "text_history_best": 2.0,
        "same_place_best": 1.0,
        "area_match": 0.5,
        "popularity_item": 0.1,
    },
    "amenity": {
        "text_history_best": 2.0,
        "same_place_best": 1.0,
        "area_match": 1.0,
        "popularity_item": 0.1,
    },
}
"""The columns of the baseline, with the weights that stand where nothing can be fitted."""

_RIDGE = 1e-3
_STILL = 1e-9
_BOUNDS = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}


def fit_words(kind: Kind, sample: Sample, names: tuple[str, ...], monotone: tuple[int, ...]) -> Linear:
    """Fit the weights by the conditional logit of the positives within their questions (McFadden 1974).

    A small ridge keeps columns that say nothing at rest. Unknown values count as 0. A weight keeps its column's promise:
    where a greater value can only help it is not negative.
    """
    columns = list(WORDS[kind])
    if len(sample.sizes) == 0 or not sample.label.any():
        return Linear.of(names, WORDS[kind])
    values = np.nan_to_num(sample.rows[:, [names.index(name) for name in columns]])
    found = logit(values, sample, [_BOUNDS[monotone[names.index(name)]] for name in columns])
    return Linear.of(names, dict(zip(columns, found.tolist(), strict=True)))


def fit_prior(columns: Sequence[str], sample: Sample, names: tuple[str, ...], monotone: tuple[int, ...]) -> Linear:
    """Fit a sum of raw facts by the same logit; what an item's rarity adds to its score is no part of it.

    An unknown value counts as the mean of the known ones. Columns that are never known, or always the same, weigh nothing.
    """
    if len(sample.sizes) == 0 or not sample.label.any():
        return Linear.nothing()
    values, middle, spread = spread_values(sample.rows[:, [names.index(name) for name in columns]])
    kept: list[int] = np.flatnonzero(spread > _STILL).tolist()
    if not kept:
        return Linear.nothing()
    bounds = [_BOUNDS[monotone[names.index(columns[place])]] for place in kept]
    found = logit(values[:, kept], sample, bounds).tolist()
    weights = {columns[place]: weight / float(spread[place]) for place, weight in zip(kept, found, strict=True) if weight}
    return Linear.of(names, weights, {columns[place]: float(middle[place]) for place in kept if columns[place] in weights})


def spread_values(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return columns with the mean of the known in place of the unknown, less that mean, over their spread; mean and spread too.

    A column that is never known, or always the same, is 0 throughout and has no spread.
    """
    known = ~np.isnan(values)
    middle = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - middle, 0.0)
    spread = centred.std(axis=0)
    return centred / np.where(spread > _STILL, spread, np.inf), middle, spread


def logit(values: FloatArray, sample: Sample, bounds: Sequence[tuple[float | None, float | None]] | None = None) -> FloatArray:
    """Return the weights of columns that explain best what was used within its question; rarities are added to scores."""
    starts = np.concatenate(([0], np.cumsum(sample.sizes)[:-1]))
    asked = (values, starts, sample.sizes, sample.label > 0, sample.rarity)
    return minimize(_loss, np.zeros(values.shape[1]), args=asked, jac=True, method="L-BFGS-B", bounds=bounds).x


def _loss(
    weights: FloatArray,
    values: FloatArray,
    starts: IntArray,
    sizes: IntArray,
    positive: BoolArray,
    rarity: FloatArray | None = None,
) -> tuple[float, FloatArray]:
    """Return the mean negative log-likelihood per question, and its gradient; `rarity` is added to the scores."""
    scores = values @ weights
    if rarity is not None:
        scores += rarity
    scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
    odds = np.exp(scores)
    total = np.add.reduceat(odds, starts)
    share = odds / np.repeat(total, sizes)
    counts = np.add.reduceat(positive.astype(np.float64), starts)
    lost = (np.log(total) * counts).sum() - scores[positive].sum()
    slope = (share * np.repeat(counts, sizes)) @ values - values[positive].sum(axis=0)
    return lost / len(sizes) + _RIDGE * float(weights @ weights), slope / len(sizes) + 2 * _RIDGE * weights
