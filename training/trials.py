"""One trial of a search."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import FloatArray
from training.settings import Settings


@dataclass(frozen=True)
class Tried:
    """Hold one trial: its settings with the number of trees they need, and the curve as far as it was grown.

    `each` is ndcg@10 question by question; None where the trial was given up.
    """

    number: int
    settings: Settings
    curve: FloatArray
    each: FloatArray | None
    seconds: float

    @property
    def ndcg(self) -> float:
        """Mean ndcg@10 on the selection questions; NaN where the trial was given up."""
        return float("nan") if self.each is None else float(np.nanmean(self.each))

    @property
    def size(self) -> int:
        """How many leaves there are in all trees, which is what scoring costs."""
        return self.settings.rounds * self.settings.num_leaves
