"""Parsing of cells into typed columns: vectorised where the result is certain, by `parse` elsewhere."""

from collections.abc import Sequence
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sqrec.base.arrays import UNKNOWN_TIME, IntArray
from sqrec.contract import Column
from sqrec.contract.parse import Value, parse
from sqrec.rawtables import Cells
from sqrec.tables.shortcuts import FLOATS, INSTANTS, shortcut

AnySeries: TypeAlias = "pd.Series[float] | pd.Series[str] | pd.Series[pd.Timestamp]"
Wrong: TypeAlias = tuple[IntArray, Sequence[str]]
"""The places of wrong cells, rising, and the rule that each breaks."""

NOTHING_WRONG: Wrong = (np.empty(0, np.int64), [])


def read_column(column: Column, cells: Cells, zone: ZoneInfo) -> tuple[AnySeries, Wrong]:
    """Return the values of a column as `parse` gives them, and the cells that violate a rule."""
    values, wrong = _read(column, cells, zone)
    return series_of(column, values), wrong


def unknown_column(column: Column, count: int) -> AnySeries:
    """Return a missing column: every value is unknown."""
    return series_of(column, _plain(column, [None]).take(np.zeros(count, np.int64)))


def _read(column: Column, cells: Cells, zone: ZoneInfo) -> tuple[Any, Wrong]:
    """Take the short way for the cells that are sure to be right, and parse the others."""
    taken = shortcut(column, cells)
    if taken is None:
        return _parsed(column, cells, zone)
    values, sure = taken
    places = np.flatnonzero(~sure)
    if not len(places):
        return values, NOTHING_WRONG
    others, (among, rules) = _parsed(column, cells.take(places), zone)
    return _put(values, places, others), (places[among], rules)


def _parsed(column: Column, cells: Cells, zone: ZoneInfo) -> tuple[Any, Wrong]:
    """Parse each different text once."""
    texts, codes = cells.distinct()
    read = [parse(column, text, zone) for text in texts]
    values = _plain(column, [value for value, _ in read])
    rules = np.array([rule or "" for _, rule in read], dtype=object)
    places = np.flatnonzero((rules != "")[codes])
    return values.take(codes), (places, rules[codes[places]].tolist())


def _put(values: Any, places: IntArray, others: Any) -> Any:
    mask = np.zeros(len(values), dtype=np.bool_)
    mask[places] = True
    if not isinstance(values, pa.Array):
        filled = np.array(values)
        filled[mask] = others
        return filled
    return pc.replace_with_mask(values, pa.array(mask), others)


def _plain(column: Column, values: Sequence[Value]) -> Any:
    """Return values as an array: float64, microseconds, or texts."""
    if column.type in INSTANTS:
        return np.array([UNKNOWN_TIME if value is None else value for value in values], dtype=np.int64)
    if column.type in FLOATS:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return pa.array(values, pa.large_string())


def series_of(column: Column, values: Any) -> AnySeries:
    """Return an array as a column: float64 for numbers and booleans, datetime64[us, UTC] for instants, else str.

    Instants come as microseconds UTC (`UNKNOWN_TIME` is unknown), texts as an arrow array.
    """
    if column.type in INSTANTS:
        return pd.Series(pd.DatetimeIndex(values.view("datetime64[us]"), tz="UTC"))
    return pd.Series(values) if column.type in FLOATS else text_series(values)


def joined(parts: "Sequence[pd.Series[Any]]") -> "pd.Series[Any]":
    """Concatenate the pieces of a column."""
    if parts[0].dtype == "str":
        return text_series(pa.concat_arrays([text_array_of(part) for part in parts]))
    if parts[0].dtype == np.float64:
        return pd.Series(np.concatenate([part.to_numpy() for part in parts]))
    return pd.concat(parts, ignore_index=True)


def text_array_of(column: "pd.Series[Any]") -> Any:
    """Return a column of texts as one arrow array."""
    array = pa.array(column)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def text_series(values: Any) -> "pd.Series[str]":
    """Return an arrow array of texts as a column."""
    kind: Any = pd.StringDtype(na_value=np.nan)
    return pd.Series(kind.__from_arrow__(values))
