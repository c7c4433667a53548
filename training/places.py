"""How much less is looked at further down a list."""

import numpy as np

from sqrec.base.arrays import FloatArray
from training.sample import Sample
from training.words import logit

STEEPEST, LIFTED = 2.0, -1.0
"""The fastest fall that is believed, and the fastest rise."""
_STILL = 1e-9


def fall_beside(sample: Sample) -> float:
    """Return how fast fewer look further down shown lists, of items that are alike in every column: from -1 to 2.

    The weight of minus the logarithm of the place in the conditional logit of uses within their lists, fitted together with one of
    every column: what the platform ordered by is held fast by the columns as far as these know it. It rises where people leave with
    the first that is good enough, so that the last place shown is the one that is used: held fast too, as otherwise whatever comes
    late in such lists would pass for liked. 0 where no list was shown.
    """
    if sample.position is None or not (sample.position > 0).any() or not sample.label.any():
        return 0.0
    values = spread_values(sample.rows)
    place = np.log(np.maximum(sample.position, 1))[:, None]
    fall = float(-logit(np.hstack([values, place]), sample)[-1])
    return min(max(fall, LIFTED), STEEPEST)


def spread_values(values: FloatArray) -> FloatArray:
    """Return columns with the mean of the known in place of the unknown, less that mean, over their spread.

    A column that is never known, or always the same, is 0 throughout.
    """
    known = ~np.isnan(values)
    middle = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - middle, 0.0)
    spread = centred.std(axis=0)
    return centred / np.where(spread > _STILL, spread, np.inf)
