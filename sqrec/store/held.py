"""Everything that is held about one person, in one document: field names with Chinese words beside them."""

import json
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa

from sqrec.cities import City
from sqrec.contract import TABLES
from sqrec.store.database import Database
from sqrec.store.erasing import copies
from sqrec.store.personal import PERSONAL
from sqrec.store.rows import INSTANTS
from sqrec.store.trail import about
from sqrec.texts import held_texts

_ALWAYS = ("valid_from", "valid_until")
_AUDIT = ("number", "at", "what", "who", "details")
"""What somebody is told of a row of the audit trail about them; the rest chains the rows."""
_NOTES = {
    "about": "这里是系统保存的关于您的全部数据。每一项先写字段名，再写中文名称（name）和内容（value）；内容为空（null）表示未知。时间为本市时间。",
    "rights": "您可以更正、删除您的数据，关闭个性化推荐，要求解释任何一次推荐，也可以投诉（个人信息保护法第44至50条）。",
}


def held(database: Database, person_id: str, city: City) -> dict[str, Any] | None:
    """Return everything held about somebody as JSON values: every row of every table, who used it, and where copies are.

    None where nothing is held. Moments are in the city's time; unknown is null. Raises StoreError.
    """
    with database.reading() as connection:
        found = {
            one.name: [
                {str(name): cell for name, cell in row.items()}
                for row in connection.execute(
                    sa.select(one.table).where(one.of(person_id)).order_by(one.table.c.change)
                ).mappings()
            ]
            for one in PERSONAL
            if one.told
        }
        found["audit"] = [{name: row[name] for name in _AUDIT} for row in about(connection, person_id)]
    if not any(found.values()):
        return None
    made = city.local(time.time_ns() // 1000).isoformat(timespec="seconds")
    tables = [
        {"table": name, "name": held_texts()[f"table.{name}"], "rows": [_row(name, row, city) for row in rows]}
        for name, rows in found.items()
        if rows
    ]
    elsewhere = [{"what": one.what, "last_day": one.last_day} for one in copies(database, city)]
    return {**_NOTES, "person_id": person_id, "made_at": made, "tables": tables, "copies": elsewhere}


def word_of(table: str, column: str) -> str:
    """Return what a column is called in Simplified Chinese. Raises KeyError for one without a word."""
    words = held_texts()
    return words.get(f"{table}.{column}") or words[column]


def as_text(document: Mapping[str, Any]) -> str:
    """Return a document as the text of a file that people read."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _row(table: str, row: Mapping[str, Any], city: City) -> dict[str, Any]:
    return {name: {"name": word_of(table, name), "value": _value(table, name, cell, city)} for name, cell in row.items()}


def _value(table: str, name: str, cell: Any, city: City) -> Any:
    if isinstance(cell, bytes):
        return [None if number != number else number for number in np.frombuffer(cell, "<f8").tolist()]
    if isinstance(cell, int) and not isinstance(cell, bool) and _is_moment(table, name):
        return city.local(cell).isoformat()
    return cell


def _is_moment(table: str, name: str) -> bool:
    told = next((column for column in TABLES[table].columns if column.name == name), None) if table in TABLES else None
    return told.type in INSTANTS if told else name in _ALWAYS or name == "at" or name.endswith("_at")
