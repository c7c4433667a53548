"""What people did, taken in: durable before it is acknowledged, and counted once however often it is sent."""

import asyncio
import time

import numpy as np
from pydantic_core import to_json

from serving.deployment import Deployment
from serving.problems import UnavailableError
from serving.schemas.requests import EventIn, EventsRequest
from sqrec.base.arrays import keys_of
from sqrec.contract import Kind
from sqrec.store import Row, Store


async def append(deployment: Deployment, store: Store | None, asked: EventsRequest) -> bytes:
    """Append events to the store, as known from now on, and return how many were new.

    Raises UnavailableError where a folder is served: it cannot take any.
    """
    if store is None:
        raise UnavailableError("Events cannot be taken: a data folder is served. Serve a store (sqrec import FOLDER).")
    now = time.time_ns() // 1000
    rows: list[Row] = [one.model_dump() | {"recorded_at": now} for one in asked.events]
    new, known = await asyncio.to_thread(store.append_events, rows)
    return to_json({"new": new, "known": known, "unknown_items": _unknown(deployment, asked.events)})


def _unknown(deployment: Deployment, events: list[EventIn]) -> int:
    """Count events with items that the catalogue does not know."""
    found = 0
    kinds: set[Kind] = {one.kind for one in events}
    for kind in kinds:
        keys, items = keys_of(one.item_id for one in events if one.kind == kind), deployment.snapshot.items.get(kind)
        found += len(keys) if items is None else int(np.count_nonzero(items.find(keys) < 0))
    return found
