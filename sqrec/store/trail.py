"""The audit trail: rows that are only ever appended, chained by HMAC, in which a person stands under a key of their own.

Every worker has a chain of its own, whatever is done by a transaction of the store itself stands in the chain `store`. A row holds the
digest of the row before it in its chain, and its own: HMAC-SHA-256 over everything in it, under a key made of the pepper, which lies
outside the database. Where there is no pepper the rows are chained without a secret, and `verify` says so.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.store.database import Writing
from sqrec.store.portions import portions
from sqrec.store.schema import AUDIT, PERSON_KEYS, STORED

STORE = "store"
"""The chain of what transactions of the store note down themselves."""
BEGUN, ENDED = "worker begun", "worker ended"
"""Rows of that chain about the chains of workers: that there is one, and where it ended."""
_FIRST = "0" * 64
_PAGE = 5_000
_COVERED = ("chain", "place", "at", "what", "who", "details", "person", "seal", "previous")
"""What a digest covers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold what is to be noted down: when (microseconds UTC), what, by whom, about which person (None: nobody), and details."""

    at: int
    what: str
    who: str
    details: Mapping[str, Any] | None = None
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Hold the end of a chain: the place of its last row, and that row's digest."""

    place: int = 0
    digest: str = _FIRST


@dataclass(frozen=True, slots=True)
class Seal:
    """Hold the key of digests, and the id by which a row names it; both None where there is no pepper."""

    key: bytes | None = field(repr=False)
    name: str | None

    @classmethod
    def of(cls, pepper: bytes | None) -> "Seal":
        """Return the seal of a pepper."""
        key = hmac.digest(pepper, b"sqrec audit trail", "sha256") if pepper else None
        return cls(key, hmac.digest(key, b"name", "sha256").hex()[:8] if key else None)

    def digest(self, row: Mapping[str, Any]) -> str:
        """Return the digest of a row."""
        told = json.dumps([row[name] for name in _COVERED], ensure_ascii=False, separators=(",", ":")).encode()
        return hmac.digest(self.key, told, "sha256").hex() if self.key else hashlib.sha256(told).hexdigest()


@dataclass(frozen=True, slots=True)
class Verified:
    """Hold what was found in a trail: rows, how many of them no secret vouches for, the ends of its chains, and the first break.

    `unchained` rows are from before there were chains. `broken` says in a sentence what is wrong first, and where; None: nothing.
    """

    rows: int
    unchained: int
    unsealed: int
    ends: Mapping[str, Link]
    broken: str | None


def append(writing: Writing, entries: Sequence[Entry], chain: str = STORE, link: Link | None = None) -> Link:
    """Append entries to a chain behind a link, and return its new end.

    `link` None: behind the row that the store holds last. Who keeps the link in memory has it seen when the last rows are taken away.
    People whom the store does not know are left out of their entries.
    """
    if link is None:
        link = _last(writing.connection, chain)
    seal, people = Seal.of(writing.pepper()), names_of(writing, [one.person_id for one in entries if one.person_id])
    rows: list[dict[str, Any]] = []
    for one in entries:
        told = None if one.details is None else json.dumps(one.details, ensure_ascii=False, sort_keys=True)
        row = {"at": one.at, "what": one.what, "who": one.who, "details": told, "person": people.get(one.person_id or "")}
        row |= {"chain": chain, "place": link.place + 1, "seal": seal.name, "previous": link.digest}
        link = Link(link.place + 1, seal.digest(row))
        rows.append(row | {"digest": link.digest, "change": writing.change})
    if rows:
        writing.connection.execute(sa.insert(AUDIT), rows)
        writing.wrote = True
    return link


def note(writing: Writing, what: str, who: str, details: Mapping[str, Any] | None = None, person_id: str | None = None) -> None:
    """Note down, in the store's own chain and by the same change, what a transaction did."""
    append(writing, [Entry(writing.at, what, who, details, person_id)])


