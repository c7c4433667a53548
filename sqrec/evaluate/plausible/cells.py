"""Cells of the contract's tables, as frames and plain mappings hold them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.text import normal
from sqrec.cities import City
from sqrec.codes.certificates import named_level, rung
from sqrec.contract import TABLES
from sqrec.contract.parse import micros, parse
from sqrec.profile.encoders import MonthlyWage

Row = Mapping[str, Any]
"""An item's raw facts by the contract's column names; missing, None, NaN, NaT and an empty text are unknown."""


def text(row: Row, name: str) -> str | None:
    """Return a cell as text; None for unknown."""
    value = row.get(name)
    return None if value is None or value is pd.NaT or value != value or value == "" else str(value)


def number(row: Row, name: str) -> float:
    """Return a cell as a number; NaN for unknown."""
    told = text(row, name)
    return np.nan if told is None else float(told)


def truth(row: Row, name: str) -> bool | None:
    """Return a cell as a truth (true, false, 1, 0); None for unknown."""
    told = text(row, name)
    return None if told is None else told.casefold() in {"true", "1", "1.0", "yes"}


def members(row: Row, name: str) -> tuple[str, ...]:
    """Return the members of a list; none for unknown."""
    return tuple(part.strip() for part in (text(row, name) or "").split("|") if part.strip())


def moment(row: Row, table: str, name: str, city: City) -> float:
    """Return a moment, microseconds UTC; NaN for unknown. A text is read as in files of the table."""
    value = row.get(name)
    told = text(row, name)
    if told is None:
        return np.nan
    if isinstance(value, datetime):
        return micros(value)
    found = parse(TABLES[table].column(name), told, city.zone)[0] if isinstance(value, str) else value
    return np.nan if found is None else float(found)


def live(row: Row, table: str, city: City, at: int) -> bool:
    """Tell whether an item is on offer at a moment; a course is not after its last day. Unknown bounds are open."""
    opens, closes = moment(row, table, "published_at", city), moment(row, table, "valid_to", city)
    end = text(row, "end_on")
    return not (at < opens or at >= closes or (end is not None and city.local(at).date().isoformat() > end))


def month_wage(row: Row, form: str | None) -> float:
    """Return a job's highest wage in yuan a month, paid by a form of work; NaN for unknown."""
    high, low = (None if (value := number(row, name)) != value else value for name in ("wage_max", "wage_min"))
    days = number(row, "days_per_week")
    told = (high, low, text(row, "wage_unit"), form, text(row, "hours"), None if days != days else days)
    return float(MonthlyWage().encode([told])[0])


def levels_of(skills: tuple[str, ...], same: Mapping[str, str]) -> dict[str, float]:
    """Return skills by folded name with the rung of their certificate (NaN where none is told), the highest of several.

    `same` gives the one name of skills that have several.
    """
    found: dict[str, float] = {}
    for skill in skills:
        name, level = named_level(skill)
        name = same.get(normal(name), normal(name))
        found[name] = float(np.fmax(found.get(name, np.nan), rung(level)))
    return found
