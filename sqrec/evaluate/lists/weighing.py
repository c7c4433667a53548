"""Inverse propensity weights of uses, clipped and self-normalised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from sqrec.base.arrays import FloatArray, Ragged
from sqrec.evaluate.stats.notes import Note

CLIP = 10.0
"""The largest inverse propensity: no use counts more than so many uses at the top of a list."""


@dataclass(frozen=True)
class Weighing:
    """Summarise the weights of selection questions.

    `share` of the `questions` have a use of known propensity, `drawn` of them one from a list that explored; `fall` is the
    exponent of position bias, P(examined at k) = k^-fall; `clipped` is the share of propensities below 1 / `clip`. `effective`
    is the effective sample size (Kish).
    """

    questions: int
    share: float
    drawn: float
    fall: float
    clip: float
    clipped: float
    effective: float

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(**told)

    @property
    def note(self) -> Note:
        """The note about the weights."""
        told = {"share": f"{self.share:.0%}", "drawn": f"{self.drawn:.0%}", "fall": f"{self.fall:.2f}", "clip": f"{self.clip:g}"}
        sure = {"clipped": f"{self.clipped:.1%}", "effective": f"{self.effective:.0f}", "questions": self.questions}
        return Note("serving.weighed", told | sure)


def inverse(chance: FloatArray, clip: float = CLIP) -> FloatArray:
    """Return the inverse propensity weight of each use, shape (uses,); of an unknown propensity (NaN) it is 1.

    Known ones are clipped at `clip` and divided by their mean (self-normalised, Hájek 1971): propensities are known up to a
    factor, so they compare uses of lists with each other, not with uses from no list.
    """
    known = ~np.isnan(chance)
    weight = np.ones(len(chance))
    if known.any():
        raw = 1 / np.maximum(chance[known], 1 / clip)
        weight[known] = raw / raw.mean()
    return weight


def effective(weight: Ragged) -> float:
    """Return the effective sample size of questions, by the mean weight of their positives (Kish 1965)."""
    sizes = weight.sizes
    sums = np.bincount(np.repeat(np.arange(len(sizes)), sizes), weight.values, len(sizes))
    each = sums / np.maximum(sizes, 1)
    return float(each.sum() ** 2 / (each**2).sum()) if each.any() else 0.0
