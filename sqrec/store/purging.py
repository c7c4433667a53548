"""Purging: rows that are older than their rule keeps them go, in small transactions; nothing goes without being asked for."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.base.numbers import DAY
from sqrec.rights import Keeping, retention
from sqrec.store.database import Database, Writing
from sqrec.store.schema import AUDIT, METADATA
from sqrec.store.trail import STORE, listed, note

BEGUN, ENDED = "purge begun", "purge ended"
"""Rows of the audit trail; both name their `run`."""
MOST_ROWS = 1 << 13
"""Rows of one transaction, as in imports."""


@dataclass(frozen=True, slots=True)
class Purge:
    """Hold of one table how many `rows` there are, how many of them are `over` their time, and the rule that says so."""

    table: str
    rows: int
    over: int
    rule: Keeping

    @property
    def kept(self) -> int:
        """The rows that stay."""
        return self.rows - self.over


def purge(database: Database, now: int, who: str | None = None) -> list[Purge]:
    """Count the rows of every table that are over their time at a moment (microseconds UTC), and delete them for `who` tells it to (None: for nobody).

    Rows whose moment is unknown stay, and so do present versions. That it begins stands in the audit trail before anything goes, and that
    it ended, with the numbers, behind; where nothing is over, neither does. Killed in the middle it has deleted some; run again, it goes on.
    Raises StoreError where the database cannot be used.
    """
    with database.reading() as connection:
        found = [_counted(connection, name, now) for name in sorted(METADATA.tables)]
    over = {one.table: one.over for one in found if one.over}
    if not who or not over:
        return found
    run = secrets.token_hex(4)
    _noted(database, BEGUN, who, {"run": run, "over": over})
    gone = {name: _emptied(database, name, now) for name in over}
    _noted(database, ENDED, who, {"run": run, "deleted": gone})
    return found


def unended(connection: Connection) -> list[Mapping[str, Any]]:
    """Return the rows of the audit trail about purges that began, and of which it has no end: running still, or killed."""
    begun = {json.loads(row["details"])["run"]: row for row in listed(connection, AUDIT.c.chain == STORE, AUDIT.c.what == BEGUN)}
    for row in listed(connection, AUDIT.c.chain == STORE, AUDIT.c.what == ENDED):
        begun.pop(json.loads(row["details"])["run"], None)
    return list(begun.values())


def _counted(connection: Connection, name: str, now: int) -> Purge:
    """Count a table by its rule; a table without one raises KeyError, which a test finds."""
    table, rule = METADATA.tables[name], retention().tables[name]
    rows = sa.select(sa.func.count()).select_from(table)
    over = rows.where(_over(table, rule, now))
    return Purge(name, connection.execute(rows).scalar_one(), connection.execute(over).scalar_one(), rule)


def _emptied(database: Database, name: str, now: int) -> int:
    """Delete what is over its time in one table, in small transactions, and return how many rows went."""
    table, gone = METADATA.tables[name], 0
    while some := _some(database, table, _over(table, retention().tables[name], now)):
        gone += some
    return gone


def _noted(database: Database, what: str, who: str, details: Mapping[str, Any]) -> None:
    database.write(lambda writing: note(writing, what, who, details))


def _over(table: sa.Table, rule: Keeping, now: int) -> sa.ColumnElement[bool]:
    if rule.days is None or rule.after is None:
        return sa.false()
    return table.c[rule.after] < now - rule.days * DAY


def _some(database: Database, table: sa.Table, over: sa.ColumnElement[bool]) -> int:
    """Delete some rows, and return how many."""
    keys = list(table.primary_key.columns)

    def work(writing: Writing) -> int:
        some = sa.select(*keys).where(over).limit(MOST_ROWS)
        gone = writing.connection.execute(sa.delete(table).where(sa.tuple_(*keys).in_(some))).rowcount
        writing.wrote |= gone > 0
        return gone

    return database.write(work)
