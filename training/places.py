"""How much less is looked at further down a list."""

import numpy as np

from sqrec.arrays import FloatArray, IntArray
from training.sample import Sample
from training.words import logit, spread_values

STEEPEST, LIFTED = 2.0, -1.0
"""The fastest fall that is believed, and the fastest rise."""
_STEPS, _ENOUGH = 50, 1e-9
_LEAST_USES = 20


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


def examined_fall(position: IntArray, used: IntArray) -> float:
    """Return how fast fewer look further down: place k is looked at with a chance in proportion to k to the power of minus this.

    `position` (1 = top) and `used` (0 or 1) are of rows whose order was drawn by lot, such as those of an exploration slot or a
    day of shuffled lists: there alone every place holds items as good as the next one's, so uses by place are looks by place. In
    lists that a ranker ordered the figure would take the ranker's merit for the pull of the top. Poisson regression of uses on the
    logarithm of the place; not below 0. Raises ValueError with fewer than 20 uses, or a place below 1.
    """
    if used.sum() < _LEAST_USES or position.min() < 1:
        raise ValueError(f"The fall is told by at least {_LEAST_USES} uses at places from 1; got {used.sum()} uses.")
    count = np.bincount(position)[1:].astype(np.float64)
    uses = np.bincount(position, used)[1:]
    terms = np.column_stack([np.ones(len(count)), -np.log(np.arange(1, len(count) + 1))])
    found: FloatArray = np.array([np.log(uses.sum() / count.sum()), 0.0])
    for _ in range(_STEPS):
        expected = count * np.exp(terms @ found)
        step = np.linalg.solve(terms.T @ (expected[:, None] * terms), terms.T @ (uses - expected))
        found = found + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < _ENOUGH:
            break
    return max(0.0, float(found[1]))
