"""What a store knows of the people, items and answers that events name, read from one snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.access import Asker, Within
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.store.database import Database
from sqrec.store.portions import portions
from sqrec.store.schema import STORED

TURNED_TO = ("apply", "enrol", "visit", "interview")
"""Events by which somebody turns to an offer: from then on its employer may write about them."""
_OWNER: Mapping[Kind, str] = {"job": "employer_id", "course": "provider"}
"""The column that says whose an offer is; places have none."""


@dataclass(frozen=True)
class Answer:
    """Hold what a logged answer showed: to whom (None: nobody was named), and each item's position, 1 = top."""

    person_id: str | None
    positions: Mapping[tuple[str, str], int]

    def is_of(self, person_id: str) -> bool:
        """Tell whether the answer can have been made for somebody."""
        return self.person_id is None or self.person_id == person_id


@dataclass(frozen=True)
class Named:
    """Hold those of some people who are there and the asker's, those of some items that are there, and those of some answers in the log.

    `applied` are people with the items of the asker's own that they turned to: read for employers alone.
    """

    people: frozenset[str] = frozenset()
    items: frozenset[tuple[str, str]] = frozenset()
    requests: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    applied: frozenset[tuple[str, str, str]] = frozenset()


def named(
    database: Database, people: Sequence[str], items: Sequence[tuple[Kind, str]], requests: Sequence[str], who: Asker
) -> Named:
    """Read what events of an asker name. Raises StoreError where the database cannot be read."""
    with database.reading() as connection:
        there = people_within(connection, people, who.within)
        owned = _items(connection, items)
        mine = [one for one, owner in owned.items() if who.employer is not None and owner == who.employer]
        applied = _applied(connection, sorted(there), mine) if who.employs and mine else frozenset[tuple[str, str, str]]()
        return Named(there, frozenset(owned), _requests(connection, requests), applied)


def people_within(connection: Connection, ids: Sequence[str], within: Within | None) -> frozenset[str]:
    """Return those of some ids whose people are there, and known to live within an area (None: anywhere)."""
    stored, found = STORED["people"], set[str]()
    for part in portions(ids):
        asked = sa.select(stored.sql.c.person_id, stored.sql.c.area).where(stored.sql.c.person_id.in_(part), stored.current)
        found |= {person_id for person_id, area in connection.execute(asked) if within is None or within.holds(area)}
    return frozenset(found)


def _items(connection: Connection, items: Sequence[tuple[Kind, str]]) -> dict[tuple[Kind, str], str | None]:
    """Return the items that are there, over ones too, with whose they are."""
    found: dict[tuple[Kind, str], str | None] = {}
    for kind, table in TABLE_OF_KIND.items():
        stored = STORED[table]
        key, owner = stored.sql.c[stored.key], stored.sql.c[_OWNER[kind]] if kind in _OWNER else sa.null()
        for part in portions([item for of, item in items if of == kind]):
            asked = sa.select(key, owner).where(key.in_(part), stored.current)
            found |= {(kind, item): whose for item, whose in connection.execute(asked)}
    return found


def _requests(connection: Connection, requests: Sequence[str]) -> dict[str, Answer]:
    table, found = STORED["rankings"].sql.c, dict[str, Answer]()
    for part in portions(requests):
        asked = sa.select(table.request_id, table.person_id, table.kind, table.item_id, table.position)
        positions: dict[str, dict[tuple[str, str], int]] = {}
        people: dict[str, str | None] = {}
        for request, person, kind, item, position in connection.execute(asked.where(table.request_id.in_(part))):
            positions.setdefault(request, {})[kind, item] = position
            people[request] = people.get(request) or person
        found |= {request: Answer(people[request], told) for request, told in positions.items()}
    return found


def _applied(connection: Connection, people: Sequence[str], items: Sequence[tuple[Kind, str]]) -> frozenset[Any]:
    table, mine, found = STORED["events"].sql.c, set(items), set[tuple[str, str, str]]()
    for part in portions(people):
        asked = sa.select(table.person_id, table.kind, table.item_id).where(table.person_id.in_(part), table.event.in_(TURNED_TO))
        found |= {(person, kind, item) for person, kind, item in connection.execute(asked) if (kind, item) in mine}
    return frozenset(found)
