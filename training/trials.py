"""The result of one trial of a search."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import FloatArray
from training.settings import Settings


@dataclass(frozen=True)
class Tried:
    """Hold one trial: its settings with the number of trees to keep, and ndcg@10 by number of trees.

    `each`, shape (questions,), is ndcg@10 of every question; None where the trial was pruned.
    """

    number: int
    settings: Settings
    curve: FloatArray
    each: FloatArray | None
    seconds: float

    @property
    def ndcg(self) -> float:
        """Mean ndcg@10 on the selection questions; NaN where the trial was pruned."""
        return float("nan") if self.each is None else float(np.nanmean(self.each))

    @property
    def size(self) -> int:
        """The number of leaves of all trees, to which the time of scoring is proportional."""
        return self.settings.rounds * self.settings.num_leaves
