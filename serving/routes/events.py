"""What people did, taken in: durable before it is acknowledged, and counted once however often it is sent."""

import asyncio
import time

import numpy as np
from pydantic_core import to_json

from serving.deployment import Deployment
from serving.live import Live
from serving.problems import UnavailableError
from serving.schemas.requests import EventIn, EventsRequest
from sqrec.base.arrays import keys_of
from sqrec.contract import Kind
from sqrec.store import Row

WRITER = "unsigned"
"""The writer of events that come without a key: never taken for an operator's import, which may leave the writer empty."""


async def events(live: Live, asked: EventsRequest) -> bytes:
    """Take what people did, 500 events at most: on the disk before the answer; an event sent again counts once.

    They are known from now on. Raises UnavailableError where a folder is served: it cannot take any.
    """
    if live.store is None:
        raise UnavailableError("Events cannot be taken: a data folder is served. Serve a store (sqrec import FOLDER).")
    now = time.time_ns() // 1000
    rows: list[Row] = [one.model_dump() | {"recorded_at": now, "writer": WRITER} for one in asked.events]
    new, known = await asyncio.to_thread(live.store.append_events, rows)
    return to_json({"new": new, "known": known, "unknown_items": _unknown(live.deployment, asked.events)})


def _unknown(deployment: Deployment, events: list[EventIn]) -> int:
    """Count events with items that the catalogue does not know."""
    found = 0
    kinds: set[Kind] = {one.kind for one in events}
    for kind in kinds:
        keys, items = keys_of(one.item_id for one in events if one.kind == kind), deployment.snapshot.items.get(kind)
        found += len(keys) if items is None else int(np.count_nonzero(items.find(keys) < 0))
    return found
