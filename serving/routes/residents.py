"""Lists and profiles of people."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from serving.allowed import Decision, need, unknown_person
from serving.answer.respond import Answered, respond, respond_profile
from serving.deployment import Deployment
from serving.limits.buckets import units
from serving.limits.turns import Turn
from serving.live import Live
from serving.metrics import Laps, figures
from serving.problems import NotFoundError, RefusedError, refusal
from serving.purposes import PURPOSES
from serving.schemas.requests import Asked, BatchRequest, ProfileRequest, RecommendRequest, Wanted
from sqrec.access import Asker
from sqrec.contract import KINDS
from sqrec.groups.record import Record


async def recommend(live: Live, asked: RecommendRequest, who: Asker) -> bytes:
    """Return ranked lists for one person: with reasons, missing requirements and minutes on foot."""
    live.buckets.take(who, _units(asked, 1, explain=asked.explain))
    return await _answered(live, live.deployment, asked, who, respond, "/v1/recommend", live.turns.one)


async def profile(live: Live, asked: ProfileRequest, who: Asker) -> bytes:
    """Return what is known of one person: facts with their source, what is missing, groups with their evidence."""
    live.buckets.take(who, 1.0)
    return await _answered(live, live.deployment, asked, who, respond_profile, "/v1/profile", live.turns.one)


async def recommend_batch(live: Live, asked: BatchRequest, who: Asker) -> bytes:
    """Return the lists of up to 500 people, each answered as if asked alone.

    All are answered from one deployment, unless somebody is erased meanwhile, in the order asked; between two people the event loop
    answers other requests. Where a person cannot be answered, the result is a problem document.
    """
    deployment = live.deployment
    live.buckets.take(who, _units(asked, len(asked.persons)))
    with live.turns.batch():
        results = [await _result(live, deployment, one, who) for one in asked.each()]
    accepted = sum(answered for answered, _ in results)
    counts = f'"persons":{len(results)},"accepted":{accepted},"rejected":{len(results) - accepted}'
    return b'{"results":[' + b",".join(body for _, body in results) + b"]," + counts.encode() + b"}"


async def _answered(
    live: Live,
    deployment: Deployment,
    asked: Asked,
    who: Asker,
    answer: Callable[[Deployment, Any, Record | None, int, Laps], Answered],
    route: str,
    turn: Callable[[], Turn],
) -> bytes:
    laps = Laps(figures())
    if asked.person_id:
        record = await _record(live, deployment, asked.person_id, who, route)
        deployment = await live.obeying(deployment, record.erasures)
    else:
        asked, record = await _described(live, deployment, asked, who, route), None
    laps.lap("person")
    async with turn():
        laps.lap("wait")
        return live.written(answer(deployment, asked, record, time.time_ns() // 1000, laps), who)


def _units(asked: Wanted, people: int, *, explain: bool = False) -> float:
    return units(people, len(asked.kinds or KINDS), asked.n, explain=explain)


async def _record(live: Live, deployment: Deployment, person_id: str, who: Asker, route: str) -> Record:
    """Return the record of a stored person, with restricted facts for those alone who may have them.

    Raises RefusedError for whoever may not ask for stored people, NotFoundError alike for nobody and for somebody of another area.
    """
    try:
        need(who, "residents", keys=live.keys.there, purpose=PURPOSES[route])
        found = await deployment.records.found(person_id, who.within) if who.may_name(person_id) else None
        if found is None:
            raise unknown_person()
    except (RefusedError, NotFoundError) as refused:
        live.audit(Decision(who, route, "residents", refusal(refused)[0], person_id))
        raise
    restricted = who.may("restricted")
    live.audit(Decision(who, route, "residents", None, person_id, ("people", "events", *(["restricted"] if restricted else []))))
    hidden = found.restricted.hidden() if found.restricted else None
    return found if restricted else replace(found, restricted=hidden)


async def _described(live: Live, deployment: Deployment, asked: Asked, who: Asker, route: str) -> Asked:
    """Return a request about a described person, with the id beside the facts only where the asker may name it.

    The counts leave out the events of that id, which would tell a stranger that there are any: a use of a stored person, as the audit
    is told. One of another area is nobody's, like one that nobody has. Raises RefusedError for whoever may name nobody.
    """
    person_id = asked.person.person_id if asked.person else None
    if asked.person is None or person_id is None:
        return asked
    try:
        need(who, "residents", keys=live.keys.there, purpose=PURPOSES[route])
    except RefusedError as refused:
        live.audit(Decision(who, route, "residents", refused.status, person_id))
        raise
    theirs = who.may_name(person_id) and (who.within is None or await deployment.records.found(person_id, who.within) is not None)
    live.audit(Decision(who, route, "residents", None if theirs else 404, person_id, ("events",)))
    if theirs:
        return asked
    return asked.model_copy(update={"person": asked.person.model_copy(update={"person_id": None})})


async def _result(live: Live, deployment: Deployment, asked: RecommendRequest, who: Asker) -> tuple[bool, bytes]:
    try:
        answered = await _answered(live, deployment, asked, who, respond, "/v1/recommend/batch", live.turns.later)
        return True, b'{"answer":' + answered + b"}"
    except Exception as mistake:  # noqa: BLE001 (one person's mistake is not everybody's)
        return False, b'{"problem":' + refusal(mistake)[1] + b"}"
