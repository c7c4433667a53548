"""Shorthand for the declaration of columns."""

from collections.abc import Mapping

from sqrec.contract import vocabulary as words
from sqrec.contract.shapes import Column, ColumnType

_RULES: Mapping[ColumnType, str] = {
    "id": "id",
    "text": "text",
    "list": "text",
    "skills": "skill-level",
    "needs": "need",
    "choice": "choice",
    "choices": "choices",
    "recognised": "recognised",
    "number": "number",
    "integer": "integer",
    "coordinate": "coordinate",
    "occupation": "occupation",
    "wkt": "wkt",
    "boolean": "boolean",
    "month": "birth-month",
    "date": "date",
    "date_or_no": "date",
    "instant": "instant",
    "opening": "validity",
    "closing": "validity",
    "hours": "hours",
    "area": "area",
    "json": "json",
    "vector": "vector",
}
_STRICT: Mapping[ColumnType, str] = {
    "text": "text-required",
    "choice": "choice-required",
    "occupation": "occupation-required",
    "area": "area-required",
    "instant": "instant-required",
    "number": "number-required",
    "integer": "number-required",
    "coordinate": "number-required",
}


def column(
    name: str,
    kind: ColumnType,
    meaning: str,
    *,
    vocabulary: tuple[str, ...] = (),
    low: float = float("-inf"),
    high: float = float("inf"),
    rule: str = "",
    spoken: str = "",
) -> Column:
    """Declare a column; a name that ends in `*` is required."""
    required = name.endswith("*")
    found = rule or (_STRICT.get(kind, _RULES[kind]) if required else _RULES[kind])
    return Column(name.rstrip("*"), kind, meaning, found, required, vocabulary, low, high, spoken)


def number(name: str, meaning: str, low: float = 0, high: float = float("inf"), spoken: str = "") -> Column:
    """Declare a number, not negative unless said otherwise."""
    return column(name, "number", meaning, low=low, high=high, spoken=spoken)


def integer(name: str, meaning: str, low: float = 0, high: float = float("inf"), spoken: str = "") -> Column:
    """Declare a whole number, not negative unless said otherwise."""
    return column(name, "integer", meaning, low=low, high=high, spoken=spoken)


def education(name: str, meaning: str, spoken: str = "") -> Column:
    """Declare an education code."""
    return column(name, "choice", meaning, vocabulary=words.EDUCATION, spoken=spoken)


LON = column("lon", "coordinate", "degrees east in the folder's frame")
LAT = column("lat", "coordinate", "degrees north in the folder's frame")
PLACE = (LON, LAT, column("area", "area", "administrative division: 6, 9 or 12 digits, or a path"))
SHOWN = (
    column("published_at", "opening", "shown from then on; a date means its 00:00; empty = open"),
    column("valid_to", "closing", "shown until then; a date means its 24:00; empty = open"),
)
