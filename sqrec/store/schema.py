"""The tables of the store: the columns of the contract, typed once for SQLite and PostgreSQL, and what the store adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from sqrec.contract import TABLE_OF_KIND, TABLES, ColumnType, Table
from sqrec.store.packed import Packed

Keeping = Literal["versions", "latest", "first", "once"]
"""Which rows of one id are stored: every version; the latest; the first; equal rows once, where there is no id."""

METADATA = sa.MetaData()
_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Compared byte by byte in both databases: the same order everywhere."""
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""An autoincrement number."""
_TYPES: Mapping[ColumnType, Any] = {
    "number": sa.Double(),
    "coordinate": sa.Double(),
    "integer": sa.BigInteger(),
    "boolean": sa.Boolean(),
    "instant": sa.BigInteger(),
    "opening": sa.BigInteger(),
    "closing": sa.BigInteger(),
    "vector": Packed(),
}
"""The types that are no text; moments are microseconds UTC."""
_LOOKED_UP = {"events": ("person_id",), "rankings": ("at", "person_id", "request_id")}
"""Columns by which rows are asked for."""


@dataclass(frozen=True)
class Stored:
    """Describe how a table of the contract is stored: the rule for its rows, and the column that identifies them.

    `key` is the contract's id, or `content`, the hash of all cells, where the contract names none.
    """

    table: Table
    sql: sa.Table
    keeping: Keeping
    key: str

    @property
    def current(self) -> sa.ColumnElement[bool]:
        """The SQL condition of rows that are current."""
        return self.sql.c.valid_until.is_(None) if self.keeping == "versions" else sa.true()


def keeping_of(table: Table) -> Keeping:
    """Return the rule by which the rows of a table are stored."""
    if table.name in {"people", *TABLE_OF_KIND.values()}:
        return "versions"
    if table.name == "events":
        return "first"
    return "latest" if table.key else "once"


def _stored(table: Table) -> Stored:
    keeping, key = keeping_of(table), table.key or "content"
    columns = [
        sa.Column(column.name, _TYPES.get(column.type, _TEXT), nullable=not column.required, primary_key=column.name == key)
        for column in table.columns
    ]
    own = [*_own_columns(keeping), *_own_indexes(table.name, keeping, key)]
    return Stored(table, sa.Table(table.name, METADATA, *columns, *own), keeping, key)


def _own_columns(keeping: Keeping) -> list[sa.Column[Any]]:
    """Return the columns that the store adds: the hash of a row's cells, since when it holds, by which change it came and went."""
    number, versions = sa.BigInteger(), keeping == "versions"
    content = sa.Column("content", number, nullable=False, primary_key=keeping == "once", autoincrement=False)
    valid = [sa.Column("valid_from", number, nullable=False), sa.Column("valid_until", number)] if versions else []
    return [
        *([] if keeping == "first" else [content]),
        *valid,
        sa.Column("change", number, nullable=False, primary_key=versions),
        *([sa.Column("until_change", number)] if versions else []),
    ]


def _own_indexes(name: str, keeping: Keeping, key: str) -> list[sa.Index]:
    indexes = [sa.Index(f"{name}_by_{column}", column) for column in ("change", *_LOOKED_UP.get(name, ()))]
    if keeping == "versions":
        current = sa.text("valid_until IS NULL")
        indexes.append(sa.Index(f"{name}_by_until_change", "until_change"))
        indexes.append(sa.Index(f"{name}_current", key, unique=True, sqlite_where=current, postgresql_where=current))
    return indexes


STORED: Mapping[str, Stored] = {table.name: _stored(table) for table in TABLES.values()}
"""Every table of the contract, in the store."""

CHANGES = sa.Table(
    "changes",
    METADATA,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
)
"""One row: the number of the latest change, and its moment."""

FOLDER = sa.Table(
    "folder",
    METADATA,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("city", _TEXT),
    sa.Column("city_file", _TEXT),
    sa.Column("crs", _TEXT, nullable=False),
    sa.Column("timezone", _TEXT, nullable=False),
    sa.Column("as_of", _TEXT),
    sa.Column("synthetic", sa.Boolean(), nullable=False),
    sa.Column("tables", _TEXT, nullable=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
)
"""One row: what the imported folders say about themselves; `city_file` is a city that sqrec does not bring along."""

KEYS = sa.Table(
    "keys",
    METADATA,
    sa.Column("key_id", _TEXT, primary_key=True),
    sa.Column("name", _TEXT, nullable=False),
    sa.Column("hash", _TEXT, nullable=False),
    sa.Column("scopes", _TEXT, nullable=False),
    sa.Column("created_at", sa.BigInteger(), nullable=False),
    sa.Column("expires_at", sa.BigInteger()),
    sa.Column("revoked_at", sa.BigInteger()),
    sa.Column("change", sa.BigInteger(), nullable=False),
    sa.Column("role", _TEXT),
    sa.Column("area", _TEXT),
    sa.Column("used_on", _TEXT),
    sa.Column("employer", _TEXT),
    sa.Column("purposes", _TEXT),
)
"""API keys: of a key only its keyed hash is stored (`sqrec.access.keys`); `scopes` are those besides the role's, parted by `|`, `purposes` alike."""

SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("session_id", _TEXT, primary_key=True),
    sa.Column("subject", _TEXT, nullable=False),
    sa.Column("role", _TEXT, nullable=False),
    sa.Column("scopes", _TEXT, nullable=False),
    sa.Column("area", _TEXT),
    sa.Column("created_at", sa.BigInteger(), nullable=False),
    sa.Column("used_at", sa.BigInteger(), nullable=False),
    sa.Column("ended_at", sa.BigInteger()),
    sa.Column("change", sa.BigInteger(), nullable=False),
)
"""Sessions of browsers; `session_id` is the hash of what a browser brings (`sqrec.access.sessions`)."""

