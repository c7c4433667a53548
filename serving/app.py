"""The application: one table of routes. Routing, checks, problem documents, metrics and the OpenAPI page all come from it."""

from collections.abc import Sequence
from functools import cache

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from serving.doors import Doors
from serving.endpoint import Endpoint
from serving.live import Live
from serving.openapi import describe, page
from serving.problems import answer_of
from serving.routes import complaints, events, explanations, items, operation, owed, residents, rights, sessions, site
from serving.schemas import examples
from serving.schemas.answers import BatchResponse, EventsResponse, ItemResponse, ProfileResponse, RecommendResponse
from serving.schemas.owed import (
    AccessRequest,
    AccessResponse,
    AnswerRequest,
    ComplaintOut,
    ComplaintRequest,
    ComplaintsRequest,
    ComplaintsResponse,
    ErasureRequest,
    ErasureResponse,
    ExplanationRequest,
    ExplanationResponse,
)
from serving.schemas.requests import BatchRequest, EventsRequest, ItemRequest, ProfileRequest, RecommendRequest
from serving.schemas.rights import (
    AboutRequest,
    ConsentRequest,
    ConsentsResponse,
    SwitchRequest,
    SwitchResponse,
    TagsRequest,
    TagsResponse,
    UnsuitableRequest,
    UnsuitableResponse,
)
from serving.schemas.sessions import EndRequest, EndResponse, SessionRequest, SessionResponse
from serving.site.choices import STATIC
from sqrec.access import Asker


async def docs(live: Live, asked: None, who: Asker) -> bytes:
    """Return the page that describes this API."""
    return page(live.mode)


async def description(live: Live, asked: None, who: Asker) -> bytes:
    """Return the description of this API (OpenAPI 3.1)."""
    return _described()


