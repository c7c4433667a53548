"""Intake of events: durable before they are acknowledged, and counted once however often they are sent."""

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
"""The `writer` of events that come without a key. An import may leave `writer` empty, so this tells the two apart."""


async def events(live: Live, asked: EventsRequest) -> bytes:
    """Store up to 500 events on the disk before answering; an event sent again is counted once.

    They count as known from now on. Raises UnavailableError where a data folder is served, which cannot take events.
    """
    if live.store is None:
        raise UnavailableError("Events cannot be taken: a data folder is served. Serve a store (sqrec import FOLDER).")
    now = time.time_ns() // 1000
    rows: list[Row] = [one.model_dump() | {"recorded_at": now, "writer": WRITER} for one in asked.events]
    new, known = await asyncio.to_thread(live.store.append_events, rows)
    return to_json({"new": new, "known": known, "unknown_items": _unknown(live.deployment, asked.events)})


def _unknown(deployment: Deployment, events: list[EventIn]) -> int:
    """Return the number of events whose item the catalogue does not have."""
    found = 0
    kinds: set[Kind] = {one.kind for one in events}
    for kind in kinds:
        keys, items = keys_of(one.item_id for one in events if one.kind == kind), deployment.snapshot.items.get(kind)
        found += len(keys) if items is None else int(np.count_nonzero(items.find(keys) < 0))
    return found
