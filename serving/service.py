"""The BentoML service: one endpoint, one line from request to answer."""

import time
from collections.abc import Callable
from typing import Any

import bentoml
from starlette.responses import Response

from serving.collector import Collector
from serving.deployment import Deployment
from serving.models import ProfileRequest, RecommendRequest
from serving.openapi import Documentation
from serving.pages import Pages
from serving.pointer import pointer
from serving.problems import CHECKED, PROBLEM_TYPE, Border, problem, unexpected
from serving.respond import respond, respond_profile, warm_up
from serving.responses import ProfileResponse, RecommendResponse
from sqrec.errors import RequestError

_ASKED: Any = RecommendRequest
_ANSWERED: Any = RecommendResponse
_PROFILE_ASKED: Any = ProfileRequest
_PROFILE_ANSWERED: Any = ProfileResponse
_BORDER: Any = Border
_DOCUMENTATION: Any = Documentation
_PAGES: Any = Pages
"""BentoML takes pydantic models and ASGI classes; its hints name narrower types."""


@bentoml.service(
    name="sqrec",
    workers=1,
    traffic={"timeout": 30},
    logging={"access": {"enabled": False}},
    endpoints={"livez": "/livez", "readyz": "/readyz"},
)
class Sqrec:
    """Ranked jobs near home, with reasons."""

    def __init__(self) -> None:
        self.pointer = pointer()
        warm_up(self.pointer.deployment)
        self.collector = Collector()
        self.pointer.watch()

    @bentoml.api(route="/v1/recommend", input_spec=_ASKED, output_spec=_ANSWERED)
    async def recommend(self, **_: Any) -> Response:
        """Return ranked lists for one person: with reasons, what is missing, and how far it is."""
        return self._answered(respond)

    @bentoml.api(route="/v1/profile", input_spec=_PROFILE_ASKED, output_spec=_PROFILE_ANSWERED)
    async def profile(self, **_: Any) -> Response:
        """Return what is known of one person: facts with their source, what is missing, groups with their evidence."""
        return self._answered(respond_profile)

    def _answered(self, answer: Callable[[Deployment, Any, int], bytes]) -> Response:
        try:
            body = answer(self.pointer.deployment, CHECKED.get(), time.time_ns() // 1000)
            return Response(body, media_type="application/json")
        except LookupError as unknown:
            return Response(problem(404, str(unknown.args[0])), 404, media_type=PROBLEM_TYPE)
        except RequestError as refused:
            return Response(problem(403, str(refused)), 403, media_type=PROBLEM_TYPE)
        except Exception as mistake:  # noqa: BLE001 (whatever it is, its message may quote the request)
            return Response(unexpected(mistake), 500, media_type=PROBLEM_TYPE)
        finally:
            self.collector.served()

    async def __is_ready__(self) -> bool:
        """Tell whether a bundle is loaded and warmed up."""
        return self.pointer.ready


Sqrec.add_asgi_middleware(_BORDER, context=lambda: {"city": pointer().deployment.recommender.city}, max_body=262_144)
Sqrec.add_asgi_middleware(_DOCUMENTATION, service=Sqrec)
Sqrec.add_asgi_middleware(_PAGES, choices=lambda: pointer().deployment.choices)
