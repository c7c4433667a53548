"""One item, with all that a resident needs to act."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pydantic_core import to_json

from serving.live import Live
from serving.problems import NotFoundError
from serving.schemas.requests import ItemRequest
from sqrec.base.arrays import key_of
from sqrec.catalogue.items import Items
from sqrec.contract import TABLE_OF_KIND, TABLES, Column

_LISTS = frozenset({"skills", "choices", "list"})
_INSTANTS = frozenset({"instant", "opening", "closing"})
_READ: Mapping[str, Callable[[Any], Any]] = {"boolean": bool, "integer": int}


async def item(live: Live, asked: ItemRequest) -> bytes:
    """Return one item that may be shown now: every column of its table that is known.

    Raises NotFoundError for an id that nobody has, and for what is not published yet, expired, closed or hidden.
    """
    snapshot, now = live.deployment.snapshot, time.time_ns() // 1000
    items = snapshot.items.get(asked.kind)
    row = -1 if items is None else int(items.find(np.array([key_of(asked.item_id)], np.uint64))[0])
    if items is None or row < 0 or not items.opens[row] <= now < items.closes[row]:
        raise NotFoundError("There is no such item to be shown now: it is unknown, not published yet, or over.")
    return to_json(
        {
            "kind": asked.kind,
            "item_id": asked.item_id,
            "title": items.titles[row],
            "facts": facts_of(items, row),
            "data_as_of": snapshot.data_as_of,
        }
    )


def facts_of(items: Items, row: int) -> dict[str, Any]:
    """Return the known columns of an item as the contract names them: lists as lists, instants as ISO texts."""
    columns = TABLES[TABLE_OF_KIND[items.kind]].columns
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
