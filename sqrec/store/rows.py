"""Conversion between frames, as `read_folder` returns them, and the values that a database stores."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sqrec.base.arrays import UNKNOWN_TIME, AnyArray, IntArray, KeyArray, key_of, mixed
from sqrec.base.keys import keys_of_array
from sqrec.contract import Column, ColumnType, Table
from sqrec.profile.history import microseconds
from sqrec.store.schema import Stored
from sqrec.tables.typed import series_of, text_array_of

INSTANTS = {"instant", "opening", "closing"}
_NUMBERS = {"number", "integer", "coordinate", "boolean"}
_TURNED: Mapping[str, Callable[[Any], Any]] = {"integer": int, "boolean": bool}


@dataclass(frozen=True)
class Rows:
    """Hold rows to be stored: `keys` identify them, `contents` are hashes of their cells, `values` their columns."""

    keys: Sequence[Any]
    contents: Sequence[int]
    values: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.keys)

    def at(self, places: Sequence[int]) -> "Rows":
        """Return the rows at some places."""
        values = {name: [cells[place] for place in places] for name, cells in self.values.items()}
        return Rows([self.keys[place] for place in places], [self.contents[place] for place in places], values)


def rows_of(stored: Stored, frame: pd.DataFrame) -> Rows:
    """Return the rows of a frame that has the contract's columns."""
    values = {column.name: plain_values(column, frame[column.name]) for column in stored.table.columns}
    contents: list[int] = contents_of(stored.table, frame).tolist()
    return Rows(contents if stored.key == "content" else values[stored.key], contents, values)


def rows_as_told(stored: Stored, told: Sequence[Mapping[str, Any]]) -> Rows:
    """Return rows from plain values; a column that a row does not name is unknown.

    For tables with a key of their own that keep the first row of a key: the hash of the cells is not needed and is 0.
    """
    values = {column.name: [_kept(column, row.get(column.name)) for row in told] for column in stored.table.columns}
    return Rows(values[stored.key], [0] * len(told), values)


def members(text: str | None) -> tuple[str, ...]:
    """Return the members of a list as a cell holds it; none of an unknown one."""
    return tuple(text.split("|")) if text else ()


def contents_of(table: Table, frame: pd.DataFrame) -> IntArray:
    """Hash every row: the sum over its known cells of a hash of cell and column name.

    So a new column that is unknown everywhere changes no hash.
    """
    total = np.zeros(len(frame), dtype=np.uint64)
    for column in table.columns:
        cells, known = _cells(frame[column.name])
        total += np.where(known, mixed(mixed(cells) ^ np.uint64(key_of(column.name))), np.uint64(0))
    return total.view(np.int64)


def frame_of(columns: Sequence[Column], values: Sequence[Sequence[Any]], count: int) -> pd.DataFrame:
    """Return plain values, a sequence per column, as a frame of `count` rows in the types of `read_folder`."""
    series = {column.name: series_of(column, _array(column.type, cells)) for column, cells in zip(columns, values, strict=True)}
    return pd.DataFrame(series, index=range(count), copy=False)


def _cells(column: "pd.Series[Any]") -> tuple[KeyArray, AnyArray]:
    """Return 64 bits for every cell, and which cells are known."""
    known = column.notna().to_numpy(bool)
    if column.dtype == "str":
        return keys_of_array(text_array_of(column)), known
    if column.dtype == np.float64:
        return (column.to_numpy() + 0.0).view(np.uint64), known
    return microseconds(column).view(np.uint64), known


def plain_values(column: Column, cells: "pd.Series[Any]") -> list[Any]:
    """Return a column as the database stores it; unknown is None."""
    if cells.dtype == "str":
        texts: list[Any] = text_array_of(cells).to_pylist()
        return [None if text is None else base64.b64decode(text) for text in texts] if column.type == "vector" else texts
    if cells.dtype != np.float64:
        return [None if moment == UNKNOWN_TIME else moment for moment in microseconds(cells).tolist()]
    turned = _TURNED.get(column.type, float)
    return [None if number != number else turned(number) for number in cells.tolist()]


def _kept(column: Column, value: Any) -> Any:
    if value is None or column.type not in _NUMBERS:
        return value
    return _TURNED.get(column.type, float)(value)


def _array(kind: ColumnType, values: Sequence[Any]) -> Any:
    """Return what `series_of` takes."""
    if kind in INSTANTS:
        return np.array([UNKNOWN_TIME if value is None else value for value in values], dtype=np.int64)
    if kind in _NUMBERS:
        return np.array(values, dtype=np.float64)
    if kind == "vector":
        values = [None if value is None else base64.b64encode(value).decode() for value in values]
    return pa.array(values, pa.large_string())
