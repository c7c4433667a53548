"""Circles of minutes: how far an item is, which circle holds it, and the filter that a caller may set."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray
from sqrec.catalogue.items import Items
from sqrec.profile.profiler import Profiles
from sqrec.rank.pairs import Pairs
from sqrec.reach.walk import METHODS, Method


@dataclass(frozen=True, slots=True)
class Reach:
    """Say how far an item is: minutes (None: unknown), how they were found, the circle that holds it (None: none known)."""

    minutes: float | None
    method: Method
    step: float | None


def reach_of(pairs: Pairs, place: int, steps: tuple[float, ...]) -> Reach:
    """Return how far the item of one pair is, and the first of the circles (minutes) that holds it."""
    minutes, method = float(pairs.minutes[place]), METHODS[int(pairs.method[place])]
    if minutes != minutes:
        return Reach(None, method, None)
    return Reach(round(minutes, 1), method, next((step for step in steps if minutes <= step), None))


def within(
    pairs: Pairs, needed: BoolArray, reach: float, steps: tuple[float, ...], n: int, most: int | None
) -> tuple[Pairs, float | None]:
    """Keep the pairs inside the smallest circle that holds `n`, and at most `most` of them; return that circle too.

    Pairs of unknown minutes are outside no circle and take part in every one (docs/laws.md, law 9). What answers a declared need
    (`needed`) takes part as far as the widest circle goes: fifteen minutes full of other things are no answer to it.
    """
    step = _step(pairs.minutes, reach, steps, n)
    inside = np.ones(len(pairs), bool) if step is None else ~(pairs.minutes > np.where(needed, max(step, *steps), step))
    return pairs.take(np.flatnonzero(inside)[:most]), step


def needed(profile: Profiles, items: Items, pairs: Pairs, *, personal: bool) -> BoolArray:
    """Tell which items answer a need that the person declared."""
    if not personal or "type_mask" not in items.facts:
        return np.zeros(len(pairs), dtype=bool)
    return (profile.fact("needs")[pairs.query] & items.answers[pairs.item]) != 0


def wider(reach: float, steps: tuple[float, ...]) -> tuple[float, ...]:
    """Return the circle asked for and the city's wider ones."""
    return (reach, *(step for step in steps if step > reach))


def _step(minutes: FloatArray, reach: float, steps: tuple[float, ...], n: int) -> float | None:
    return next((step for step in wider(reach, steps) if np.count_nonzero(~(minutes > step)) >= n), None)
