"""Hits and ties from scores and grades, for tests."""

from collections.abc import Sequence

import numpy as np

from sqrec.arrays import KeyArray, Ragged
from sqrec.evaluate.metrics import Hits, ranks_of
from sqrec.evaluate.ties import Span


def hits_of_scores(
    scores: Sequence[np.ndarray],
    grades: Sequence[np.ndarray],
    missing: Sequence[np.ndarray] | None = None,
    keys: Sequence[KeyArray] | None = None,
) -> Hits:
    """Rank everybody's candidates by score; `missing` are the grades of positives that were no candidates."""
    keys = [np.arange(len(one), dtype=np.uint64) for one in scores] if keys is None else keys
    missing = [np.empty(0, np.int64)] * len(scores) if missing is None else missing
    found = [np.concatenate([np.flatnonzero(g), np.full(len(m), -1)]) for g, m in zip(grades, missing, strict=True)]
    ranks = [ranks_of(*one) for one in zip(scores, found, keys, strict=True)]
    told = [np.concatenate([g[g > 0], m]) for g, m in zip(grades, missing, strict=True)]
    return Hits.of(Ragged.of(ranks, np.int64), Ragged.of(told, np.int64), np.array([len(one) for one in scores]))


def places_of_scores(scores: np.ndarray, grades: np.ndarray, keys: KeyArray | None = None) -> Span:
    """Return the places that the positives could take among equal scores."""
    keys = np.arange(len(scores), dtype=np.uint64) if keys is None else keys
    return Span.of(-np.sort(-scores), ranks_of(scores, np.flatnonzero(grades), keys))
