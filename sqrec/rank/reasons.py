"""What may be said about an item: families of columns, reasons, missing requirements, fit. All by declared rules on values."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray

Fit = Literal["high", "medium", "low", "unknown"]
FITS: tuple[Fit, ...] = ("high", "medium", "low", "unknown")
FitNote = Literal["no_requirements", "nothing_told", "not_comparable", "off"]
MOST = 4
"""How many reasons an item gets at most."""


@dataclass(frozen=True, slots=True)
class Family:
    """Name the columns of a row that speak of one thing, and whether that may be said to a resident.

    `always`: what it adds is told. `outstanding`: only of items that stand out by it, as its reasons have it; that others exist who
    did something says nothing of the other items. `never`: it would hold a person's age, work status or neighbours against them, or
    tell what few people did. `impersonal` ones are also told where personal lists are off. `where` names a column: of an item of which it
    is 0 or unknown the family says nothing, and what it adds there (never having been somewhere) is no reason.
    """

    name: str
    columns: tuple[str, ...]
    said: Literal["always", "outstanding", "never"] = "always"
    impersonal: bool = False
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Give a code, in a family, where a column's value lies within bounds; an unknown value gives none.

    The column stands in the kind's rows, or is one that is only said.
    """

    code: str
    family: str
    column: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def rule(self) -> "Rule":
        """The reason with both bounds as numbers."""
        low = -math.inf if self.at_least is None else self.at_least
        return Rule(self.code, self.column, low, math.inf if self.at_most is None else self.at_most)


class Rule(NamedTuple):
    """Hold a reason as lists are made by it: its code, its column, and the bounds between which it is true."""

    code: str
    column: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Requirement:
    """Name a requirement and the column value from which it is met; an unknown value leaves it unchecked.

    `asks` are the encoded facts of the item that hold what is asked for, `told` the raw facts of the person that answer it.
    """

    code: str
    column: str
    met_from: float
    asks: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """Hold what is said about one item: reason codes, codes of missing requirements, fit, and why that is unknown.

    `unanswered` are the raw facts of the person that could tell the fit, where it is unknown for want of them.
    """

    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    fit: Fit
    note: FitNote | None = None
    unanswered: tuple[str, ...] = ()


def chosen(
    gains: Sequence[float], order: Iterable[int], rules: Sequence[Sequence[Rule]], value: Callable[[str], float]
) -> tuple[str, ...]:
    """Return the codes of the first true reason of each family that raised the score, in an order of the families; four at most.

    `gains` and `rules` have one entry per family.
    """
    return by_rule([place for place in order if gains[place] > 0], rules, value)


def by_rule(order: Iterable[int], rules: Sequence[Sequence[Rule]], value: Callable[[str], float]) -> tuple[str, ...]:
    """Return the codes of the first true reason of each family, in an order of the families; four at most."""
    found: list[str] = []
    for place in order:
        for code, column, low, high in rules[place]:
            if low <= value(column) <= high:
                found.append(code)
                if len(found) == MOST:
                    return tuple(found)
                break
    return tuple(found)


def judged(
    requirements: Sequence[Requirement], value: Callable[[str], float], against: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], Fit]:
    """Return the codes of the requirements that are not met, then those of what clashes (`against`), and the fit.

    What clashes counts as missing; that something does not clash is no requirement met.
    """
    checked, missing = len(against), list[str]()
    for one in requirements:
        found = value(one.column)
        if found == found:
            checked += 1
            if found < one.met_from:
                missing.append(one.code)
    missing += against
    return tuple(missing), fit_of(checked, len(missing))


def fit_of(checked: int, missing: int) -> Fit:
    """Return high where every checked requirement is met, medium where one is missing, low where more are.

    Where none could be checked the fit is unknown; an unchecked one counts as neither.
    """
    if checked == 0:
        return "unknown"
    return ("high", "medium")[missing] if missing < 2 else "low"


def fits_of(rows: FloatArray, names: Sequence[str], requirements: Sequence[Requirement]) -> IntArray:
    """Return the place in `FITS` of every row, by the rule of `fit_of`."""
    values = rows[:, [names.index(requirement.column) for requirement in requirements]]
    checked = (~np.isnan(values)).sum(axis=1)
    missing = (values < np.array([requirement.met_from for requirement in requirements])).sum(axis=1)
    return np.where(checked == 0, FITS.index("unknown"), np.minimum(missing, FITS.index("low")))
