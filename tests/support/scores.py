"""Scores and grades of many people, and where their positives stand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import IntArray, KeyArray, Ragged
from sqrec.evaluate.lists.ties import Span
from sqrec.evaluate.stats.metrics import Hits, ranks_in
from sqrec.rank.order import by_score

PEOPLE = 200


def ranks_of_scores(scores: np.ndarray, positives: IntArray, keys: KeyArray | None = None) -> IntArray:
    """Return the ranks of candidates in the list that is served of their scores; -1 is no candidate, `keys` break ties."""
    return ranks_in(by_score(scores, np.arange(len(scores), dtype=np.uint64) if keys is None else keys), positives)


def hits_of_scores(
    scores: Sequence[np.ndarray],
    grades: Sequence[np.ndarray],
    missing: Sequence[np.ndarray] | None = None,
    keys: Sequence[KeyArray] | None = None,
) -> Hits:
    """Rank everybody's candidates by score; `missing` are the grades of positives that were no candidates."""
    keys = [None] * len(scores) if keys is None else keys
    missing = [np.empty(0, np.int64)] * len(scores) if missing is None else missing
    found = [np.concatenate([np.flatnonzero(g), np.full(len(m), -1)]) for g, m in zip(grades, missing, strict=True)]
    ranks = [ranks_of_scores(*one) for one in zip(scores, found, keys, strict=True)]
    told = [np.concatenate([g[g > 0], m]) for g, m in zip(grades, missing, strict=True)]
    return Hits.of(Ragged.of(ranks, np.int64), Ragged.of(told, np.int64), np.array([len(one) for one in scores]))


def places_of_scores(scores: np.ndarray, grades: np.ndarray, keys: KeyArray | None = None) -> Span:
    """Return the places that the positives could take among equal scores."""
    return Span.of(-np.sort(-scores), ranks_of_scores(scores, np.flatnonzero(grades), keys))


@dataclass(frozen=True)
class Answers:
    """Hold scores and grades, one array per person, and the grades of positives that were no candidates."""

    scores: list[np.ndarray]
    grades: list[np.ndarray]
    missing: list[np.ndarray]

    @property
    def hits(self) -> Hits:
        return hits_of_scores(self.scores, self.grades, self.missing)


def answers(seed: int, *, ties: bool = False, missing: bool = True) -> Answers:
    """Return random lists of 1 to 80 items with grades 0 to 5, rarely positive; some people have no positive."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 80, PEOPLE)
    scores = [rng.integers(0, 6, size).astype(float) if ties else rng.permutation(size).astype(float) for size in sizes]
    grades = [rng.integers(1, 6, size) * (rng.random(size) < 0.15) for size in sizes]
    return Answers(scores, grades, [rng.integers(1, 6, rng.integers(0, 3) if missing else 0) for _ in sizes])
