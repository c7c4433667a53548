"""Rankers: from rows to scores. The trained one and the baselines behind one interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import lightgbm as lgb
import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, KeyArray
from sqrec.rank.forest import Forest
from sqrec.rank.modeltext import leaves_of, trees_of


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

    def walk(self, rows: FloatArray, keys: KeyArray) -> tuple[FloatArray, AnyArray]:
        """Return the bits of `score`, and the place of the leaf that each row reaches in every tree, shape (rows, trees)."""
        return self.forest.walk(rows) if self.forest else (self.score(rows, keys), self._exits(rows))

    def _exits(self, rows: FloatArray) -> AnyArray:
        """Return the places of leaves as LightGBM finds them, which numbers leaves in the order in which they were grown."""
        if len(rows) == 0:
            return np.empty((0, self.booster.num_trees()), np.int64)
        numbers = np.asarray(self.booster.predict(rows, pred_leaf=True, num_threads=1), dtype=np.int64).reshape(len(rows), -1)
        return np.column_stack([places[number] for places, number in zip(self._places, numbers.T, strict=True)])

    @cached_property
    def _places(self) -> list[IntArray]:
        return [np.argsort(leaves_of(tree)) for tree in trees_of(self.booster.model_to_string(num_iteration=-1))]

    def contributions(self, rows: FloatArray) -> FloatArray:
        """Return what every column adds to the score by TreeSHAP, shape (rows, columns + 1); the last is the expected score."""
        return np.asarray(self.booster.predict(rows, pred_contrib=True, num_threads=1), dtype=np.float64)


@dataclass(frozen=True)
class Random:
    """Score by a hash of question and item: no order at all, the same one each time."""

    def score(self, rows: FloatArray, keys: KeyArray) -> FloatArray:
        """Return numbers in [0, 1)."""
        return (keys >> np.uint64(11)).astype(np.float64) / 2.0**53
