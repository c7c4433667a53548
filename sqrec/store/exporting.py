"""Export of a store: the present rows of every table as a data folder, written in pieces."""

import csv
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from sqrec.cities import owed_of
from sqrec.contract import Column, ColumnType, Table
from sqrec.errors import StoreError
from sqrec.profile.history import microseconds
from sqrec.store import reading
from sqrec.store.about import OWN_CITY, About, city_as_json, present
from sqrec.store.database import Writing
from sqrec.store.rows import INSTANTS, plain_values
from sqrec.store.schema import COPIES, STORED
from sqrec.store.store import Store
from sqrec.store.writing import insert
from sqrec.tables import Form
from sqrec.tables.typed import text_array_of

_TRUTH = {True: "true", False: "false"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def export_folder(store: Store, path: Path | str, form: Form = "parquet") -> dict[str, int]:
    """Write the present state of a store as a new data folder; return the number of rows of each table.

    All tables are of one moment, their rows in the order of the ids. The folder appears complete or not at all. Raises
    StoreError for a folder that is not empty, and for a store without an import.
    """
    path = Path(path)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise StoreError(f"{path} holds something; name a new folder.")
    part = path.absolute().with_name(f".{path.absolute().name}.{os.getpid()}.part")
    part.mkdir(parents=True)
    try:
        rows = _export(store, part, form)
        _note(store, path)
        if path.exists():
            path.rmdir()
        part.rename(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return rows


def _note(store: Store, path: Path) -> None:
    """Note down where people's data went, and the last day on which it may be kept there; those of past days are forgotten."""
    today = datetime.now(UTC).date()
    last = today + timedelta(days=owed_of(store.city()).export_days)

    def work(writing: Writing) -> None:
        writing.connection.execute(sa.delete(COPIES).where(COPIES.c.last_day < today.isoformat()))
        told = {"copy_id": uuid.uuid4().hex, "place": str(path.absolute()), "last_day": last.isoformat()}
        insert(writing, COPIES, **told, made_at=writing.at)

    store.database.write(work)


def _export(store: Store, part: Path, form: Form) -> dict[str, int]:
    write = _WRITERS[form]
    with store.database.reading() as connection:
        told = present(connection, store.name)
        _write_about(told, part)
        return {
            name: write(STORED[name].table, reading.current(connection, STORED[name]), part / f"{name}.{form}")
            for name in told.tables
        }


def _write_about(told: About, part: Path) -> None:
    """Write folder.json, and the city where sqrec does not bring it along."""
    _write_json(part / "folder.json", told.config.model_dump())
    if told.has_own_city:
        city = city_as_json(told.city)
        groups = city.pop("groups")
        (part / OWN_CITY / "groups").mkdir(parents=True)
        _write_json(part / OWN_CITY / "city.json", city)
        _write_json(part / OWN_CITY / "groups" / "in_force.json", groups["in_force"])
        for number, ruleset in enumerate(groups["rulesets"], 1):
            _write_json(part / OWN_CITY / "groups" / f"{number:03}.json", ruleset)


def _write_json(file: Path, told: Any) -> None:
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_parquet(table: Table, frames: Iterable[pd.DataFrame], file: Path) -> int:
    types = {column.name: _ARROW.get(column.type, pa.string()) for column in table.columns}
    schema = pa.schema(list(types.items()))
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for frame in frames:
            arrays = [_array(frame[name]).cast(kind) for name, kind in types.items()]
            writer.write_table(pa.table(arrays, schema=schema))
            count += len(frame)
    return count


def _array(cells: "pd.Series[Any]") -> Any:
    """Return a column as an arrow array of texts, numbers or microseconds; unknown is null."""
    if cells.dtype == "str":
        return text_array_of(cells)
    values = cells.to_numpy() if cells.dtype == np.float64 else microseconds(cells)
    return pa.array(values, mask=cells.isna().to_numpy(bool))


def _write_csv(table: Table, frames: Iterable[pd.DataFrame], file: Path) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.names)
        for frame in frames:
            writer.writerows(zip(*(_texts(column, frame[column.name]) for column in table.columns), strict=True))
            count += len(frame)
    return count


def _texts(column: Column, cells: "pd.Series[Any]") -> list[str]:
    """Return cells as the contract writes them; an unknown one is empty."""
    if cells.dtype == "str":
        return cells.fillna("").tolist()
    turned: Callable[[Any], str] = {"boolean": _TRUTH.__getitem__}.get(column.type, _moment if column.type in INSTANTS else repr)
    return ["" if value is None else turned(value) for value in plain_values(column, cells)]


def _moment(value: int) -> str:
    return (_EPOCH + timedelta(microseconds=value)).isoformat()


_ARROW: Mapping[ColumnType, Any] = {
    "number": pa.float64(),
    "coordinate": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "instant": pa.timestamp("us", tz="UTC"),
    "opening": pa.timestamp("us", tz="UTC"),
    "closing": pa.timestamp("us", tz="UTC"),
}
"""The types that are no text."""
_WRITERS: Mapping[Form, Callable[[Table, Iterable[pd.DataFrame], Path], int]] = {"parquet": _write_parquet, "csv": _write_csv}
