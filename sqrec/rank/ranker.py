"""Rankers: from rows to scores. The trained one and the baselines behind one interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import lightgbm as lgb
import numpy as np

from sqrec.arrays import FloatArray, KeyArray
from sqrec.rank.forest import Forest


class Ranker(Protocol):
    """Score pairs; greater is better. The score of a pair does not depend on the other pairs."""

    def score(self, rows: FloatArray, keys: KeyArray) -> FloatArray:
        """Return one float64 per row; `keys` are hashes of question and item, one per row."""
        ...


@dataclass(frozen=True)
class Linear:
    """Score with a weighted sum of columns; an unknown value takes the column's `unknown`.

    The baselines `popularity`, `nearest` and `words` are such sums. The sum runs over columns in a fixed order.
    """

    places: tuple[int, ...]
    weights: tuple[float, ...]
    unknown: tuple[float, ...]

    @classmethod
    def nothing(cls) -> "Linear":
        """Return the sum of no columns: every row is worth 0."""
        return cls((), (), ())

    @classmethod
    def of(cls, names: Sequence[str], weights: dict[str, float], unknown: dict[str, float] | None = None) -> "Linear":
        """Weigh the named columns of a row builder; unknown values count as 0 unless said otherwise."""
        filled = dict.fromkeys(weights, 0.0) | (unknown or {})
        return cls(tuple(names.index(n) for n in weights), tuple(weights.values()), tuple(filled[n] for n in weights))

    def score(self, rows: FloatArray, keys: KeyArray) -> FloatArray:
        """Return the weighted sums."""
        values = rows[:, self.places]
        terms = np.where(np.isnan(values), self.unknown, values) * np.array(self.weights)
        total = np.zeros(len(rows))
        for term in terms.T:
            total += term
        return total


@dataclass(frozen=True)
class Boosted:
    """Score with the trees of a LightGBM booster, which are laid out for speed where they are small enough."""

    booster: lgb.Booster
    forest: Forest | None

    @classmethod
    def of_text(cls, text: str) -> "Boosted":
        """Load a booster from its model text."""
        return cls(lgb.Booster(model_str=text), Forest.of_text(text))

    def score(self, rows: FloatArray, keys: KeyArray) -> FloatArray:
        """Return the bits of `Booster.predict`, by one thread, as a request carries too few rows to share out."""
        if self.forest:
            return self.forest.score(rows)
        if len(rows) == 0:  # LightGBM refuses none
            return np.empty(0)
        return np.asarray(self.booster.predict(rows, raw_score=True, num_threads=1), dtype=np.float64)

    def contributions(self, rows: FloatArray) -> FloatArray:
        """Return what every column adds to the score by TreeSHAP, shape (rows, columns + 1); the last is the expected score."""
        return np.asarray(self.booster.predict(rows, pred_contrib=True, num_threads=1), dtype=np.float64)


@dataclass(frozen=True)
class Random:
    """Score by a hash of question and item: no order at all, the same one each time."""

    def score(self, rows: FloatArray, keys: KeyArray) -> FloatArray:
        """Return numbers in [0, 1)."""
        return (keys >> np.uint64(11)).astype(np.float64) / 2.0**53
