"""A person's record, read for every request from one snapshot of the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.access import Within
from sqrec.catalogue.trust import FLOODS
from sqrec.groups.record import Record
from sqrec.groups.restricted import RESTRICTED_FACTS, Restricted
from sqrec.profile.history import Events
from sqrec.profile.person import FACTS, LISTS, Person
from sqrec.store import reading
from sqrec.store.erased import erasures
from sqrec.store.rows import members
from sqrec.store.schema import CHANGES, STORED

_TOLD = ("event_id", "person_id", "kind", "item_id", "event", "at", "recorded_at", "request_id")


def record(connection: Connection, person_id: str, within: Within | None = None) -> Record | None:
    """Read a person's present record; None for an unknown person, and for one who is not known to live `within` an area.

    Where an area is asked for, it is all that is read of either, by one question that always has one row, so neither costs more.
    """
    people = STORED["people"]
    number, erased, held = _begun(connection, person_id, within)
    if not held:
        return None
    facts = reading.first(connection, sa.select(people.sql).where(people.sql.c.person_id == person_id, people.current))
    if facts is None:
        return None
    events = _events(connection, [person_id], number)
    return Record(_person(facts), _restricted(connection, person_id), events, number, erased)


def _begun(connection: Connection, person_id: str, within: Within | None) -> tuple[int, int, bool]:
    """Return the latest change, that of the last erasure, and whether somebody is known to live within an area (None: everywhere).

    Of nobody, and where no area is known, one is looked for in the tree all the same.
    """
    if within is None:
        number, erased = connection.execute(sa.select(CHANGES.c.change, erasures())).one()
        return number, erased, True
    people = STORED["people"]
    theirs = sa.select(people.sql.c.area).where(people.sql.c.person_id == person_id, people.current)
    number, erased, area = connection.execute(sa.select(CHANGES.c.change, erasures(), theirs.scalar_subquery())).one()
    held = within.holds(area or within.area)
    return number, erased, held and bool(area)


def records(connection: Connection, ids: Sequence[str], change: int) -> list[Record]:
    """Read the records of some people as of a change, ordered by id; unknown people are left out.

    Restricted facts have no versions: they are unknown. All records share one array of events.
    """
    people, events = STORED["people"], _events(connection, ids, change)
    asked = sa.select(people.sql).where(people.sql.c.person_id.in_(ids), reading.as_of(people, change))
    rows = connection.execute(asked.order_by(people.sql.c.person_id)).mappings()
    return [Record(_person({str(name): cell for name, cell in row.items()}), None, events, change) for row in rows]


def _person(row: Mapping[str, Any]) -> Person:
    values: dict[str, Any] = {name: members(row[name]) if name in LISTS else row[name] for name in FACTS}
    own = {name: row[name] for name in ("person_id", "personalised", "updated_at")}
    return Person(**own, **values, deleted=members(row["deleted"]))


def _restricted(connection: Connection, person_id: str) -> Restricted | None:
    table = STORED["restricted"].sql
    row = reading.first(connection, sa.select(table).where(table.c.person_id == person_id))
    if row is None:
        return None
    months = row["local_insured_months"]
    facts: dict[str, Any] = {name: row[name] for name in RESTRICTED_FACTS}
    facts["local_insured_months"] = None if months is None else float(months)
    told = {name: members(row[name]) for name in ("recognised", "deleted_apart")}
    return Restricted(person_id=person_id, **told, **facts)


def _events(connection: Connection, ids: Sequence[str], change: int) -> Events:
    table = STORED["events"].sql
    remembered = sa.or_(table.c.uncounted.is_(None), table.c.uncounted.not_in(FLOODS))
    asked = sa.select(*(table.c[name] for name in _TOLD)).where(table.c.person_id.in_(ids), table.c.change <= change, remembered)
    rows: Sequence[Any] = connection.execute(asked).all()
    if not rows:
        return Events.none()
    columns = dict(zip(_TOLD, zip(*rows, strict=True), strict=True))
    at = np.array(columns["at"], dtype=np.int64)
    recorded = np.array(
        [moment if late is None else late for moment, late in zip(at, columns["recorded_at"], strict=True)], np.int64
    )
    told: dict[str, Any] = {name: columns[name] for name in _TOLD if name not in {"at", "recorded_at"}}
    return Events.of_columns(**told, at=at, recorded=recorded)
