"""One row of the table of routes, and the Starlette route made from it."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serving.allowed import need
from serving.live import Live
from serving.metrics import measured
from serving.problems import answer_of
from serving.purposes import PURPOSES
from serving.reading import asked_of
from serving.schemas.requests import Body
from sqrec.access import NOBODY, Asker, Purpose, Scope

Tag = Literal["Residents", "Rights", "Items", "Events", "Sessions", "Site", "Operation"]
_ID = re.compile(r"\{(\w+_id)\}")
"""Ids in an address, which may hold any character, percent-encoded: a server has decoded the address before it is matched."""
SECONDS = 30.0
"""Seconds that an answer may take; then the status is 504."""


@dataclass(frozen=True)
class Endpoint:
    """Describe one address: method, path, request, answer, who may ask, and the function that answers.

    `asks` is the model of the request: the JSON body of a POST with the parameters of the path, else those of path and query; None: nothing is read.
    `handler` gets `Live`, the checked request and who asks, and returns the body as bytes of the type `media`, or a response where
    it sets headers. `scope` is the scope that an asker needs (docs/access.md); where `inline`, it is needed for stored people
    alone, which the handler checks: people described in the request are open. `turn` says whether answers are computed one at a time
    (`serving/limits/turns.py`): then a request is refused before its body is read where its turn would come too late. `unlimited` ones are
    answered however often they are asked. `answers` is the model of the answer, for the
    description alone. `fixed` answers never change while the process runs: they carry an ETag. The first line of the handler's
    docstring is the summary on the OpenAPI page. `example` is a request body, or the parameters by name; `of_path` are those of the path of a POST.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Callable[[Live, Any, Asker], Awaitable[bytes | Response]]
    tag: Tag
    scope: Scope | Literal["open"]
    asks: type[Body] | None = None
    answers: type[BaseModel] | None = None
    example: Any = None
    media: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    fixed: bool = False
    inline: bool = False
    turn: Literal["none", "one", "batch"] = "none"
    unlimited: bool = False
    of_path: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.handler.__doc__ or "").partition("\n")[0]

    @cached_property
    def purpose(self) -> Purpose | None:
        """What a stored person is named for here; None where none is."""
        return PURPOSES.get(self.path)

    @cached_property
    def route(self) -> Route:
        """The route that reads the request, answers, counts, and turns every exception into a problem document."""

        async def answer(request: Request) -> Response:
            return await self._answered(request)

        return Route(_ID.sub(r"{\1:path}", self.path), answer, methods=[self.method], name=self.path)

    async def _answered(self, request: Request) -> Response:
        live: Live = request.app.state.live
        who: Asker = request.scope.get("sqrec", NOBODY)
        with measured(self.path) as outcome:
            try:
                if self.scope != "open" and not self.inline:
                    need(who, self.scope, keys=live.keys.there, purpose=self.purpose)
                async with asyncio.timeout(SECONDS):
                    body = await self.handler(live, await asked_of(request, self.asks, {"city": live.city}), who)
                known = request.headers.get("if-none-match", "")
                response = body if isinstance(body, Response) else self._response(body, known)
            except Exception as mistake:  # noqa: BLE001 (whatever it is, its message may quote the request)
                response = answer_of(mistake)
            outcome.status = response.status_code
        live.served()
        return response

    def _response(self, body: bytes, known: str) -> Response:
        if not self.fixed:
            return Response(body, media_type=self.media, headers=self.headers)
        headers = {**self.headers, "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"'}
        if headers["ETag"] in known:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=self.media, headers=headers)
