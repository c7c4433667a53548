"""One database, SQLite or PostgreSQL: writers, readers, and the change number that orders them."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from sqrec.access.pepper import pepper_here
from sqrec.errors import StoreError
from sqrec.store.retry import retried, told
from sqrec.store.schema import CHANGES

_BUSY_SECONDS = 10.0
_WRITES = "sqrec_writes"
_FORMS = "sqlite:///var/sqrec.db or postgresql+psycopg://user@host/database"

T = TypeVar("T")


@dataclass
class Writing:
    """Hold an open write transaction: its change number and its moment (microseconds UTC).

    If nothing was written (`wrote` is False) there is no change, and the next transaction gets the number. `pepper` is that of the
    database.
    """

    connection: Connection
    change: int
    at: int
    wrote: bool = False
    pepper: Callable[[], bytes | None] = pepper_here


class Database:
    """Hold the connections to one database.

    Writers are serialised: each locks the row of the change number first, so change numbers follow the order of commits.
    Readers see one snapshot from their first row to their last, and wait for no writer.
    """

    def __init__(self, url: str, pepper: Callable[[], bytes | None] = pepper_here) -> None:
        """`pepper` is asked for where something is sealed: rows of the audit trail, and the names of who was erased."""
        self.pepper = pepper
        parsed = _parsed(url)
        self.name = parsed.render_as_string(hide_password=True)
        self.file = Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None
        self.engine = _sqlite(parsed) if self.file else _postgresql(parsed)
        self._writer = self.engine.execution_options(**{_WRITES: True})
        self._reader = (
            self.engine
            if self.file
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def write(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in a durable write transaction and return its result; where a lock stops it, it is run again.

        Raises StoreError where the database cannot be used.
        """
        return retried(lambda: self._written(work), self.name)

    def alone(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a write transaction without a change number, as changes of the schema need it."""

        def once() -> T:
            with self._writer.begin() as connection:
                return work(connection)

        return retried(once, self.name)

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Open a read transaction on one snapshot for the block. Raises StoreError where the database cannot be used."""
        connection = retried(self._pinned, self.name)
        try:
            yield connection
        except DBAPIError as problem:
            raise told(problem, self.name) from None
        finally:
            connection.close()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _written(self, work: Callable[[Writing], T]) -> T:
        with self._writer.begin() as connection:
            last = connection.execute(sa.select(CHANGES.c.change, CHANGES.c.at).with_for_update()).one()
            writing = Writing(connection, last.change + 1, max(time.time_ns() // 1000, last.at + 1), pepper=self.pepper)
            result = work(writing)
            if writing.wrote:
                connection.execute(sa.update(CHANGES).values(change=writing.change, at=writing.at))
            return result

    def _pinned(self) -> Connection:
        """Begin to read: the first question decides which state is seen."""
        connection = self._reader.connect()
        try:
            connection.exec_driver_sql("SELECT 1 FROM sqlite_master" if self.file else "SELECT 1").all()
        except BaseException:
            connection.close()
            raise
        return connection


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as problem:
        raise StoreError(f"{url} is no address of a store; name one such as {_FORMS}.") from problem
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise StoreError(f"A store is SQLite or PostgreSQL, not {parsed.drivername}; name one such as {_FORMS}.")
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise StoreError(f"{url} names no file; name one such as {_FORMS}.")
    return parsed


def _postgresql(url: URL) -> Engine:
    return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)


def _sqlite(url: URL) -> Engine:
    """Make an engine whose transactions are SQLite's own: writers ask for the lock when they begin, not in the middle."""
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:  # pyright: ignore[reportUnusedFunction] (SQLAlchemy calls it)
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction] (SQLAlchemy calls it)
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
