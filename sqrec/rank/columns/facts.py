"""Facts of the item and of the person as they are: what a tree needs to tell one kind of match from another."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.profile.segments import ages
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class ItemFact:
    """Give an encoded number of the item, or ln(1 + it); unknown is NaN."""

    fact: str
    log: bool = False
    monotone: int = 0
    reads: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`item_FACT`."""
        return f"item_{self.fact}"

    def compute(self, view: View) -> FloatArray:
        """Return the number."""
        values = view.item(self.fact)
        return np.log1p(values) if self.log else values


@dataclass(frozen=True, slots=True)
class PersonFact:
    """Give an encoded number of the person; unknown is NaN."""

    fact: str
    reads: tuple[str, ...]
    monotone: int = 0

    @property
    def name(self) -> str:
        """`person_FACT`."""
        return f"person_{self.fact}"

    def compute(self, view: View) -> FloatArray:
        """Return the number."""
        return view.person(self.fact)


@dataclass(frozen=True, slots=True)
class Age:
    """Give the person's age in years, true to a month; unknown is NaN."""

    name: str = "age"
    reads: tuple[str, ...] = ("birth_month",)
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return years."""
        return ages(view.person("born"), view.profiles.at[view.pairs.query])


@dataclass(frozen=True, slots=True)
class AgeFit:
    """Tell whether the person's age lies within the item's bounds; unknown without an age or without bounds.

    1 within, below 0 outside: minus the years that are missing.
    """

    name: str = "age_fit"
    reads: tuple[str, ...] = ("birth_month",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 1, or minus the years outside."""
        age = whole_years(view.person("born"), view.midnight[view.pairs.query])
        low, high = view.item("age_min"), view.item("age_max")
        outside = np.fmax(np.fmax(low - age, age - high), 0.0)
        found = np.where(outside > 0, -outside, 1.0)
        return np.where(np.isnan(age) | (np.isnan(low) & np.isnan(high)), np.nan, found)


@dataclass(frozen=True, slots=True)
class DaysToStart:
    """Give the days until a course begins, negative once it has; unknown where that is."""

    name: str = "days_to_start"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return days."""
        today = np.floor(view.profiles.at / 86_400e6)
        return view.item("starts") - today[view.pairs.query]


def whole_years(born: FloatArray, midnight: IntArray) -> FloatArray:
    """Return whole years of age from months since year 0 and local midnights, as the law counts them (`age_at`); unknown is NaN.

    A local midnight plus twelve hours lies, in UTC, on the local day in every zone up to twelve hours from Greenwich.
    """
    month = (midnight + 43_200_000_000).astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) + 1970 * 12 + 1
    return np.floor((month - born - 1) / 12)
