"""One OpenAPI page: BentoML's description with our one error shape and working examples."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import from_json, to_json
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.problems import PROBLEM_TYPE
from serving.schemas.answers import Problem

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>sqrec API</title>
<link rel="stylesheet" href="/static_content/swagger-ui.css"></head>
<body><div id="ui"></div><script src="/static_content/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "/docs.json", dom_id: "#ui", validatorUrl: null})</script></body></html>
"""

EXAMPLE = {
    "person": {
        "desired": ["Retail Sales Associate"],
        "occupations": ["Cashier"],
        "area": "New York/New York",
        "history": [{"kind": "job", "item_id": "j399ba809c", "event": "view", "at": "2015-03-01T12:00:00Z"}],
    },
    "n": 5,
    "lang": "en",
}
"""A request that any bundle can answer; items it does not know are left out of the history."""

EXAMPLES: Mapping[str, Any] = {
    "/v1/recommend": EXAMPLE,
    "/v1/profile": {
        "person": {"birth_month": "1974-05", "employment": "unemployed", "registered_unemployed_on": "2025-10-01"},
        "restricted": {"sex": "male", "low_income": False},
        "lang": "en",
    },
    "/v1/recommend/batch": {"persons": [{"person": {"desired": ["Cashier"]}}, {"person": {"area": "New York/New York"}}], "n": 3},
    "/v1/events": {
        "events": [
            {
                "event_id": "platform-20261101-000001",
                "person_id": "p1",
                "kind": "job",
                "item_id": "j399ba809c",
                "event": "apply",
                "at": "2026-11-01T09:30:00+08:00",
                "request_id": "3f2b8c1d5e6f47a8b9c0d1e2f3a4b5c6",
                "position": 2,
            }
        ]
    },
}
"""A request of every route."""

_ERRORS = {
    "400": "The request is wrong; `problems` names everything that is.",
    "403": "The law refuses an answer.",
    "404": "Nobody has this person_id.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "500": "Something went wrong here.",
    "503": "The service cannot do this now: it is not ready, its store cannot be reached, or a data folder is served.",
}


class Documentation:
    """Serve `/docs` and `/docs.json` from this server alone."""

    def __init__(self, app: ASGIApp, service: Any) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer its own addresses, pass everything else on."""
        path = scope["path"] if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} else None
        if path == "/docs":
            await HTMLResponse(_PAGE)(scope, receive, send)
        elif path in {"/docs.json", "/openapi.json"}:
            await Response(_described(self.service), media_type="application/json")(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@cache
def _described(service: Any) -> bytes:
    told = to_json(service.openapi_spec.asdict()).replace(b"IODescriptor", b"")
    return to_json(describe(from_json(told)))


def describe(spec: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI description with one error shape everywhere and an example of every request."""
    schemas = spec["components"]["schemas"]
    for name in [name for name in schemas if name.startswith(("InvalidArgument", "NotFound", "InternalServerError"))]:
        del schemas[name]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for path, example in EXAMPLES.items():
        operation = spec["paths"][path]["post"]
        operation["requestBody"]["content"]["application/json"]["example"] = example
        operation["responses"] = {"200": operation["responses"]["200"]} | {code: _error(text) for code, text in _ERRORS.items()}
    return spec


def _error(text: str) -> dict[str, Any]:
    return {"description": text, "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
