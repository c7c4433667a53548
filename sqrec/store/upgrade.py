"""The schema of a store: its revision, and the upgrade to the newest one."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from sqrec.errors import StoreError
from sqrec.store.database import Database
from sqrec.store.retry import retried

State = Literal["empty", "behind", "current", "newer"]
_REVISIONS = Path(__file__).parent / "revisions"
_LOCK = 7_376_213_001
"""The advisory lock under which a PostgreSQL store is upgraded."""


def prepared(database: Database) -> None:
    """Ensure that a store has the current schema; an SQLite store is created and upgraded.

    Raises StoreError, naming the command to run, for a PostgreSQL store of an older schema, and for any store of a newer one.
    """
    with database.reading() as connection:
        state = state_of(connection)
    if state == "newer":
        raise _newer(database)
    if state != "current" and database.file is None:
        told = "holds no tables yet" if state == "empty" else "is of an older sqrec"
        raise StoreError(f"The store {database.name} {told}; run: sqrec store upgrade --store {database.name}")
    if state != "current":
        upgrade(database)


def upgrade(database: Database) -> tuple[str | None, str]:
    """Upgrade a store to the newest revision in one transaction; return the revision before and after.

    One process upgrades at a time. Raises StoreError for a store of a newer schema, and for a PostgreSQL database whose
    encoding is not UTF-8.
    """
    if database.file:
        retried(lambda: _write_ahead(database), database.name)

    def work(connection: Connection) -> tuple[str | None, str]:
        if database.file is None:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            _is_utf8(connection, database.name)
        if state_of(connection) == "newer":
            raise _newer(database)
        return _upgraded(connection)

    return database.alone(work)


def state_of(connection: Connection) -> State:
    """Compare the schema of a database with the newest revision."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return "empty"
    if revision == _newest(_REVISIONS):
        return "current"
    try:
        scripts_of().get_revision(revision)
    except CommandError:
        return "newer"
    return "behind"


def scripts_of() -> ScriptDirectory:
    """Return the revisions, oldest to newest."""
    return _scripts_in(_REVISIONS)


@cache
def _newest(folder: Path) -> str:
    """Return the newest of a folder's revisions: to tell it all files are read, once and not at each opening of a store."""
    return str(_scripts_in(folder).get_current_head())


def _scripts_in(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder.parent), version_locations=[str(folder)])


def _upgraded(connection: Connection) -> tuple[str | None, str]:
    scripts, context = scripts_of(), MigrationContext.configure(connection)
    before, head = context.get_current_revision(), str(scripts.get_current_head())
    with Operations.context(context):
        for script in reversed(list(scripts.iterate_revisions(head, before or "base"))):
            module: Any = script.module
            module.upgrade()
    context.stamp(scripts, head)
    return before, head


def _write_ahead(database: Database) -> None:
    """Let readers of an SQLite file read while somebody writes; the file remembers it. Not possible in a transaction."""
    raw = database.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL").fetchall()
    finally:
        raw.close()


def _is_utf8(connection: Connection, name: str) -> None:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreError(f"The database {name} holds {encoding}; create it with encoding UTF8.")


def _newer(database: Database) -> StoreError:
    return StoreError(f"The store {database.name} is of a newer sqrec; update sqrec, or name another store.")
