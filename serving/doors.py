"""The doors: one ASGI class in front of the table of routes. Who asks → may they → how often → the audit; denied by default."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from ipaddress import ip_address
from typing import Any, Literal

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.allowed import SESSION, WRONG_KEY, Decision, need
from serving.endpoint import Endpoint
from serving.limits.buckets import SMALL
from serving.live import Live
from serving.metrics import measured
from serving.modes import is_loopback
from serving.origins import for_us, from_our_page
from serving.problems import RefusedError, answer_of, refusal
from serving.settings import Network
from sqrec.access import DEMO, NOBODY, Asker

OPEN_BESIDE = ("/page/", "/docs/drawn/", "/healthz", "/schema.json")
"""What is open beside the table: files of the pages, and two addresses of the server below the application."""
HSTS = (b"strict-transport-security", b"max-age=31536000")
"""A year. Other hosts of the same domain are their owners' to decide about."""
_BEARER = "bearer "


class Table:
    """Find the row of an address: an endpoint, by method and path."""

    def __init__(self, routes: Iterable[Endpoint]) -> None:
        self._all = tuple(routes)
        self._plain = {(one.method, one.path): one for one in self._all if "{" not in one.path}

    def find(self, method: str, path: str) -> Endpoint | None:
        """Return the endpoint that answers; None where there is none. HEAD is answered as GET."""
        asked = "GET" if method == "HEAD" else method
        plain = self._plain.get((asked, path))
        return plain or next((one for one in self._all if one.method == asked and one.route.path_regex.match(path)), None)

    def knows(self, path: str) -> bool:
        """Tell whether an address is in the table, by whatever method."""
        return any(one.route.path_regex.match(path) for one in self._all)


class Doors:
    """Let a request in, with who asks in `scope["sqrec"]`, or answer why not; handlers never read headers.

    Whatever is no row of the table and not open beside it is answered here, and so is what is no HTTP.
    """

    def __init__(self, app: ASGIApp, live: Callable[[], Live], routes: Iterable[Endpoint]) -> None:
        self.app, self._live, self._table = app, live, Table(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] == "lifespan" or "sqrec" in scope:
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            told = _https_alone(send) if _is_https(self._live()) else send
            if await self._let_in(scope, receive, told):
                await self.app(scope, receive, told)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> bool:
        live, endpoint = self._live(), self._table.find(scope["method"], scope["path"])
        who = NOBODY
        try:
            headers = Headers(scope=scope)
            _near(live, scope)
            for_us(headers, live.names)
            tokens = _tokens(headers)
            from_our_page(scope["method"], headers, live.scheme, session=bool(tokens))
            self._there(endpoint, scope["path"])
            who = await _who(live, headers, tokens)
            if who is NOBODY:
                who = replace(NOBODY, address=_address(live, scope, headers))
            _may(live, who, endpoint)
        except Exception as mistake:  # noqa: BLE001 (whatever it is, its message may quote the request)
            live.audit(Decision(who, _route(endpoint), _scope(endpoint), refusal(mistake)[0]))
            await _refuse(mistake, endpoint, scope, receive, send)
            return False
        scope["sqrec"] = who
        return True

    def _there(self, endpoint: Endpoint | None, path: str) -> None:
        if endpoint is None and not path.startswith(OPEN_BESIDE):
            raise HTTPException(405 if self._table.knows(path) else 404)


def _is_https(live: Live) -> bool:
    """Tell whether the service is read by https alone: never on loopback, where other services share the name."""
    return live.mode == "production" and live.scheme == "https"


def _https_alone(send: Send) -> Send:
    """Return what adds to an answer that browsers ask by https alone from now on (RFC 6797)."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], HSTS]}
        await send(message)

    return told


def _near(live: Live, scope: Scope) -> None:
    """Refuse whoever does not ask from this machine, where the service is for it alone, or past the declared proxy."""
    client = scope.get("client")
    if live.mode == "production":
        if live.settings.proxy and not (client and _within(client[0], live.settings.proxy)):
            raise RefusedError(403, "This service answers its proxy alone.")
    elif not (client and is_loopback(client[0])):
        raise RefusedError(
            403, "This service is for the machine that it runs on. Others may ask in production alone: docs/access.md."
        )


def _tokens(headers: Headers) -> list[str]:
    """Return what cookies bring by the name of a session; more than one are none."""
    parts = (part.strip().partition("=") for told in headers.getlist("cookie") for part in told.split(";"))
    return [value for name, _, value in parts if name == SESSION and value]


def _within(address: str, networks: Iterable[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


async def _who(live: Live, headers: Headers, tokens: list[str]) -> Asker:
    """Return who asks; a key that does not hold is refused, wherever it is brought, a session that has ended is nobody's."""
    if live.mode == "demo":
        return DEMO
    told = headers.getlist("authorization")
    if not told:
        return await live.keys.session(tokens[0]) if len(tokens) == 1 and live.keys.there else NOBODY
    if len(told) != 1 or told[0][: len(_BEARER)].lower() != _BEARER:
        raise RefusedError(401, WRONG_KEY)
    return await live.keys.asker(told[0][len(_BEARER) :])


def _may(live: Live, who: Asker, endpoint: Endpoint | None) -> None:
    """Refuse who may not ask here; then who asks too often; then whoever would be answered too late."""
    if endpoint is None:
        return
    if endpoint.scope != "open" and not endpoint.inline:
        need(who, endpoint.scope, keys=live.keys.there, purpose=endpoint.purpose)
    if endpoint.unlimited:
        return
    live.buckets.take(who, SMALL)
    if endpoint.turn != "none":
        live.turns.admit(batch=endpoint.turn == "batch")


def _address(live: Live, scope: Scope, headers: Headers) -> str:
    """Return the address that somebody asks from: behind the declared proxy the one that it saw last."""
    seen = headers.get("x-forwarded-for", "").rpartition(",")[2].strip() if live.settings.proxy else ""
    client = scope.get("client")
    return seen or (client[0] if client else "")


async def _refuse(mistake: Exception, endpoint: Endpoint | None, scope: Scope, receive: Receive, send: Send) -> None:
    response: Any = answer_of(mistake)
    if endpoint:
        with measured(endpoint.path) as outcome:
            outcome.status = response.status_code
    await response(scope, receive, send)


def _route(endpoint: Endpoint | None) -> str:
    return endpoint.path if endpoint else "elsewhere"


def _scope(endpoint: Endpoint | None) -> Any | Literal["open"]:
    return endpoint.scope if endpoint else "open"
