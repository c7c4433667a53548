"""What is said about an item: reasons, missing requirements, fit. All by declared rules on row values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.arrays import AnyArray, FloatArray, IntArray

Fit = Literal["high", "medium", "low", "unknown"]
FITS: tuple[Fit, ...] = ("high", "medium", "low", "unknown")


@dataclass(frozen=True, slots=True)
class Reason:
    """Give a code where a column's value lies within bounds; an unknown value gives none."""

    code: str
    column: str
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, values: AnyArray) -> AnyArray:
        """Return booleans, one per value."""
        low = -np.inf if self.at_least is None else self.at_least
        high = np.inf if self.at_most is None else self.at_most
        return (values >= low) & (values <= high)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Name a requirement and the column value from which it is met; an unknown value leaves it unchecked."""

    code: str
    column: str
    met_from: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold what is said about one item: reason codes, codes of missing requirements, fit."""

    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    fit: Fit


def verdicts(
    rows: FloatArray, names: Sequence[str], reasons: Sequence[Reason], requirements: Sequence[Requirement], most: int = 4
) -> list[Verdict]:
    """Return what is to be said about each row; at most `most` reasons, the first declared ones."""
    place = {name: index for index, name in enumerate(names)}
    told = [reason.holds(rows[:, place[reason.column]]) for reason in reasons]
    asked = [rows[:, place[requirement.column]] for requirement in requirements]
    return [
        _verdict(
            [reason.code for reason, holds in zip(reasons, told, strict=True) if holds[row]][:most],
            [(rule, float(values[row])) for rule, values in zip(requirements, asked, strict=True)],
        )
        for row in range(len(rows))
    ]


def _verdict(reasons: list[str], values: list[tuple[Requirement, float]]) -> Verdict:
    checked = [(rule, value) for rule, value in values if not np.isnan(value)]
    missing = tuple(rule.code for rule, value in checked if value < rule.met_from)
    return Verdict(tuple(reasons), missing, fit_of(len(checked), len(missing)))


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
