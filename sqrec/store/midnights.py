"""The midnights of a store: up to which change the counts of a day go, fixed once."""

import sqlalchemy as sa

from sqrec.store.database import Database, Writing
from sqrec.store.schema import MIDNIGHTS
from sqrec.store.writing import insert


def counted_at(database: Database, midnight: int) -> int:
    """Return the number of the last change that the counts of a midnight (microseconds UTC) include; the first call fixes it.

    Of a midnight in the future nothing is fixed.
    """
    asked = sa.select(MIDNIGHTS.c.counted).where(MIDNIGHTS.c.midnight == midnight)
    with database.reading() as connection:
        known = connection.execute(asked).scalar()
    return database.write(lambda writing: _fixed(writing, midnight)) if known is None else known


def _fixed(writing: Writing, midnight: int) -> int:
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
