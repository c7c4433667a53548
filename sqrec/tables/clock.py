"""The clock: nothing after it has happened yet, whatever a table says."""

import re
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray
from sqrec.base.numbers import DAY
from sqrec.cities import City
from sqrec.contract import ColumnType
from sqrec.contract.parse import micros

SECOND = 1_000_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def clock_of(as_of: str | None, city: City, now: int | None = None) -> int:
    """Return the last moment (microseconds UTC) at which anything can have happened: now, or the end of `as_of` where that is later.

    `now` (microseconds UTC) may be a moment that has passed; None: the present one. A folder's `as_of` is often older than its last events; it moves the clock on, as an invented city's may, and never back.
    """
    now = micros(datetime.now(UTC)) if now is None else now
    return now if as_of is None else max(now, end_of(as_of, city))


def end_of(as_of: str, city: City) -> int:
    """Return the last moment (microseconds UTC) of a date, in city time, or of the second of an instant."""
    moment = datetime.fromisoformat(as_of)
    start = micros(moment if moment.tzinfo else moment.replace(tzinfo=city.zone))
    return start + (DAY if len(as_of) <= len("2026-11-01") else SECOND) - 1


def ahead(frame: pd.DataFrame, clock: int) -> BoolArray:
    """Mark the events that happened, or became known, after a moment (microseconds UTC)."""
    return _after(frame["at"], clock) | _after(frame["recorded_at"], clock)


def not_yet(values: "pd.Series[Any]", kind: ColumnType, clock: int, city: City) -> BoolArray:
    """Mark facts about people of a moment, or a day in city time, that is still to come; of several days one is enough."""
    if kind == "instant":
        return _after(values, clock)
    today = f"{moment_of(clock).tz_convert(city.zone):%Y-%m-%d}"
    to_come = {text for text in values.dropna().unique() if any(day > today for day in _DAY.findall(text))}
    return values.isin(to_come).to_numpy(bool)


def long_ago(frame: pd.DataFrame, clock: int, city: City) -> BoolArray:
    """Mark the events that lie farther back than the city file's bound for `events.at` lets them."""
    first = earliest(clock, city)
    return np.zeros(len(frame), dtype=np.bool_) if first is None else (frame["at"] < moment_of(first)).to_numpy(bool)


def earliest(clock: int, city: City) -> int | None:
    """Return the first moment (microseconds UTC) at which an event can have happened by the city file; None: it has no bound."""
    years = next((one.years_back for one in city.plausible if "events.at" in one.columns), None)
    return None if years is None else clock - years_long(years)


def out_of_time(events: pd.DataFrame, clock: int, city: City) -> BoolArray:
    """Mark the events that count for nothing: ahead of the clock, or of a moment too long ago to be meant."""
    return ahead(events, clock) | long_ago(events, clock, city)


def counting(events: pd.DataFrame, clock: int, city: City) -> pd.DataFrame:
    """Return the events that count: none that is `out_of_time`."""
    out = out_of_time(events, clock, city)
    return events[~out].reset_index(drop=True) if out.any() else events


def years_long(years: float) -> int:
    """Return years in microseconds."""
    return round(years * 365.25 * DAY)


def moment_of(micro: int) -> pd.Timestamp:
    """Return microseconds UTC as an instant."""
    return pd.Timestamp(micro, unit="us", tz="UTC")


def _after(column: "pd.Series[Any]", clock: int) -> BoolArray:
    return (column > moment_of(clock)).to_numpy(bool)
