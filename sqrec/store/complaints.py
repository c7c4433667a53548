"""Complaints of residents: filed, listed and answered, each with the day on which its answer is due."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from sqrec.access import Within
from sqrec.cities import City, owed_of
from sqrec.errors import AccessError
from sqrec.store.database import Database, Writing
from sqrec.store.erased import erased_among
from sqrec.store.naming import people_within
from sqrec.store.reading import first
from sqrec.store.schema import COMPLAINTS
from sqrec.store.writing import insert

MOST = 500
"""How many are listed at once."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Hold a complaint as the store keeps it; moments are microseconds UTC, `due_on` is a day of the city, None: not answered yet."""

    complaint_id: str
    person_id: str
    text: str
    request_id: str | None
    filed_by: str
    filed_at: int
    due_on: str
    answer: str | None = None
    answered_by: str | None = None
    answered_at: int | None = None


@dataclass(frozen=True)
class Complaints:
    """Give access to the complaints of a store; every method raises StoreError where the database cannot be used."""

    database: Database

    def file(self, person_id: str, text: str, request_id: str | None, who: str, city: City) -> Complaint:
        """File a complaint; its answer is due the city's number of days after today. Raises AccessError for somebody who was erased."""

        def work(writing: Writing) -> Complaint:
            if erased_among(writing.connection, writing.pepper, [person_id]):
                raise AccessError("Nothing is held here about this resident, who was erased.")
            due = city.local(writing.at).date() + timedelta(days=owed_of(city).complaint_days)
            made = Complaint(uuid.uuid4().hex, person_id, text, request_id, who, writing.at, due.isoformat())
            told = {
                name: getattr(made, name) for name in ("complaint_id", "person_id", "text", "request_id", "filed_by", "filed_at")
            }
            insert(writing, COMPLAINTS, **told, due_on=made.due_on)
            return made

        return self.database.write(work)

    def listed(self, person_id: str | None = None, within: Within | None = None, *, unanswered: bool = False) -> list[Complaint]:
        """Return complaints of somebody (None: of everybody `within` an area), those due first; at most `MOST`."""
        told = [] if person_id is None else [COMPLAINTS.c.person_id == person_id]
        told += [COMPLAINTS.c.answered_at.is_(None)] if unanswered else []
        asked = (
            sa.select(COMPLAINTS)
            .where(*told)
            .order_by(COMPLAINTS.c.answered_at.is_not(None), COMPLAINTS.c.due_on, COMPLAINTS.c.filed_at)
        )
        with self.database.reading() as connection:
            found = [_complaint(row) for row in connection.execute(asked.limit(MOST)).mappings()]
            held = None if within is None else people_within(connection, [one.person_id for one in found], within)
        return [one for one in found if held is None or one.person_id in held]

    def answer(self, complaint_id: str, answer: str, who: str) -> Complaint | None:
        """Answer a complaint, once; return it, None where there is none of that id. Raises AccessError for an answered one."""

        def work(writing: Writing) -> Complaint | None:
            row = first(writing.connection, sa.select(COMPLAINTS).where(COMPLAINTS.c.complaint_id == complaint_id))
            if row is None:
                return None
            if row["answered_at"] is not None:
                raise AccessError("This complaint was answered before; its answer stands.")
            told = {"answer": answer, "answered_by": who, "answered_at": writing.at}
            changed = sa.update(COMPLAINTS).where(COMPLAINTS.c.complaint_id == complaint_id)
            writing.connection.execute(changed.values(**told, change=writing.change))
            writing.wrote = True
            return _complaint(row | told)

        return self.database.write(work)


def _complaint(row: Mapping[Any, Any]) -> Complaint:
    return Complaint(**{name: row[name] for name in Complaint.__dataclass_fields__})
