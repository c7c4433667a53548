"""Parsing of a request's bytes into the checked request; all problems are reported at once."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json, to_json
from starlette.requests import Request

from serving.problems import RefusedError
from serving.schemas.answers import ProblemDetail
from serving.schemas.requests import Asked, Body, RecommendRequest

T = TypeVar("T", bound=Body)
_ONE_OF = ProblemDetail(field="person", rule="one-of", detail="right is exactly one of person and person_id")
_A_NAME = re.compile(r"[a-z_]{1,40}")


async def asked_of(request: Request, shape: type[Body] | None, context: dict[str, Any]) -> Body | None:
    """Return the checked request: the JSON body of a POST with the parameters of the path, else those of path and query.

    None without a `shape`.

    `context` holds the city under `city`, for the check of points. Raises RefusedError: 415 for another content type than JSON, 413
    for a body of more than `shape.most_bytes`, 400 with every problem.
    """
    if shape is None:
        return None
    if request.method != "POST":
        return _valid(shape, told_in(request), context)
    kinds = request.headers.getlist("content-type")  # two of them are read by each reader in its own way
    if len(kinds) != 1 or kinds[0].partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(415, "The body must be application/json.")
    asked = checked(_with_path(await _body(request, shape.most_bytes), request.path_params), context, shape)
    if isinstance(asked, Body):
        return asked
    raise _wrong(asked)


def told_in(request: Request) -> Mapping[str, str]:
    """Return the parameters of path and query; where both have a name, that of the path."""
    return {**request.query_params, **request.path_params}


def checked(body: bytes, context: dict[str, Any], shape: type[T] = RecommendRequest) -> T | Sequence[ProblemDetail]:
    """Return the request that a body holds, or everything that is wrong with it."""
    try:
        asked = shape.model_validate_json(body, context=context)
    except ValidationError as wrong:
        found = details_of(wrong)
        return [_ONE_OF, *found] if issubclass(shape, Asked) and not _names_one(body) else found
    return [_ONE_OF] if isinstance(asked, Asked) and not asked.names_one else asked


def _with_path(body: bytes, path: Mapping[str, str]) -> bytes:
    """Return a body with the parameters of the path among its fields; a body that names one itself says more than it may."""
    if not path:
        return body
    try:
        told = from_json(body)
    except ValueError:
        return body
    if not isinstance(told, dict):
        return body
    fields: dict[str, Any] = {str(name): value for name, value in told.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    twice = [
        ProblemDetail(field=name, rule="path", detail="right is to name it in the address alone")
        for name in path
        if name in fields
    ]
    if twice:
        raise _wrong(twice)
    return to_json(fields | dict(path))


def _valid(shape: type[Body], told: Mapping[str, str], context: dict[str, Any]) -> Body:
    try:
        return shape.model_validate_strings(told, context=context)
    except ValidationError as wrong:
        raise _wrong(details_of(wrong)) from None


def _wrong(problems: Sequence[ProblemDetail]) -> RefusedError:
    return RefusedError(400, f"{len(problems)} problem(s) in the request.", tuple(problems))


def details_of(wrong: ValidationError) -> list[ProblemDetail]:
    """Return everything that is wrong, without the values."""
    errors = wrong.errors(include_url=False, include_input=False, include_context=False)
    return [ProblemDetail(field=_field(one), rule=one["type"], detail=_without_values(one)) for one in errors]


def _names_one(body: bytes) -> bool:
    """Tell whether a body names exactly one of person and person_id; True where it is no object, which is reported elsewhere."""
    try:
        asked = from_json(body)
    except ValueError:
        return True
    return not isinstance(asked, dict) or (asked.get("person") is None) != (asked.get("person_id") is None)


def _field(error: Any) -> str:
    """Return the path of a field; an unknown field's name is quoted only where it looks like a name, else it is `…`."""
    parts = [str(part) for part in error["loc"]]
    if error["type"] == "extra_forbidden" and not _A_NAME.fullmatch(parts[-1]):
        parts[-1] = "…"
    return ".".join(parts) or "body"


def _without_values(error: Any) -> str:
    """Return pydantic's message, which quotes our bounds and choices and never the input."""
    return "right is well-formed JSON" if error["type"] == "json_invalid" else str(error["msg"])


async def _body(request: Request, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > most:
            raise RefusedError(413, f"The body is larger than {most} bytes.")
    return b"".join(parts)
