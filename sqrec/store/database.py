"""One database, SQLite or PostgreSQL: writers, readers, and the change number that orders them."""

import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from sqrec.access.pepper import pepper_here
from sqrec.errors import StoreError
from sqrec.store.retry import MOST_SECONDS, passes, retried, told
from sqrec.store.schema import CHANGES

_BUSY_SECONDS = 10.0
_CONNECT_SECONDS = 5
_WRITES = "sqrec_writes"
_PATIENCE = "sqrec_patience"
_PROBED_SECONDS = 1.0
_LOCK_TIMEOUT = text("SELECT set_config('lock_timeout', :most, true)")
_FORMS = "sqlite:///var/sqrec.db or postgresql+psycopg://user@host/database"

_FILE = "sqrec_file"
_Identity = tuple[int, int]
_NEVER: _Identity = (-1, -1)
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
    Readers see one snapshot from their first row to their last, wait for no writer, and have connections of their own.

    An SQLite database is the file that was opened first. Where its path leads to another file, or to none, nothing is read and nothing
    counts as written (StoreError): whoever replaced it means the other one, which is opened by whoever starts again.
    """

    def __init__(self, url: str, pepper: Callable[[], bytes | None] = pepper_here, patience: float = MOST_SECONDS) -> None:
        """`pepper` is asked for where something is sealed: rows of the audit trail, and the names of who was erased.

        A transaction waits for somebody else's lock for `patience` seconds.
        """
        self.pepper, self._patience = pepper, patience
        parsed = _parsed(url)
        self.name = parsed.render_as_string(hide_password=True)
        self.file = Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None
        self._lock_wait = min(patience, _BUSY_SECONDS)
        self.engine, reading = (
            _sqlite(parsed, self.file, self._lock_wait) if self.file else _postgresql(parsed, self._lock_wait) for _ in range(2)
        )
        self.engines = (self.engine, reading)
        self._opened: _Identity | None = None
        self._closed = False
        for engine in self.engines:
            event.listen(engine, "checkin", self._come_back)
        self._writer = self.engine.execution_options(**{_WRITES: True})
        self._reader = (
            reading if self.file else reading.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def write(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in a durable write transaction and return its result; where a lock stops it, it is run again.

        Raises StoreError where the database cannot be used.
        """
        return retried(lambda: self._written(work), self.name, self._patience)

    def alone(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a write transaction without a change number, as changes of the schema need it."""

        def once() -> T:
            with self._writer.begin() as connection:
                self._is_there(connection)
                result = work(connection)
            self._is_there()
            return result

        return retried(once, self.name, self._patience)

    def prove(self) -> None:
        """Write something durably that changes nothing, without a change number.

        Raises StoreError where nothing can be kept now: a full or read-only disk, a file that was replaced, a server that is gone. Whoever
        finds the database locked for a second knows as much: somebody else writes.
        """
        try:
            with self._writer.execution_options(**{_PATIENCE: _PROBED_SECONDS}).begin() as connection:
                self._is_there(connection)
                if self.file is None:
                    connection.execute(_LOCK_TIMEOUT, {"most": f"{_PROBED_SECONDS:.0f}s"})
                for step in (1, -1):  # SQLite writes no page that stays as it is
                    connection.execute(sa.update(CHANGES).values(change=CHANGES.c.change + step))
            self._is_there()
        except DBAPIError as problem:
            if not passes(problem):
                raise told(problem, self.name) from None

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Open a read transaction on one snapshot for the block. Raises StoreError where the database cannot be used."""
        connection = retried(self._pinned, self.name, self._patience)
        try:
            yield connection
        except DBAPIError as problem:
            raise told(problem, self.name) from None
        finally:
            connection.close()

    def close(self) -> None:
        """Close all connections; one that somebody still reads by is closed as soon as it comes back."""
        self._closed = True
        for engine in self.engines:
            engine.dispose()

    def _come_back(self, _: Any, held: ConnectionPoolEntry) -> None:
        if self._closed:
            held.close()

    def _is_there(self, connection: Connection | None = None) -> None:
        """Make sure that the path leads to the file that was opened first, and that a connection is one to it."""
        if self.file is None:
            return
        now = _identity(self.file)
        if self._opened is None:
            self._opened = now
        if now is None or now != self._opened or (connection is not None and connection.info.get(_FILE) != now):
            if now is not None:
                self._opened = _NEVER  # whoever opened the other one may have written into this one's log
            raise StoreError(
                f"The file of the store {self.name} was {'replaced by another' if now else 'taken away'} while it was open, so nothing is "
                "read from it and nothing kept. Start again, on the file that is to be used."
            )

    def _written(self, work: Callable[[Writing], T]) -> T:
        with self._writer.begin() as connection:
            self._is_there(connection)
            last = connection.execute(sa.select(CHANGES.c.change, CHANGES.c.at).with_for_update()).one()
            writing = Writing(connection, last.change + 1, max(time.time_ns() // 1000, last.at + 1), pepper=self.pepper)
            result = work(writing)
            if writing.wrote:
                connection.execute(sa.update(CHANGES).values(change=writing.change, at=writing.at))
        self._is_there()  # what went into a file that was taken away meanwhile is not acknowledged
        return result

    def _pinned(self) -> Connection:
        """Begin to read: the first question decides which state is seen."""
        connection = self._reader.connect()
        try:
            connection.exec_driver_sql("SELECT 1 FROM sqlite_master" if self.file else "SELECT 1").all()
            self._is_there(connection)
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


def _postgresql(url: URL, lock_wait: float) -> Engine:
    told = {"options": f"-c lock_timeout={max(1.0, lock_wait * 1000):.0f}", "connect_timeout": _CONNECT_SECONDS}
    return sa.create_engine(url, connect_args=told, pool_pre_ping=True, hide_parameters=True)


def _identity(file: Path) -> _Identity | None:
    """Return device and number of a file; None where there is none."""
    try:
        found = os.stat(file)  # noqa: PTH116 (the fastest way, at each reading)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _sqlite(url: URL, file: Path, lock_wait: float) -> Engine:
    """Make an engine whose transactions are SQLite's own: writers ask for the lock when they begin, not in the middle."""
    engine = sa.create_engine(url, connect_args={"timeout": lock_wait}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, held: ConnectionPoolEntry) -> None:  # pyright: ignore[reportUnusedFunction] (SQLAlchemy calls it)
        held.info[_FILE] = _identity(file)
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction] (SQLAlchemy calls it)
        options = connection.get_execution_options()
        patience = options.get(_PATIENCE, lock_wait)
        if patience != lock_wait:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience * 1000:.0f}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")
        finally:
            if patience != lock_wait:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {lock_wait * 1000:.0f}")

    return engine
