"""Who was erased: known again by a hash under the pepper alone, so that nobody comes back by mistake."""

import hmac
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.errors import StoreError
from sqrec.store.portions import portions
from sqrec.store.schema import ERASED

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


def erasures(connection: Connection) -> int:
    """Return the number of the change by which somebody was erased last; 0 before the first one."""
    return connection.execute(sa.select(sa.func.max(ERASED.c.change))).scalar() or 0
