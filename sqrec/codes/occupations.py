"""Job titles coded as occupations, with a confidence; a title that says too little gets none.

A title is cut down to its role, compared with every occupation (evidence.py), and each occupation's evidence is
weighted (weights.json, learned by `python -m training.occupations`). The softmax over all occupations, calibrated, is
the confidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.base.text import normal
from sqrec.codes.evidence import Evidence
from sqrec.codes.taxonomy import Taxonomy, built_in, table
from sqrec.codes.titles import Title, title_parts

VIEWS = ("head", "whole")
"""What of a title is compared: its first part, or all of it."""
_CHUNK = 64
_CERTAIN = 50.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold an occupation that a title may mean: its code, official name, and the probability that it is right."""

    code: str
    name: str
    confidence: float


@dataclass(frozen=True)
class Weights:
    """Hold what was learned: a weight per channel, the calibration of the confidence, the least confidence told."""

    channels: Mapping[str, float]
    slope: float
    intercept: float
    least: float

    @classmethod
    def read(cls, *, described: bool = False) -> "Weights":
        """Return the weights that come with sqrec; others for a taxonomy that describes its occupations (definition, tasks)."""
        data = table("occupation_weights_described.json" if described else "occupation_weights.json")
        return cls(data["channels"], data["slope"], data["intercept"], data["least"])


@dataclass(frozen=True)
class OccupationCoder:
    """Code job titles with the occupations of a taxonomy.

    Deterministic, and the answer for one title does not depend on the others.
    """

    taxonomy: Taxonomy
    evidence: Evidence
    weights: Weights
    official: Mapping[str, int]

    @classmethod
    def of(
        cls,
        taxonomy: Taxonomy | None = None,
        market: Mapping[str, Sequence[str]] | None = None,
        weights: Weights | None = None,
    ) -> "OccupationCoder":
        """Build a coder; without a taxonomy the built-in one counts, without market names and weights those of sqrec."""
        taxonomy = built_in() if taxonomy is None else taxonomy
        evidence = Evidence.of(taxonomy, market_names() if market is None else market)
        official = {normal(name): place for place, name in reversed(list(enumerate(taxonomy.names)))}
        return cls(taxonomy, evidence, weights or Weights.read(described=any(taxonomy.texts)), official)

    def code(self, titles: Sequence[str | None], top: int = 5, least: float | None = None) -> list[list[Candidate]]:
        """Return up to `top` candidates per title, the likeliest first; none where no occupation can be told.

        The title is abstained from when the first candidate's confidence is under `least` (default: the learned one).
        """
        places, confidence = self.ranked(titles, top)
        least = self.weights.least if least is None else least
        codes, names = np.array(self.taxonomy.codes)[places], np.array(self.taxonomy.names)[places]
        return [
            [
                Candidate(str(codes[row, rank]), str(names[row, rank]), float(confidence[row, rank]))
                for rank in range(codes.shape[1])
            ]
            if confidence[row, 0] >= least
            else []
            for row in range(len(titles))
        ]

    def ranked(self, titles: Sequence[str | None], top: int = 5) -> tuple[IntArray, FloatArray]:
        """Return the likeliest occupations and their confidence, both shape (titles, top); an empty title has 0."""
        distinct, place = np.unique([normal(title or "") for title in titles], return_inverse=True)
        texts = distinct.tolist()
        parts = [self._ranked(texts[start : start + _CHUNK], top) for start in range(0, len(texts), _CHUNK)]
        if not parts:
            return np.empty((0, top), dtype=np.int64), np.empty((0, top))
        return np.concatenate([part[0] for part in parts])[place], np.concatenate([part[1] for part in parts])[place]

    def _ranked(self, texts: Sequence[str], top: int) -> tuple[IntArray, FloatArray]:
        titles = [title_parts(text) for text in texts]
        scores = self._scores(titles)
        known = [(row, self.official[text]) for row, text in enumerate(texts) if text in self.official]
        for row, official in known:
            scores[row, official] = scores[row].max() + _CERTAIN
        places = _highest(scores, top)
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        sure = self._confidence(np.take_along_axis(chance, places, axis=1))
        named = {row for row, _ in known}
        sure[[row for row, title in enumerate(titles) if not title.whole and row not in named]] = 0.0
        return places, sure

    def _scores(self, titles: Sequence[Title]) -> FloatArray:
        """Return the weighted evidence of every title for every occupation, shape (titles, occupations)."""
        place = {text: row for row, text in enumerate({text: None for title in titles for text in (title.head, title.whole)})}
        scores = {view: np.zeros((len(place), len(self.taxonomy))) for view in VIEWS}
        weights = self.weights.channels
        wanted = {name.partition(" ")[2] for name, weight in weights.items() if weight}
        for name, evidence in self.evidence.channels(list(place), wanted):
            for view in VIEWS:
                if weight := weights.get(f"{view} {name}", 0.0):
                    scores[view] += weight * evidence
        heads, wholes = [place[title.head] for title in titles], [place[title.whole] for title in titles]
        total = scores["head"][heads] + scores["whole"][wholes]
        for name, prior in self.evidence.prior.items():
            total += weights.get(f"prior {name}", 0.0) * prior
        return total

    def _confidence(self, chance: FloatArray) -> FloatArray:
        """Calibrate the first candidate's chance; the others share what it leaves, and none is above it."""
        first = np.clip(chance[:, 0], 1e-9, 1 - 1e-9)
        sure = 1.0 / (1.0 + np.exp(-(self.weights.slope * np.log(first / (1.0 - first)) + self.weights.intercept)))
        rest = chance / (1.0 - first)[:, None] * (1.0 - sure)[:, None]
        rest[:, 0] = sure
        return np.minimum(rest, sure[:, None])


def _highest(scores: FloatArray, top: int) -> IntArray:
    """Return the places of the highest scores of each row, falling; of equal ones the first."""
    top = min(top, scores.shape[1])
    kept = np.sort(np.argpartition(-scores, top - 1, axis=1)[:, :top], axis=1)
    order = np.argsort(-np.take_along_axis(scores, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)


@cache
def built_in_coder() -> OccupationCoder:
    """Return the coder of the built-in table; it is built once, when it is first asked for."""
    return OccupationCoder.of()


@cache
def market_names() -> Mapping[str, tuple[str, ...]]:
    """Return the names that advertisements use, by code: the aliases of the built-in table and synonyms.json."""
    found = {row["code"]: tuple(row["aliases"]) for row in table("occupations.json")["occupations"]}
    for code, names in table("synonyms.json")["synonyms"].items():
        found[code] = (*found.get(code, ()), *names)
    return found
