"""Intake of events: durable before they are acknowledged, and counted once however often they are sent."""

import asyncio
import time
from collections.abc import Sequence

import numpy as np
from pydantic_core import to_json

from serving.allowed import Decision
from serving.deployment import Deployment
from serving.live import Live
from serving.problems import RefusedError, UnavailableError
from serving.schemas.answers import ProblemDetail
from serving.schemas.requests import EventIn, EventsRequest
from sqrec.access import Asker
from sqrec.base.arrays import keys_of
from sqrec.contract import Kind
from sqrec.store import Row, Store

_ROUTE = "/v1/events"
_RIGHT = "right is somebody of the area of this key"


async def events(live: Live, asked: EventsRequest, who: Asker) -> bytes:
    """Store up to 500 events on the disk before answering; an event sent again is counted once.

    They count as known from now on, and keep whose key wrote them. Raises UnavailableError where a data folder is served, which
    cannot take events; RefusedError, naming every such event, where somebody is not one of the asker's residents.
    """
    if live.store is None:
        raise UnavailableError("Events cannot be taken: a data folder is served. Serve a store (sqrec import FOLDER).")
    await _own(live, live.store, asked.events, who)
    now = time.time_ns() // 1000
    rows: list[Row] = [one.model_dump() | {"recorded_at": now, "writer": who.name} for one in asked.events]
    new, known = await asyncio.to_thread(live.store.append_events, rows)
    return to_json({"new": new, "known": known, "unknown_items": _unknown(live.deployment, asked.events)})


async def _own(live: Live, store: Store, events: Sequence[EventIn], who: Asker) -> None:
    """Refuse events about people whom the asker's area does not hold; people whom nobody knows are told alike."""
    people = sorted({one.person_id for one in events})
    within = who.within
    named = [person_id for person_id in people if who.may_name(person_id)]
    held = set(named) - await asyncio.to_thread(store.erased, named)
    held &= held if within is None else await asyncio.to_thread(store.people_within, named, within)
    for person_id in people:
        live.audit(Decision(who, _ROUTE, "events", None if person_id in held else 403, person_id))
    if strange := [place for place, one in enumerate(events) if one.person_id not in held]:
        problems = [ProblemDetail(field=f"events.{place}.person_id", rule="person", detail=_RIGHT) for place in strange]
        raise RefusedError(
            403, f"{len(strange)} event(s) about people whom this key may not name; none was stored.", tuple(problems)
        )


def _unknown(deployment: Deployment, events: list[EventIn]) -> int:
    """Return the number of events whose item the catalogue does not have."""
    found = 0
    kinds: set[Kind] = {one.kind for one in events}
    for kind in kinds:
        keys, items = keys_of(one.item_id for one in events if one.kind == kind), deployment.snapshot.items.get(kind)
        found += len(keys) if items is None else int(np.count_nonzero(items.find(keys) < 0))
    return found
