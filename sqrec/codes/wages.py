"""Wages made comparable: yuan a month."""

import json
from functools import cache
from importlib import resources
from typing import Any

import numpy as np


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files("sqrec.codes").joinpath("wages.json").read_text(encoding="utf-8"))


def days_a_month() -> float:
    """Return how many days of a month are paid."""
    return _data()["days_a_month"]


def units_a_month() -> dict[str, float]:
    """Return how many months, days and hours of each unit of wages a full month pays."""
    return {"month": 1.0, "day": days_a_month(), "hour": _data()["hours_a_month"]}


def monthly(wage: float | None, unit: str | None, week_hours: float | None, form: str | None) -> float:
    """Return a wage in yuan a month, NaN where it is unknown.

    A daily or hourly wage is multiplied by the days or hours of a full month (wages.json); for part-time
    work it is scaled by weekly hours, and unknown without them. A monthly wage stands as it is.
    """
    if wage is None or unit is None:
        return np.nan
    if unit == "month":
        return wage
    full = wage * units_a_month()[unit]
    if form != "part_time":
        return full
    return np.nan if week_hours is None else full * week_hours / _data()["full_time_hours_a_week"]
