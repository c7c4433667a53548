"""How much less is looked at further down a list: told by lists in random order alone."""

import numpy as np

from sqrec.arrays import FloatArray, IntArray

_STEPS, _ENOUGH = 50, 1e-9
_LEAST_USES = 20


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
