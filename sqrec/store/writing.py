"""Writing of rows into a table: new, changed or already stored. All writers call this module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.store.database import Writing
from sqrec.store.erased import erased_among
from sqrec.store.packed import Packed, packed
from sqrec.store.portions import portions
from sqrec.store.rows import Rows
from sqrec.store.schema import Stored


@dataclass(frozen=True, slots=True)
class Written:
    """Count rows: all of them = new + changed + unchanged + erased, which are rows about people who were erased: they stay out."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    erased: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged, self.erased + other.erased
        )


def put(writing: Writing, stored: Stored, rows: Rows) -> Written:
    """Store rows by the rule of their table (`Keeping`); of several rows with one key the first counts.

    Writers are serialised (`Database.write`), so the rows that are read first are still current at the end. Rows about people who were
    erased stay out, whoever brings them. Raises StoreError where people were erased, and there is no pepper to know them by.
    """
    count, rows = len(rows), _without_the_erased(writing, stored, rows)
    new, changed = _differing(rows, _known(writing.connection, stored, rows.keys), stored)
    if changed:
        _end(writing, stored, [rows.keys[place] for place in changed])
    if new or changed:
        places = sorted([*new, *changed])
        _insert(writing.connection, stored.sql, _columns(writing, stored, rows, places), len(places))
        writing.wrote = True
    return Written(len(new), len(changed), len(rows) - len(new) - len(changed), count - len(rows))


def insert(writing: Writing, table: sa.Table, **values: Any) -> None:
    """Insert one row with the number of this change."""
    writing.connection.execute(sa.insert(table).values(**values, change=writing.change))
    writing.wrote = True


def _without_the_erased(writing: Writing, stored: Stored, rows: Rows) -> Rows:
    if "person_id" not in rows.values:
        return rows
    people = rows.values["person_id"]
    gone = erased_among(writing.connection, writing.pepper, people)
    return rows.at([place for place, one in enumerate(people) if one not in gone]) if gone else rows


def _known(connection: Connection, stored: Stored, keys: Sequence[Any]) -> dict[Any, int | None]:
    """Return the hash of the cells of every row that is there, by key; the first of its id stands whatever it holds."""
    key, content = stored.sql.c[stored.key], sa.null() if stored.keeping == "first" else stored.sql.c.content
    found: dict[Any, int | None] = {}
    for group in portions(keys):
        asked = sa.select(key, content).where(key.in_(group), stored.current)
        found.update((name, cells) for name, cells in connection.execute(asked))
    return found


def _differing(rows: Rows, known: Mapping[Any, int | None], stored: Stored) -> tuple[list[int], list[int]]:
    """Return the places of new and of changed rows."""
    new: list[int] = []
    changed: list[int] = []
    seen: set[Any] = set()
    for place, (key, content) in enumerate(zip(rows.keys, rows.contents, strict=True)):
        if key in seen:
            continue
        seen.add(key)
        if key not in known:
            new.append(place)
        elif stored.keeping in {"versions", "latest"} and known[key] != content:
            changed.append(place)
    return new, changed


def _end(writing: Writing, stored: Stored, keys: Sequence[Any]) -> None:
    """Close versions, or take away what is replaced."""
    table, key = stored.sql, stored.sql.c[stored.key]
    for group in portions(keys):
        if stored.keeping == "versions":
            ended = sa.update(table).values(valid_until=writing.at, until_change=writing.change)
            writing.connection.execute(ended.where(key.in_(group), stored.current))
        else:
            writing.connection.execute(sa.delete(table).where(key.in_(group)))


def _columns(writing: Writing, stored: Stored, rows: Rows, places: Sequence[int]) -> dict[str, Sequence[Any]]:
    """Return the values to insert, those of the contract and our own."""
    everything = len(places) == len(rows)
    told = {name: cells if everything else [cells[place] for place in places] for name, cells in rows.values.items()}
    own: dict[str, Sequence[Any]] = {"change": [writing.change] * len(places)}
    if stored.keeping != "first":
        own["content"] = rows.contents if everything else [rows.contents[place] for place in places]
    if stored.keeping == "versions":
        own["valid_from"] = [writing.at] * len(places)
    return {**told, **own}


def _insert(connection: Connection, table: sa.Table, columns: Mapping[str, Sequence[Any]], count: int) -> None:
    """Insert columns: rows of parameters for SQLite, one array a column for PostgreSQL."""
    vectors = [name for name in columns if isinstance(table.c[name].type, Packed)]
    columns = {**columns, **{name: [packed(one) for one in columns[name]] for name in vectors}}
    if connection.dialect.name == "sqlite":
        statement = str(sa.insert(table).compile(dialect=connection.dialect, column_keys=list(columns)))
        ordered = [columns[column.name] for column in table.columns if column.name in columns]
        connection.exec_driver_sql(statement, list(zip(*ordered, strict=True)))
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    types = [table.c[name].type.compile(connection.dialect).partition(" COLLATE ")[0] for name in columns]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    statement = f"INSERT INTO {quote(table.name)} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 (names of our schema)
    connection.exec_driver_sql(statement, tuple(list(cells) for cells in columns.values()))
