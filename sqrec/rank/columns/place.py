"""Where and when an item is."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import UNKNOWN_TIME, FloatArray
from sqrec.base.numbers import DAY
from sqrec.rank.rowloops import shared_levels
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class Minutes:
    """Give the minutes on foot; unknown where they are."""

    name: str = "minutes"
    reads: tuple[str, ...] = ("lon", "lat", "pace", "birth_month")
    monotone: int = -1

    def compute(self, view: View) -> FloatArray:
        """Return minutes."""
        return view.pairs.minutes


@dataclass(frozen=True, slots=True)
class AreaMatch:
    """Count how many levels of the administrative path the item shares with the person's home; unknown without an area."""

    name: str = "area_match"
    reads: tuple[str, ...] = ("area",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 0 to the number of levels."""
        homes, found = view.profiles.fact("area"), np.full(len(view.pairs), np.nan)
        for query, part in view.pairs.questions:
            if homes[query, 0]:
                shared_levels(view.items.facts["area"], view.pairs.item[part], homes[query], found[part])
        return found


@dataclass(frozen=True, slots=True)
class ItemAge:
    """Give the days since the item was published; unknown where that is."""

    name: str = "item_age"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return days."""
        opened = view.items.opens[view.pairs.item]
        age = (view.profiles.at[view.pairs.query] - opened) / DAY
        return np.where(opened == UNKNOWN_TIME, np.nan, age)
