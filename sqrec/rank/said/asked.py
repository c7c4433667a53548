"""Skills: what an item asks for and a person has, and what vacancies of a person's trades ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.rank.columns.occupation import OccupationMatch
from sqrec.rank.said.facts import listed
from sqrec.rank.said.occupation import ladder_of
from sqrec.rank.said.pairwise import Pairwise
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class SkillsHeld(Pairwise):
    """Count the skills asked for that the person has, at the level asked for; unknown where either tells none."""

    name: str = "skills_held"
    reads: tuple[str, ...] = ("skills",)
    monotone: int = 0

    def value(self, view: View, query: int, row: int) -> float:
        """Return how many skills."""
        parts = met(view, query, row) if levels_of(view, query) else []
        return parts.count(1.0) if parts else np.nan


@dataclass(frozen=True, slots=True)
class Unasked:
    """Tell whether an item names none of some requirements, its skills among them: 1 or 0."""

    facts: tuple[str, ...]
    name: str = "unasked"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 1 or 0."""
        asked = listed(view) > 0
        for fact in self.facts:
            asked |= ~np.isnan(view.item(fact))
        return np.where(asked, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class AskedThere(Pairwise):
    """Count the vacancies of a trade that a person wants (or worked in) which ask for a skill that the item names.

    The skill that most of them ask for, of those that are asked for there often (`Items.often`); `lacking` only skills that the
    person does not have. 0 without such a skill; unknown without a coded occupation that has vacancies.
    """

    source: Literal["desired", "occupations"]
    lacking: bool = False
    monotone: int = 0

    @property
    def name(self) -> str:
        """`asked_SOURCE`, or `lacked_SOURCE`."""
        return f"{'lacked' if self.lacking else 'asked'}_{self.source}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column of occupations, and the skills where these are left out."""
        return (self.source, "skills") if self.lacking else (self.source,)

    def value(self, view: View, query: int, row: int) -> float:
        """Return how many vacancies."""
        if not asked_in(view, query, self.source):
            return np.nan
        return asked_there(view, query, row, self.source, lacking=self.lacking)[0]


def asked_there(view: View, query: int, row: int, source: str, *, lacking: bool) -> tuple[int, int, str]:
    """Return how many vacancies ask for the skill, its place in the item's list, and for which of the person's occupations."""
    best = (0, -1, "")
    asked = asked_in(view, query, source).items()
    mine: Mapping[int, Sequence[int]] = levels_of(view, query) if lacking else {}
    for place, key in enumerate(view.items.skills.row(row)[:, 0].tolist()):
        for text, times in asked:
            if times.get(key, 0) > best[0] and key not in mine:
                best = (times[key], place, text)
    return best


def asked_in(view: View, query: int, source: str) -> Mapping[str, Mapping[int, int]]:
    """Return for each of a person's occupations the skills that its trade's vacancies often ask for, and how many do."""
    return view.shared(("asked in", source, query), lambda: _asked_in(view, query, source))


def _asked_in(view: View, query: int, source: str) -> dict[str, Mapping[int, int]]:
    jobs = view.items if view.items.kind == "job" else view.jobs
    if jobs is None:
        return {}
    trades = {text: jobs.group_named("trade", ladder_of(text)[2]) for text in getattr(view.profiles.raw(query), source)}
    return {text: jobs.often(trade) for text, trade in trades.items() if trade >= 0}


def met(view: View, query: int, row: int) -> list[float]:
    """Return for each skill that an item asks for 1 where the person has it at the level asked for, 1/2 at another, else 0."""
    mine = levels_of(view, query)
    return [_met(mine.get(key, ()), level) for key, level in view.items.skills.row(row).tolist()]


def _met(held: Sequence[int], asked: int) -> float:
    if not held:
        return 0.0
    return 1.0 if asked == 0 or any(0 < level <= asked for level in held) else 0.5


def levels_of(view: View, query: int) -> Mapping[int, Sequence[int]]:
    """Return the levels at which a person has each skill, 0 where none is told."""
    return view.shared(("levels", query), lambda: _levels_of(view, query))


def _levels_of(view: View, query: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key, level in view.profiles.facts.skills.row(int(view.profiles.who[query])).tolist():
        found.setdefault(key, []).append(level)
    return found


@dataclass(frozen=True, slots=True)
class TradeExperience:
    """Subtract the experience asked for from the person's, years, where the item is of a trade that the person worked in.

    Unknown elsewhere: years as a bricklayer are none as a cook.
    """

    name: str = "trade_experience"
    reads: tuple[str, ...] = ("experience_years", "occupations")
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return years; negative: fewer than asked for."""
        same = OccupationMatch("occupations").compute(view) >= 3.0
        return np.where(same, view.person("experience") - view.item("experience"), np.nan)
