"""Hyperparameters of a booster, and the grid of settings."""

from dataclasses import dataclass, replace
from typing import Self

OURS = {"rounds", "examined_fall"}
"""Settings that are not parameters of LightGBM."""

ENOUGH = 100
"""The number of trees up to which it grows with the questions."""


@dataclass(frozen=True)
class Settings:
    """Hold the hyperparameters of a booster; `rounds` is the number of trees.

    `examined_fall` is the exponent of position bias (`training.places`), P(examined at k) = k^-fall, which training fits; 0:
    none (experiments/questions/position.md). The others are LightGBM's own.
    """

    num_leaves: int = 7
    min_data_in_leaf: int = 50
    learning_rate: float = 0.12
    feature_fraction: float = 0.6
    bagging_fraction: float = 0.8
    lambda_l2: float = 5.0
    lambdarank_truncation_level: int = 20
    rounds: int = 200
    examined_fall: float = 0.0

    def for_more(self, tried: int, questions: int) -> Self:
        """Return the settings with the number of trees scaled by `questions` / `tried`, at most `ENOUGH`, never fewer."""
        grown = round(self.rounds * questions / max(tried, 1))
        return replace(self, rounds=max(self.rounds, min(grown, ENOUGH)))


GRID = (
    Settings(num_leaves=7, min_data_in_leaf=50),
    Settings(num_leaves=15, min_data_in_leaf=100),
    Settings(
        num_leaves=31,
        min_data_in_leaf=50,
        learning_rate=0.1,
        feature_fraction=0.5,
        bagging_fraction=0.5,
        lambda_l2=5.0,
        lambdarank_truncation_level=30,
    ),
)
"""The grid of settings, smallest trees first; the last has large trees, each trained on half the rows and half the columns."""
