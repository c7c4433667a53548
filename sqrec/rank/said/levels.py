"""Certificates that follow what a person holds."""

from dataclasses import dataclass

import numpy as np

from sqrec.codes.certificates import next_level
from sqrec.rank.said.asked import levels_of
from sqrec.rank.said.pairwise import Pairwise
from sqrec.rank.view import View

LOWEST = 5
"""The number of the lowest certificate."""


@dataclass(frozen=True, slots=True)
class NextLevel(Pairwise):
    """Tell whether a course teaches a skill at exactly the level that follows the person's own certificate in that skill: 1 or 0.

    Unknown without a certificate of the person's, or where the course names no level.
    """

    name: str = "next_level"
    reads: tuple[str, ...] = ("skills",)
    monotone: int = 0

    def value(self, view: View, query: int, row: int) -> float:
        """Return 1 or 0."""
        if not held(view, query):
            return np.nan
        whole, skills = float(view.items.facts["level"][row]), view.items.skills.row(row)
        return np.nan if whole != whole and not skills[:, 1].any() else float(following(view, query, row) is not None)


@dataclass(frozen=True, slots=True)
class FirstCertificate(Pairwise):
    """Tell whether a course leads to a lowest certificate in a trade that the person wants or worked in, who holds none: 1 or 0.

    Unknown where the person told no skills, or no occupation.
    """

    name: str = "first_certificate"
    reads: tuple[str, ...] = ("skills", "desired", "occupations")
    monotone: int = 0

    def value(self, view: View, query: int, row: int) -> float:
        """Return 1 or 0."""
        mine = view.shared(("trades", query), lambda: _trades(view, query))
        if not mine or not view.profiles.raw(query).skills:
            return np.nan
        own = int(view.items.facts["occupation"][row][2]) in mine and view.items.facts["level"][row] == LOWEST
        return float(own and not held(view, query))


def held(view: View, query: int) -> dict[int, int]:
    """Return the person's highest certificate in each skill: the numbers fall from 5 to 1."""
    told = {key: min((level for level in levels if level), default=0) for key, levels in levels_of(view, query).items()}
    return {key: level for key, level in told.items() if level}


def following(view: View, query: int, row: int) -> tuple[int, int] | None:
    """Return the place of a skill in a course's list, and its level there, that follows the person's own certificate in it."""
    mine, whole = held(view, query), float(view.items.facts["level"][row])
    for place, (key, own_level) in enumerate(view.items.skills.row(row).tolist()):
        level = own_level or (int(whole) if whole == whole else 0)
        if key in mine and level and next_level(mine[key]) == level:
            return place, level
    return None


def _trades(view: View, query: int) -> set[int]:
    """Return the keys of the trades that a person wants or worked in."""
    return {key for source in ("desired", "occupations") for key in view.profiles.codes(source, query)[:, 2].tolist()}
