"""What differs between jobs, courses and amenities when their tables become arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import UNKNOWN_TIME, BoolArray, FloatArray, IntArray
from sqrec.cities import City
from sqrec.cities.hazards import hazards_of
from sqrec.contract import GRADES, ONLINE_MODES, Kind
from sqrec.contract.parse import micros
from sqrec.profile.history import microseconds
from sqrec.tables.welfare import welfare_posts

_NO_END = np.iinfo(np.int64).max
_WEEK, _USUAL = 7, 5
_DAYS = "mon|tue|wed|thu|fri|sat|sun"


@dataclass(frozen=True, slots=True)
class KindOfItems:
    """Say of one kind which column holds skills (None: none does), and how rows are judged.

    `ranked` marks what may stand in a ranked stream (the rest is offered by rule, or not at all), `anywhere` what is
    bound to no place, `safe` what a minor of 16 or 17 may be shown, `closes` the moment from which nothing is shown;
    `openings` how many an item has room for (NaN unknown), `takes` the grade from which an event takes an opening (None: none does).
    """

    skills: str | None
    ranked: Callable[[pd.DataFrame], BoolArray]
    anywhere: Callable[[pd.DataFrame], BoolArray]
    safe: Callable[[pd.DataFrame, City], BoolArray]
    closes: Callable[[pd.DataFrame, City], IntArray]
    openings: Callable[[pd.DataFrame], FloatArray]
    takes: int | None


def _marked(column: "pd.Series[Any]") -> BoolArray:
    return column.to_numpy(bool)


def _nowhere(table: pd.DataFrame) -> BoolArray:
    return np.zeros(len(table), dtype=bool)


def _for_everybody(table: pd.DataFrame) -> BoolArray:
    return _marked(table["audience"].isna())


def _harmless(table: pd.DataFrame, city: City) -> BoolArray:
    """Mark jobs whose hazards were looked at and are none, unless the city's lists say what occupation or title implies."""
    safe = _marked(table["hazards_checked"].eq(1.0) & table["hazards"].isna()).copy()
    told = table.loc[safe, ["occupation", "industry", "title"]].astype(object)
    told = told.where(told.notna(), None)
    safe[safe] = [not hazards_of(city.hazards, *facts) for facts in told.itertuples(index=False)]
    return safe


def _all_safe(table: pd.DataFrame, city: City) -> BoolArray:
    return np.ones(len(table), dtype=bool)


def _public_service(table: pd.DataFrame, city: City) -> BoolArray:
    return _marked(table["type"].isin(city.gates.minors_amenities))


def _valid_to(table: pd.DataFrame, city: City) -> IntArray:
    closes = microseconds(table["valid_to"])
    return np.where(closes == UNKNOWN_TIME, _NO_END, closes)


def _course_over(table: pd.DataFrame, city: City) -> IntArray:
    """Return when a course is no longer shown: at the end of its last day at the latest."""
    days = {day: micros(city.start_of(day, days_later=1)) for day in table["end_on"].dropna().unique()}
    over = np.array([days.get(day, _NO_END) for day in table["end_on"].tolist()], dtype=np.int64)
    return np.minimum(_valid_to(table, city), over)


def _wanted(table: pd.DataFrame) -> FloatArray:
    """Return the people a job looks for; an empty cell is one (docs/tables.md)."""
    return table["headcount"].to_numpy(np.float64, na_value=1.0)


def _room(table: pd.DataFrame) -> FloatArray:
    return _positive(table["capacity"].to_numpy(np.float64))


def _room_beside_others(table: pd.DataFrame) -> FloatArray:
    """Return the capacity as a multiple of the median of the same type and unit: counters and square metres do not compare."""
    room = pd.Series(_room(table), index=table.index)
    alike = [table["type"].astype(object), table["capacity_unit"].astype(object).fillna("")]
    return (room / room.groupby(alike).transform("median")).to_numpy(np.float64)


def workdays(table: pd.DataFrame) -> IntArray:
    """Return on how many days a week each job's work is done: as told, rounded up, else all days where the hours name days, else five.

    0 where the hours are one's own: flexible work, orders taken online.
    """
    told = table["days_per_week"].to_numpy(np.float64, na_value=np.nan)
    named = _marked(table["hours"].astype(object).fillna("").astype(str).str.contains(_DAYS))
    days = np.where(np.isnan(told), np.where(named, _WEEK, _USUAL), np.ceil(np.nan_to_num(told)))
    own = _marked(table["form"].eq("flexible").fillna(False)) | _marked(table["mode"].eq("online_order").fillna(False))
    return np.where(own, 0, days).astype(np.int64)


def _positive(values: FloatArray) -> FloatArray:
    return np.where(values > 0, values, np.nan)


KINDS_OF_ITEMS: Mapping[Kind, KindOfItems] = {
    "job": KindOfItems(
        skills="skills",
        ranked=lambda table: ~welfare_posts(table),
        anywhere=lambda table: _marked(table["mode"].isin(ONLINE_MODES)),
        safe=_harmless,
        closes=_valid_to,
        openings=_wanted,
        takes=GRADES["hire"],
    ),
    "course": KindOfItems(
        skills="teaches",
        ranked=_for_everybody,
        anywhere=lambda table: _marked(table["online"].eq(1.0)),
        safe=_all_safe,
        closes=_course_over,
        openings=_room,
        takes=GRADES["enrol"],
    ),
    "amenity": KindOfItems(
        skills=None,
        ranked=lambda table: _for_everybody(table) & _marked(table["status"].isna() | table["status"].eq("open")),
        anywhere=_nowhere,
        safe=_public_service,
        closes=_valid_to,
        openings=_room_beside_others,
        takes=None,
    ),
}
"""How each kind's table becomes arrays."""
