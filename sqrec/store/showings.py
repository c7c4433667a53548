"""Impressions counted by item, position and local day."""

from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.base.numbers import DAY
from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.store.schema import MIDNIGHTS, STORED

_NAMES = ("kind", "item_id", "position")


def shown(connection: Connection, counted: int, city: City, days: int) -> pd.DataFrame:
    """Count the impressions in the log of rankings; see `Store.shown`.

    A midnight in the future has no entry: then the days before the day of the last row count.
    """
    table = STORED["rankings"].sql.c
    known = sa.and_(table.change <= counted, table.at.is_not(None))
    last: int | None = connection.execute(sa.select(sa.func.max(table.at)).where(known)).scalar()
    if last is None:
        return _frame([])
    asked = sa.select(sa.func.min(MIDNIGHTS.c.midnight)).where(MIDNIGHTS.c.counted == counted)
    midnight: int | None = connection.execute(asked).scalar()
    start = city.midnight((city.midnight(last) if midnight is None else midnight) - days * DAY)
    columns = [table[name] for name in _NAMES]
    rows: list[tuple[Any, ...]] = []
    while start <= last:
        end = city.midnight(start + DAY + DAY // 2)  # a day has 23 to 25 hours
        told = sa.select(*columns, sa.func.count()).where(known, table.at >= start, table.at < end)
        rows += [(*row, start) for row in connection.execute(told.group_by(*columns))]
        start = end
    return _frame(rows)


def shown_pairs(connection: Connection, kind: Kind) -> pd.DataFrame:
    """Read who was shown which items of a kind, and when first and last; see `Store.shown_pairs`."""
    table = STORED["rankings"].sql.c
    names = (table.person_id, table.item_id)
    asked = sa.select(*names, sa.func.min(table.at), sa.func.max(table.at))
    known = sa.and_(table.kind == kind, table.person_id.is_not(None), table.at.is_not(None))
    rows = [tuple(row) for row in connection.execute(asked.where(known).group_by(*names).order_by(*names))]
    return pd.DataFrame(rows, columns=["person_id", "item_id", "first", "last"])


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[*_NAMES, "times", "at"])
    return frame.assign(at=pd.to_datetime(frame["at"].astype("int64"), unit="us", utc=True))
