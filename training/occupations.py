"""`python -m training.occupations`: weights of the evidence by which a job title is coded as an occupation.

Examples: the taxonomy's own aliases, left out a tenth at a time (with equal market names) and used as titles of their
occupation, and half of a file of labelled titles; the other half is for tests. The weights are those of a softmax regression over
candidate occupations, none below 0. The confidence is calibrated by a logistic regression of "the likeliest is right" on its log odds.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from scipy.optimize import minimize

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.base.text import normal
from sqrec.codes.evidence import GROUPS, KINDS, SOURCES, TEXTS, Evidence
from sqrec.codes.occupations import VIEWS, market_names
from sqrec.codes.taxonomy import Taxonomy, read_taxonomy
from sqrec.codes.titles import title_parts
from sqrec.rawtables import read_raw

TENTHS = 10
CANDIDATES = 200
RIDGE = 0.001
SHARES = {"left out": 1.0, "titles": 0.6, "in place": 0.6}
"""The weight of each set of examples in the loss: aliases left out, labelled titles, aliases that the coder knows."""
LEAST = 0.1
"""The confidence below which no code is given. Declared, not learnt."""

_LIKE = (*SOURCES, "together", "parent", "tasks", "definition")
_BASE = (
    *(f"like {name}" for name in _LIKE),
    *(f"held by {name}" for name in TEXTS),
    *("votes", "speaks of", *GROUPS),
    *(f"{kind} {name}" for kind in KINDS for name in SOURCES),
    *(f"end {size}" for size in (1, 2, 3)),
)
_PRIOR = ("alias", "market")
CHANNELS = (*(f"{view} {name}" for view in VIEWS for name in _BASE), *(f"prior {name}" for name in _PRIOR))


@dataclass(frozen=True)
class Labelled:
    """Hold titles with their codes; `other` is a second code that counts as right, empty without one."""

    titles: tuple[str, ...]
    codes: tuple[str, ...]
    other: tuple[str, ...]

    def half(self, *, held: bool) -> "Labelled":
        """Return one of two halves, split by a hash of the title: the one for tests (`held`) or the one for learning."""
        return self.where([(_hash(title) % 2 == 1) == held for title in self.titles])

    def coded(self, codes: Sequence[str]) -> "Labelled":
        """Return the titles that have one of these codes; an empty code marks a title that names no occupation."""
        known = set(codes)
        return self.where([code in known for code in self.codes])

    def where(self, kept: Sequence[bool]) -> "Labelled":
        """Return the titles that are kept."""
        return Labelled(*(tuple(compress(values, kept)) for values in (self.titles, self.codes, self.other)))


@dataclass(frozen=True)
class Asked:
    """Hold titles that are asked of evidence which does not know them, and the places of the right occupation and of one as good; -1 is none."""

    evidence: Evidence
    titles: tuple[str, ...]
    right: IntArray
    other: IntArray

    @classmethod
    def of(cls, evidence: Evidence, titles: Sequence[tuple[str, int]]) -> "Asked":
        """Build from titles with the place of the right occupation."""
        return cls(
            evidence, tuple(title for title, _ in titles), np.array([at for _, at in titles], np.int64), np.full(len(titles), -1)
        )

    def where(self, kept: Sequence[bool]) -> "Asked":
        """Return the titles that are kept."""
        mask = np.array(kept, dtype=bool)
        return Asked(self.evidence, tuple(compress(self.titles, kept)), self.right[mask], self.other[mask])


@dataclass(frozen=True)
class Examples:
    """Hold evidence of candidate occupations, shape (titles, occupations, channels), and the index of the right one of each title."""

    evidence: FloatArray
    right: IntArray


def read_labelled(file: Path) -> Labelled:
    """Read labelled titles from a CSV with the columns title, code and or_code."""
    columns = read_raw(file).columns
    return Labelled(*(tuple(columns[name]) for name in ("title", "code", "or_code")))


def left_out(taxonomy: Taxonomy, *, official: bool = False, heard: bool = True) -> Iterator[Asked]:
    """Yield every alias as a title that the evidence does not know: a tenth of them is taken away at a time.

    `official`: every official name instead of every alias. `heard` False: the coder knows no market name either.
    """
    owned = [(name,) for name in taxonomy.names] if official else taxonomy.aliases
    aliases = [(alias, place) for place, names in enumerate(owned) for alias in names]
    for tenth in range(TENTHS):
        away = [(alias, place) for alias, place in aliases if _hash(normal(alias)) // 2 % TENTHS == tenth]
        gone = {normal(alias) for alias, _ in away}
        names = tuple("" if official and normal(name) in gone else name for name in taxonomy.names)
        rest = tuple(tuple(a for a in names if normal(a) not in gone) for names in taxonomy.aliases)
        known = replace(taxonomy, names=names, aliases=rest)
        market = {code: [name for name in names if name not in gone] for code, names in market_names().items()} if heard else {}
        yield Asked.of(Evidence.of(known, market), away)


def all_examples(parts: Iterable[Asked]) -> Examples:
    """Return the examples of several parts, of the titles that have an occupation, one after the other; there must be one."""
    told = [part.where((part.right >= 0).tolist()) for part in parts]
    found = [examples(part.evidence, part.titles, part.right.tolist()) for part in told if part.titles]
    return Examples(np.concatenate([one.evidence for one in found]), np.concatenate([one.right for one in found]))


def examples(evidence: Evidence, titles: Sequence[str], right: Sequence[int]) -> Examples:
    """Return the evidence of the most similar occupations and of the right one (index in the taxonomy) for every title."""
    parts = [_evidence(evidence, titles[start : start + 64], right[start : start + 64]) for start in range(0, len(titles), 64)]
    return Examples(np.concatenate([part.evidence for part in parts]), np.concatenate([part.right for part in parts]))


def learned(sets: Sequence[tuple[Examples, float]]) -> FloatArray:
    """Return the maximum-likelihood weights of the channels, at least 0, with a ridge; shape (channels,). Sets come with their weight."""

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        total, slope = RIDGE * float(weights @ weights) / 2, RIDGE * weights
        for part, share in sets:
            rows = np.arange(len(part.right))
            chance = chances(part, weights)
            total -= share * float(np.log(chance[rows, part.right] + 1e-12).mean())
            chance[rows, part.right] -= 1.0
            slope = slope + share * np.einsum("nk,nkf->f", chance, part.evidence, optimize=True) / len(rows)
        return total, slope

    start = np.ones(len(CHANNELS))
    return minimize(loss, start, jac=True, bounds=[(0.0, None)] * len(start), method="L-BFGS-B").x


def calibrated(sets: Sequence[Examples], weights: FloatArray) -> tuple[float, float]:
    """Return slope and intercept of the log odds that the likeliest occupation is right; every set has the same weight."""
    odds, right, share = [], [], []
    for part in sets:
        chance = chances(part, weights)
        first = np.clip(chance.max(axis=1), 1e-9, 1 - 1e-9)
        odds.append(np.log(first / (1 - first)))
        right.append(chance.argmax(axis=1) == part.right)
        share.append(np.full(len(first), 1 / len(first)))
    x, y, w = np.concatenate(odds), np.concatenate(right).astype(float), np.concatenate(share)

    def loss(line: FloatArray) -> float:
        z = line[0] * x + line[1]
        return float((w * (np.logaddexp(0, z) - y * z)).sum())

    slope, intercept = minimize(loss, np.array([1.0, 0.0])).x
    return float(slope), float(intercept)


def learn(taxonomy: Taxonomy, titles: Labelled) -> Mapping[str, Any]:
    """Return weights, calibration and least confidence as JSON values, as they are stored."""
    place = {code: index for index, code in enumerate(taxonomy.codes)}
    dev = titles.half(held=False).coded(taxonomy.codes)
    whole = Evidence.of(taxonomy, market_names())
    aliases = [(alias, index) for index, names in enumerate(taxonomy.aliases) for alias in names]
    unknown = all_examples(left_out(taxonomy))
    seen = examples(whole, dev.titles, [place[code] for code in dev.codes])
    known = examples(whole, [alias for alias, _ in aliases], [index for _, index in aliases])
    weights = learned([(unknown, SHARES["left out"]), (seen, SHARES["titles"]), (known, SHARES["in place"])])
    slope, intercept = calibrated([unknown, seen], weights)
    return {
        "source": "python -m training.occupations: aliases of 职业分类大典 2022 left out in turn, half of tests/data/titles.csv",
        "examples": {"left out": len(unknown.right), "titles": len(seen.right)},
        "channels": {name: round(float(w), 3) for name, w in zip(CHANNELS, weights, strict=True) if w >= 0.0005},
        "slope": round(slope, 3),
        "intercept": round(intercept, 3),
        "least": LEAST,
    }


def main(
    taxonomy: Annotated[Path, typer.Option(help="a taxonomy with aliases")],
    titles: Annotated[Path, typer.Option(help="labelled titles")] = Path("tests/data/titles.csv"),
    out: Annotated[Path, typer.Option(help="the file to write")] = Path("sqrec/codes/occupation_weights.json"),
) -> None:
    """Learn the weights of the evidence from a taxonomy and labelled titles, and write them as JSON."""
    found = learn(read_taxonomy(taxonomy), read_labelled(titles))
    out.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    typer.echo(f"{out}: {len(found['channels'])} of {len(CHANNELS)} channels count")


def _evidence(evidence: Evidence, titles: Sequence[str], right: Sequence[int]) -> Examples:
    parts = [title_parts(title) for title in titles]
    shape = (len(titles), evidence.occupations)
    columns = [
        array
        for texts in ([part.head for part in parts], [part.whole for part in parts])
        for _, array in evidence.channels(texts, set(_BASE))
    ]
    columns += [np.broadcast_to(evidence.prior[name], shape) for name in _PRIOR]
    alike = sum(columns[len(_BASE) : len(_BASE) + len(_LIKE)], start=np.zeros(shape))
    alike[np.arange(len(titles)), right] = np.inf
    kept = np.argsort(-alike, axis=1, kind="stable")[:, :CANDIDATES]
    return Examples(
        np.stack([np.take_along_axis(column, kept, axis=1) for column in columns], axis=2),
        np.zeros(len(titles), dtype=np.int64),
    )


def chances(part: Examples, weights: FloatArray) -> FloatArray:
    """Return the probability of each candidate occupation (softmax), shape (titles, occupations)."""
    scores = part.evidence @ weights
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    return chance / chance.sum(axis=1, keepdims=True)


def _hash(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0]


if __name__ == "__main__":
    typer.run(main)
