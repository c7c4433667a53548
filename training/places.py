"""How much less is looked at further down a list."""

import numpy as np

from training.sample import Sample
from training.words import logit, spread_values

STEEPEST, LIFTED = 2.0, -1.0
"""The fastest fall that is believed, and the fastest rise."""


def fall_beside(sample: Sample) -> float:
    """Return how fast fewer look further down shown lists, of items that are alike in every column: from -1 to 2.

    The weight of minus the logarithm of the place in the conditional logit of uses within their lists, fitted together with one of
    every column: what the platform ordered by is held fast by the columns as far as these know it. It rises where people leave with
    the first that is good enough, so that the last place shown is the one that is used: held fast too, as otherwise whatever comes
    late in such lists would pass for liked. 0 where no list was shown.
    """
    if sample.position is None or not (sample.position > 0).any() or not sample.label.any():
        return 0.0
    values, _, _ = spread_values(sample.rows)
    place = np.log(np.maximum(sample.position, 1))[:, None]
    fall = float(-logit(np.hstack([values, place]), sample)[-1])
    return min(max(fall, LIFTED), STEEPEST)
