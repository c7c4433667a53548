"""Impressions counted by item, position and local day, as far as the lists count."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.base.numbers import DAY
from sqrec.catalogue.trust import capped, untrusted
from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.store.schema import FOLDER, MIDNIGHTS, STORED

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
    rows: list[tuple[Any, ...]] = []
    while start <= last:
        end = city.midnight(start + DAY + DAY // 2)  # a day has 23 to 25 hours
        rows += [(*row, start) for row in _of_day(connection, sa.and_(known, table.at >= start, table.at < end), city)]
        start = end
    return _frame(rows)


def trusted(connection: Connection) -> sa.ColumnElement[bool]:
    """Return the SQL condition of logged lists that feed prices and training: by a trusted writer, or by none."""
    writer = STORED["rankings"].sql.c.writer
    synthetic = bool(connection.execute(sa.select(FOLDER.c.synthetic)).scalar())
    return sa.or_(writer.is_(None), writer.not_in(untrusted(synthetic=synthetic)))


def _of_day(connection: Connection, day: sa.ColumnElement[bool], city: City) -> list[tuple[Any, ...]]:
    """Count one day: where no writer is noted, every row; of a stored person's lists an item's best place, once; of a writer's others some.

    How many that are is `Counting.lists`.
    """
    table = STORED["rankings"].sql.c
    columns, writer, person = [table[name] for name in _NAMES], table.writer, table.person_id
    kept = sa.and_(day, trusted(connection))
    counts = [*columns, sa.func.count()]
    imported = sa.select(*counts).where(kept, writer.is_(None)).group_by(*columns)
    best = sa.select(columns[0], columns[1], sa.func.min(table.position).label("position"))
    named = best.where(kept, writer.is_not(None), person.is_not(None)).group_by(person, *columns[:2]).subquery()
    people = [named.c[name] for name in _NAMES]
    nameless = sa.select(*counts, writer).where(kept, writer.is_not(None), person.is_(None))
    nameless = nameless.group_by(writer, *columns).order_by(writer, *columns)
    return [
        *(tuple(row) for row in connection.execute(imported)),
        *(tuple(row) for row in connection.execute(sa.select(*people, sa.func.count()).group_by(*people))),
        *_capped(connection.execute(nameless).all(), city.counting.lists),
    ]


def _capped(rows: Sequence[Any], most: int) -> list[tuple[Any, ...]]:
    if not rows:
        return []
    kind, item, position, times, writer = zip(*rows, strict=True)
    counted = capped(kind, item, writer, times, most)
    return [told for told in zip(kind, item, position, counted, strict=True) if told[3]]


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
