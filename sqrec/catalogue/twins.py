"""Which items are one offer by several ids: of one title and one employer or provider, at one place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.base.text import normal
from sqrec.reach.straight import metres

BESIDE = 300.0
"""Metres within which two adverts of one employer and one title are for one workplace: a repost often has another house number."""
_MARKS = re.compile(r"[^\w+#]|_")


@dataclass(frozen=True)
class Places:
    """Hold where items are: unit vectors, shape (3, items), NaN unknown, and numbers of areas, -1 unknown."""

    direction: FloatArray
    area: IntArray

    def one(self, row: int, other: int) -> bool:
        """Tell whether two items are at one place: within `BESIDE` metres, else in one area; what is unknown tells nothing apart."""
        if self._known[row] and self._known[other]:
            return bool(metres(self.direction[:, [row]], self.direction[:, [other]])[0] <= BESIDE)
        return self._areas[row] == self._areas[other] or min(self._areas[row], self._areas[other]) < 0

    @cached_property
    def _known(self) -> list[bool]:
        return [bool(known) for known in ~np.isnan(self.direction).any(axis=0)]

    @cached_property
    def _areas(self) -> list[int]:
        areas: list[int] = self.area.tolist()
        return areas


def twins_of(titles: Sequence[str], owner: IntArray, places: Places | None) -> IntArray:
    """Return the number of the offer that each item is one of several ids of; -1 where there is no other, or no owner is known.

    `owner` are numbers of employers or providers (-1 unknown). Titles are compared by their letters and digits: width, case, spaces,
    brackets and marks do not matter. `places` tell workplaces apart; None where places do not matter. Each item is compared with the
    first of every offer.
    """
    found, firsts = np.full(len(owner), -1), dict[tuple[int, str], list[int]]()
    several = np.flatnonzero((owner >= 0) & (np.bincount(owner[owner >= 0], minlength=owner.max(initial=0) + 1)[owner] > 1))
    for row in several.tolist():
        known = firsts.setdefault((int(owner[row]), _MARKS.sub("", normal(titles[row]))), [])
        first = next((one for one in known if places is None or places.one(one, row)), None)
        if first is None:
            known.append(row)
        else:
            found[[first, row]] = first
    return found
