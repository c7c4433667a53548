"""Facts of the item that are only said."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.profile.hours import known
from sqrec.rank.said.pairwise import Pairwise
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class Anywhere:
    """Tell whether the item is bound to no place: 1 or 0."""

    name: str = "anywhere"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 1 or 0."""
        return view.items.anywhere[view.pairs.item].astype(np.float64)


@dataclass(frozen=True, slots=True)
class ToldHours:
    """Tell whether the item's hours are known: 1 or 0."""

    name: str = "told_hours"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 1 or 0."""
        return np.asarray(known(view.item("hours")), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Openings:
    """Give how many an item has room for, unknown where it does not say; of amenities beside the median of the type (`Items.openings`)."""

    name: str = "openings"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return people, or a multiple of the usual size."""
        return view.items.openings[view.pairs.item]


@dataclass(frozen=True, slots=True)
class SkillsListed:
    """Count the skills that an item names."""

    name: str = "skills_listed"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return how many."""
        return listed(view).astype(np.float64)


@dataclass(frozen=True, slots=True)
class LowestWageFit(Pairwise):
    """Tell whether the lowest wage that a vacancy names meets the person's expectation: 1 or 0; unknown if either is."""

    name: str = "lowest_wage_fit"
    reads: tuple[str, ...] = ("wage_min",)
    monotone: int = 0

    def value(self, view: View, query: int, row: int) -> float:
        """Return 1 or 0."""
        expected = view.profiles.raw(query).wage_min
        lowest = np.nan if expected is None else _lowest(view, row)
        return np.nan if expected is None or lowest != lowest else float(lowest >= expected)


def _lowest(view: View, row: int) -> float:
    """Return the lowest wage by the month, in the proportion in which it stands to the highest one."""
    low, high = view.items.cell("wage_min", row), view.items.cell("wage_max", row)
    most = float(view.items.facts["wage"][row])
    return most if low is None or high is None else low if view.items.cell("wage_unit", row) == "month" else most * low / high


def listed(view: View) -> IntArray:
    """Count the skills that the item of each pair names."""
    offsets = view.items.skills.offsets
    return offsets[view.pairs.item + 1] - offsets[view.pairs.item]
