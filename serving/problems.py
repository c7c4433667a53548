"""Errors as problem documents (RFC 9457). Values of a request stand in none of them, nor in a log."""

import logging
from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.process.logs import frames
from serving.schemas.answers import Problem, ProblemDetail
from sqrec.errors import AccessError, RequestError, StoreError

_log = logging.getLogger("sqrec.serving")

PROBLEM_TYPE = "application/problem+json"
_TITLES = {
    400: "Bad request",
    401: "No key",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    409: "Another one is there",
    411: "Length required",
    413: "Body too large",
    415: "Unsupported media type",
    421: "Another host",
    429: "Too often",
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


class RefusedError(Exception):
    """Raised for a request that cannot be answered as it is: HTTP status, a sentence, each thing that is wrong, headers of the answer."""

    def __init__(
        self, status: int, detail: str, problems: tuple[ProblemDetail, ...] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.problems = status, detail, problems
        self.headers = {"WWW-Authenticate": 'Bearer realm="sqrec"'} if status == 401 else dict(headers or {})


class UnavailableError(Exception):
    """Raised where this service cannot do what is asked (503). The message says what to do and quotes no request."""


class NotFoundError(Exception):
    """Raised where a person or item does not exist (404). The message says what to do and quotes no request."""


_LATER = {"Retry-After": "5"}
_KNOWN: tuple[tuple[type[Exception], int, bool], ...] = (
    (NotFoundError, 404, True),
    (RequestError, 403, True),
    (UnavailableError, 503, True),
    (AccessError, 503, True),
    (StoreError, 503, False),
    (TimeoutError, 504, False),
)
"""Exceptions with their HTTP status, and whether their message may be sent (it quotes no request)."""


def problem(status: int, detail: str | None = None, problems: tuple[ProblemDetail, ...] = ()) -> bytes:
    """Return a problem document as JSON; `detail` None: the usual sentence of the status."""
    said = detail or _DETAILS.get(status, "The request failed.")
    return (
        Problem(title=_TITLES.get(status, "Error"), status=status, detail=said, problems=list(problems))
        .model_dump_json()
        .encode()
    )


def unexpected(mistake: BaseException) -> bytes:
    """Log type and place of an unexpected exception, without its message (it may quote a request); return a document of status 500."""
    fields = {"error": type(mistake).__name__, "at": frames(mistake.__traceback__)}
    _log.error("An error that nobody expected, its message withheld", extra={"fields": fields})
    return problem(500)


def refusal(mistake: Exception) -> tuple[int, bytes]:
    """Return the HTTP status and the problem document of an exception."""
    if isinstance(mistake, RefusedError):
        return mistake.status, problem(mistake.status, mistake.detail, mistake.problems)
    if isinstance(mistake, HTTPException):
        return mistake.status_code, problem(mistake.status_code)
    if isinstance(mistake, StoreError):
        _log.error("%s", mistake)
    status, ours = next((found for kind, *found in _KNOWN if isinstance(mistake, kind)), (500, False))
    return status, unexpected(mistake) if status == 500 else problem(status, str(mistake) if ours else None)


def answer_of(mistake: Exception) -> Response:
    """Return the response with the problem document of an exception."""
    status, document = refusal(mistake)
    headers = mistake.headers if isinstance(mistake, RefusedError) else _LATER if status == 503 else None
    return Response(document, status, headers, media_type=PROBLEM_TYPE)


class Shaped:
    """Wrap an ASGI application, so that errors answered by BentoML or Starlette become problem documents."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its answer back; an exception becomes a document of status 500."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        shaping = _Shaping(send)
        try:
            await self.app(scope, receive, shaping)
        except Exception as mistake:  # noqa: BLE001 (BentoML would wait for an answer until its time limit)
            body = unexpected(mistake)
            if not shaping.started:
                await _send_problem(send, 500, body)


class _Shaping:
    """Pass an answer on; replace an error that is no problem document by one."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.kept: list[tuple[bytes, bytes]] = []
        self.status = 0
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Handle one message of the answer."""
        if message["type"] == "http.response.start" and message["status"] >= 400:
            kind = dict(message["headers"]).get(b"content-type", b"")
            if not kind.startswith(PROBLEM_TYPE.encode()):
                self.status = message["status"]
                self.kept = [one for one in message["headers"] if one[0] == _KEPT]
                return
        if not self.status:
            self.started = True
            await self.send(message)
        elif not message.get("more_body", False):
            self.started = True
            await _send_problem(self.send, self.status, problem(self.status), self.kept)


_KEPT = b"strict-transport-security"


async def _send_problem(send: Send, status: int, body: bytes, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
    headers = [(b"content-type", PROBLEM_TYPE.encode()), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
