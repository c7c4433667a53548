"""Declared things (columns, encoders, rules) as JSON and back: data, never code."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from sklearn.base import BaseEstimator

from sqrec.errors import BundleError


def to_json(thing: Any) -> Any:
    """Return plain JSON values for a declared thing, its class under `is`; tuples become lists."""
    if isinstance(thing, tuple | list):
        return [to_json(part) for part in thing]
    if isinstance(thing, Mapping):
        return {key: to_json(part) for key, part in thing.items()}
    if isinstance(thing, BaseEstimator):
        settings = thing.get_params(deep=False)
    elif is_dataclass(thing):
        settings = {field.name: getattr(thing, field.name) for field in fields(thing) if field.init}
    else:
        return thing
    return {"is": type(thing).__name__, **{key: to_json(value) for key, value in settings.items()}}


def from_json(data: Any, classes: Iterable[type]) -> Any:
    """Rebuild a declared thing from JSON values; lists become tuples.

    Only `classes` are made. Raises BundleError for any other class and for settings a class does not have.
    """
    known = {cls.__name__: cls for cls in classes}
    if isinstance(data, list):
        return tuple(from_json(part, known.values()) for part in data)
    if not isinstance(data, dict):
        return data
    parts = {key: from_json(value, known.values()) for key, value in data.items() if key != "is"}
    return _made(data["is"], parts, known) if "is" in data else parts


def _made(name: str, settings: dict[str, Any], known: Mapping[str, type]) -> Any:
    if name not in known:
        raise BundleError(f"The bundle names {name!r}, which this sqrec does not have. Train it again, or use the sqrec that made it.")
    try:
        return known[name](**settings)
    except TypeError as problem:
        raise BundleError(f"The bundle's {name} does not fit this sqrec ({problem}). Train it again.") from problem
