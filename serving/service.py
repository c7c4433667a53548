"""The BentoML service: every endpoint one line from request to answer."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import bentoml
from starlette.responses import Response

from serving.collector import Collector
from serving.deployment import Deployment
from serving.live import pointer
from serving.log import RankingLog
from serving.openapi import Documentation
from serving.problems import CHECKED, Border, answered
from serving.routes.batch import respond_batch
from serving.routes.events import append
from serving.routes.recommend import Answered, respond, respond_profile
from serving.schemas.answers import BatchResponse, EventsResponse, ProfileResponse, RecommendResponse
from serving.schemas.requests import BatchRequest, EventsRequest, ProfileRequest, RecommendRequest
from serving.site.pages import Pages
from sqrec.groups.record import Record

_BORDER: Any = Border
_DOCUMENTATION: Any = Documentation
_PAGES: Any = Pages
"""BentoML takes pydantic models and ASGI classes; its hints name narrower types."""


def _route(path: str, asked: Any, answered: Any) -> Any:
    return bentoml.api(route=path, input_spec=asked, output_spec=answered)


@bentoml.service(
    name="sqrec",
    workers=1,
    traffic={"timeout": 30},
    logging={"access": {"enabled": False}},
    endpoints={"livez": "/livez", "readyz": "/readyz"},
)
class Sqrec:
    """Jobs, courses and services near home, ranked with reasons; and what people did with them."""

    def __init__(self) -> None:
        self.pointer = pointer()
        self.log = RankingLog(self.pointer.store) if self.pointer.store else None
        self.collector = Collector()
        self.pointer.watch()

    @_route("/v1/recommend", RecommendRequest, RecommendResponse)
    async def recommend(self, **_: Any) -> Response:
        """Return ranked lists for one person: with reasons, what is missing, and how far it is."""
        return await self._answered(self._asked(respond))

    @_route("/v1/profile", ProfileRequest, ProfileResponse)
    async def profile(self, **_: Any) -> Response:
        """Return what is known of one person: facts with their source, what is missing, groups with their evidence."""
        return await self._answered(self._asked(respond_profile))

    @_route("/v1/recommend/batch", BatchRequest, BatchResponse)
    async def recommend_batch(self, **_: Any) -> Response:
        """Return the lists of up to 500 people, each answered like a request of its own."""
        return await self._answered(respond_batch(self.pointer.deployment, CHECKED.get(), self._written))

    @_route("/v1/events", EventsRequest, EventsResponse)
    async def events(self, **_: Any) -> Response:
        """Take what people did, 500 events at most: on the disk before the answer; an event sent again counts once."""
        return await self._answered(append(self.pointer.deployment, self.pointer.store, CHECKED.get()))

    async def _answered(self, body: Awaitable[bytes]) -> Response:
        try:
            return await answered(body)
        finally:
            self.collector.served()

    async def _asked(self, answer: Callable[[Deployment, Any, Record | None, int], Answered]) -> bytes:
        deployment, asked = self.pointer.deployment, CHECKED.get()
        record = await deployment.records.found(asked.person_id) if asked.person_id else None
        return self._written(answer(deployment, asked, record, time.time_ns() // 1000))

    def _written(self, answer: Answered) -> bytes:
        """Hand the shown rows of an answer to the log, and return its body."""
        if self.log and answer.shown:
            self.log.put(answer.shown)
        return answer.body

    @bentoml.on_shutdown
    def close(self) -> None:
        """Write what waits to be written."""
        if self.log:
            self.log.close()

    async def __is_ready__(self) -> bool:
        """Tell whether a bundle is loaded and warmed up, and the data can be reached."""
        return self.pointer.ready


Sqrec.add_asgi_middleware(_BORDER, context=lambda: {"city": pointer().deployment.recommender.city})
Sqrec.add_asgi_middleware(_DOCUMENTATION, service=Sqrec)
Sqrec.add_asgi_middleware(_PAGES, choices=lambda: pointer().deployment.choices)
