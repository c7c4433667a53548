"""Erasure of one person from a store: named steps in one transaction, then the space that is left is overwritten.

What lies outside the database is that of `sqrec.store.leftovers`; what nobody can reach from here is named with its last day.
"""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.base.arrays import KeyArray, keys_of
from sqrec.cities import City, owed_of
from sqrec.errors import AccessError, StoreError
from sqrec.store.database import Database, Writing
from sqrec.store.erased import bury, erased_among
from sqrec.store.personal import PERSONAL, Personal
from sqrec.store.retry import retried
from sqrec.store.schema import COPIES, PERSON_KEYS, STORED, TALLIES
from sqrec.store.taking import Tallies
from sqrec.store.trail import names_of, note

_NO_PEPPER = (
    "Nobody can be erased without the pepper (SQREC_PEPPER or SQREC_PEPPER_FILE): by it they are known again, and kept out."
)
_TRIES, _PAUSE = 40, 0.25


@dataclass(frozen=True, slots=True)
class Step:
    """Name a step of erasure, and what it does; it returns the number of rows that it took away."""

    name: str
    run: Callable[[Writing, str], int]


@dataclass(frozen=True, slots=True)
class Copy:
    """Name what this store cannot reach, and the last day (ISO) on which it may be kept."""

    what: str
    last_day: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """Hold what an erasure did: rows taken away by step; copies elsewhere, each with its last day; whether it had been done before."""

    rows: Mapping[str, int]
    copies: Sequence[Copy]
    before: bool


def _deletes(one: Personal) -> Step:
    def run(writing: Writing, person_id: str) -> int:
        gone = writing.connection.execute(sa.delete(one.table).where(one.of(person_id))).rowcount
        writing.wrote = writing.wrote or gone > 0
        return gone

    return Step(one.name, run)


STEPS: tuple[Step, ...] = tuple(_deletes(one) for one in PERSONAL if one.table is not PERSON_KEYS)
"""Every step, in order; behind the last one the person's key to the audit trail is destroyed."""
_KEY = _deletes(Personal(PERSON_KEYS))


def erase(database: Database, person_id: str, who: str, city: City) -> Erasure | None:
    """Erase somebody in one transaction, and return what was done; None where nothing is held, and nobody was erased by that id.

    Whatever any worker writes about them later stays out (`sqrec.store.erased`). Raises AccessError without a pepper, StoreError.
    """

    def work(writing: Writing) -> tuple[dict[str, int], bool, bool]:
        pepper = writing.pepper()
        if pepper is None:
            raise AccessError(_NO_PEPPER)
        names_of(writing, [person_id])
        _forget_tallies(writing, person_id, city)
        rows = {step.name: step.run(writing, person_id) for step in STEPS}
        held = any(rows.values())
        if held:
            note(writing, "person erased", who, {"rows": rows}, person_id)
        held = bool(_KEY.run(writing, person_id)) or held
        return rows, held, bury(writing, pepper, person_id) if held else False

    rows, held, fresh = database.write(work)
    if not held and not _was_erased(database, person_id):
        return None
    return Erasure(rows, copies(database, city), before=not fresh)


def _forget_tallies(writing: Writing, person_id: str, city: City) -> None:
    """Take away what the caps of today count of somebody: the day's secret lies beside it, so it would lead back to them."""
    events, day = STORED["events"].sql.c, city.midnight(writing.at)
    asked = sa.select(events.writer, events.person_id, events.kind, events.item_id, events.event).where(
        events.person_id == person_id, events.recorded_at >= day, events.writer.is_not(None)
    )
    Tallies.of(writing, day).forget([dict(row) for row in writing.connection.execute(asked).mappings()])


def _was_erased(database: Database, person_id: str) -> bool:
    with database.reading() as connection:
        return bool(erased_among(connection, database.pepper, [person_id]))


def hashes_of_events(database: Database, person_id: str) -> KeyArray:
    """Return the hashes by which bundles name a person's events in their provenance."""
    events = STORED["events"].sql
    with database.reading() as connection:
        return keys_of(connection.execute(sa.select(events.c.event_id).where(events.c.person_id == person_id)).scalars().all())


def copies(database: Database, city: City) -> list[Copy]:
    """Return the exports that may still be kept today, and backups, each with its last day."""
    rules, today = owed_of(city), datetime.now(UTC).date()
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(COPIES).where(COPIES.c.last_day >= today.isoformat()).order_by(COPIES.c.made_at)
        ).all()
    backups = (today + timedelta(days=rules.backup_days)).isoformat()
    exports = [Copy(f"export {row.place}", row.last_day) for row in rows]
    return [Copy("backups of the store, and what the database archives", backups), *exports]


def clean(database: Database) -> None:
    """Have the database overwrite what was deleted: SQLite's file and its log, PostgreSQL's tables, indexes and statistics.

    PostgreSQL locks each table while it is written anew. What its write-ahead log still holds goes with the archives. Raises StoreError
    where others keep the database busy.
    """
    if database.file:
        _clean_sqlite(database)
    else:
        retried(lambda: _clean_postgresql(database), database.name)


def _clean_sqlite(database: Database) -> None:
    """Write the file anew, and empty its log, which holds the pages of before; readers that hold old pages are waited for."""
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        for _ in range(_TRIES):
            try:
                cursor.execute("VACUUM")
                if not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]:
                    return
            except sqlite3.OperationalError:
                pass  # somebody writes
            time.sleep(_PAUSE)
    finally:
        raw.close()
    raise StoreError(
        f"The store {database.name} is in use, so its space could not be overwritten: run sqrec erase --clean again."
    )


def _clean_postgresql(database: Database) -> None:
    quote = database.engine.dialect.identifier_preparer.quote
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (*(one.table for one in PERSONAL), TALLIES):
            connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {quote(table.name)}")
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None:
                _forget_statistics(connection, table)
        connection.exec_driver_sql("VACUUM (FULL) pg_statistic")


def _forget_statistics(connection: Connection, table: sa.Table) -> None:
    """Drop the statistics of an empty table, which quote values of former rows: ANALYZE leaves them as they are, a new type does not."""
    quote, dialect = connection.dialect.identifier_preparer.quote, connection.dialect
    told = ", ".join(f"ALTER COLUMN {quote(one.name)} TYPE {one.type.compile(dialect)}" for one in table.columns)
    connection.exec_driver_sql(f"ALTER TABLE {quote(table.name)} {told}")
