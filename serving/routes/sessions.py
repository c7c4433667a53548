"""Sessions: the platform's word for somebody becomes a cookie, and a session ends."""

import time

from pydantic_core import to_json
from starlette.responses import Response

from serving.allowed import SESSION, Decision
from serving.assertions import WRONG, Assertion, Assertions
from serving.live import Live
from serving.problems import RefusedError, UnavailableError
from serving.schemas.sessions import EndRequest, SessionRequest
from sqrec.access import Asker
from sqrec.access.sessions import LONGEST, SECOND, Session, id_of, new_token
from sqrec.errors import AccessError
from sqrec.store import Sessions, Store

_COOKIE = "{name}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict"
_NO_SIGN_ON = "Nobody signs on here: a store must be served, and the platform's key named (SQREC_ASSERTION_KEY, docs/access.md)."


async def begin(live: Live, asked: SessionRequest, who: Asker) -> Response:
    """Begin a session by the platform's signed assertion: the answer sets the cookie that the browser brings from then on.

    Half an hour without a request ends it, and eight hours do; a session that the browser had before ends now. Raises UnavailableError
    where there is no sign-on, RefusedError for an assertion that does not hold or was used before, which are
    told alike.
    """
    if live.store is None or live.assertions is None:
        raise UnavailableError(_NO_SIGN_ON)
    token = new_token()
    try:
        session = await live.writers.run(_begun, live, live.store, live.assertions, asked.assertion, token)
    except RefusedError as refused:
        live.audit(Decision(who, "/v1/session", "open", refused.status))
        raise
    if who.session_id:
        await live.writers.run(Sessions(live.store.database).end, who.session_id)
    asker = session.asker()
    body = {"role": asker.role, "scopes": sorted(asker.scopes), "area": asker.area, "seconds": LONGEST // SECOND}
    cookie = _COOKIE.format(name=SESSION, token=token, seconds=LONGEST // SECOND)
    return Response(to_json(body), media_type="application/json", headers={"Set-Cookie": cookie, "Cache-Control": "no-store"})


async def end(live: Live, asked: EndRequest, who: Asker) -> Response:
    """End the session that the browser brings, and have it forgotten; without one nothing happens."""
    ended = bool(live.store and who.session_id) and await live.writers.run(_end, live, who.session_id or "")
    gone = _COOKIE.format(name=SESSION, token="", seconds=0)
    return Response(
        to_json({"ended": ended}), media_type="application/json", headers={"Set-Cookie": gone, "Cache-Control": "no-store"}
    )


def _begun(live: Live, store: Store, assertions: Assertions, text: str, token: str) -> Session:
    told = _read(live, assertions, text)
    try:
        begun = Sessions(store.database).begin(id_of(token), told.subject, told.grant, told.jti, told.until * SECOND)
    except AccessError as problem:
        raise RefusedError(401, str(problem)) from problem
    if begun is None:
        raise RefusedError(401, WRONG)
    return begun


def _read(live: Live, assertions: Assertions, text: str) -> Assertion:
    """Return what an assertion says, at this moment and in the organisation that is served."""
    return assertions.read(text, int(time.time()), live.keys.organisation)


def _end(live: Live, session_id: str) -> bool:
    """End a session, and see to it that this worker knows before it answers; the others know within a second."""
    ended = live.store is not None and Sessions(live.store.database).end(session_id)
    live.keys.look()
    return ended
