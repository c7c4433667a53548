"""The store as others use it: what changed, what held when, what happened, what was shown, who did what."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa

from sqrec.cities import City
from sqrec.contract import KINDS, TABLE_OF_KIND, Kind
from sqrec.errors import StoreError
from sqrec.groups.record import Record
from sqrec.store import reading
from sqrec.store.about import present
from sqrec.store.database import Database, Writing
from sqrec.store.records import record, records
from sqrec.store.rows import Rows, frame_of, rows_as_told, rows_of
from sqrec.store.schema import AUDIT, CHANGES, MIDNIGHTS, STORED, Stored
from sqrec.store.showings import shown
from sqrec.store.upgrade import prepared
from sqrec.store.writing import Written, insert, put

Row = Mapping[str, Any]
"""Plain values by column of the contract: moments are microseconds UTC, None is unknown."""


@dataclass(frozen=True)
class Store:
    """Hold a store of this sqrec's schema. Used as a context, it lets its connections go at the end.

    Every verb raises StoreError in one sentence where the database cannot be used; locks are waited for, not told.
    """

    database: Database

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Self:
        """Open a store by its address; an embedded one is made (with `create`) and upgraded on the way.

        Raises StoreError for an address that is none, a store that is not there, is behind (PostgreSQL) or is newer.
        """
        database = Database(url)
        if database.file and not database.file.exists():
            if not create:
                raise StoreError(f"There is no store {database.name}; make one: sqrec import FOLDER --store {database.name}")
            database.file.parent.mkdir(parents=True, exist_ok=True)
        try:
            prepared(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self.database.close()

    @property
    def name(self) -> str:
        """The store's address without a password."""
        return self.database.name

    def change(self) -> int:
        """Return the number of the latest change; 0 as long as nothing was written."""
        with self.database.reading() as connection:
            return connection.execute(sa.select(CHANGES.c.change)).scalar_one()

    def catalogue_change(self) -> int:
        """Return the number of the latest change of any item; 0 as long as there is none."""
        with self.database.reading() as connection:
            return reading.catalogue_change(connection)

    def items(self, kind: Kind, after: int = 0) -> Iterator[pd.DataFrame]:
        """Yield the versions of one kind's items that began or ended by a change after a number, in the order of these changes.

        Frames have the contract's columns, `valid_from`, `valid_until` (NaT = current) and `change`. Of one change the ended
        versions come first: whoever drops an ended id and takes a current one, row by row, has the present state.
        """
        stored = STORED[TABLE_OF_KIND[kind]]
        came, went = stored.sql.c.change, stored.sql.c.until_change
        by = (sa.func.coalesce(went, came), went.is_(None), stored.sql.c[stored.key], came)
        with self.database.reading() as connection:
            yield from reading.versions(connection, stored, sa.or_(came > after, went > after), by=by)

    def changed(self, kind: Kind, after: int, until: int) -> tuple[list[str], pd.DataFrame]:
        """Return what makes one kind's items as of change `after` those as of change `until`: ids that go, rows that come.

        A changed item does both. Rows have the contract's columns and are in the order of the ids.
        """
        stored = STORED[TABLE_OF_KIND[kind]]
        came, went, key = stored.sql.c.change, stored.sql.c.until_change, stored.sql.c[stored.key]
        gone = sa.select(key).where(came <= after, went > after, went <= until)
        with self.database.reading() as connection:
            ids = list(connection.execute(gone).scalars())
            return ids, reading.whole(reading.held(connection, stored, until, came > after))

    def midnight(self, midnight: int) -> int:
        """Return up to which change the counts of a midnight (microseconds UTC) go: up to the latest one, when first asked.

        From then on the answer stays the same, so that a count can be made again; a midnight that is yet to come keeps none.
        """
        asked = sa.select(MIDNIGHTS.c.counted).where(MIDNIGHTS.c.midnight == midnight)
        with self.database.reading() as connection:
            known = connection.execute(asked).scalar()
        return self.database.write(lambda writing: _counted(writing, midnight)) if known is None else known

    def known_events(self, midnight: int, counted: int) -> dict[Kind, int]:
        """Return how many events of each kind the counts of a midnight know: known before it, written up to a change."""
        table = STORED["events"].sql
        known = sa.func.coalesce(table.c.recorded_at, table.c.at) < midnight
        asked = sa.select(table.c.kind, sa.func.count()).where(table.c.change <= counted, table.c.at < midnight, known)
        with self.database.reading() as connection:
            found = {row[0]: int(row[1]) for row in connection.execute(asked.group_by(table.c.kind))}
        return {kind: found.get(kind, 0) for kind in KINDS}

    def city(self) -> City:
        """Return the city of the imported folders. Raises StoreError where nothing was imported."""
        with self.database.reading() as connection:
            return present(connection, self.name).city

    def catalogue_at(self, kind: Kind, change: int) -> pd.DataFrame:
        """Return the versions of one kind's items that were current as of a change, by id, in the columns of `items`."""
        stored = STORED[TABLE_OF_KIND[kind]]
        with self.database.reading() as connection:
            held = reading.as_of(stored, change)
            return reading.whole(reading.versions(connection, stored, held, by=(stored.sql.c[stored.key],)))

    def record(self, person_id: str) -> Record | None:
        """Return what a list needs to know of one person now: facts, restricted facts, own events, and as of which change.

        None for a stranger.
        """
        with self.database.reading() as connection:
            return record(connection, person_id)

    def records(self, ids: Sequence[str], change: int) -> list[Record]:
        """Return the same of some people (some hundred at most) as of a change, in the order of their ids.

        Strangers are left out. Restricted facts have no versions: they are unknown.
        """
        with self.database.reading() as connection:
            return records(connection, ids, change)

    def person_ids(self, after: str = "", most: int = 500, change: int | None = None) -> list[str]:
        """Return the next ids of people, in their order, behind one of them; as of a change, or now."""
        stored = STORED["people"]
        key = stored.sql.c[stored.key]
        held = stored.current if change is None else reading.as_of(stored, change)
        with self.database.reading() as connection:
            return list(connection.execute(sa.select(key).where(key > after, held).order_by(key).limit(most)).scalars())

    def person(self, person_id: str) -> tuple[Row, int] | None:
        """Return what is known of a person now, and its version: the change it came by. None for a stranger."""
        return self._person(person_id, STORED["people"].current)

    def person_version(self, person_id: str, change: int) -> tuple[Row, int] | None:
        """Return what was known of a person as of a change, and its version; None for somebody unknown then."""
        return self._person(person_id, reading.as_of(STORED["people"], change))

    def append_events(self, events: pd.DataFrame | Sequence[Row]) -> tuple[int, int]:
        """Add events, on the disk before this returns; return how many were new, and how many were there already.

        An event is known by its `event_id`, and the first stands. Frames are as `read_folder` returns them; in rows, what is
        missing is unknown.
        """
        written = self._append("events", events)
        return written.new, written.unchanged

    def append_rankings(self, rankings: Sequence[Row]) -> tuple[int, int]:
        """Add what was shown, `vector` as float64 bytes, little-endian; return how many rows were new and how many not."""
        written = self._append("rankings", rankings)
        return written.new, written.unchanged

    def rankings(self, since: int, until: int) -> Iterator[pd.DataFrame]:
        """Yield what was shown at moments (microseconds UTC) from `since` to before `until`, in that order; `vector` as bytes."""
        stored = STORED["rankings"]
        at, columns = stored.sql.c.at, stored.table.columns
        asked = sa.select(*(stored.sql.c[column.name] for column in columns)).where(at >= since, at < until)
        order = (at, stored.sql.c.request_id, stored.sql.c.kind, stored.sql.c.position, stored.sql.c.content)
        with self.database.reading() as connection:
            yield from map(_with_bytes, reading.frames(connection, asked.order_by(*order), columns))

    def shown(self, counted: int, city: City, days: int) -> pd.DataFrame:
        """Return how many lists (`times`) had an item of a `kind` at a `position` on a local day that began `at`.

        Days go from so many before the midnight whose counts go up to change `counted`, rows up to that change: the same at any time.
        """
        with self.database.reading() as connection:
            return shown(connection, counted, city, days)

    def used_rankings(self, kind: Kind, bundles: Sequence[str] | None) -> Iterator[pd.DataFrame]:
        """Yield the shown rows, with vectors, of lists that an event of the same person names; None: of all bundles."""
        stored, events = STORED["rankings"], STORED["events"].sql
        shown, columns = stored.sql.c, stored.table.columns
        named = sa.exists().where(
            events.c.person_id == shown.person_id, events.c.request_id == shown.request_id, events.c.kind == shown.kind
        )
        asked = sa.select(*(shown[column.name] for column in columns)).where(
            shown.kind == kind,
            shown.vector.is_not(None),
            sa.true() if bundles is None else shown.bundle.in_(bundles),
            named,
        )
        with self.database.reading() as connection:
            yield from map(_with_bytes, reading.frames(connection, asked.order_by(shown.at, shown.request_id), columns))

    def audit(self, what: str, who: str, details: Mapping[str, Any] | None = None) -> None:
        """Note down who did what, on the disk before this returns; `details` are kept as JSON."""
        text = None if details is None else json.dumps(details, ensure_ascii=False, sort_keys=True)
        self.database.write(lambda writing: insert(writing, AUDIT, at=writing.at, what=what, who=who, details=text))

    def _person(self, person_id: str, held: sa.ColumnElement[bool]) -> tuple[Row, int] | None:
        stored = STORED["people"]
        columns = [stored.sql.c[column.name] for column in stored.table.columns]
        with self.database.reading() as connection:
            row = reading.first(connection, sa.select(*columns, stored.sql.c.change).where(columns[0] == person_id, held))
        return None if row is None else (row, row.pop("change"))

    def _append(self, name: str, told: pd.DataFrame | Sequence[Row]) -> Written:
        stored = STORED[name]
        rows = _rows(stored, told)

        def work(writing: Writing) -> Written:
            return put(writing, stored, rows)

        return self.database.write(work)


def _rows(stored: Stored, told: pd.DataFrame | Sequence[Row]) -> Rows:
    if isinstance(told, pd.DataFrame):
        return rows_of(stored, told)
    if stored.keeping == "first":
        return rows_as_told(stored, told)
    values = [[row.get(column.name) for row in told] for column in stored.table.columns]
    return rows_of(stored, frame_of(stored.table.columns, values, len(told)))


def _with_bytes(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(vector=frame["vector"].astype(object).map(base64.b64decode, na_action="ignore"))


def _counted(writing: Writing, midnight: int) -> int:
    """Note down that a midnight counts what was written before this change; who was quicker is right."""
    asked = sa.select(MIDNIGHTS.c.counted).where(MIDNIGHTS.c.midnight == midnight)
    known: int | None = writing.connection.execute(asked).scalar()
    if known is not None:
        return known
    counted = writing.change - 1
    if midnight > writing.at:  # what happens until then is to count as well
        return counted
    insert(writing, MIDNIGHTS, midnight=midnight, counted=counted, at=writing.at)
    return counted
