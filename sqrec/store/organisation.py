"""The organisation tree of a store: districts of its city file, streets and communities of the table `communities`."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.access import Organisation, Unit
from sqrec.cities import City
from sqrec.errors import AccessError, StoreError
from sqrec.store.about import about
from sqrec.store.database import Database
from sqrec.store.schema import FOLDER, STORED

_CITY = 4
"""Digits of a city's code."""


def organisation_of(database: Database) -> Organisation:
    """Return the organisation that the store's data name; without units before the first import.

    Raises StoreError where the database cannot be used, and for a circle of parents, naming its units.
    """
    with database.reading() as connection:
        return organisation_in(connection, database.name)


def organisation_in(connection: Connection, name: str) -> Organisation:
    """Return the same as `organisation_of`, as a connection sees it; `name` is the store's in messages."""
    told = about(connection)
    table = STORED["communities"].sql
    rows = connection.execute(sa.select(table.c.area, table.c.name, table.c.parent).order_by(table.c.change)).all()
    return Organisation() if told is None else _tree(name, told.city, [Unit(*row) for row in rows if row[0]])


def _tree(name: str, city: City, communities: Sequence[Unit]) -> Organisation:
    whole = [Unit(code, city.name) for code in sorted({area[:_CITY] for area in city.areas})]
    districts = [Unit(area, place.name) for area, place in city.areas.items()]
    try:
        return Organisation.of([*whole, *districts, *communities], city.former_areas)
    except AccessError as problem:
        raise StoreError(f"The store {name} cannot be used for its organisation. {problem}") from problem


def organisation_change(database: Database) -> int:
    """Return the number of the latest change of what the organisation is read from; 0 before the first one."""
    latest = [sa.select(sa.func.max(table.c.change)) for table in (FOLDER, STORED["communities"].sql)]
    with database.reading() as connection:
        return max(connection.execute(asked).scalar() or 0 for asked in latest)
