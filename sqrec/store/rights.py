"""What residents had changed about themselves in a store: their switch, tags and consents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.rights import PURPOSES, Consent, Purpose, TagChange
from sqrec.store.database import Database, Writing
from sqrec.store.portions import portions
from sqrec.store.reading import first
from sqrec.store.rows import frame_of, rows_of
from sqrec.store.schema import CONSENTS, STORED, TAG_CHANGES, Stored
from sqrec.store.standing import CARRIERS, SWITCH, changes_of, forgotten, noted, over
from sqrec.store.writing import insert, put


@dataclass(frozen=True)
class Rights:
    """Give access to what residents had changed; every method raises StoreError where the database cannot be used.

    What is written holds for the next request of every worker: each reads the person's present row.
    """

    database: Database

    def changes(self, person_id: str) -> list[TagChange]:
        """Return the tags that somebody had deleted or stated, without the switch."""
        with self.database.reading() as connection:
            return [one for one in changes_of(connection, [person_id]).get(person_id, []) if one.tag != SWITCH]

    def switch(self, person_id: str, who: str, *, personalised: bool) -> bool:
        """Switch somebody's personal lists on or off, and tell whether the person is known. It stands over later imports."""
        return self.change(person_id, who, stated={SWITCH: {SWITCH: personalised}})

    def switched(self, person_id: str) -> tuple[bool | None, int | None] | None:
        """Return somebody's switch (None: unknown, counts as on) and when they set it themselves (None: never); None for nobody."""
        people = STORED["people"]
        with self.database.reading() as connection:
            held = sa.select(people.sql.c.personalised).where(people.sql.c.person_id == person_id, people.current)
            row = first(connection, held)
            own = [one.at for one in changes_of(connection, [person_id]).get(person_id, []) if one.tag == SWITCH]
        return None if row is None else (row[SWITCH], own[0] if own else None)

    def change(
        self,
        person_id: str,
        who: str,
        *,
        deleted: Iterable[str] = (),
        stated: Mapping[str, Mapping[str, Any]] | None = None,
        restored: Iterable[str] = (),
    ) -> bool:
        """Delete, state and restore tags of somebody, all or none, and tell whether the person is known.

        `stated` gives the columns of each tag as the store keeps them. Where a statement is restored, what the imports say holds again
        (unknown, where they say nothing); a restored deletion is unknown until the next import.
        """

        def work(writing: Writing) -> bool:
            row = _current(writing.connection, STORED["people"], person_id)
            if row is None:
                return False
            before = {one.tag: one for one in changes_of(writing.connection, [person_id]).get(person_id, [])}
            beneath = {tag: one.beneath for tag, one in before.items() if one.state == "stated"}
            for tag in restored:
                forgotten(writing, person_id, tag)
                row |= beneath.get(tag, {})
            for tag in deleted:
                noted(writing, person_id, TagChange(tag, "deleted", writing.at, who))
            for tag, value in (stated or {}).items():
                imported = None if tag == SWITCH else beneath.get(tag, {fact: row[fact] for fact in value})
                noted(writing, person_id, TagChange(tag, "stated", writing.at, who, value, imported))
            changes = changes_of(writing.connection, [person_id]).get(person_id, [])
            if SWITCH not in (stated or {}):  # the row obeys it already; laid over it again it would undo an "off" of the data
                changes = [one for one in changes if one.tag != SWITCH]
            _write(writing, STORED["people"], row, changes)
            apart = _current(writing.connection, STORED["restricted"], person_id)
            _write(writing, STORED["restricted"], apart or {"person_id": person_id}, changes)
            return True

        return self.database.write(work)

    def latest(self) -> dict[str, int]:
        """Return when each person last had a tag deleted or stated (microseconds UTC); people without are left out."""
        asked = sa.select(TAG_CHANGES.c.person_id, sa.func.max(TAG_CHANGES.c.at)).where(TAG_CHANGES.c.tag != SWITCH)
        with self.database.reading() as connection:
            return {str(row[0]): int(row[1]) for row in connection.execute(asked.group_by(TAG_CHANGES.c.person_id))}

    def consents(self, person_id: str) -> list[Consent]:
        """Return every consent that somebody gave and withdrew, the first one first."""
        asked = sa.select(CONSENTS).where(CONSENTS.c.person_id == person_id).order_by(CONSENTS.c.number)
        with self.database.reading() as connection:
            return [_consent(row) for row in connection.execute(asked).mappings()]

    def consent(self, person_id: str, purpose: Purpose, notice: str, who: str, *, given: bool) -> bool:
        """Note that somebody gave or withdrew a consent, and tell whether the person is known. The same word twice is one."""

        def work(writing: Writing) -> bool:
            if _current(writing.connection, STORED["people"], person_id) is None:
                return False
            last = _last(writing.connection, [person_id], purpose).get(person_id)
            if last is None or (last.given, last.notice) != (given, notice):
                told = {"purpose": purpose, "given": given, "notice": notice, "at": writing.at, "who": who}
                insert(writing, CONSENTS, person_id=person_id, **told)
            return True

        return self.database.write(work)

    def asked(self, ids: Sequence[str], purpose: Purpose) -> tuple[dict[str, bool | None], dict[str, Consent]]:
        """Return the switches of those of some people who are known, and the last word of each about a purpose, as of one moment."""
        people = STORED["people"]
        switches: dict[str, bool | None] = {}
        with self.database.reading() as connection:
            for some in portions(ids):
                asked = sa.select(people.sql.c.person_id, people.sql.c.personalised)
                asked = asked.where(people.sql.c.person_id.in_(some), people.current)
                switches |= {row.person_id: row.personalised for row in connection.execute(asked)}
            return switches, _last(connection, ids, purpose)

    def changed_since(self, ids: Sequence[str], change: int) -> set[str]:
        """Return those of some people who had a tag deleted or stated after a change; the switch is none."""
        found: set[str] = set()
        with self.database.reading() as connection:
            for some in portions(ids):
                theirs = TAG_CHANGES.c.person_id.in_(some)
                asked = sa.select(TAG_CHANGES.c.person_id).where(
                    theirs, TAG_CHANGES.c.change > change, TAG_CHANGES.c.tag != SWITCH
                )
                found |= set(connection.execute(asked).scalars())
        return found


