"""Purging: rows that are older than their rule keeps them go, in small transactions; nothing goes without being asked for."""

from dataclasses import dataclass

import sqlalchemy as sa

from sqrec.base.numbers import DAY
from sqrec.rights import Keeping, retention
from sqrec.store.database import Database, Writing
from sqrec.store.schema import METADATA

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


def purge(database: Database, now: int, *, delete: bool = False) -> list[Purge]:
    """Count the rows of every table that are over their time at a moment (microseconds UTC), and delete them where told to.

    Rows whose moment is unknown stay, and so do present versions. Killed in the middle it has deleted some; run again, it goes on. Raises
    StoreError where the database cannot be used.
    """
    with database.reading() as connection:
        found = [
            Purge(
                name,
                connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one(),
                connection.execute(sa.select(sa.func.count()).select_from(table).where(_over(table, rule, now))).scalar_one(),
                rule,
            )
            for name, table, rule in _ruled()
        ]
    if delete:
        for name, table, rule in _ruled():
            while any(one.table == name and one.over for one in found) and _some(database, table, _over(table, rule, now)):
                pass
    return found


def _ruled() -> list[tuple[str, sa.Table, Keeping]]:
    """Return every table of a store with its rule; a table without one raises KeyError, which a test finds."""
    return [(name, table, retention().tables[name]) for name, table in sorted(METADATA.tables.items())]


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
