"""What residents had changed of their tags, put over their rows: an import cannot bring back what they had deleted."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.cities import City
from sqrec.cities.ages import is_minor
from sqrec.profile.person import facts_of
from sqrec.rights import TagChange, apart
from sqrec.store.about import about
from sqrec.store.database import Writing
from sqrec.store.erased import erased_among
from sqrec.store.portions import portions
from sqrec.store.rows import Rows, frame_of, members, rows_of
from sqrec.store.schema import TAG_CHANGES, Stored
from sqrec.store.writing import insert

SWITCH = "personalised"
"""The switch of personal lists stands among the tags of a person, and is told apart from them everywhere else."""
CARRIERS = {"people": "deleted", "restricted": "deleted_apart"}
"""Tables of people with the column that carries deletions to whoever reads a row."""


def standing(writing: Writing, stored: Stored, rows: Rows) -> Rows:
    """Return imported rows with what these people had changed put over them; rows of other tables as they are.

    What a row itself says to be deleted (rows of an export) is noted, so that the next import obeys as well. A fact that somebody
    stated gives way to a row that says to be newer (`updated_at`), and is forgotten then; a deletion gives way to nothing, but for the birth
    month of a minor: the law goes by it (docs/laws.md, law 7), so neither a deletion nor an earlier month stands over it. Off wins. Of
    people who were erased nothing is noted: their rows stay out.
    """
    if stored.table.name not in CARRIERS:
        return rows
    known = changes_of(writing.connection, rows.keys)
    carried = rows.values[CARRIERS[stored.table.name]]
    gone = erased_among(writing.connection, writing.pepper, [key for key, said in zip(rows.keys, carried, strict=True) if said])
    told = {
        place: _row(rows, place) for place, key in enumerate(rows.keys) if key not in gone and (key in known or carried[place])
    }
    if not told:
        return rows
    laid: list[Mapping[str, Any]] = []
    city = _city(writing)
    for values in told.values():
        changes = known.setdefault(values["person_id"], [])
        _note(writing, stored, values, changes)
        laid.append(over(stored, values, _left(writing, values, changes, city) if stored.table.name == "people" else changes))
    return _with(rows, stored, dict(zip(told, laid, strict=True)))


def over(stored: Stored, values: Mapping[str, Any], changes: Iterable[TagChange], *, now: bool = False) -> dict[str, Any]:
    """Return the values of one row with changes put over them; `now`: the own switch stands whatever the row says."""
    kept, carrier = stored.table.name == "restricted", CARRIERS[stored.table.name]
    mine = [one for one in changes if one.tag == SWITCH or apart(one.tag) == kept]
    stated = {one.tag for one in mine if one.state == "stated"}
    gone = {one.tag for one in mine if one.state == "deleted"} | set(members(values[carrier])) - stated
    found = dict(values) | dict.fromkeys(fact for fact in facts_of(gone) if fact in values)
    found[carrier] = "|".join(word for word in stored.table.column(carrier).words if word in gone) or None
    if kept:
        return found
    for one in mine:
        if one.state != "stated" or one.value is None:
            continue
        if one.tag == SWITCH:
            found[SWITCH] = _switched(values, one, now=now)
        else:
            found |= one.value
            found["updated_at"] = max(found["updated_at"] or 0, one.at)
    return found


def newer(values: Mapping[str, Any], change: TagChange) -> bool:
    """Tell whether a row says to be newer than a change."""
    return values["updated_at"] is not None and values["updated_at"] > change.at


def changes_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[TagChange]]:
    """Return what some people had changed, by person, in the order of the tags; people who changed nothing are left out."""
    found: dict[str, list[TagChange]] = {}
    for some in portions(ids):
        asked = sa.select(TAG_CHANGES).where(TAG_CHANGES.c.person_id.in_(some))
        for row in connection.execute(asked.order_by(TAG_CHANGES.c.person_id, TAG_CHANGES.c.tag)).mappings():
            value, imported = _told(row["value"])
            change = TagChange(row["tag"], row["state"], row["at"], row["who"], value, imported)
            found.setdefault(row["person_id"], []).append(change)
    return found


def changed_since(person_id: Any, at: Any) -> sa.ColumnElement[bool]:
    """Return the SQL condition that a person (a column) had a tag changed at or after a moment (a column); the switch is none."""
    mine = TAG_CHANGES.c.person_id == person_id
    return sa.exists().where(mine, TAG_CHANGES.c.at >= at, TAG_CHANGES.c.tag != SWITCH)


def noted(writing: Writing, person_id: str, change: TagChange) -> None:
    """Write one change of a tag in the place of an earlier one."""
    forgotten(writing, person_id, change.tag)
    told = {"tag": change.tag, "state": change.state, "at": change.at, "who": change.who, "value": _text(change)}
    insert(writing, TAG_CHANGES, person_id=person_id, **told)


def forgotten(writing: Writing, person_id: str, tag: str) -> None:
    """Take back what was changed of a tag, if anything was."""
    where = sa.and_(TAG_CHANGES.c.person_id == person_id, TAG_CHANGES.c.tag == tag)
    writing.wrote |= writing.connection.execute(sa.delete(TAG_CHANGES).where(where)).rowcount > 0


def _switched(values: Mapping[str, Any], change: TagChange, *, now: bool) -> bool:
    """Return the switch: the resident's own, but off where a row says off that is not older than the resident's on."""
    own = bool((change.value or {}).get(SWITCH))
    said = values[SWITCH] is False and not (values["updated_at"] is not None and values["updated_at"] < change.at)
    return own and (now or not said)


def _note(writing: Writing, stored: Stored, values: Mapping[str, Any], known: list[TagChange]) -> None:
    """Note down deletions that a row itself tells of; what the person has said here since stands."""
    there = {one.tag for one in known}
    for tag in members(values[CARRIERS[stored.table.name]]):
        if tag not in there:
            change = TagChange(tag, "deleted", writing.at, "import")
            noted(writing, values["person_id"], change)
            known.append(change)


def _left(writing: Writing, values: Mapping[str, Any], changes: Iterable[TagChange], city: City | None) -> list[TagChange]:
    """Return the changes that stand over an imported row of the table `people`, with what it says beneath them; the others are forgotten."""
    left: list[TagChange] = []
    for one in changes:
        if one.tag == SWITCH:
            left.append(one)
        elif (one.state == "stated" and newer(values, one)) or (city and protects(values, one, city, writing.at)):
            forgotten(writing, values["person_id"], one.tag)
        else:
            left.append(_above(writing, values, one))
    return left


def protects(values: Mapping[str, Any], change: TagChange, city: City, at: int) -> bool:
    """Tell whether a row says that somebody is a minor at a moment, and a change of the birth month would open what the law closes (docs/laws.md, law 7)."""
    if change.tag != "birth_month" or not is_minor(values["birth_month"], at, city):
        return False
    return change.value is None or values["birth_month"] > change.value["birth_month"]


def _above(writing: Writing, values: Mapping[str, Any], change: TagChange) -> TagChange:
    """Note down beneath a statement what a row says, for the day on which it is taken back."""
    if change.value is None:
        return change
    said = replace(change, imported={fact: values[fact] for fact in change.value})
    if said.imported != change.imported:
        mine = sa.and_(TAG_CHANGES.c.person_id == values["person_id"], TAG_CHANGES.c.tag == change.tag)
        writing.connection.execute(sa.update(TAG_CHANGES).where(mine).values(value=_text(said)))
        writing.wrote = True
    return said


def _text(change: TagChange) -> str | None:
    if change.value is None:
        return None
    told = change.value if change.imported is None else {"stated": change.value, "imported": change.imported}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _told(text: str | None) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """Return what was stated, and what the imports say of it (None: not known, as in rows from before it was kept)."""
    told = None if text is None else json.loads(text)
    return (told["stated"], told["imported"]) if told and "stated" in told else (told, None)


def _city(writing: Writing) -> City | None:
    told = about(writing.connection)
    return told.city if told else None


def _row(rows: Rows, place: int) -> dict[str, Any]:
    return {name: cells[place] for name, cells in rows.values.items()}


def _with(rows: Rows, stored: Stored, laid: Mapping[int, Mapping[str, Any]]) -> Rows:
    """Return rows with some of them replaced."""
    columns, places = stored.table.columns, list(laid)
    part = rows_of(stored, frame_of(columns, [[laid[place][column.name] for place in places] for column in columns], len(places)))
    contents = list(rows.contents)
    values = {name: list(cells) for name, cells in rows.values.items()}
    for at, place in enumerate(places):
        contents[place] = part.contents[at]
        for name, cells in values.items():
            cells[place] = part.values[name][at]
    return Rows(rows.keys, contents, values)
