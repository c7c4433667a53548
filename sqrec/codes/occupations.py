"""Job titles coded as occupations, with a confidence; a title that says too little gets none.

A title is cut down to its role, compared with every occupation (evidence.py), and each occupation's evidence is
weighted (occupation_weights.json, learned by `python -m training.occupations`). The softmax over all occupations, calibrated, is
the confidence. Where a taxonomy describes its occupations, one of the ten likeliest is chosen by their evidence side by side
(choice.py), and the confidence is that of the choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.base.text import normal
from sqrec.codes.choice import TEN, Choice, features
from sqrec.codes.evidence import Evidence
from sqrec.codes.taxonomy import Taxonomy, built_in, table
from sqrec.codes.titles import Title, title_parts

VIEWS = ("head", "whole")
"""What of a title is compared: its first part, or all of it."""
_CHUNK = 64
_CERTAIN = 50.0
_LEFT = 1e-9


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
    choice: Choice | None = None

    @classmethod
    def of(
        cls,
        taxonomy: Taxonomy | None = None,
        market: Mapping[str, Sequence[str]] | None = None,
        weights: Weights | None = None,
    ) -> "OccupationCoder":
        """Build a coder; without a taxonomy the built-in one counts, without market names and weights those of sqrec.

        With weights of one's own they alone decide.
        """
        taxonomy = built_in() if taxonomy is None else taxonomy
        evidence = Evidence.of(taxonomy, market_names() if market is None else market)
        official = {normal(name): place for place, name in reversed(list(enumerate(taxonomy.names)))}
        described = any(taxonomy.texts)
        choice = Choice.read() if described and weights is None else None
        return cls(taxonomy, evidence, weights or Weights.read(described=described), official, choice)

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
        known = [(row, self.official[text]) for row, text in enumerate(texts) if text in self.official]
        scores, kept = self._scores(titles, self.choice.channels if self.choice else ())
        for row, official in known:
            scores[row, official] = scores[row].max() + _CERTAIN
        places = _highest(scores, max(top, TEN) if self.choice else top)
        sure = _chance(scores, places)
        if self.choice is None:
            sure = self._confidence(sure)
        else:
            odds = self.choice.odds(self._features(titles, scores, kept, places[:, :TEN]))
            odds[[row for row, _ in known], 0] = _CERTAIN
            places, sure = _chosen(places, odds, sure)
        named = {row for row, _ in known}
        sure[[row for row, title in enumerate(titles) if not title.whole and row not in named]] = 0.0
        return places[:, :top], sure[:, :top]

    def looked_at(self, titles: Sequence[str], channels: Sequence[str]) -> tuple[IntArray, FloatArray]:
        """Return the ten likeliest occupations by the weights alone, shape (titles, 10), and the features of a choice among them.

        For learning such a choice: an official name has no privilege here.
        """
        parts = [title_parts(normal(title)) for title in titles]
        scores, kept = self._scores(parts, channels)
        places = _highest(scores, TEN)
        return places, self._features(parts, scores, kept, places)

    def _features(self, titles: Sequence[Title], scores: FloatArray, kept: Sequence[FloatArray], places: IntArray) -> FloatArray:
        channels = np.stack([np.take_along_axis(values, places, axis=1) for values in kept], axis=2)
        return features(
            channels, scores, places, self.taxonomy.codes, np.array([len(title.whole) for title in titles], np.float64)
        )

    def _scores(self, titles: Sequence[Title], kept: Sequence[str] = ()) -> tuple[FloatArray, Sequence[FloatArray]]:
        """Return the weighted evidence of every title for every occupation, and the `kept` channels of all of a title, each of shape (titles, occupations)."""
        place = {text: row for row, text in enumerate({text: None for title in titles for text in (title.head, title.whole)})}
        heads, wholes = [place[title.head] for title in titles], [place[title.whole] for title in titles]
        scores = {view: np.zeros((len(place), len(self.taxonomy))) for view in VIEWS}
        weights = self.weights.channels
        wanted = {name.partition(" ")[2] for name, weight in weights.items() if weight} | set(kept)
        found = {
            f"prior {name}": np.broadcast_to(prior, (len(titles), len(prior))) for name, prior in self.evidence.prior.items()
        }
        for name, evidence in self.evidence.channels(list(place), wanted):
            for view in VIEWS:
                if weight := weights.get(f"{view} {name}", 0.0):
                    scores[view] += weight * evidence
            if name in kept:
                found[name] = evidence[wholes]
        total = scores["head"][heads] + scores["whole"][wholes]
        for name, prior in self.evidence.prior.items():
            total += weights.get(f"prior {name}", 0.0) * prior
        return total, [found[name] for name in kept]

    def _confidence(self, chance: FloatArray) -> FloatArray:
        """Calibrate the first candidate's chance; the others share what it leaves, and none is above it."""
        first = np.clip(chance[:, 0], 1e-9, 1 - 1e-9)
        sure = 1.0 / (1.0 + np.exp(-(self.weights.slope * np.log(first / (1.0 - first)) + self.weights.intercept)))
        rest = chance / (1.0 - first)[:, None] * (1.0 - sure)[:, None]
        rest[:, 0] = sure
        return np.minimum(rest, sure[:, None])


def _chance(scores: FloatArray, places: IntArray) -> FloatArray:
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.take_along_axis(chance / chance.sum(axis=1, keepdims=True), places, axis=1)


def _chosen(places: IntArray, odds: FloatArray, chance: FloatArray) -> tuple[IntArray, FloatArray]:
    """Order the first places by their odds and return the confidence of all: the others share what the first leaves, falling."""
    behind = np.full((len(places), places.shape[1] - odds.shape[1]), -np.inf)
    order = np.argsort(-np.concatenate((odds, behind), axis=1), axis=1, kind="stable")
    chance = np.take_along_axis(chance, order, axis=1)
    first = 1.0 / (1.0 + np.exp(-odds.max(axis=1)))
    sure = chance / np.maximum(1.0 - chance[:, 0], _LEFT)[:, None] * (1.0 - first)[:, None]
    sure[:, 0] = first
    return np.take_along_axis(places, order, axis=1), np.minimum.accumulate(sure, axis=1)


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
