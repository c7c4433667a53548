"""Declared things (columns, encoders, rules) as JSON and back: data, never code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, cast

from sklearn.base import BaseEstimator

from sqrec.errors import BundleError


def to_json(thing: Any) -> Any:
    """Return plain JSON values for a declared thing, its class under `is`; tuples become lists."""
    if isinstance(thing, tuple | list):
        return [to_json(part) for part in cast("Sequence[Any]", thing)]
    if isinstance(thing, Mapping):
        return {key: to_json(part) for key, part in cast("Mapping[str, Any]", thing).items()}
    settings = _settings(thing)
    if settings is None:
        return thing
    return {"is": type(thing).__name__, **{key: to_json(value) for key, value in settings.items()}}


def _settings(thing: Any) -> dict[str, Any] | None:
    """Return what a declared thing was made with; None for a plain value."""
    if isinstance(thing, BaseEstimator):
        return thing.get_params(deep=False)
    if is_dataclass(thing):
        return {field.name: getattr(thing, field.name) for field in fields(thing) if field.init}
    return None


def from_json(data: Any, classes: Iterable[type]) -> Any:
    """Rebuild a declared thing from JSON values; lists become tuples.

    Only `classes` are made. Raises BundleError for any other class and for settings a class does not have.
    """
    known = {cls.__name__: cls for cls in classes}
    if isinstance(data, list):
        return tuple(from_json(part, known.values()) for part in cast("list[Any]", data))
    if not isinstance(data, dict):
        return data
    told = cast("dict[str, Any]", data)
    parts = {key: from_json(value, known.values()) for key, value in told.items() if key != "is"}
    return _made(told["is"], parts, known) if "is" in told else parts


def _made(name: str, settings: dict[str, Any], known: Mapping[str, type]) -> Any:
    if name not in known:
        raise BundleError(
            f"The bundle names {name!r}, which this sqrec does not have. Train it again, or use the sqrec that made it."
        )
    try:
        return known[name](**settings)
    except TypeError as problem:
        raise BundleError(f"The bundle's {name} does not fit this sqrec ({problem}). Train it again.") from problem
