"""The organisation tree of a store: districts of its city file, streets and communities of the table `communities`."""

import sqlalchemy as sa

from sqrec.access import Organisation, Unit
from sqrec.store.about import about
from sqrec.store.database import Database
from sqrec.store.schema import FOLDER, STORED

_CITY = 4
"""Digits of a city's code."""


def organisation_of(database: Database) -> Organisation:
    """Return the organisation that the store's data name; without units before the first import.

    Raises StoreError where the database cannot be used.
    """
    with database.reading() as connection:
        told = about(connection)
        table = STORED["communities"].sql
        rows = connection.execute(sa.select(table.c.area, table.c.name, table.c.parent).order_by(table.c.change)).all()
    if told is None:
        return Organisation()
    city = told.city
    whole = [Unit(code, city.name) for code in sorted({area[:_CITY] for area in city.areas})]
    districts = [Unit(area, place.name) for area, place in city.areas.items()]
    return Organisation.of([*whole, *districts, *(Unit(*row) for row in rows if row[0])], city.former_areas)


def organisation_change(database: Database) -> int:
    """Return the number of the latest change of what the organisation is read from; 0 before the first one."""
    latest = [sa.select(sa.func.max(table.c.change)) for table in (FOLDER, STORED["communities"].sql)]
    with database.reading() as connection:
        return max(connection.execute(asked).scalar() or 0 for asked in latest)
