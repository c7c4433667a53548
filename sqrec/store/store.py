"""The interface of the store: versions of items and people, events, rankings, the audit trail."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa

from sqrec.access import Within
from sqrec.access.pepper import pepper_here
from sqrec.cities import City
from sqrec.contract import KINDS, TABLE_OF_KIND, Kind
from sqrec.errors import StoreError
from sqrec.groups.record import Record
from sqrec.store import reading
from sqrec.store.about import present
from sqrec.store.database import Database
from sqrec.store.erased import erasures
from sqrec.store.midnights import counted_at
from sqrec.store.naming import people_within
from sqrec.store.records import record, records
from sqrec.store.retry import MOST_SECONDS
from sqrec.store.rows import Rows, frame_of, rows_as_told, rows_of
from sqrec.store.schema import CHANGES, STORED, Stored
from sqrec.store.showings import shown, shown_pairs, trusted
from sqrec.store.standing import changed_since
from sqrec.store.taking import Taken, advise, take
from sqrec.store.trail import note
from sqrec.store.upgrade import prepared
from sqrec.store.writing import Written, put

Row = Mapping[str, Any]
"""Plain values by column of the contract: moments are microseconds UTC, None is unknown."""


@dataclass(frozen=True)
class Store:
    """Give access to a store of this version's schema; as a context manager it closes its connections.

    Every method raises StoreError, in one sentence, where the database cannot be used. A locked database is retried for up to a
    minute.
    """

    database: Database

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = True,
        pepper: Callable[[], bytes | None] = pepper_here,
        patience: float = MOST_SECONDS,
    ) -> Self:
        """Open a store by its address; an SQLite store is created (if `create`) and upgraded.

        `pepper` returns what seals its audit trail (None: nothing), by default this installation's; `patience` is for how many seconds
        a transaction waits for somebody else's lock.

        Raises StoreError for an invalid address, a missing store, a PostgreSQL store of an older schema, and any store of a
        newer one.
        """
        database = Database(url, pepper, patience)
        if database.file and not database.file.exists():
            if not create:
                raise StoreError(f"There is no store {database.name}; make one: sqrec import FOLDER --store {database.name}")
            database.file.parent.mkdir(parents=True, exist_ok=True)
            database.file.touch(0o600)  # restricted facts: its owner's alone, and so are the files that SQLite puts beside it
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
        """Close all connections."""
        self.database.close()

    @property
    def name(self) -> str:
        """The store's address without a password."""
        return self.database.name

    def change(self) -> int:
        """Return the number of the latest change; 0 before the first one."""
        with self.database.reading() as connection:
            return connection.execute(sa.select(CHANGES.c.change)).scalar_one()

    def catalogue_change(self) -> int:
        """Return the number of the latest change of any item; 0 before the first one."""
        with self.database.reading() as connection:
            return reading.catalogue_change(connection)

    def erasures(self) -> int:
        """Return the number of the change by which somebody was erased last; 0 before the first one."""
        with self.database.reading() as connection:
            return connection.execute(sa.select(erasures())).scalar_one()

    def items(self, kind: Kind, after: int = 0) -> Iterator[pd.DataFrame]:
        """Yield the item versions of one kind that began or ended after change `after`, in the order of these changes.

        Frames have the contract's columns, `valid_from`, `valid_until` (NaT: current) and `change`. Of one change the ended
        versions come first: a reader who deletes ended ids and inserts current rows in this order has the present state.
        """
        stored = STORED[TABLE_OF_KIND[kind]]
        came, went = stored.sql.c.change, stored.sql.c.until_change
        by = (sa.func.coalesce(went, came), went.is_(None), stored.sql.c[stored.key], came)
        with self.database.reading() as connection:
            yield from reading.versions(connection, stored, sa.or_(came > after, went > after), by=by)

    def changed(self, kind: Kind, after: int, until: int) -> tuple[list[str], pd.DataFrame]:
        """Return the difference between a kind's catalogue at change `after` and at `until`: ids to delete, rows to insert.

        A changed item is in both. Rows have the contract's columns, in the order of the ids.
        """
        stored = STORED[TABLE_OF_KIND[kind]]
        came, went, key = stored.sql.c.change, stored.sql.c.until_change, stored.sql.c[stored.key]
        gone = sa.select(key).where(came <= after, went > after, went <= until)
        with self.database.reading() as connection:
            ids = list(connection.execute(gone).scalars())
            return ids, reading.whole(reading.held(connection, stored, until, came > after))

    def midnight(self, midnight: int) -> int:
        """Return the number of the last change that the counts of a midnight (microseconds UTC) include.

        It is fixed at the first call, so that the counts can be rebuilt at any time. Of a midnight in the future nothing is
        fixed.
        """
        return counted_at(self.database, midnight)

    def known_events(self, midnight: int, counted: int) -> dict[Kind, int]:
        """Return the number of events of each kind in the counts of a midnight (microseconds UTC).

        These are the events that were recorded before the midnight and written by change `counted` or an earlier one.
        """
        table = STORED["events"].sql
        known = sa.func.coalesce(table.c.recorded_at, table.c.at) < midnight
        asked = sa.select(table.c.kind, sa.func.count()).where(
            table.c.change <= counted, table.c.at < midnight, known, table.c.uncounted.is_(None)
        )
        with self.database.reading() as connection:
            found = {row[0]: int(row[1]) for row in connection.execute(asked.group_by(table.c.kind))}
        return {kind: found.get(kind, 0) for kind in KINDS}

    def city(self) -> City:
        """Return the city of the imported folders. Raises StoreError where nothing was imported."""
        with self.database.reading() as connection:
            return present(connection, self.name).city

    def catalogue_at(self, kind: Kind, change: int) -> pd.DataFrame:
        """Return one kind's item versions that were current as of a change, ordered by id, in the columns of `items`."""
        stored = STORED[TABLE_OF_KIND[kind]]
        with self.database.reading() as connection:
            held = reading.as_of(stored, change)
            return reading.whole(reading.versions(connection, stored, held, by=(stored.sql.c[stored.key],)))

    def record(self, person_id: str, within: Within | None = None) -> Record | None:
        """Return a person's present record: facts, restricted facts, own events, and the number of the latest change.

        None for an unknown person, and for one who is not known to live `within` an area (None: everywhere).
        """
        with self.database.reading() as connection:
            return record(connection, person_id, within)

    def people_within(self, ids: Sequence[str], within: Within) -> frozenset[str]:
        """Return those of some ids whose people are known to live within an area."""
        with self.database.reading() as connection:
            return people_within(connection, ids, within)

    def records(self, ids: Sequence[str], change: int) -> list[Record]:
        """Return the records of some people (a few hundred at most) as of a change, ordered by id.

        Unknown people are left out. Restricted facts have no versions: they are unknown.
        """
        with self.database.reading() as connection:
            return records(connection, ids, change)

    def person_ids(self, after: str = "", most: int = 500, change: int | None = None) -> list[str]:
        """Return up to `most` ids of people that follow `after` in the order of ids, as of a change (None: now)."""
        stored = STORED["people"]
        key = stored.sql.c[stored.key]
        held = stored.current if change is None else reading.as_of(stored, change)
        with self.database.reading() as connection:
            return list(connection.execute(sa.select(key).where(key > after, held).order_by(key).limit(most)).scalars())

    def person(self, person_id: str) -> tuple[Row, int] | None:
        """Return a person's present facts and their version, the change that wrote them. None for an unknown person."""
        return self._person(person_id, STORED["people"].current)

    def person_version(self, person_id: str, change: int) -> tuple[Row, int] | None:
        """Return a person's facts as of a change, and their version; None for a person unknown then."""
        return self._person(person_id, reading.as_of(STORED["people"], change))

    def append_events(self, events: pd.DataFrame | Sequence[Row]) -> tuple[int, int]:
        """Append events durably; return the numbers of new and of already stored events.

        `event_id` identifies an event, and the first row of an id stays. Whoever calls this is trusted: no cap is looked at. Frames are as `read_folder` returns them; in plain
        rows a missing column is unknown.
        """
        written = self._append("events", events)
        return written.new, written.unchanged

    def take_events(self, rows: Sequence[Row], city: City) -> Taken:
        """Store what a writer sends, durably: each event under its id once, with the cap of `city` above which it lies.

        Rows name every column of the contract that is known, `writer` and `recorded_at` among them.
        """
        return take(self.database, rows, city)

    def advise(self, row: Row) -> Taken:
        """Store an adviser's word (`unsuitable`) durably under its id, once; a row as `take_events` takes them."""
        return advise(self.database, row)

    def append_rankings(self, rankings: Sequence[Row]) -> tuple[int, int]:
        """Append shown rows durably (`vector`: little-endian float64 bytes); return the numbers of new and of stored rows."""
        written = self._append("rankings", rankings)
        return written.new, written.unchanged

    def rankings(self, since: int, until: int) -> Iterator[pd.DataFrame]:
        """Yield the rows shown from `since` to before `until` (microseconds UTC), in order of time; `vector` as bytes."""
        stored = STORED["rankings"]
        at, columns = stored.sql.c.at, stored.table.columns
        asked = sa.select(*(stored.sql.c[column.name] for column in columns)).where(at >= since, at < until)
        order = (at, stored.sql.c.request_id, stored.sql.c.kind, stored.sql.c.position, stored.sql.c.content)
        with self.database.reading() as connection:
            yield from map(_with_bytes, reading.frames(connection, asked.order_by(*order), columns))

    def shown_since(self, at: int) -> int:
        """Return how many rows the log of rankings has of lists shown at a moment (microseconds UTC) or later."""
        shown = STORED["rankings"].sql.c.at
        with self.database.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).where(shown >= at)).scalar_one()

    def shown(self, counted: int, city: City, days: int) -> pd.DataFrame:
        """Count impressions, as far as lists count: those (`times`) that had an item of a `kind` at a `position` on the local day that began `at`.

        Days begin `days` before the midnight whose counts include change `counted`. Later changes are left out, so the counts
        are the same at any time.
        """
        with self.database.reading() as connection:
            return shown(connection, counted, city, days)

    def shown_pairs(self, kind: Kind) -> pd.DataFrame:
        """Return each person with each item of a kind that the log says they were shown, `first` and `last` (microseconds UTC).

        Columns are `person_id`, `item_id`, `first`, `last`; lists of nobody in particular are left out.
        """
        with self.database.reading() as connection:
            return shown_pairs(connection, kind)

    def used_rankings(self, kind: Kind, bundles: Sequence[str] | None) -> Iterator[pd.DataFrame]:
        """Yield the shown rows with their vectors, of trusted lists that a counted event of the same person refers to, in order of time.

        `bundles` are the names of bundles whose lists are read; None: all. Lists that are older than a deletion or statement of
        the person's tags are left out: their vectors know what the person had taken away.
        """
        stored, events = STORED["rankings"], STORED["events"].sql
        shown, columns = stored.sql.c, stored.table.columns
        named = sa.exists().where(
            events.c.person_id == shown.person_id,
            events.c.request_id == shown.request_id,
            events.c.kind == shown.kind,
            events.c.uncounted.is_(None),
        )
        asked = sa.select(*(shown[column.name] for column in columns)).where(
            shown.kind == kind,
            shown.vector.is_not(None),
            sa.true() if bundles is None else shown.bundle.in_(bundles),
            named,
            ~changed_since(shown.person_id, shown.at),
        )
        with self.database.reading() as connection:
            asked = asked.where(trusted(connection))
            yield from map(_with_bytes, reading.frames(connection, asked.order_by(shown.at, shown.request_id), columns))

    def audit(self, what: str, who: str, details: Mapping[str, Any] | None = None, person_id: str | None = None) -> None:
        """Record in the audit trail who did what, durably, and about whom; `details` are stored as JSON and name no person."""
        self.database.write(lambda writing: note(writing, what, who, details, person_id))

    def _person(self, person_id: str, held: sa.ColumnElement[bool]) -> tuple[Row, int] | None:
        stored = STORED["people"]
        columns = [stored.sql.c[column.name] for column in stored.table.columns]
        with self.database.reading() as connection:
            row = reading.first(connection, sa.select(*columns, stored.sql.c.change).where(columns[0] == person_id, held))
        return None if row is None else (row, row.pop("change"))

    def _append(self, name: str, told: pd.DataFrame | Sequence[Row]) -> Written:
        stored = STORED[name]
        rows = _rows(stored, told)
        return self.database.write(lambda writing: put(writing, stored, rows))


def _rows(stored: Stored, told: pd.DataFrame | Sequence[Row]) -> Rows:
    if isinstance(told, pd.DataFrame):
        return rows_of(stored, told)
    if stored.keeping == "first":
        return rows_as_told(stored, told)
    values = [[row.get(column.name) for row in told] for column in stored.table.columns]
    return rows_of(stored, frame_of(stored.table.columns, values, len(told)))


def _with_bytes(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(vector=frame["vector"].astype(object).map(base64.b64decode, na_action="ignore"))