_HTML, _TEXT, _FIGURES = "text/html; charset=utf-8", "text/plain; charset=utf-8", "text/plain; version=0.0.4; charset=utf-8"
ROUTES: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/v1/recommend",
        residents.recommend,
        "Residents",
        "residents",
        RecommendRequest,
        RecommendResponse,
        examples.RECOMMEND,
        inline=True,
        turn="one",
    ),
    Endpoint(
        "POST",
        "/v1/recommend/batch",
        residents.recommend_batch,
        "Residents",
        "residents",
        BatchRequest,
        BatchResponse,
        examples.BATCH,
        inline=True,
        turn="batch",
    ),
    Endpoint(
        "POST",
        "/v1/profile",
        residents.profile,
        "Residents",
        "residents",
        ProfileRequest,
        ProfileResponse,
        examples.PROFILE,
        inline=True,
        turn="one",
    ),
    Endpoint("POST", "/v1/events", events.events, "Events", "events", EventsRequest, EventsResponse, examples.EVENTS),
    Endpoint("GET", rights.SWITCH, rights.switch, "Rights", "rights", AboutRequest, SwitchResponse, examples.ABOUT),
    Endpoint(
        "POST",
        rights.SWITCH,
        rights.set_switch,
        "Rights",
        "rights",
        SwitchRequest,
        SwitchResponse,
        examples.SWITCH,
        of_path=examples.WHOSE,
    ),
    Endpoint("GET", rights.TAGS, rights.tags, "Rights", "rights", AboutRequest, TagsResponse, examples.ABOUT),
    Endpoint(
        "POST",
        rights.TAGS,
        rights.change_tags,
        "Rights",
        "rights",
        TagsRequest,
        TagsResponse,
        examples.TAGS,
        of_path=examples.WHOSE,
    ),
    Endpoint("GET", rights.CONSENTS, rights.consents, "Rights", "rights", AboutRequest, ConsentsResponse, examples.ABOUT),
    Endpoint(
        "POST",
        rights.CONSENTS,
        rights.change_consents,
        "Rights",
        "rights",
        ConsentRequest,
        ConsentsResponse,
        examples.CONSENT,
        of_path=examples.WHOSE,
    ),
    Endpoint(
        "POST",
        rights.UNSUITABLE,
        rights.unsuitable,
        "Rights",
        "advice",
        UnsuitableRequest,
        UnsuitableResponse,
        examples.UNSUITABLE,
        of_path=examples.WHOSE,
    ),
    Endpoint("POST", "/v1/session", sessions.begin, "Sessions", "open", SessionRequest, SessionResponse, examples.SESSION),
    Endpoint("POST", "/v1/session/end", sessions.end, "Sessions", "open", EndRequest, EndResponse, {}),
    Endpoint("POST", "/v1/access", owed.access, "Rights", "owed", AccessRequest, AccessResponse, examples.ACCESS),
    Endpoint("POST", "/v1/erasure", owed.erasure, "Rights", "owed", ErasureRequest, ErasureResponse, examples.ERASURE),
    Endpoint(
        "GET",
        "/v1/explanations/{request_id}",
        explanations.explanation,
        "Rights",
        "residents",
        ExplanationRequest,
        ExplanationResponse,
        examples.EXPLANATION,
    ),
    Endpoint("POST", "/v1/complaints", complaints.complain, "Rights", "owed", ComplaintRequest, ComplaintOut, examples.COMPLAINT),
    Endpoint(
        "POST",
        "/v1/complaints/list",
        complaints.complaints,
        "Rights",
        "owed",
        ComplaintsRequest,
        ComplaintsResponse,
        examples.COMPLAINTS,
    ),
    Endpoint(
        "POST",
        "/v1/complaints/answer",
        complaints.answer,
        "Rights",
        "administration",
        AnswerRequest,
        ComplaintOut,
        examples.ANSWER,
    ),
    Endpoint("GET", "/v1/items/{kind}/{item_id}", items.item, "Items", "open", ItemRequest, ItemResponse, examples.ITEM),
    Endpoint("GET", "/", site.home, "Site", "open", media=_HTML, headers=site.KEPT, fixed=True),
    Endpoint("GET", "/about-algorithm", site.about, "Site", "open", headers=site.KEPT, fixed=True),
    Endpoint("GET", "/page/words.json", site.words, "Site", "open", headers=site.KEPT, fixed=True),
    Endpoint("GET", "/page/people", site.people, "Site", "open", headers=site.FRESH),
    Endpoint("GET", "/page/places", site.places, "Site", "open", headers=site.FRESH),
    Endpoint("GET", "/docs", docs, "Operation", "open", media=_HTML, fixed=True),
    Endpoint("GET", "/docs.json", description, "Operation", "open", fixed=True),
    Endpoint("GET", "/livez", operation.livez, "Operation", "open", media=_TEXT, unlimited=True),
    Endpoint("GET", "/readyz", operation.readyz, "Operation", "open", media=_TEXT, unlimited=True),
    Endpoint("GET", "/metrics", operation.metrics, "Operation", "operation", media=_FIGURES, unlimited=True),
)
"""Every address that the service answers, except files below /page/ and /docs/drawn/."""


def application(live: Live | None = None, table: Sequence[Endpoint] = ROUTES) -> Starlette:
    """Return the Starlette application behind its doors; `live` may also be set later, as `state.live`."""
    routes = [
        *(one.route for one in table),
        Mount("/docs/drawn", StaticFiles(packages=[("bentoml._internal.server", "static_content")])),
        Mount("/page", site.Files(directory=STATIC)),
        Route("/{path:path}", _nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
    ]
    made = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    made.state.live = live
    made.router.redirect_slashes = False
    made.add_middleware(Doors, live=lambda: made.state.live, routes=table)
    return made


async def _nothing(request: Request) -> Response:
    """Answer 404 for an unknown address, 405 for a known one with another method."""
    known = any(one.route.path_regex.match(request.url.path) for one in ROUTES)
    return answer_of(HTTPException(405 if known else 404))


async def _refused(request: Request, mistake: Exception) -> Response:
    return answer_of(mistake)


@cache
def _described() -> bytes:
    return to_json(describe(ROUTES))