ASSERTIONS = sa.Table(
    "assertions",
    METADATA,
    sa.Column("jti", _TEXT, primary_key=True),
    sa.Column("expires_at", sa.BigInteger(), nullable=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
)
"""Assertions that began a session, until they would have ended anyway: none begins a second one."""

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.Column("what", _TEXT, nullable=False),
    sa.Column("who", _TEXT, nullable=False),
    sa.Column("details", _TEXT),
    sa.Column("change", sa.BigInteger(), nullable=False),
    sa.Column("chain", _TEXT),
    sa.Column("place", sa.BigInteger()),
    sa.Column("person", _TEXT),
    sa.Column("seal", _TEXT),
    sa.Column("previous", _TEXT),
    sa.Column("digest", _TEXT),
    sa.Index("audit_by_at", "at"),
    sa.Index("audit_by_chain", "chain", "place", unique=True),
    sa.Index("audit_by_person", "person"),
)
"""What was done, by whom; `details` is JSON. Triggers refuse every change; the last columns chain the rows (`sqrec.store.trail`)."""

MIDNIGHTS = sa.Table(
    "midnights",
    METADATA,
    sa.Column("midnight", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("counted", sa.BigInteger(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
)
"""The last change that the counts of a midnight include: fixed by the first caller, never changed."""

BATCH_JOBS = sa.Table(
    "batch_jobs",
    METADATA,
    sa.Column("batch_job_id", _TEXT, primary_key=True),
    sa.Column("what", _TEXT, nullable=False),
    sa.Column("who", _TEXT, nullable=False),
    sa.Column("state", _TEXT, nullable=False),
    sa.Column("asked", _TEXT),
    sa.Column("result", _TEXT),
    sa.Column("rows_in", sa.BigInteger()),
    sa.Column("accepted", sa.BigInteger()),
    sa.Column("rejected", sa.BigInteger()),
    sa.Column("done", sa.BigInteger()),
    sa.Column("created_at", sa.BigInteger(), nullable=False),
    sa.Column("started_at", sa.BigInteger()),
    sa.Column("alive_at", sa.BigInteger()),
    sa.Column("ended_at", sa.BigInteger()),
    sa.Column("change", sa.BigInteger(), nullable=False),
    sa.Index("batch_jobs_by_state", "state"),
)
"""Background jobs: `asked` and `result` are JSON, `done` is the number of steps done, `alive_at` the last sign of life."""

TALLIES = sa.Table(
    "tallies",
    METADATA,
    sa.Column("day", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("tally", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("times", sa.BigInteger(), nullable=False),
)
"""What counts on the day that began at `day` (microseconds UTC), and goes with it; `tally` is a hash under the day's secret (`sqrec.store.taking`)."""

TAG_CHANGES = sa.Table(
    "tag_changes",
    METADATA,
    sa.Column("person_id", _TEXT, primary_key=True),
    sa.Column("tag", _TEXT, primary_key=True),
    sa.Column("state", _TEXT, nullable=False),
    sa.Column("value", _TEXT),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.Column("who", _TEXT, nullable=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
    sa.Index("tag_changes_by_change", "change"),
)
"""What residents had changed of their tags and stands over imports: `deleted`, or `stated` with a `value` (JSON); the switch is a tag here."""

CONSENTS = sa.Table(
    "consents",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True),
    sa.Column("person_id", _TEXT, nullable=False),
    sa.Column("purpose", _TEXT, nullable=False),
    sa.Column("given", sa.Boolean(), nullable=False),
    sa.Column("notice", _TEXT, nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.Column("who", _TEXT, nullable=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
    sa.Index("consents_by_person_id", "person_id"),
    sa.Index("consents_by_at", "at"),
)
"""Every consent given and withdrawn, with the version of the notice that was shown; of one person and purpose the last one holds."""

PERSON_KEYS = sa.Table(
    "person_keys",
    METADATA,
    sa.Column("person_id", _TEXT, primary_key=True),
    sa.Column("secret", _TEXT, nullable=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
)
"""The key under which somebody stands in the audit trail; without it nothing leads from there to them."""

ERASED = sa.Table(
    "erased",
    METADATA,
    sa.Column("hash", _TEXT, primary_key=True),
    sa.Column("erased_at", sa.BigInteger(), nullable=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
)
"""Who was erased, as HMAC-SHA-256 of the id under the pepper: nobody brings them back by mistake. Row `last` tells the change of the last erasure."""

COPIES = sa.Table(
    "copies",
    METADATA,
    sa.Column("copy_id", _TEXT, primary_key=True),
    sa.Column("place", _TEXT, nullable=False),
    sa.Column("made_at", sa.BigInteger(), nullable=False),
    sa.Column("last_day", _TEXT, nullable=False),
    sa.Column("change", sa.BigInteger(), nullable=False),
)
"""Exports of the store, each with the last day on which it may be kept."""

COMPLAINTS = sa.Table(
    "complaints",
    METADATA,
    sa.Column("complaint_id", _TEXT, primary_key=True),
    sa.Column("person_id", _TEXT, nullable=False),
    sa.Column("text", _TEXT, nullable=False),
    sa.Column("request_id", _TEXT),
    sa.Column("filed_by", _TEXT, nullable=False),
    sa.Column("filed_at", sa.BigInteger(), nullable=False),
    sa.Column("due_on", _TEXT, nullable=False),
    sa.Column("answer", _TEXT),
    sa.Column("answered_by", _TEXT),
    sa.Column("answered_at", sa.BigInteger()),
    sa.Column("change", sa.BigInteger(), nullable=False),
    sa.Index("complaints_by_person_id", "person_id"),
)
"""Complaints of residents, each with the day on which its answer is due."""
