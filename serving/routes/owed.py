"""What residents are owed: a file of what is held about them, and erasure."""

import asyncio

from pydantic_core import to_json
from starlette.responses import Response

from serving.allowed import Decision, need, unknown_person
from serving.live import Live
from serving.problems import NotFoundError, RefusedError, UnavailableError, refusal
from serving.schemas.answers import ProblemDetail
from serving.schemas.owed import AccessRequest, ErasureRequest
from sqrec.access import Asker
from sqrec.store import Store
from sqrec.store.erasing import Erasure, erase, hashes_of_events
from sqrec.store.held import as_text, held
from sqrec.store.leftovers import forget_events

FRESH = {"Cache-Control": "no-store"}
_NO_STORE = (
    "A data folder is served, which keeps nothing about anybody beside its own files: nothing can be shown or erased here."
)
_WHOSE = ProblemDetail(field="person_id", rule="missing", detail="right is a person_id, as you are no resident yourself")


async def access(live: Live, asked: AccessRequest, who: Asker) -> Response:
    """Return everything held about a person in one readable file, with Chinese words beside the names of fields.

    Raises NotFoundError alike for nobody and for somebody whom the asker may not name, RefusedError for whoever may read nobody.
    """
    store, person_id = await named(live, asked.person_id, who, "/v1/access", reads=True)
    found = await asyncio.to_thread(held, store.database, person_id, live.city)
    if found is None:
        raise gone(live, who, "/v1/access", person_id)
    live.audit(Decision(who, "/v1/access", "owed", None, person_id, ("everything",)))
    file = FRESH | {"Content-Disposition": 'attachment; filename="held.json"'}
    return Response(as_text(found), media_type="application/json", headers=file)


async def erasure(live: Live, asked: ErasureRequest, who: Asker) -> Response:
    """Erase a person: store, log, counts, audit key, sessions, hashes of their events beside bundles. It cannot be taken back.

    The next answer of every worker knows nobody of that id; counts are made again without them. Raises as `access`, and
    UnavailableError without a pepper.
    """
    store, person_id = await named(live, asked.person_id, who, "/v1/erasure")
    found = await live.writers.run(_erased, live, store, person_id, who.name)
    if found is None:
        raise gone(live, who, "/v1/erasure", person_id)
    copies = [{"what": one.what, "last_day": one.last_day} for one in found.copies]
    return Response(
        to_json({"rows": found.rows, "copies": copies, "overwritten": False}), media_type="application/json", headers=FRESH
    )


async def named(live: Live, person_id: str | None, who: Asker, route: str, *, reads: bool = False) -> tuple[Store, str]:
    """Return the store and the person who is meant: the one named, else the resident who asks.

    `reads` tells that the person's data is read: then whoever asks about others needs the scope for that as well. Raises RefusedError,
    NotFoundError, UnavailableError; each refusal is audited.
    """
    if live.store is None:
        raise UnavailableError(_NO_STORE)
    wanted = person_id or who.person
    if wanted is None:
        raise RefusedError(400, "1 problem(s) in the request.", (_WHOSE,))
    try:
        if reads:
            need(who, "residents", keys=live.keys.there)
    except RefusedError as refused:
        live.audit(Decision(who, route, "owed", refused.status, wanted))
        raise
    within = who.within
    if not who.may_name(wanted) or (within and not await asyncio.to_thread(live.store.people_within, [wanted], within)):
        raise gone(live, who, route, wanted)
    return live.store, wanted


def gone(live: Live, who: Asker, route: str, person_id: str) -> NotFoundError:
    """Return the refusal of a person who is not there, or not for this asker, and have it audited."""
    refused = unknown_person()
    live.audit(Decision(who, route, "owed", refusal(refused)[0], person_id))
    return refused


def _erased(live: Live, store: Store, person_id: str, who: str) -> Erasure | None:
    """Erase, and see to it that this worker obeys before it answers; the others read people from the store anyway."""
    events, bundles = hashes_of_events(store.database, person_id), live.settings.bundles
    for place in (bundles, bundles.parent / "mlartifacts", *([live.settings.bundle] if live.settings.bundle else [])):
        forget_events(place, events)
    found = erase(store.database, person_id, who, live.city)
    live.keys.look()
    live.follow()
    return found
