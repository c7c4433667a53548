"""The words baseline: a weighted sum of a few columns, its weights fitted by a conditional logit."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.bundle.kinds import KindParts
from sqrec.contract import Kind
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
"""The columns of the baseline, with the weights for samples to which nothing can be fitted."""

_RIDGE = 1e-3
_BOUNDS = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}


def fit_words(kind: Kind, sample: Sample, names: tuple[str, ...], monotone: tuple[int, ...]) -> Linear:
    """Fit the weights by a conditional logit of the positives within their questions (McFadden 1974).

    A small ridge keeps the weights of uninformative columns at 0. Unknown values count as 0. A weight keeps its column's
    monotone constraint.
    """
    columns = list(WORDS[kind])
    if len(sample.sizes) == 0 or not sample.label.any():
        return Linear.of(names, WORDS[kind])
    values = np.nan_to_num(sample.rows[:, [names.index(name) for name in columns]])
    found = logit(values, sample, [_BOUNDS[monotone[names.index(name)]] for name in columns])
    return Linear.of(names, dict(zip(columns, found.tolist(), strict=True)))


def untrained(kind: Kind, parts: KindParts) -> KindParts:
    """Return what serves a kind without a ranker: the words baseline with its own weights, in an answer labelled `fallback`."""
    return replace(parts, booster=None, words=Linear.of(parts.rows.names, WORDS[kind]))


def logit(values: FloatArray, sample: Sample, bounds: Sequence[tuple[float | None, float | None]] | None = None) -> FloatArray:
    """Return the weights of a conditional logit of uses within questions, shape (columns,).

    `sample.rarity` is added to the scores; `bounds` are those of each weight (None: free).
    """
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
