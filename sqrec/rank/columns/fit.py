"""What an item asks for and offers, against what a person has and wants."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.profile.hours import free_on_the_ways
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class Gap:
    """Subtract what the item requires from what the person has; unknown if either is."""

    fact: str
    required: str
    reads: tuple[str, ...]
    monotone: int = 1

    @property
    def name(self) -> str:
        """`FACT_gap`."""
        return f"{self.fact}_gap"

    def compute(self, view: View) -> FloatArray:
        """Return the difference in the fact's own unit; negative: not met."""
        return view.person(self.fact) - view.item(self.required)


@dataclass(frozen=True, slots=True)
class SkillCoverage:
    """Tell what share of the required skills the person has; unknown without a requirement or a skill.

    A skill counts in full, or half where the person's certificate is below the level asked for or unknown.
    """

    name: str = "skill_coverage"
    reads: tuple[str, ...] = ("skills",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        if len(view.profiles.facts.skills.values) == 0:
            return np.full(len(view.pairs), np.nan)
        required = view.items.skills.take(view.pairs.item)
        owner = np.repeat(np.arange(len(view.pairs)), required.sizes)
        met = np.zeros(len(owner))
        for query, part in view.pairs.questions:
            flat = slice(required.offsets[part.start], required.offsets[part.stop])
            mine = view.profiles.facts.skills.row(view.profiles.who[query])
            met[flat] = skills_met(required.values[flat], mine)
        counted = np.bincount(owner, met, minlength=len(view.pairs))
        mine_known = view.profiles.facts.skills.sizes[view.profiles.who][view.pairs.query] > 0
        asked = required.sizes
        return np.where(mine_known & (asked > 0), counted / np.maximum(asked, 1), np.nan)


def skills_met(required: np.ndarray, mine: np.ndarray) -> FloatArray:
    """Return for each required (key, level) 1.0 if held at that level, 0.5 if held at a lower or unknown one, else 0.0."""
    if len(required) == 0 or len(mine) == 0:
        return np.zeros(len(required))
    same = required[:, None, 0] == mine[None, :, 0]
    asked, held = required[:, None, 1], mine[None, :, 1]
    enough = (asked == 0) | ((held > 0) & (held <= asked))
    return np.where(same, np.where(enough, 1.0, 0.5), 0.0).max(axis=1)


@dataclass(frozen=True, slots=True)
class WageFit:
    """Compare the item's best monthly wage with the person's expectation; unknown if either is."""

    name: str = "wage_fit"
    reads: tuple[str, ...] = ("wage_min",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return ln(offered / expected)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(view.item("wage")) - np.log(view.person("wage"))  # the quotient of two floats may overflow
        return np.where(np.isfinite(ratio), ratio, np.nan)


@dataclass(frozen=True, slots=True)
class FormFit:
    """Tell whether the person accepts the item's form of work; unknown if either is."""

    name: str = "form_fit"
    reads: tuple[str, ...] = ("forms",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 1 or 0."""
        accepted, form = view.person("forms"), view.item("forms")
        return np.where((accepted == 0) | (form == 0), np.nan, (accepted & form > 0).astype(np.float64))


@dataclass(frozen=True, slots=True)
class HoursFit:
    """Tell what share of the item's hours the person can work; unknown if either is."""

    name: str = "hours_fit"
    reads: tuple[str, ...] = ("hours",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        if not view.profiles.fact("hours").any():
            return np.full(len(view.pairs), np.nan)
        free, needed = view.person("hours").view(np.uint64), view.item("hours").view(np.uint64)
        shared = np.bitwise_count(free & needed).sum(axis=1, dtype=np.int64)
        asked = np.bitwise_count(needed).sum(axis=1, dtype=np.int64)
        return np.where(free.any(axis=1) & (asked > 0), shared / np.maximum(asked, 1), np.nan)


@dataclass(frozen=True, slots=True)
class ShiftReach:
    """Tell what share of the ways to and from an item's shifts falls into the person's free half hours.

    1 where every shift can be walked to and from; unknown without the hours of either, or the minutes.
    """

    name: str = "shift_reach"
    reads: tuple[str, ...] = ("hours", "lon", "lat", "pace", "birth_month")
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        if not view.profiles.fact("hours").any():
            return np.full(len(view.pairs), np.nan)
        return free_on_the_ways(view.person("hours"), view.item("hours"), view.pairs.minutes)
