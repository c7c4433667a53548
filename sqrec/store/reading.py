"""Rows of one snapshot of the database as frames, some thousand rows each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.contract import TABLE_OF_KIND, Column
from sqrec.store.rows import frame_of
from sqrec.store.schema import STORED, Stored
from sqrec.tables.typed import joined

CHUNK = 1 << 14
"""Rows of a frame."""
_VALID = (Column("valid_from", "instant", "since when it holds", ""), Column("valid_until", "instant", "until when it held", ""))


def current(connection: Connection, stored: Stored) -> Iterator[pd.DataFrame]:
    """Yield the present rows of a table, the contract's columns alone, in the order of the ids."""
    columns = stored.table.columns
    asked = sa.select(*_of(stored, columns)).where(stored.current).order_by(stored.sql.c[stored.key])
    return frames(connection, asked, columns)


def held(
    connection: Connection, stored: Stored, change: int, *conditions: Any, names: Sequence[str] = ()
) -> Iterator[pd.DataFrame]:
    """Yield the rows of a versioned table as of a change: the contract's columns (or those named), in the order of the ids."""
    columns = [column for column in stored.table.columns if not names or column.name in names]
    asked = sa.select(*_of(stored, columns)).where(as_of(stored, change), *conditions)
    return frames(connection, asked.order_by(stored.sql.c[stored.key]), columns)


def as_of(stored: Stored, change: int) -> sa.ColumnElement[bool]:
    """Return the SQL condition of rows that were current as of a change."""
    came = stored.sql.c.change <= change
    if stored.keeping != "versions":
        return came
    went = stored.sql.c.until_change
    return sa.and_(came, sa.or_(went.is_(None), went > change))


def catalogue_change(connection: Connection) -> int:
    """Return the number of the latest change of any item; 0 as long as there is none."""
    tables = [STORED[name].sql for name in TABLE_OF_KIND.values()]
    latest = [
        sa.select(sa.func.max(column)).scalar_subquery() for table in tables for column in (table.c.change, table.c.until_change)
    ]
    return max(number or 0 for number in connection.execute(sa.select(*latest)).one())


def versions(connection: Connection, stored: Stored, *conditions: sa.ColumnElement[bool], by: Any) -> Iterator[pd.DataFrame]:
    """Yield versions with `valid_from`, `valid_until` and `change` behind the contract's columns."""
    columns = (*stored.table.columns, *_VALID)
    asked = sa.select(*_of(stored, columns), stored.sql.c.change).where(*conditions).order_by(*by)
    return frames(connection, asked, columns, "change")


def frames(
    connection: Connection, asked: sa.Executable, columns: Sequence[Column], *numbers: str, most: int = CHUNK
) -> Iterator[pd.DataFrame]:
    """Yield the result of a query as frames of up to `most` rows, at least one frame.

    `columns` are typed as the contract says; the integer columns `numbers` follow them and are never null.
    """
    result = connection.execution_options(stream_results=True, max_row_buffer=most).execute(asked)
    some = False
    for rows in result.partitions(most):
        yield _frame(columns, numbers, list(zip(*rows, strict=True)), len(rows))
        some = True
    if not some:
        yield _frame(columns, numbers, [()] * (len(columns) + len(numbers)), 0)


def whole(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate frames column by column, and free the pieces of each column at once."""
    parts = list(frames)
    columns = {str(name): [part[name] for part in parts] for name in parts[0]}
    count = sum(map(len, parts))
    parts.clear()
    return pd.DataFrame({name: joined(columns.pop(name)) for name in list(columns)}, index=range(count), copy=False)


def first(connection: Connection, asked: sa.Executable) -> dict[str, Any] | None:
    """Return the first row as plain values by name; None where there is none."""
    row = connection.execute(asked).mappings().first()
    return None if row is None else {str(name): value for name, value in row.items()}


def newest(connection: Connection, table: sa.Table) -> tuple[int, int]:
    """Return the newest change of a table's rows (0: none), and how many there are: one of them is another after any change of the table."""
    row = connection.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.change), 0), sa.func.count())).one()
    return int(row[0]), int(row[1])


def _frame(columns: Sequence[Column], numbers: Sequence[str], values: Sequence[Sequence[Any]], count: int) -> pd.DataFrame:
    frame = frame_of(columns, values[: len(columns)], count)
    counted = zip(numbers, values[len(columns) :], strict=True)
    return frame.assign(**{name: np.array(cells, dtype=np.int64) for name, cells in counted})


def _of(stored: Stored, columns: Sequence[Column]) -> list[Any]:
    return [stored.sql.c[column.name] for column in columns]
