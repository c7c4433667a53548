"""Taking events in: what another event of the same id says otherwise, and what lies above a cap of the day."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from sqrec.access.sessions import SELF
from sqrec.base.arrays import key_of
from sqrec.catalogue.trust import FLOODS
from sqrec.cities import City
from sqrec.cities.counting import Counting
from sqrec.store.database import Database, Writing
from sqrec.store.erased import erased_among
from sqrec.store.portions import portions
from sqrec.store.rows import rows_as_told
from sqrec.store.schema import STORED, TALLIES
from sqrec.store.writing import put

Row = Mapping[str, Any]
TOLD = ("person_id", "kind", "item_id", "event", "at", "request_id", "position", "dwell_seconds", "rating", "reason")
"""What makes an event the same one: all that its sender tells."""
ADVISED = ("person_id", "kind", "item_id", "event", "request_id", "position", "reason")
"""The same of an adviser's word, whose moment is that of its first arrival."""
_SECRET, _RESIDENTS = 0, 1
_BITS = 63


@dataclass(frozen=True)
class Taken:
    """Tell what became of some events, by their places: all of them = new + known + the other ones, but for people who were erased: theirs stay out.

    `other` are the fields in which the event stored under the same id differs, by place: such an event is not stored. `uncounted` is the cap
    above which an event lies that was stored now or before, and counts for nothing.
    """

    new: int = 0
    known: int = 0
    other: Mapping[int, tuple[str, ...]] = field(default_factory=dict[int, tuple[str, ...]])
    uncounted: Mapping[int, str] = field(default_factory=dict[int, str])


def take(database: Database, rows: Sequence[Row], city: City) -> Taken:
    """Store events of one writer durably, each with the cap above which it lies (None: it counts); nothing is replaced.

    Rows have the contract's columns, `recorded_at` and `writer` among them. The first of an id stands. Days are the city's, of the moment of
    writing. Raises StoreError where the database cannot be used.
    """
    return database.write(lambda writing: _taken(writing, rows, city))


def _taken(writing: Writing, rows: Sequence[Row], city: City) -> Taken:
    stood = _stored(writing.connection, [row["event_id"] for row in rows])
    other, uncounted, fresh, known = dict[int, tuple[str, ...]](), dict[int, str](), dict[int, Row](), 0
    gone = erased_among(writing.connection, writing.pepper, [row["person_id"] for row in rows])
    for place, row in enumerate(rows):
        if row["person_id"] in gone:
            continue
        first = stood.setdefault(row["event_id"], row)
        if first is row:
            fresh[place] = row
        elif differing := _differing(first, row, TOLD):
            other[place] = differing
        else:
            known += 1
            if first.get("uncounted"):
                uncounted[place] = first["uncounted"]
    if fresh:
        found = Tallies.of(writing, city.midnight(writing.at)).counted(list(fresh.values()), city.counting)
        stored = [dict(row) | {"uncounted": cap} for row, cap in zip(fresh.values(), found, strict=True)]
        uncounted |= {place: cap for place, cap in zip(fresh, found, strict=True) if cap}
        put(writing, STORED["events"], rows_as_told(STORED["events"], stored))
    return Taken(len(fresh), known, other, uncounted)


def advise(database: Database, row: Row) -> Taken:
    """Store an adviser's word durably, and return what became of it; it feeds no count, so no cap is looked at. The first of an id stands.

    Raises StoreError where the database cannot be used.
    """

    def work(writing: Writing) -> Taken:
        first = _stored(writing.connection, [row["event_id"]]).get(row["event_id"])
        if first is None:
            return Taken(new=put(writing, STORED["events"], rows_as_told(STORED["events"], [row])).new)
        differing = _differing(first, row, ADVISED)
        return Taken(other={0: differing}) if differing else Taken(known=1)

    return database.write(work)


def _differing(first: Row, row: Row, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if first[name] != row[name])


