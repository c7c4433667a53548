"""The OpenAPI description, made from the table of routes."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from serving.allowed import SESSION
from serving.endpoint import SECONDS, Endpoint, Tag
from serving.modes import Mode
from serving.problems import PROBLEM_TYPE
from serving.schemas.answers import Problem
from sqrec.version import VERSION

_REF = "#/components/schemas/{model}"
_ABOUT = (
    "Jobs, training courses and convenience services near home, ranked for one resident with reasons that are true, for a city"
    " platform to call. An answer names the bundle and the ranker that made it, the minutes on foot to each item, and the requirements"
    " that the person does not meet. Unknown facts are null or left out, never zero. Errors are problem documents (RFC 9457) that name"
    " everything that is wrong."
)
_TAGS: Mapping[Tag, str] = {
    "Residents": "Ranked lists and profiles of people.",
    "Rights": "What residents are owed: the switch, tags, consents, an adviser's word, what is held, erasure, explanations, complaints"
    " (docs/rights.md).",
    "Items": "Vacancies, courses and amenities.",
    "Events": "Intake of what people did; durable, and counted once.",
    "Sessions": "The platform's sign-on for people who come with a browser.",
    "Site": "The residents' page and what it loads.",
    "Operation": "Health, metrics, and this description.",
}
_ERRORS = {
    400: "The request is wrong; `problems` names everything that is.",
    401: "This needs a key, or the key does not hold.",
    403: "The law refuses an answer, or the key lacks the scope.",
    404: "No person or item has this id, or the item may not be shown now.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    421: "The request is for another host.",
    429: "Too often; `Retry-After` says when to ask again, in seconds.",
    500: "Something went wrong here.",
    503: "Not now: the service is not ready, its store cannot be reached, or it serves a data folder, which takes no events.",
    504: f"The answer took more than {SECONDS:g} seconds.",
}
_OF_BODIES, _OF_KEYS = frozenset({413, 415}), frozenset({401, 429})
_SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key, sq_…: sqrec keys create (docs/access.md)."},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION, "description": "The cookie that POST /v1/session sets."},
}

_PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>sqrec {VERSION} API</title>
<link rel="icon" href="/page/icon.svg"><link rel="stylesheet" href="/docs/drawn/swagger-ui.css"></head>
<body><!-- note --><div id="ui"></div><script src="/docs/drawn/swagger-ui-bundle.js"></script>
<script src="/page/docs.js"></script></body></html>
"""
_DEMO = "<p>Demo: everybody and everything here is invented, and no key is needed.</p>"


def page(mode: Mode) -> bytes:
    """Return the page that draws the description; it says where it is that of the demo."""
    return _PAGE.replace("<!-- note -->", _DEMO if mode == "demo" else "").encode()


_BESIDE: Mapping[str, tuple[Tag, str]] = {
    "/page/{file}": ("Site", "Return a style, script or picture of the residents' page."),
    "/docs/drawn/{file}": ("Operation", "Return a script or style of /docs."),
    "/healthz": ("Operation", "Say that the process answers."),
    "/schema.json": ("Operation", "Return BentoML's own description of the service."),
}
"""Addresses that are answered outside the table of routes: files, and two addresses of BentoML."""


def describe(routes: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of routes as JSON values: models, one error shape (`Problem`), an example of every request."""
    table = tuple(routes)
    asked: list[tuple[type[BaseModel], JsonSchemaMode]] = [(one.asks, "validation") for one in table if one.asks]
    told: list[tuple[type[BaseModel], JsonSchemaMode]] = [(one.answers, "serialization") for one in table if one.answers]
    _, schemas = models_json_schema([*asked, *told, (Problem, "serialization")], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for one in table:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    for path, (tag, meaning) in _BESIDE.items():
        paths[path] = {"get": {"tags": [tag], "summary": meaning, "responses": {"200": {"description": "The answer."}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "sqrec", "version": VERSION, "description": _ABOUT},
        "tags": [{"name": name, "description": meaning} for name, meaning in _TAGS.items()],
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": _SECURITY},
    }


def _operation(one: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {
        "tags": [one.tag],
        "summary": one.summary,
        "operationId": one.handler.__name__,
        "responses": {"200": _answer(one)} | {str(code): _error(code) for code in _statuses(one)},
    }
    if one.scope != "open":  # empty braces: without a key as well, for people described in the request
        found["security"] = [*([{}] if one.inline else []), {"key": []}, {"session": []}]
    if one.asks and one.method == "POST":
        content = {"schema": _named(one.asks), "example": one.example}
        if path := [told for told in _parameters(one, one.asks) if told["in"] == "path"]:
            found["parameters"] = path
            content["schema"] = _beside(one.asks, path)
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    elif one.asks:
        found["parameters"] = _parameters(one, one.asks)
    return found


def _statuses(one: Endpoint) -> list[int]:
    """Return the HTTP error statuses that an address can answer."""
    if one.asks is None:
        keys = [] if one.scope == "open" else [401, 403]
        late = [] if one.scope == "open" else [429, 503]  # 503: a key that cannot be checked is not believed
        return [*keys, 421, *late, *([500, 503] if one.path == "/readyz" else [500])]
    left_out = (frozenset() if one.method == "POST" else _OF_BODIES) | (
        _OF_KEYS if one.scope == "open" and one.tag != "Sessions" else frozenset()
    )
    return [code for code in _ERRORS if code not in left_out]


def _answer(one: Endpoint) -> dict[str, Any]:
    schema = _named(one.answers) if one.answers else {"type": "string"} if one.media.startswith("text/") else {}
    return {"description": "The answer.", "content": {one.media.partition(";")[0]: {"schema": schema}}}


def _error(code: int) -> dict[str, Any]:
    return {"description": _ERRORS[code], "content": {PROBLEM_TYPE: {"schema": _named(Problem)}}}


def _parameters(one: Endpoint, asks: type[BaseModel]) -> list[dict[str, Any]]:
    schema = asks.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in one.path else "query",
            "required": name in required,
            "schema": told,
            "example": {**one.example, **one.of_path}.get(name),
        }
        for name, told in schema["properties"].items()
    ]


def _beside(asks: type[BaseModel], path: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the schema of a body whose other fields stand in the path."""
    schema, gone = asks.model_json_schema(ref_template=_REF), {told["name"] for told in path}
    schema.pop("$defs", None)
    schema["properties"] = {name: told for name, told in schema["properties"].items() if name not in gone}
    schema["required"] = [name for name in schema.get("required", []) if name not in gone]
    return schema


def _named(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
