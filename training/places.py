"""Position bias of shown lists."""

import numpy as np

from sqrec.base.arrays import FloatArray
from training.sample import Sample
from training.words import logit

STEEPEST, LIFTED = 2.0, -1.0
"""The bounds of the exponent: the steepest fall and the steepest rise."""
_STILL = 1e-9


def fall_beside(sample: Sample) -> float:
    """Estimate the exponent of position bias, P(examined at k) = k^-fall, from shown lists; within [-1, 2].

    It is minus the weight of log k in a conditional logit of uses within their lists, fitted together with a weight of every
    column, so that the platform's own order is controlled for as far as the columns know it. The fall is negative where people
    stop at the first item that is good enough, and the last position shown is the one used. 0 without shown lists.
    """
    if sample.position is None or not (sample.position > 0).any() or not sample.label.any():
        return 0.0
    values = spread_values(sample.rows)
    place = np.log(np.maximum(sample.position, 1))[:, None]
    fall = float(-logit(np.hstack([values, place]), sample)[-1])
    return min(max(fall, LIFTED), STEEPEST)


def spread_values(values: FloatArray) -> FloatArray:
    """Return columns standardised to mean 0 and standard deviation 1, unknown values as the mean, shape (rows, columns).

    A constant column, and one that is never known, is 0.
    """
    known = ~np.isnan(values)
    middle = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - middle, 0.0)
    spread = centred.std(axis=0)
    return centred / np.where(spread > _STILL, spread, np.inf)
