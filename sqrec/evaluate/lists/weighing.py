"""How much a use counts whose chance to come about is known: the inverse of that chance, clipped and self-normalised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from sqrec.base.arrays import FloatArray, Ragged
from sqrec.evaluate.stats.notes import Note

CLIP = 10.0
"""No use counts more than so many uses at the top of a list."""


@dataclass(frozen=True)
class Weighing:
    """Hold how selection questions were weighed.

    `share` of the `questions` have a use whose chance is known, `drawn` of them one from a list that explored, where the chance is that of the draw
    besides; `fall` is how fast fewer look further down (place k with a chance of k to the power of minus this, estimated);
    `clipped` is the share of known chances below 1 / `clip`. `effective` questions, all alike, would be as sure (Kish).
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
        """What is to be said of it."""
        told = {"share": f"{self.share:.0%}", "drawn": f"{self.drawn:.0%}", "fall": f"{self.fall:.2f}", "clip": f"{self.clip:g}"}
        sure = {"clipped": f"{self.clipped:.1%}", "effective": f"{self.effective:.0f}", "questions": self.questions}
        return Note("serving.weighed", told | sure)


def inverse(chance: FloatArray, clip: float = CLIP) -> FloatArray:
    """Return the weight of uses by the chance that each came about (NaN unknown: 1).

    Known ones weigh the inverse of their chance, `clip` at most, over the mean of all known (Hájek 1971): chances are known but for
    a factor, so they say how uses of lists compare with one another, not with uses that came from no list.
    """
    known = ~np.isnan(chance)
    weight = np.ones(len(chance))
    if known.any():
        raw = 1 / np.maximum(chance[known], 1 / clip)
        weight[known] = raw / raw.mean()
    return weight


def effective(weight: Ragged) -> float:
    """Return how many questions that weigh alike are as sure as these, by the mean weight of their positives (Kish 1965)."""
    sizes = weight.sizes
    sums = np.bincount(np.repeat(np.arange(len(sizes)), sizes), weight.values, len(sizes))
    each = sums / np.maximum(sizes, 1)
    return float(each.sum() ** 2 / (each**2).sum()) if each.any() else 0.0
