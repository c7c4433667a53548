"""Access to the data files of the invented city (word lists, attributes, weights), and seeded draws."""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from sqrec.base.arrays import AnyArray, IntArray

TIME_ZONE_SECONDS = 8 * 3600
"""Asia/Shanghai is eight hours ahead all year since 1992."""
DAY = 86_400


@cache
def read(name: str) -> dict[str, Any]:
    """Return a JSON file of `sqrec/synth/data` by its name without the ending; read once."""
    return json.loads(resources.files("sqrec.synth").joinpath("data", f"{name}.json").read_text(encoding="utf-8"))


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random generator of one use; the same seed and name give the same numbers, whatever else is drawn."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *name.encode()])))


def draw(rng: np.random.Generator, shares: Sequence[float] | AnyArray, size: int) -> IntArray:
    """Draw `size` indices of `shares`, each with a probability in proportion to its share."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], rng.random(size), side="right").clip(0, len(edges) - 1)


def pick(rng: np.random.Generator, words: Sequence[str]) -> str:
    """Draw one of `words`, all equally likely."""
    return words[int(rng.integers(len(words)))]


def ints(values: AnyArray) -> list[int]:
    """Return an integer array as Python ints."""
    return values.tolist()


def rows_of(values: AnyArray) -> list[list[int]]:
    """Return an integer matrix as lists of Python ints, a list a row."""
    return values.tolist()
