"""What a person needs of the places around: declared needs, and whether a place is open."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.profile.hours import open_at, slot_of
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class NeedMatch:
    """Tell whether the place answers a declared need: its type (1), its domain alone (0.5), none (0).

    Unknown where the person declared nothing.
    """

    name: str = "need_match"
    reads: tuple[str, ...] = ("needs",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 0, 0.5 or 1."""
        declared = view.person("needs")
        by_type, by_domain = declared & view.item("type_mask"), declared & view.item("domain_mask")
        found = np.where(by_type > 0, 1.0, np.where(by_domain > 0, 0.5, 0.0))
        return np.where(declared == 0, np.nan, found)


@dataclass(frozen=True, slots=True)
class OpenNow:
    """Tell whether the place is open at the moment of the question, city time; unknown without opening hours."""

    name: str = "open_now"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 1 or 0."""
        return open_at(view.item("hours"), slot_of(view.profiles.at, view.midnight)[view.pairs.query])


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Count the half hours of a week in which the place is open, in hours; unknown without opening hours."""

    name: str = "open_hours"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return hours a week."""
        slots = np.bitwise_count(view.item("hours").view(np.uint64)).sum(axis=1, dtype=np.int64)
        return np.where(slots > 0, slots / 2, np.nan)