def names_of(writing: Writing, ids: Sequence[str]) -> dict[str, str]:
    """Return under which names people stand in the trail; who has none gets one, and whom the store does not know is left out."""
    keys, people, wanted = PERSON_KEYS.c, STORED["people"], sorted(set(ids))
    found: dict[str, str] = {}
    for group in portions(wanted):
        known = sa.select(keys.person_id, keys.secret).where(keys.person_id.in_(group))
        found |= {str(row[0]): str(row[1]) for row in writing.connection.execute(known)}
        missing = [one for one in group if one not in found]
        there = sa.select(people.sql.c.person_id).where(people.sql.c.person_id.in_(missing), people.current)
        fresh = {one: secrets.token_hex(32) for one in writing.connection.execute(there).scalars()} if missing else {}
        if fresh:
            rows = [{"person_id": one, "secret": secret, "change": writing.change} for one, secret in fresh.items()]
            writing.connection.execute(sa.insert(PERSON_KEYS), rows)
            writing.wrote = True
        found |= fresh
    return {person_id: _name(secret, person_id) for person_id, secret in found.items()}


def about(connection: Connection, person_id: str) -> list[dict[str, Any]]:
    """Return every row about somebody, in order; none where they have no key any more."""
    asked = sa.select(PERSON_KEYS.c.secret).where(PERSON_KEYS.c.person_id == person_id)
    secret: str | None = connection.execute(asked).scalar()
    return [] if secret is None else list(listed(connection, AUDIT.c.person == _name(secret, person_id)))


def listed(connection: Connection, *conditions: sa.ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the trail that meet conditions, in order."""
    asked = sa.select(AUDIT).where(*conditions).order_by(AUDIT.c.number)
    result = connection.execution_options(stream_results=True, max_row_buffer=_PAGE).execute(asked)
    for row in result.mappings():
        yield {str(name): cell for name, cell in row.items()}


def verify(connection: Connection, pepper: bytes | None) -> Verified:
    """Check every row of the trail, from the first to the last, and return what was found.

    Found are rows that were changed, put in, taken out from within, moved, or sealed under another pepper, and rows taken away at the
    end of a worker's chain whose end is known. What nobody finds are last rows taken away from a chain that nobody has ended or gone on
    with: keep the printed ends elsewhere.
    """
    seal, ends, begun, ended = Seal.of(pepper), dict[str, Link](), dict[str, int](), dict[str, tuple[int, Link]]()
    rows = unchained = unsealed = 0
    broken: str | None = None
    for row in listed(connection):
        rows += 1
        if row["digest"] is None and not ends:
            unchained += 1
            continue
        broken = broken or _wrong(row, ends.get(row["chain"], Link()), seal, sealed=rows - 1 > unchained + unsealed)
        unsealed += row["seal"] is None
        ends[row["chain"]] = Link(row["place"] or 0, row["digest"] or "")
        if row["chain"] == STORE and row["what"] in {BEGUN, ENDED}:
            told = json.loads(row["details"])
            begun.setdefault(told["chain"], row["number"])
            if row["what"] == ENDED:
                ended[told["chain"]] = row["number"], Link(told["place"], told["digest"])
    missing = [f"row {number} tells of a worker's rows, and there are none" for one, number in begun.items() if one not in ends]
    missing += [
        f"row {number} says that a worker ended at its row {end.place}, and the chain ends elsewhere"
        for one, (number, end) in ended.items()
        if one in ends and ends[one] != end
    ]
    return Verified(rows, unchained, unsealed, ends, broken or next(iter(missing), None))


def _wrong(row: Mapping[str, Any], last: Link, seal: Seal, *, sealed: bool) -> str | None:
    """Return what is wrong with a row that follows a link of its chain; `sealed` tells that a secret vouched for an earlier row."""
    where = f"row {row['number']}"
    if row["digest"] is None or row["chain"] is None:
        return f"{where} is in no chain"
    if row["place"] != last.place + 1 or row["previous"] != last.digest:
        return f"{where} does not follow row {last.place} of its chain: rows before it were taken out, moved or changed"
    if row["seal"] is None and sealed:
        return f"{where} is sealed by nothing, and rows before it are"
    if row["seal"] is not None and row["seal"] != seal.name:
        return f"{where} is sealed under another pepper than this one, so it cannot be checked"
    right = (seal if row["seal"] else Seal(None, None)).digest(row)
    return None if hmac.compare_digest(right, row["digest"]) else f"{where} was changed"


def _last(connection: Connection, chain: str) -> Link:
    asked = sa.select(AUDIT.c.place, AUDIT.c.digest).where(AUDIT.c.chain == chain).order_by(AUDIT.c.place.desc()).limit(1)
    row = connection.execute(asked).first()
    return Link(row.place, row.digest) if row else Link()


def _name(secret: str, person_id: str) -> str:
    return hmac.digest(bytes.fromhex(secret), person_id.encode(), "sha256").hex()
