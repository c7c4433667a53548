"""The keys of a store: made, listed, rotated, revoked, each with a line in the audit trail by the same change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from sqrec.access.keys import Key, hashed, new_key, readable
from sqrec.access.purposes import PURPOSES
from sqrec.access.roles import Grant
from sqrec.access.scopes import SCOPES
from sqrec.base.numbers import DAY
from sqrec.errors import AccessError
from sqrec.store.database import Database, Writing
from sqrec.store.reading import first, newest
from sqrec.store.schema import KEYS
from sqrec.store.trail import note
from sqrec.store.writing import insert


@dataclass(frozen=True)
class Keys:
    """Give access to the keys of a store; every method raises StoreError where the database cannot be used.

    `who` are the names that the audit trail tells. Whoever makes a key gets its text once: nothing of the store leads back to it.
    """

    database: Database

    def listed(self) -> list[Key]:
        """Return all keys, the oldest first, with the hashes by which they are checked."""
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(KEYS).order_by(KEYS.c.created_at, KEYS.c.key_id)).mappings().all()
        return [_key({str(name): cell for name, cell in row.items()}) for row in rows]

    def state(self) -> tuple[int, int]:
        """Return what is another one whenever any key is: the newest change of keys, and their number."""
        with self.database.reading() as connection:
            return newest(connection, KEYS)

    def create(self, name: str, grant: Grant, pepper: bytes, who: str, days: int | None = None) -> tuple[Key, str]:
        """Make a key that ends after some days (None: never); return it and its text. Raises AccessError for a name that cannot be read."""
        readable(name)

        def work(writing: Writing) -> tuple[Key, str]:
            made = _made(writing, name, grant, pepper, None if days is None else writing.at + days * DAY)
            _audit(writing, "key created", who, made[0], {})
            return made

        return self.database.write(work)

    def rotate(self, key_id: str, pepper: bytes, who: str, hours: float) -> tuple[Key, str]:
        """Make a key that may do what another may, and as long; the other one ends after some hours.

        Raises AccessError for an id that no key has, and for a key that has ended.
        """

        def work(writing: Writing) -> tuple[Key, str]:
            old = _found(writing, key_id)
            if not old.holds_at(writing.at):
                raise AccessError(f"The key {key_id} has ended, so it cannot be rotated; make another: sqrec keys create")
            lasts = None if old.expires_at is None else old.expires_at - old.created_at
            made = _made(writing, old.name, old.grant, pepper, None if lasts is None else writing.at + lasts)
            end = writing.at + round(hours * DAY / 24)
            _set(writing, key_id, expires_at=end if old.expires_at is None else min(end, old.expires_at))
            _audit(writing, "key rotated", who, made[0], {"instead_of": key_id})
            return made

        return self.database.write(work)

    def revoke(self, key_id: str, who: str) -> Key:
        """End a key at once, and return it; a key that was revoked stays so. Raises AccessError for an id that no key has."""

        def work(writing: Writing) -> Key:
            old = _found(writing, key_id)
            if old.revoked_at is None:
                _set(writing, key_id, revoked_at=writing.at)
                _audit(writing, "key revoked", who, old, {})
            return _found(writing, key_id)

        return self.database.write(work)

    def used(self, key_id: str, day: str) -> None:
        """Note the day (UTC) on which a key was used last; an earlier one changes nothing."""

        def work(writing: Writing) -> None:
            row = first(writing.connection, sa.select(KEYS.c.used_on).where(KEYS.c.key_id == key_id))
            if row is not None and (row["used_on"] or "") < day:
                _set(writing, key_id, used_on=day)

        self.database.write(work)


def day_of(now: int) -> str:
    """Return the day (UTC) of a moment, microseconds UTC."""
    return datetime.fromtimestamp(now / 1e6, UTC).date().isoformat()


def _made(writing: Writing, name: str, grant: Grant, pepper: bytes, expires_at: int | None) -> tuple[Key, str]:
    key_id, secret, text = new_key()
    kept = hashed(pepper, secret)
    row = {"role": grant.role, "scopes": "|".join(grant.more), "area": grant.area, "employer": grant.employer}
    row["purposes"] = None if grant.declared is None else "|".join(grant.declared)
    times = {"created_at": writing.at, "expires_at": expires_at}
    insert(writing, KEYS, key_id=key_id, name=name, hash=kept, **row, **times)
    return Key(key_id, name, grant, writing.at, expires_at, hash=kept), text


def _set(writing: Writing, key_id: str, **values: Any) -> None:
    writing.connection.execute(sa.update(KEYS).where(KEYS.c.key_id == key_id).values(**values, change=writing.change))
    writing.wrote = True


def _found(writing: Writing, key_id: str) -> Key:
    row = first(writing.connection, sa.select(KEYS).where(KEYS.c.key_id == key_id))
    if row is None:
        raise AccessError(f"No key is called {key_id}; sqrec keys list names them all.")
    return _key(row)


def _key(row: Mapping[str, Any]) -> Key:
    more: Sequence[str] = (row["scopes"] or "").split("|")
    kept: Sequence[str] = (row["purposes"] or "").split("|")  # one of a later sqrec is left out: it opens nothing here
    grant = Grant(
        row["role"] or "",
        tuple(scope for scope in SCOPES if scope in more),
        row["area"],
        row["employer"],
        None if row["purposes"] is None else tuple(one for one in PURPOSES if one in kept),
    )
    times = {name: row[name] for name in ("created_at", "expires_at", "revoked_at", "used_on")}
    return Key(row["key_id"], row["name"], grant, hash=row["hash"], **times)


def _audit(writing: Writing, what: str, who: str, key: Key, more: Mapping[str, Any]) -> None:
    told = {
        "key": key.key_id,
        "name": key.name,
        "role": key.grant.role,
        "area": key.grant.area,
        "employer": key.grant.employer,
        **({"purposes": list(key.grant.declared)} if key.grant.declared is not None else {}),
        **more,
    }
    note(writing, what, who, told)
