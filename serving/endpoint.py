"""One row of the table of routes, and the Starlette route made from it."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serving.live import Live
from serving.metrics import measured
from serving.problems import answer_of
from serving.reading import asked_of
from serving.schemas.requests import Body

Scope = Literal["open", "platform"]
"""Who is meant to ask: anybody, or the city platform for one of its people. Nothing checks it yet (SECURITY.md)."""
Tag = Literal["Residents", "Items", "Events", "Site", "Operation"]
SECONDS = 30.0
"""Seconds that an answer may take; then the status is 504."""


@dataclass(frozen=True)
class Endpoint:
    """Describe one address: method, path, request, answer, who may ask, and the function that answers.

    `asks` is the model of the request: the JSON body of a POST, else the parameters of path and query; None: nothing is read.
    `handler` gets `Live` and the checked request, and returns the body as bytes of the type `media`. `answers` is the model of
    the answer, for the description alone. `fixed` answers never change while the process runs: they carry an ETag. The first line
    of the handler's docstring is the summary on the OpenAPI page. `example` is a request body, or the parameters by name.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Callable[[Live, Any], Awaitable[bytes]]
    tag: Tag
    scope: Scope
    asks: type[Body] | None = None
    answers: type[BaseModel] | None = None
    example: Any = None
    media: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    fixed: bool = False

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.handler.__doc__ or "").partition("\n")[0]

    @cached_property
    def route(self) -> Route:
        """The route that reads the request, answers, counts, and turns every exception into a problem document."""

        async def answer(request: Request) -> Response:
            return await self._answered(request)

        return Route(self.path, answer, methods=[self.method], name=self.path)

    async def _answered(self, request: Request) -> Response:
        live: Live = request.app.state.live
        with measured(self.path) as outcome:
            try:
                async with asyncio.timeout(SECONDS):
                    body = await self.handler(live, await asked_of(request, self.asks, {"city": live.city}))
                response = self._response(body, request.headers.get("if-none-match", ""))
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
