"""The word lists, attributes and weights of the invented city, read once."""

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
    """Return one file of `sqrec/synth/data`, without its ending."""
    return json.loads(resources.files("sqrec.synth").joinpath("data", f"{name}.json").read_text(encoding="utf-8"))


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one use: the same seed and name give the same numbers, whatever else is drawn."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *name.encode()])))


def draw(rng: np.random.Generator, shares: Sequence[float] | AnyArray, size: int) -> IntArray:
    """Draw places in a list of shares."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], rng.random(size), side="right").clip(0, len(edges) - 1)


def pick(rng: np.random.Generator, words: Sequence[str]) -> str:
    """Draw one of some words."""
    return words[int(rng.integers(len(words)))]


def ints(values: AnyArray) -> list[int]:
    """Return whole numbers as Python's own."""
    return values.tolist()


def rows_of(values: AnyArray) -> list[list[int]]:
    """Return a matrix of whole numbers as lists of Python's own."""
    return values.tolist()