def _current(connection: Connection, stored: Stored, person_id: str) -> dict[str, Any] | None:
    columns = [stored.sql.c[column.name] for column in stored.table.columns]
    return first(connection, sa.select(*columns).where(columns[0] == person_id, stored.current))


def _write(writing: Writing, stored: Stored, row: Mapping[str, Any], changes: Sequence[TagChange]) -> None:
    """Write a row of somebody with their changes; one that was deleted and is not any more is unknown, no longer deleted.

    A row that names the person alone is not there yet, and is not made for nothing.
    """
    columns, carrier = stored.table.columns, CARRIERS[stored.table.name]
    found = over(stored, {**{column.name: None for column in columns}, **row, carrier: None}, changes, now=True)
    if len(row) == 1 and found[carrier] is None:
        return
    put(writing, stored, rows_of(stored, frame_of(columns, [[found[column.name]] for column in columns], 1)))


def _last(connection: Connection, ids: Sequence[str], purpose: Purpose) -> dict[str, Consent]:
    found: dict[str, Consent] = {}
    for some in portions(ids):
        theirs = sa.and_(CONSENTS.c.person_id.in_(some), CONSENTS.c.purpose == purpose)
        for row in connection.execute(sa.select(CONSENTS).where(theirs).order_by(CONSENTS.c.number)).mappings():
            found[row["person_id"]] = _consent(row)
    return found


def _consent(row: Any) -> Consent:
    return Consent(PURPOSES[PURPOSES.index(row["purpose"])], row["given"], row["notice"], row["at"], row["who"])
