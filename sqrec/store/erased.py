"""Who was erased: known again by a hash under the pepper alone, so that nobody comes back by mistake."""

import hmac
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.base.numbers import DAY
from sqrec.errors import StoreError
from sqrec.store.database import Writing
from sqrec.store.portions import portions
from sqrec.store.schema import ERASED

_LAST = "last"
"""The row, of nobody's hash, that tells the change of the last erasure."""
_NO_PEPPER = (
    "People were erased from this store, and without the pepper nobody can tell whether these are among them: set SQREC_PEPPER, or "
    "SQREC_PEPPER_FILE, to that of the installation."
)


def hash_of(pepper: bytes, person_id: str) -> str:
    """Return what is kept of somebody who was erased."""
    return hmac.digest(hmac.digest(pepper, b"sqrec erased people", "sha256"), person_id.encode(), "sha256").hex()


def erased_among(connection: Connection, pepper_of: Callable[[], bytes | None], ids: Iterable[str | None]) -> set[str]:
    """Return those of some ids whose people were erased. Raises StoreError where there are such people, and no pepper."""
    if connection.execute(sa.select(sa.literal(1)).select_from(ERASED).limit(1)).first() is None:
        return set()
    pepper = pepper_of()
    if pepper is None:
        raise StoreError(_NO_PEPPER)
    hashes = {hash_of(pepper, one): one for one in {one for one in ids if one}}
    wanted, found = list(hashes), set[str]()
    for some in portions(wanted):
        asked = sa.select(ERASED.c.hash).where(ERASED.c.hash.in_(some))
        found |= {hashes[one] for one in connection.execute(asked).scalars()}
    return found


def erasures() -> sa.ColumnElement[int]:
    """Return the number of the change by which somebody was erased last (0 before the first one), to be read beside something else.

    One look-up by key; a store whose last erasure is from before it was noted is searched.
    """
    noted = sa.select(ERASED.c.change).where(ERASED.c.hash == _LAST).scalar_subquery()
    return sa.func.coalesce(noted, sa.select(sa.func.max(ERASED.c.change)).scalar_subquery(), 0)


def bury(writing: Writing, pepper: bytes, person_id: str) -> bool:
    """Note down, by the day, that somebody was erased, and by which change; False where they had been before."""
    day, fresh = writing.at - writing.at % DAY, not erased_among(writing.connection, writing.pepper, [person_id])
    writing.connection.execute(sa.delete(ERASED).where(ERASED.c.hash == _LAST))
    for name in (_LAST, *([hash_of(pepper, person_id)] if fresh else [])):
        writing.connection.execute(sa.insert(ERASED).values(hash=name, erased_at=day, change=writing.change))
    writing.wrote = True
    return fresh
