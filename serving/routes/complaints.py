"""Complaints: filed by residents, listed for them and for who answers, answered until their due day."""

import asyncio
import time
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from serving.allowed import Decision, need
from serving.live import Live
from serving.problems import NotFoundError, RefusedError, UnavailableError
from serving.routes.owed import FRESH, gone, named
from serving.schemas.answers import ProblemDetail
from serving.schemas.owed import AnswerRequest, ComplaintRequest, ComplaintsRequest
from sqrec.access import Asker
from sqrec.cities import City
from sqrec.errors import AccessError
from sqrec.store.complaints import Complaint, Complaints

_ROUTE, _LIST, _ANSWER = "/v1/complaints", "/v1/complaints/list", "/v1/complaints/answer"
_NO_STORE = "A data folder is served, which takes no complaints."
_NONE = "There is no complaint of this id."


async def complain(live: Live, asked: ComplaintRequest, who: Asker) -> Response:
    """File a complaint, and say until which day it will be answered.

    Raises NotFoundError alike for nobody and for somebody whom the asker may not name.
    """
    store, person_id = await named(live, asked.person_id, who, _ROUTE)
    if not await live.deployment.records.found(person_id, who.within):
        raise gone(live, who, _ROUTE, person_id)
    try:
        made = await live.writers.run(
            Complaints(store.database).file, person_id, asked.text, asked.request_id, who.name, live.city
        )
    except AccessError:
        raise gone(live, who, _ROUTE, person_id) from None
    live.audit(Decision(who, _ROUTE, "owed", None, person_id, ("complaints",), writes=True))
    return _answer(_told(made, live.city))


async def complaints(live: Live, asked: ComplaintsRequest, who: Asker) -> Response:
    """List complaints with their due days: a resident's own, somebody's, or everybody's for who sees to them (`administration`)."""
    if live.store is None:
        raise UnavailableError(_NO_STORE)
    person_id = asked.person_id or who.person
    if person_id is not None:
        await named(live, person_id, who, _LIST)
    else:
        need(who, "administration", keys=live.keys.there)
    listing = Complaints(live.store.database).listed
    found = await asyncio.to_thread(listing, person_id, who.within, unanswered=asked.unanswered)
    if person_id is not None and not found and not await live.deployment.records.found(person_id, who.within):
        raise gone(live, who, _LIST, person_id)
    for one in sorted({one.person_id for one in found} | ({person_id} if person_id is not None else set())):
        live.audit(Decision(who, _LIST, "owed", None, one, ("complaints",)))
    return _answer({"complaints": [_told(one, live.city) for one in found]})


async def answer(live: Live, asked: AnswerRequest, who: Asker) -> Response:
    """Answer a complaint, once; the answer stands in the resident's list and file. Raises NotFoundError, RefusedError for one that was answered before."""
    if live.store is None:
        raise UnavailableError(_NO_STORE)
    try:
        made = await live.writers.run(Complaints(live.store.database).answer, asked.complaint_id, asked.answer, who.name)
    except AccessError as problem:
        told = ProblemDetail(field="complaint_id", rule="answered", detail=str(problem))
        raise RefusedError(400, str(problem), (told,)) from problem
    if made is None:
        raise NotFoundError(_NONE)
    live.audit(Decision(who, _ANSWER, "administration", None, made.person_id, ("complaints",), writes=True))
    return _answer(_told(made, live.city))


def _told(one: Complaint, city: City) -> dict[str, Any]:
    answered = one.answered_at
    return {
        **{name: getattr(one, name) for name in ("complaint_id", "person_id", "text", "request_id", "due_on", "answer")},
        "filed_at": city.local(one.filed_at).isoformat(timespec="seconds"),
        "answered_at": None if answered is None else city.local(answered).isoformat(timespec="seconds"),
        "overdue": answered is None and city.local(time.time_ns() // 1000).date().isoformat() > one.due_on,
    }


def _answer(body: Any) -> Response:
    return Response(to_json(body), media_type="application/json", headers=FRESH)
