"""A store read as a data folder: the same class, the same frames."""

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa

from sqrec.cities import City
from sqrec.contract import TABLE_OF_KIND, TABLES
from sqrec.errors import StoreError, TableError
from sqrec.store import reading
from sqrec.store.about import About, later, present
from sqrec.store.schema import MIDNIGHTS, STORED
from sqrec.store.showings import shown
from sqrec.store.store import Store
from sqrec.tables import Folder, TableReport
from sqrec.tables.clock import clock_of, counting

PUBLIC = ("person_id", "birth_month", "area", "personalised")
"""The facts of people that counts need: area, age, and whether personalisation is off."""
ENDLESS = ("rankings",)
"""Logs that are read only where they are named."""


def read_store(url: str, tables: Sequence[str] | None = None) -> Folder:
    """Read the present state of a store as `read_folder` reads a folder: one snapshot, rows in the order of the ids.

    Without `tables` all are read but `rankings`. Points are in the city's frame, and the configuration says so. Raises
    StoreError for a store that cannot be used or holds no data, TableError for an unknown table.
    """
    if strange := [name for name in tables or () if name not in TABLES]:
        raise TableError(f"No table is called {', '.join(strange)}; there are {', '.join(TABLES)}.")
    with Store.open(url, create=False) as store, store.database.reading() as connection:
        told = present(connection, store.name)
        wanted = tables if tables is not None else [name for name in TABLES if name not in ENDLESS]
        names = [name for name in wanted if name in told.tables]
        if not names:
            raise StoreError(f"The store {store.name} holds none of {', '.join(wanted)}; import a folder that has them.")
        frames = {name: reading.whole(reading.current(connection, STORED[name])) for name in names}
    return _folder(store, told, frames)


def read_store_at(store: Store, change: int, counted: int, city: City) -> Folder:
    """Read the data that a service answers from, as of two changes.

    Items are as of change `change`; people (`PUBLIC` facts alone) and events are as of change `counted`. `rankings` are counted
    by local day (`Store.shown`), as many days back as the rule for capacity of `city` looks. The clock is the moment when a midnight
    was noted with `counted`, so that the same two numbers give the same folder whenever it is read, whatever was written since;
    only communities, and the day that the imported folders are of, are those of now, and so is the clock of a `counted` that no
    midnight has noted. Rows are in the order of the ids. Raises StoreError before the first import.
    """
    with store.database.reading() as connection:
        told = present(connection, store.name)
        items = {name: reading.held(connection, STORED[name], change) for name in TABLE_OF_KIND.values() if name in told.tables}
        frames = {name: reading.whole(frame) for name, frame in items.items()}
        frames["people"] = reading.whole(reading.held(connection, STORED["people"], counted, names=PUBLIC))
        frames["events"] = reading.whole(reading.held(connection, STORED["events"], counted))
        if "communities" in told.tables:
            frames["communities"] = reading.whole(reading.current(connection, STORED["communities"]))
        if city.capacity:
            frames["rankings"] = shown(connection, counted, city, city.capacity.days)
        asked = sa.select(sa.func.min(MIDNIGHTS.c.at)).where(MIDNIGHTS.c.counted == counted)
        clock: int | None = connection.execute(asked).scalar()
    return _folder(store, told, frames, clock)


def _folder(store: Store, told: About, frames: dict[str, pd.DataFrame], clock: int | None = None) -> Folder:
    """Put frames together as a folder, as of a clock (None: now).

    What came in after the imported folders makes it newer than they say.
    """
    config, events = told.config, frames.get("events")
    if events is not None and len(events := counting(events, clock_of(config.as_of, told.city, clock), told.city)):
        newest = events["recorded_at"].fillna(events["at"]).max()
        as_of = later(config.as_of, newest.tz_convert(told.city.zone).isoformat(timespec="seconds"), told.city)
        config = config.model_copy(update={"as_of": as_of})
    reports = {name: _report(name, frame) for name, frame in frames.items()}
    return Folder(store.name, config, told.city, frames, reports, clock=clock)


def _report(name: str, frame: pd.DataFrame) -> TableReport:
    unknown = {str(column): float(share) for column, share in frame.isna().mean().items()}
    return TableReport(name, "store", len(frame), len(frame), unknown, ())
