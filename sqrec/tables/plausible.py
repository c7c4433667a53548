"""Cells that are well formed and cannot be meant, by the bounds of the city file (sqrec/cities/plausible.py)."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray
from sqrec.cities import City
from sqrec.cities.plausible import Bound
from sqrec.contract import ColumnType, Table
from sqrec.contract.parse import LAST
from sqrec.tables.clock import ahead, clock_of, end_of, long_ago, moment_of, not_yet, years_long

Told = tuple[str, BoolArray, str, tuple[str, ...]]
"""The column, the rows, the rule they break, and the columns that a warning blanks."""

_HAPPENED = {"people": ("registered_unemployed_on", "updated_at"), "restricted": ("resident_since", "recognised")}
"""Columns that tell when something about a person happened."""


def implausible(table: Table, frame: pd.DataFrame, as_of: str | None, city: City) -> Iterable[Told]:
    """Yield what cannot be meant of a table as read; `as_of` is what its folder says of its day."""
    clock = clock_of(as_of, city)
    if table.name == "events":
        late = ahead(frame, clock)
        yield "at", late, "ahead", ()
        if as_of is not None:
            yield "at", ahead(frame, end_of(as_of, city)) & ~late, "after-as-of", ()
        yield "at", long_ago(frame, clock, city), "long-ago", ()
        return
    for name in ("wage_min", "wage_max"):
        if name in frame:
            yield name, (frame[name] == 0).to_numpy(bool), "implausible-wage", (name,)
    for bound in city.plausible:
        for name in bound.of_table(table.name):
            yield from _told(bound, table.column(name).type, frame, name, clock)
    for name in _HAPPENED.get(table.name, ()):  # behind the bounds, which make unknown what lies too far ahead
        yield name, not_yet(frame[name], table.column(name).type, clock, city), "not-yet", ()


def _told(bound: Bound, kind: ColumnType, frame: pd.DataFrame, name: str, clock: int) -> Iterable[Told]:
    values = frame[name]
    if kind in ("number", "integer"):
        wrong = _under(values, bound.low) | _over(values, bound.high)
        rule = "implausible-wage" if bound.unit else "implausible"
        yield name, wrong & _of_unit(frame, bound.unit), rule, (name,)
        return
    back, on = _ends(bound, clock)
    if kind == "opening":  # an item without one is shown at once: what opens far ahead stays hidden
        yield name, _under(values, back), "far-date", (name,)
        yield name, _over(values, on), "far-opening", ()
        return
    told = [None if end is None else _as_told(end, kind) for end in (back, on)]
    wrong = _under(values, told[0]) | _over(values, told[1])
    yield name, wrong & ~_said(values, kind), "far-date", (name,)


def _said(values: "pd.Series[Any]", kind: ColumnType) -> BoolArray:
    """Mark what says something else than a day: `no`, and the last day of the calendar, which is no end."""
    word = {"date_or_no": "no", "closing": moment_of(LAST)}.get(kind)
    return np.zeros(len(values), np.bool_) if word is None else (values == word).to_numpy(bool)


def _of_unit(frame: pd.DataFrame, unit: str | None) -> BoolArray:
    """Mark the rows that a bound is for; a wage that has no unit beside it is one a month."""
    if unit is None or "wage_unit" not in frame:
        return np.ones(len(frame), dtype=np.bool_)
    return (frame["wage_unit"] == unit).to_numpy(bool)


def _ends(bound: Bound, clock: int) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    back, on = bound.years_back, bound.years_ahead
    return (
        None if back is None else moment_of(clock - years_long(back)),
        None if on is None else moment_of(clock + years_long(on)),
    )


def _as_told(end: pd.Timestamp, kind: ColumnType) -> Any:
    """Return a moment as the column has it: a day or a month as text, an instant as it is."""
    return {"month": f"{end:%Y-%m}", "date": f"{end:%Y-%m-%d}", "date_or_no": f"{end:%Y-%m-%d}"}.get(kind, end)


def _under(values: "pd.Series[Any]", low: Any) -> BoolArray:
    return np.zeros(len(values), np.bool_) if low is None else (values < low).to_numpy(bool)


def _over(values: "pd.Series[Any]", high: Any) -> BoolArray:
    return np.zeros(len(values), np.bool_) if high is None else (values > high).to_numpy(bool)
