"""The sessions of a store, and the assertions that were used up: each begins one session, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sqrec.access.roles import Grant
from sqrec.access.scopes import SCOPES
from sqrec.access.sessions import LONGEST, Session, owned
from sqrec.errors import AccessError
from sqrec.store.database import Database, Writing
from sqrec.store.erased import erased_among
from sqrec.store.reading import first, newest
from sqrec.store.schema import ASSERTIONS, SESSIONS
from sqrec.store.trail import note
from sqrec.store.writing import insert


@dataclass(frozen=True)
class Sessions:
    """Give access to the sessions of a store; every method raises StoreError where the database cannot be used."""

    database: Database

    def listed(self) -> list[Session]:
        """Return every session that nobody has ended, idle ones too."""
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(SESSIONS).where(SESSIONS.c.ended_at.is_(None))).mappings().all()
        return [_session({str(name): cell for name, cell in row.items()}) for row in rows]

    def state(self) -> tuple[int, int]:
        """Return what is another one whenever any session is: the newest change of sessions, and their number."""
        with self.database.reading() as connection:
            return newest(connection, SESSIONS)

    def begin(self, session_id: str, subject: str, grant: Grant, assertion: str, until: int) -> Session | None:
        """Begin a session by an assertion that holds until a moment (microseconds UTC); older sessions and assertions are cleared.

        None for an assertion that has ended, or was used before, whichever worker took it. Raises AccessError for a resident who was erased.
        """

        def work(writing: Writing) -> Session | None:
            if until <= writing.at:  # else, cleared, it could be used again by who waited for the lock
                return None
            _clear(writing)
            if first(writing.connection, sa.select(ASSERTIONS.c.jti).where(ASSERTIONS.c.jti == assertion)) is not None:
                return None
            if owned(grant.role) and erased_among(writing.connection, writing.pepper, [subject]):
                raise AccessError("Nothing is held here about this resident, who was erased, so nobody signs on.")
            insert(writing, ASSERTIONS, jti=assertion, expires_at=until)
            told = {"role": grant.role, "scopes": "|".join(grant.more), "area": grant.area}
            insert(writing, SESSIONS, session_id=session_id, subject=subject, created_at=writing.at, used_at=writing.at, **told)
            session = Session(session_id, subject, grant, writing.at, writing.at)
            _audit(writing, "session begun", session)
            return session

        return self.database.write(work)

    def used(self, session_id: str, now: int) -> None:
        """Note the moment at which a session was used last; an earlier one changes nothing."""

        def work(writing: Writing) -> None:
            row = first(writing.connection, sa.select(SESSIONS.c.used_at).where(SESSIONS.c.session_id == session_id))
            if row is not None and row["used_at"] < now:
                _set(writing, session_id, used_at=now)

        self.database.write(work)

    def end(self, session_id: str) -> bool:
        """End a session, and tell whether it was there and not ended before."""

        def work(writing: Writing) -> bool:
            row = first(writing.connection, sa.select(SESSIONS).where(SESSIONS.c.session_id == session_id))
            if row is None or row["ended_at"] is not None:
                return False
            _set(writing, session_id, ended_at=writing.at)
            _audit(writing, "session ended", _session(row))
            return True

        return self.database.write(work)


def _clear(writing: Writing) -> None:
    for table, over in (
        (ASSERTIONS, ASSERTIONS.c.expires_at < writing.at),
        (SESSIONS, SESSIONS.c.created_at < writing.at - LONGEST),
    ):
        writing.connection.execute(sa.delete(table).where(over))


def _set(writing: Writing, session_id: str, **values: Any) -> None:
    told = sa.update(SESSIONS).where(SESSIONS.c.session_id == session_id).values(**values, change=writing.change)
    writing.connection.execute(told)
    writing.wrote = True


def _session(row: Mapping[str, Any]) -> Session:
    more = (row["scopes"] or "").split("|")
    grant = Grant(row["role"], tuple(scope for scope in SCOPES if scope in more), row["area"])
    return Session(row["session_id"], row["subject"], grant, row["created_at"], row["used_at"], row["ended_at"])


def _audit(writing: Writing, what: str, session: Session) -> None:
    """Tell of a session who it is, but of a resident only under the key of theirs."""
    asker = session.asker()
    told = {"role": session.grant.role, "area": session.grant.area, "own": owned(session.grant.role)}
    note(writing, what, asker.name, told, asker.person)
