"""One border for the whole service: bodies checked once, errors in one shape."""

import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.schemas.answers import Problem, ProblemDetail
from serving.schemas.requests import Asked, BatchRequest, Body, EventsRequest, ProfileRequest, RecommendRequest
from sqrec.errors import RequestError, StoreError

_log = logging.getLogger("sqrec.serving")

ROUTES: Mapping[str, type[Body]] = {
    "/v1/recommend": RecommendRequest,
    "/v1/recommend/batch": BatchRequest,
    "/v1/profile": ProfileRequest,
    "/v1/events": EventsRequest,
}
"""What each address takes."""

CHECKED: ContextVar[Any] = ContextVar("CHECKED")
"""The request that is being answered, as the border read it."""

T = TypeVar("T", bound=Body)
PROBLEM_TYPE = "application/problem+json"
_TITLES = {
    400: "Bad request",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    411: "Length required",
    413: "Body too large",
    415: "Unsupported media type",
    500: "Internal error",
    503: "Not ready",
    504: "Too slow",
}
_DETAILS = {
    404: "There is nothing at this address. The API is described at /docs.",
    405: "This address takes another method. The API is described at /docs.",
    500: "Something went wrong here, not in the request. The log says where.",
    503: "The service cannot answer now. Ask /readyz until it is ready.",
    504: "The answer took too long. Try again later.",
}


def problem(status: int, detail: str, problems: list[ProblemDetail] | None = None) -> bytes:
    """Return a problem document (RFC 9457) as JSON."""
    document = Problem(title=_TITLES.get(status, "Error"), status=status, detail=detail, problems=problems or [])
    return document.model_dump_json().encode()


def unexpected(mistake: BaseException) -> bytes:
    """Log where something went wrong, without the message (it may quote a request), and return the problem document."""
    where = "".join(traceback.format_tb(mistake.__traceback__))
    _log.error("%s, its message withheld, at\n%s", type(mistake).__name__, where)
    return problem(500, _DETAILS[500])


def refusal(mistake: Exception) -> tuple[int, bytes]:
    """Return status and problem document of an answer that could not be given."""
    if isinstance(mistake, LookupError):
        return 404, problem(404, str(mistake.args[0]))
    if isinstance(mistake, RequestError):
        return 403, problem(403, str(mistake))
    if isinstance(mistake, UnavailableError):
        return 503, problem(503, str(mistake))
    if isinstance(mistake, StoreError):
        _log.error("%s", mistake)
        return 503, problem(503, _DETAILS[503])
    return 500, unexpected(mistake)


async def answered(body: Awaitable[bytes]) -> Response:
    """Return what comes of an answer: its JSON, or a problem document."""
    try:
        return Response(await body, media_type="application/json")
    except Exception as mistake:  # noqa: BLE001 (whatever it is, its message may quote the request)
        status, document = refusal(mistake)
        return Response(document, status, media_type=PROBLEM_TYPE)


class UnavailableError(Exception):
    """Say that this service cannot do what was asked, and what to do; the message is ours."""


class Border:
    """Check requests before BentoML sees them, and give every error one shape.

    The body of a route is read and checked once, with all its problems collected; what was read goes on in
    `CHECKED`, and BentoML gets the smallest body there is. Any other error answer (a plain 404, BentoML's own error shape, an
    exception) is turned into a problem document. Values of a request are never put into an answer or a log: a problem
    names the field and the rule.
    """

    def __init__(self, app: ASGIApp, context: Callable[[], dict[str, Any]]) -> None:
        self.app, self.context = app, context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        shaped = _Shaped(send)
        try:
            if scope["path"] in ROUTES and scope["method"] == "POST":
                await self._asked(ROUTES[scope["path"]], scope, receive, shaped)
            else:
                await self.app(scope, receive, shaped)
        except Exception as mistake:  # noqa: BLE001 (BentoML would wait for an answer until its time limit)
            body = unexpected(mistake)
            if not shaped.started:
                await _answer(send, 500, body)

    async def _asked(self, shape: type[Body], scope: Scope, receive: Receive, send: Send) -> None:
        kind = dict(scope["headers"]).get(b"content-type", b"application/json").split(b";")[0].strip().lower()
        if kind != b"application/json":
            await _answer(send, 415, problem(415, "The body must be application/json."))
            return
        body = await _body(receive, shape.most_bytes)
        if body is None:
            await _answer(send, 413, problem(413, f"The body is larger than {shape.most_bytes} bytes."))
            return
        asked = checked(body, self.context(), shape)
        if not isinstance(asked, Body):
            await _answer(send, 400, problem(400, f"{len(asked)} problem(s) in the request.", list(asked)))
            return
        CHECKED.set(asked)
        await self.app(scope, _replay(shape.smallest, receive), send)


def checked(body: bytes, context: dict[str, Any], shape: type[T] = RecommendRequest) -> T | Sequence[ProblemDetail]:
    """Return the request that a body holds, or everything that is wrong with it."""
    try:
        asked = shape.model_validate_json(body, context=context)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_input=False, include_context=False)
        found = [ProblemDetail(field=_field(one), rule=one["type"], detail=_without_values(one)) for one in errors]
        return [_ONE_OF, *found] if issubclass(shape, Asked) and not _names_one(body) else found
    return [_ONE_OF] if isinstance(asked, Asked) and not asked.names_one else asked


_ONE_OF = ProblemDetail(field="person", rule="one-of", detail="right is exactly one of person and person_id")
_A_NAME = re.compile(r"[a-z_]{1,40}")


def _names_one(body: bytes) -> bool:
    """Tell whether a request names exactly one of person and person_id (what is no object is told elsewhere)."""
    try:
        asked = from_json(body)
    except ValueError:
        return True
    return not isinstance(asked, dict) or (asked.get("person") is None) != (asked.get("person_id") is None)


def _field(error: Any) -> str:
    """Return the path of a field; a name that we did not give is shown only if it looks like one."""
    parts = [str(part) for part in error["loc"]]
    if error["type"] == "extra_forbidden" and not _A_NAME.fullmatch(parts[-1]):
        parts[-1] = "…"
    return ".".join(parts) or "body"


def _without_values(error: Any) -> str:
    """Return pydantic's message; it quotes bounds and choices of ours, never the input."""
    return "right is well-formed JSON" if error["type"] == "json_invalid" else str(error["msg"])


async def _body(receive: Receive, most: int) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", PROBLEM_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Shaped:
    """Pass answers on, but turn errors of another shape into problem documents."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.status = 0
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Handle one message of the answer."""
        if message["type"] == "http.response.start":
            kind = dict(message["headers"]).get(b"content-type", b"")
            if message["status"] >= 400 and not kind.startswith(PROBLEM_TYPE.encode()):
                self.status = message["status"]
                return
        if not self.status:
            self.started = True
            await self.send(message)
        elif not message.get("more_body", False):
            self.started = True
            await _answer(self.send, self.status, problem(self.status, _DETAILS.get(self.status, "The request failed.")))
