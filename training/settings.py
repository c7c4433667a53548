"""What shapes a booster, and which settings are tried."""

from dataclasses import dataclass, replace
from typing import Self

OURS = {"rounds", "examined_fall"}
"""Settings that are not LightGBM's own."""

ENOUGH = 100
"""Trees up to which their number grows with the questions."""


@dataclass(frozen=True)
class Settings:
    """Hold what shapes a booster: `rounds` is the number of trees.

    Of rows that were shown: `examined_fall` (`training.places`) says that place k was looked at with a chance of k to the power of
    minus this, and training fits it. With 0 lists are taken as they are (experiments/questions/position.md).
    """

    num_leaves: int = 7
    min_data_in_leaf: int = 50
    learning_rate: float = 0.12
    feature_fraction: float = 0.6
    bagging_fraction: float = 0.8
    lambda_l2: float = 5.0
    lambdarank_truncation_level: int = 20
    rounds: int = 200
    max_depth: int = -1
    examined_fall: float = 0.0

    def for_more(self, tried: int, questions: int) -> Self:
        """Return these settings for a ranker that learns from more questions than were tried: trees in proportion, up to `ENOUGH`."""
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
"""The settings that are tried, smallest first; the last has large trees, each of half the rows and half the columns."""
