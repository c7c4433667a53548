"""Rows that come as JSON (a request's person): the same columns, parsers and rules as the tables."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias, cast

import numpy as np

from sqrec.cities import City
from sqrec.columns import RULES, TABLES, Column
from sqrec.coordinates import Frame
from sqrec.parse import Value, parse
from sqrec.rowchecks import place, too_young
from sqrec.tables import Problem

LISTS = {"list", "skills", "needs", "choices", "recognised"}
_NUMBERS = {"number", "integer", "coordinate"}
Fact: TypeAlias = Value | tuple[str, ...]
"""A value of a row: a list is a tuple of texts, an instant microseconds UTC, a boolean 1.0 or 0.0."""


def parse_value(table: str, name: str, text: str, city: City) -> tuple[Value, str | None]:
    """Return the value of one cell of a table and the id of the rule it breaks, if any."""
    return parse(TABLES[table].column(name), text, city.zone)


def parse_json(
    table: str, row: Mapping[str, Any], city: City, *, crs: Frame = "WGS84", at: int | None = None
) -> tuple[dict[str, Fact], list[Problem]]:
    """Return every known value of a row of JSON types, and every problem of it at once.

    Lists are JSON lists, numbers numbers, booleans booleans, the rest texts; null, an empty text and an empty list are
    unknown, and left out. The table's own id may be missing. `crs` is the frame of `lon` and `lat`, which are turned
    into the city's. Ages are those of `at` (microseconds UTC; None: now). A problem's row is 0.
    """
    columns = {column.name: column for column in TABLES[table].columns}
    values: dict[str, Fact] = {}
    problems = [_problem(table, name, row[name], "unknown-field") for name in row if name not in columns]
    for column in columns.values():
        value, rule = _read(column, row.get(column.name), city)
        if rule == "required" and column.name == TABLES[table].key:
            rule = None
        if rule:
            problems.append(_problem(table, column.name, row.get(column.name), rule))
        if value is not None and value != ():
            values[column.name] = value
    for name, rule in _across(values, crs, city, at):
        problems.append(_problem(table, name, row.get(name), rule))
    return values, problems


def _problem(table: str, name: str, value: Any, rule: str) -> Problem:
    return Problem(table, 0, name, "" if value is None else str(value), RULES[rule].id)


def _read(column: Column, value: Any, city: City) -> tuple[Fact, str | None]:
    """Bring a JSON value to the text that a table would hold, and parse that."""
    text = _as_text(column, value)
    if text is None:
        return None, "json-type"
    parsed, rule = parse(column, text, city.zone)
    if column.type in LISTS:
        return tuple(str(parsed).split("|")) if parsed is not None else (), rule
    return parsed, rule


def _as_text(column: Column, value: Any) -> str | None:
    """Return a JSON value as text, None where its type is not the column's."""
    if value is None:
        return ""
    if column.type in LISTS:
        parts: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [None]
        return "|".join(parts) if all(isinstance(part, str) and "|" not in part for part in parts) else None
    if column.type == "boolean":
        return str(value) if isinstance(value, bool) else None
    if column.type in _NUMBERS:
        return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    return value if isinstance(value, str) else None


def _across(values: dict[str, Fact], crs: Frame, city: City, at: int | None) -> list[tuple[str, str]]:
    """Check what needs more than one value; a wrong point becomes unknown, a former division gets its present code."""
    found: list[tuple[str, str]] = []
    month = values.get("birth_month")
    if isinstance(month, str) and too_young(month, _day(at, city), city):
        found.append(("birth_month", "too-young"))
    area = values.get("area")
    if isinstance(area, str) and area.isdigit() and area[:6] in city.former_areas:
        values["area"] = city.former_areas[area[:6]] + area[6:]
        found.append(("area", "former-area"))
    if "lon" in values or "lat" in values:
        found += _point(values, crs, city)
    return found


def _point(values: dict[str, Fact], crs: Frame, city: City) -> list[tuple[str, str]]:
    lon, lat = (np.array([values.pop(name, np.nan)], dtype=np.float64) for name in ("lon", "lat"))
    there_lon, there_lat, wrong = place(lon, lat, np.array(["area" in values]), crs, city)
    if not np.isnan(there_lon[0]):
        values["lon"], values["lat"] = float(there_lon[0]), float(there_lat[0])
    return [("lon", rule) for rule, mask in wrong.items() if mask[0]]


def _day(at: int | None, city: City) -> date:
    moment = datetime.now(UTC) if at is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return moment.astimezone(city.zone).date()
