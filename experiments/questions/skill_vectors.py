"""Whitened skill vectors and one-to-one assignment, as a column to try: a person's skills against those a vacancy asks for.

Vectors come from the catalogue alone: positive pointwise mutual information of skills that are named together (Church and Hanks
1990), its leading eigenvectors at equal length (whitening: Euclidean distance is then Mahalanobis distance), each row brought to length 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from sqrec.base.arrays import AnyArray, FloatArray, KeyArray, Ragged, lookup
from sqrec.rank.view import View

MOST_DIMENSIONS = 40
LEAST_ALIKE = 0.3
"""What two skills must have in common to count at all: random pairs lie below."""


@dataclass(frozen=True)
class SkillVectors:
    """Hold one vector of length 1 per skill, by the sorted hash of the skill."""

    skill: KeyArray
    vector: FloatArray

    @classmethod
    def fit(cls, named: Sequence[Ragged]) -> "SkillVectors":
        """Fit to the skills that items name, lists of (key, level)."""
        skill = np.unique(np.concatenate([one.values[:, 0] for one in named]))
        together = np.zeros((len(skill), len(skill)))
        for one in named:
            for row in range(len(one)):
                number = np.unique(lookup(skill, one.row(row)[:, 0]))
                together[np.ix_(number, number)] += 1.0
        alone = together.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            information = np.log(together * alone.sum() / np.outer(alone, alone))
        values, vectors = np.linalg.eigh(np.maximum(np.nan_to_num(information, neginf=0.0), 0.0))
        kept = vectors[:, np.argsort(-values)[:MOST_DIMENSIONS]]
        return cls(skill, kept / np.maximum(np.linalg.norm(kept, axis=1, keepdims=True), 1e-12))

    def alike(self, one: KeyArray, other: KeyArray) -> FloatArray:
        """Return how alike skills are, shape (one, other): 1 for the same, 0 for little in common or an unknown one."""
        same = one[:, None] == other[None, :]
        left, right = lookup(self.skill, one), lookup(self.skill, other)
        near = np.einsum("ik,jk->ij", self.vector[left], self.vector[right])
        near[(left < 0)[:, None] | (right < 0)[None, :] | (near < LEAST_ALIKE)] = 0.0
        return np.where(same, 1.0, np.minimum(near, 1.0))


def assigned(worth: FloatArray) -> float:
    """Return the greatest total worth when every row takes at most one column of its own."""
    return float(worth[linear_sum_assignment(worth, maximize=True)].sum())


@dataclass(frozen=True, eq=False)
class SkillMatch:
    """Tell what share of the required skills is met when each of the person's skills may stand for one of them.

    Unknown without a requirement or a skill.
    """

    vectors: SkillVectors
    name: str = "skill_match"
    reads: tuple[str, ...] = ("skills",)
    monotone: int = 1
    _known: dict[tuple[bytes, bytes], float] = field(default_factory=dict[tuple[bytes, bytes], float])

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        found = np.full(len(view.pairs), np.nan)
        for query, part in view.pairs.questions:
            mine = view.profiles.facts.skills.row(view.profiles.who[query])
            if len(mine):
                found[part] = [self._share(view.items.skills.row(row), mine) for row in view.pairs.item[part].tolist()]
        return found

    def _share(self, required: AnyArray, mine: AnyArray) -> float:
        if len(required) == 0:
            return float("nan")
        key = (required.tobytes(), mine.tobytes())
        if key not in self._known:
            worth = self.vectors.alike(required[:, 0], mine[:, 0])
            asked, held = required[:, None, 1], mine[None, :, 1]
            enough = (asked == 0) | ((held > 0) & (held <= asked))
            self._known[key] = assigned(worth * np.where(enough, 1.0, 0.5)) / len(required)
        return self._known[key]


def of_random_pairs(vectors: SkillVectors, rng: np.random.Generator) -> FloatArray:
    """Return the likeness of random pairs of different skills: where it is high, the vectors say nothing."""
    pairs = rng.integers(len(vectors.skill), size=(2_000, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return (vectors.vector[pairs[:, 0]] * vectors.vector[pairs[:, 1]]).sum(axis=1)
