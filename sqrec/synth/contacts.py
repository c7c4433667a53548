"""Telephones, addresses and fairs, each from a random stream of its own, so that the rest of the city does not depend on them.

The number ranges 0532-5550 to 0532-5552 are not assigned to anybody.
"""

from collections.abc import Sequence

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, IntArray
from sqrec.synth.adverts import address
from sqrec.synth.data import ints, stream

_TOLD, _FAIR_DAYS = 0.85, 14


def job_phones(firm: IntArray, seed: int) -> list[str | None]:
    """Return the employer's telephone of every vacancy, None for some; `firm` is its employer."""
    return _phones("5551", firm, stream(seed, "job phones"))


def course_phones(provider: IntArray, seed: int) -> list[str | None]:
    """Return the provider's telephone of every course, None for some."""
    return _phones("5552", provider, stream(seed, "course phones"))


def course_addresses(placed: BoolArray, seed: int) -> list[str | None]:
    """Return a street address of every course that `placed` marks; None for the others and a few of them."""
    rng = stream(seed, "course addresses")
    told = rng.random(len(placed)) < _TOLD
    found = [address(rng) for _ in range(len(placed))]
    return [text if here and seen else None for text, here, seen in zip(found, placed, told, strict=True)]


def fairs(kind: AnyArray, communities: Sequence[str], home: IntArray, first: IntArray) -> list[str | None]:
    """Return the id of each temporary vacancy's fair, one per community and fortnight; None for other vacancies."""
    days: list[int] = (first // _FAIR_DAYS).tolist()
    return [f"fair-{communities[place]}-{days[row]}" if kind[row] == "event" else None for row, place in enumerate(ints(home))]


def _phones(before: str, owner: IntArray, rng: np.random.Generator) -> list[str | None]:
    numbers = rng.integers(0, 10_000, int(owner.max(initial=0)) + 1)
    told = rng.random(len(owner)) < _TOLD
    return [f"0532-{before}{number:04d}" if seen else None for number, seen in zip(ints(numbers[owner]), told, strict=True)]
