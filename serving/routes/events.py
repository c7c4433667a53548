"""Intake of events: durable before they are acknowledged, each taken or refused for itself, and counted once however often it is sent."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from serving.intake import Fault, differing, faults, seen
from serving.live import Live
from serving.log import GATHERING
from serving.problems import RefusedError, UnavailableError
from serving.schemas.answers import ProblemDetail
from serving.schemas.requests import EventIn, EventsRequest, Malformed
from sqrec.access import Asker
from sqrec.catalogue.trust import CAPS
from sqrec.store import Row, Store
from sqrec.store.naming import Named
from sqrec.store.taking import Taken


async def events(live: Live, asked: EventsRequest, who: Asker) -> bytes:
    """Store up to 500 events on the disk before answering; an event sent again is counted once.

    They count as known from now on, and keep whose key wrote them. What is malformed, impossible, about somebody or something that is not
    the asker's to write about, or another event under a stored id, is refused by itself, and the others are stored. Raises
    RefusedError for a single event that is refused and where none is an event at all, UnavailableError where a data folder is served, which cannot take events.
    """
    if all(isinstance(one, Malformed) for one in asked.each):
        raise _together(faults(asked.each, who, Named(), 0, live).refused)
    if live.store is None:
        raise UnavailableError("Events cannot be taken: a data folder is served. Serve a store (sqrec import FOLDER).")
    store, now = live.store, time.time_ns() // 1000
    known = await _seen(store, asked.each, who)
    found = faults(asked.each, who, known, now, live)
    sound = {place: one for place, one in enumerate(asked.each) if place not in found.refused and isinstance(one, EventIn)}
    rows: list[Row] = [one.model_dump() | {"recorded_at": now, "writer": who.name} for one in sound.values()]
    taken = await live.writers.run(store.take_events, rows, live.city) if rows else Taken()
    refused = {**found.refused, **_others(taken, tuple(sound), who)}
    if len(asked.each) == 1 and refused:
        raise _together(refused)
    return to_json(_told(taken, tuple(sound), refused, found.noted))


async def _seen(store: Store, events: Sequence[EventIn | Malformed], who: Asker) -> Named:
    """Read what the store knows of what events name; an answer of just now may not be in the log yet, so it is looked for twice."""
    known = await asyncio.to_thread(seen, store, events, who)
    if any(isinstance(one, EventIn) and one.request_id and one.request_id not in known.requests for one in events):
        await asyncio.sleep(2 * GATHERING)
        known = await asyncio.to_thread(seen, store, events, who)
    return known


def _others(taken: Taken, places: Sequence[int], who: Asker) -> Mapping[int, Fault]:
    """Return the faults of events whose id another event has."""
    return {places[one]: Fault(409, differing(fields, who, f"events.{places[one]}.")) for one, fields in taken.other.items()}


def _together(refused: Mapping[int, Fault]) -> RefusedError:
    """Return the error of a request of which nothing is stored."""
    problems = tuple(problem for one in refused.values() for problem in one.problems)
    return RefusedError(refused[0].status, f"{len(problems)} problem(s); nothing was stored.", problems)


def _told(
    taken: Taken, places: Sequence[int], refused: Mapping[int, Fault], noted: Mapping[int, Sequence[ProblemDetail]]
) -> dict[str, Any]:
    gone = [{"place": place, "status": one.status, "problems": one.problems} for place, one in sorted(refused.items())]
    above = [{"place": places[one], "cap": cap, "detail": CAPS[cap]} for one, cap in sorted(taken.uncounted.items())]
    unknown = sum(any(problem.rule == "item" for problem in one.problems) for one in refused.values())
    beside = [{"place": place, "problems": problems} for place, problems in sorted(noted.items()) if place not in refused]
    counts = {"new": taken.new, "known": taken.known, "unknown_items": unknown}
    return {**counts, "refused": gone, "uncounted": above, "noted": beside}
