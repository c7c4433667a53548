"""Occupations by name: what a person wants or did, and what an item is."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from sqrec.base.arrays import KeyArray, key_of
from sqrec.codes.taxonomy import table
from sqrec.profile.occupations import coded


@lru_cache(maxsize=10_000)
def ladder_of(text: str) -> tuple[int, ...]:
    """Return the keys of an occupation's rungs, told as a code or a title; zeros where it cannot be coded."""
    return tuple(int(key) for key in coded([text])[0][0])


def nearest_text(texts: Iterable[str], ladder: KeyArray) -> str:
    """Return the first of a person's occupations that shares the most rungs with an item's ladder; empty where there is none."""
    item: list[int] = ladder.tolist()
    shared = [(sum(a == b > 0 for a, b in zip(ladder_of(text), item, strict=True)), text) for text in texts]
    return max(shared, key=lambda one: one[0])[1] if shared else ""


def official_name(key: int) -> str | None:
    """Return the official name of an occupation by the key of its code; None where it is unknown or the built-in table lacks it."""
    return _official().get(key)


@cache
def _official() -> Mapping[int, str]:
    return {key_of(row["code"]): row["name"] for row in table("occupations.json")["occupations"]}
