"""What an item's table says of it, as JSON values: everything that is known, or what a resident needs to act."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from sqrec.catalogue.items import Items
from sqrec.contract import TABLE_OF_KIND, TABLES, Column, Kind

TO_ACT: Mapping[Kind, tuple[str, ...]] = {
    "job": (
        *("employer", "wage_min", "wage_max", "wage_unit", "form", "hours", "days_per_week"),
        *("address", "phone", "valid_to"),
    ),
    "course": (
        *("provider", "fee", "subsidised", "online", "schedule", "lesson_hours", "start_on", "end_on"),
        *("address", "phone", "valid_to"),
    ),
    "amenity": ("type", "hours", "fee_note", "services", "address", "phone", "valid_to"),
}
"""The columns by which somebody can go there, call, and know what it pays or costs; how far it is stands beside them."""

MOST_KEPT = 1 << 12
"""How many items' facts are kept ready, about 1 kB each."""

_LISTS = frozenset({"skills", "choices", "list"})
_INSTANTS = frozenset({"instant", "opening", "closing"})
_READ: Mapping[str, Callable[[Any], Any]] = {"boolean": bool, "integer": int}
_ACTED = {kind: tuple(TABLES[TABLE_OF_KIND[kind]].column(name) for name in names) for kind, names in TO_ACT.items()}


def facts_of(items: Items, row: int) -> dict[str, Any]:
    """Return the known columns of an item as the contract names them: lists as lists, instants as ISO texts."""
    return _known(TABLES[TABLE_OF_KIND[items.kind]].columns, items, row)


def facts_to_act(items: Items, row: int) -> Mapping[str, Any]:
    """Return those of them that a resident needs to act (`TO_ACT`); what was lately told of an item is kept."""
    found = items.told.get(row)
    if found is None:
        if len(items.told) >= MOST_KEPT:
            items.told.clear()
        found = items.told[row] = _known(_ACTED[items.kind], items, row)
    return found


def _known(columns: Iterable[Column], items: Items, row: int) -> dict[str, Any]:
    told = {column.name: _told(column, items, row) for column in columns}
    return {name: value for name, value in told.items() if value is not None}


def _told(column: Column, items: Items, row: int) -> Any:
    if column.type in _INSTANTS:
        moment = items.table[column.name].iloc[row]
        return None if pd.isna(moment) else moment.isoformat()
    value = items.cell(column.name, row)
    if value is None:
        return None
    if column.type in _READ:
        return _READ[column.type](value)
    return str(value).split("|") if column.type in _LISTS else value