def _stored(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    table = STORED["events"].sql
    columns = [table.c[name] for name in ("event_id", *TOLD, "uncounted")]
    found: dict[str, Row] = {}
    for part in portions(sorted(set(ids))):
        rows = connection.execute(sa.select(*columns).where(table.c.event_id.in_(part))).mappings()
        found |= {row["event_id"]: {str(name): cell for name, cell in row.items()} for row in rows}
    return found


@dataclass(frozen=True)
class Tallies:
    """Count what counts on one day, in the open transaction; what earlier days counted is forgotten.

    Tallies are named by hashes under a secret of the day: nothing leads back to a person once the day is over.
    """

    writing: Writing
    day: int
    secret: int
    residents: int

    @classmethod
    def of(cls, writing: Writing, day: int) -> "Tallies":
        """Return the tallies of the day that began at a moment (microseconds UTC); a new one begins by counting the residents."""
        table, connection = TALLIES.c, writing.connection
        asked = sa.select(table.tally, table.times).where(table.day == day, table.tally.in_((_SECRET, _RESIDENTS)))
        known = {int(row[0]): int(row[1]) for row in connection.execute(asked)}
        if not known:
            known = {_SECRET: secrets.randbits(_BITS), _RESIDENTS: _residents(connection)}
            connection.execute(sa.delete(TALLIES).where(table.day < day))
            connection.execute(sa.insert(TALLIES), [{"day": day, "tally": one, "times": times} for one, times in known.items()])
        return cls(writing, day, known[_SECRET], known[_RESIDENTS])

    def counted(self, rows: Sequence[Row], caps: Counting) -> list[str | None]:
        """Return the cap above which each row lies (None: it counts), and note down those that count."""
        named = [self._named(row) for row in rows]
        times = self._known({one for names in named for one in names.values()})
        before = dict(times)
        found = [self._above(names, times, caps) for names in named]
        self._note({one: number for one, number in times.items() if number != before[one]})
        return found

    def forget(self, rows: Sequence[Row]) -> None:
        """Take away what counts of the people of events; what counts of items and writers stands."""
        theirs = {self._named(row)[cap] for row in rows for cap in ("person_item", "person")}
        for part in portions(sorted(theirs)):
            self.writing.connection.execute(sa.delete(TALLIES).where(TALLIES.c.day == self.day, TALLIES.c.tally.in_(part)))

    def _above(self, names: Mapping[str, int], times: dict[int, int], caps: Counting) -> str | None:
        item = max(caps.item, int(caps.item_share * self.residents))
        writer = max(caps.writer, int(caps.writer_share * self.residents))
        most = {"person_item": caps.person_item, "person": caps.person, "item": item, "writer": writer}
        above = next((cap for cap, number in most.items() if times[names[cap]] >= number), None)
        for cap, name in names.items():  # what is remembered uses up the person's own caps, counted or not
            if above is None or (cap in FLOODS and above not in FLOODS):
                times[name] += 1
        return above

    def _named(self, row: Row) -> Mapping[str, int]:
        """Return the tallies that an event belongs to; what was merely shown has its own."""
        what = "shown" if row["event"] == "impression" else "did"
        person, item = row["person_id"], (row["kind"], row["item_id"])
        writer = (SELF, person) if row["writer"] == SELF else (row["writer"],)  # residents share a name, and no caps
        parts = {
            "person_item": (person, *item, row["event"]),
            "person": (person,),
            "item": item,
            "writer": (),
        }
        return {cap: self._name(cap, what, *writer, *told) for cap, told in parts.items()}

    def _name(self, *told: str | None) -> int:
        text = "\x1f".join([str(self.secret), *(str(one) for one in told)])
        return int(np.uint64(key_of(text)).view(np.int64))

    def _known(self, names: set[int]) -> dict[int, int]:
        found, table = dict.fromkeys(names, 0), TALLIES.c
        for part in portions(sorted(names)):
            asked = sa.select(table.tally, table.times).where(table.day == self.day, table.tally.in_(part))
            found |= {int(row[0]): int(row[1]) for row in self.writing.connection.execute(asked)}
        return found

    def _note(self, times: Mapping[int, int]) -> None:
        if not times:
            return
        connection = self.writing.connection
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        told = insert(TALLIES)
        told = told.on_conflict_do_update(index_elements=["day", "tally"], set_={"times": told.excluded.times})
        rows = [{"day": self.day, "tally": tally, "times": number} for tally, number in times.items()]
        connection.execute(told, rows)


def _residents(connection: Connection) -> int:
    people = STORED["people"]
    return connection.execute(sa.select(sa.func.count()).select_from(people.sql).where(people.current)).scalar_one()
