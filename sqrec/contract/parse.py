"""Parsing of cells into values, the same for files and requests."""

import base64
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqrec.contract import AMENITY_TYPES, Column, ColumnType
from sqrec.contract.marks import bare
from sqrec.contract.words import Words, without_unit, word_list

Value = str | float | int | None

_DAY = "mon|tue|wed|thu|fri|sat|sun"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d|24:00"
_HOURS = re.compile(rf"(?:(?:{_DAY})(?:-(?:{_DAY}))? +)?(?:{_CLOCK})-(?:{_CLOCK})(?:[ ,]+(?:{_CLOCK})-(?:{_CLOCK}))*")
_OTHER_SEPARATORS = re.compile("[、，；;,]|(?<=[\u4e00-\u9fff])/(?=[\u4e00-\u9fff])")
_LISTS = ("list", "skills")
_TRUTH = {"true": 1.0, "1": 1.0, "1.0": 1.0, "yes": 1.0, "false": 0.0, "0": 0.0, "0.0": 0.0, "no": 0.0}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_FLOAT = re.compile(r"\d+\.\d*|\d+(\.\d+)?e[+-]?\d+", re.IGNORECASE | re.ASCII)
"""What a spreadsheet makes of a code: 370203.0, and 3.70203E+11 of one with twelve digits, the last of which are lost."""
_OCCUPATION = re.compile(r"\d(-\d\d){0,3}", re.ASCII)
_WKT = re.compile(r"(MULTI)?POLYGON\s*\([-\d.,\s()eE+]+\)", re.IGNORECASE | re.ASCII)
_MOMENTS = ("instant", "opening", "closing")
_LAST_DAY = date.max.isoformat()
MOST_WHOLE = 10**15
"""Beyond, not every whole number is a float64 of its own."""
_DOMAINS = {domain for domain, _ in AMENITY_TYPES.values()}


class WrongCell(ValueError):
    """Say which rule a cell violates."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def parse(column: Column, text: str, zone: ZoneInfo) -> tuple[Value, str | None]:
    """Return a cell's value, and the rule it violates; None where it is valid.

    An empty cell is None (unknown). Where the column may be told in words (`spoken`), a word stands for its code. Lists stay one
    text with `|` between trimmed members; numbers and booleans are floats; instants, and moments of validity, are microseconds UTC.
    A wrong cell is None. Four rules leave a value: control characters are dropped (`control`), and so is what marks a text for a
    spreadsheet (`text-mark`), an instant without a zone is read in `zone` (`zone`), a list without `|` but with other separators is
    one member (`list-separator`).
    """
    text, dropped = bare(text)
    text = _said(column, text)
    if not text:
        return None, "required" if column.required else dropped
    try:
        value = _PARSERS[column.type](text, column, zone)
    except WrongCell as wrong:
        return None, wrong.rule
    except (ValueError, OverflowError, RecursionError):
        return None, column.rule
    return value, dropped if dropped == "control" else _doubt(column, text) or dropped


def _doubt(column: Column, text: str) -> str | None:
    """Return the rule that a readable cell breaks."""
    if column.type in _MOMENTS and not _is_date(text) and _naive(text):
        return "zone"
    return "list-separator" if column.type in _LISTS and "|" not in text and _OTHER_SEPARATORS.search(text) else None


def _said(column: Column, text: str) -> str:
    """Return the code for a word, where the column may be told in words; other texts as they are."""
    if not column.spoken or not text:
        return text
    if column.spoken == "number":
        return without_unit(column.name, text)
    words = word_list(column.spoken)
    if column.type == "choices":
        members = ["|".join(column.words) if words.means_all(part) else _coded(words, part) for part in text.split("|")]
        return "|".join(members)
    return _coded(words, text)


def _coded(words: Words, text: str) -> str:
    code = words.code(text)
    return text if code is None else code


def _id(text: str, column: Column, zone: ZoneInfo) -> Value:
    if len(text) > 128 or "\n" in text:
        raise WrongCell(column.rule)
    return text


def _text(text: str, column: Column, zone: ZoneInfo) -> Value:
    if len(text) > 20_000:
        raise WrongCell(column.rule)
    return text


def _list(text: str, column: Column, zone: ZoneInfo) -> Value:
    members = [member for part in str(_text(text, column, zone)).split("|") if (member := part.strip())]
    return "|".join(members) or None


def _skills(text: str, column: Column, zone: ZoneInfo) -> Value:
    """Read skills; what stands behind an @ is a level only where it is a number."""
    levels = [level.strip() for member in text.split("|") for _, at, level in [member.rpartition("@")] if at]
    if any(level.isdigit() and level not in {"1", "2", "3", "4", "5"} for level in levels):
        raise WrongCell(column.rule)
    return _list(text, column, zone)


def _needs(text: str, column: Column, zone: ZoneInfo) -> Value:
    for member in text.split("|"):
        what, _, name = member.strip().partition(":")
        if name not in {"type": set(AMENITY_TYPES), "domain": _DOMAINS}.get(what, set()):
            raise WrongCell(column.rule)
    return _list(text, column, zone)


def _choice(text: str, column: Column, zone: ZoneInfo) -> Value:
    if text not in column.words:
        raise WrongCell(column.rule)
    return text


def _choices(text: str, column: Column, zone: ZoneInfo) -> Value:
    members = [member for part in text.split("|") if (member := part.strip())]
    if not set(members) <= set(column.words):
        raise WrongCell(column.rule)
    return "|".join(members) or None


def _recognised(text: str, column: Column, zone: ZoneInfo) -> Value:
    for member in text.split("|"):
        group, _, day = member.strip().partition("@")
        _choice(group, column, zone)
        _date(day, column, zone)
    return _list(text, column, zone)


def _number(text: str, column: Column, zone: ZoneInfo) -> Value:
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise WrongCell(column.rule)
    if not column.low <= number <= column.high:
        raise WrongCell(column.rule if column.required else "range")
    return number


def _integer(text: str, column: Column, zone: ZoneInfo) -> Value:
    number = float(_number(text, column, zone) or 0)
    if number != math.floor(number) or abs(number) >= MOST_WHOLE:
        raise WrongCell(column.rule)
    return number


def _coordinate(text: str, column: Column, zone: ZoneInfo) -> Value:
    """Read degrees; whether they are a point, and which way round, is told of both together."""
    number = _number(text, column, zone)
    if abs(float(number or 0)) > 180:
        raise WrongCell(column.rule)
    return number


def _occupation(text: str, column: Column, zone: ZoneInfo) -> Value:
    if not _OCCUPATION.fullmatch(text):
        raise WrongCell(column.rule)
    return text


def _wkt(text: str, column: Column, zone: ZoneInfo) -> Value:
    if not _WKT.fullmatch(text) or text.count("(") != text.count(")"):
        raise WrongCell(column.rule)
    return text


def _boolean(text: str, column: Column, zone: ZoneInfo) -> Value:
    if text.casefold() not in _TRUTH:
        raise WrongCell(column.rule)
    return _TRUTH[text.casefold()]


def _month(text: str, column: Column, zone: ZoneInfo) -> Value:
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        raise WrongCell(column.rule)
    return text


def _date(text: str, column: Column, zone: ZoneInfo) -> Value:
    if not _is_date(text):
        raise WrongCell(column.rule)
    return date.fromisoformat(text).isoformat()


def _date_or_no(text: str, column: Column, zone: ZoneInfo) -> Value:
    return "no" if text == "no" else _date(text, column, zone)


def _instant(text: str, column: Column, zone: ZoneInfo) -> Value:
    if len(text) < len("2026-11-01T09:30"):
        raise WrongCell(column.rule)
    moment = datetime.fromisoformat(text)
    value = micros(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    if not _EARLIEST <= value <= _LATEST:
        raise WrongCell(column.rule)
    return value


def _opening(text: str, column: Column, zone: ZoneInfo) -> Value:
    return micros(_midnight(text, zone)) if _is_date(text) else _instant(text, column, zone)


def _closing(text: str, column: Column, zone: ZoneInfo) -> Value:
    if text == _LAST_DAY:
        return micros(datetime.max.replace(tzinfo=UTC))
    return micros(_midnight(text, zone, days=1)) if _is_date(text) else _instant(text, column, zone)


def _hours(text: str, column: Column, zone: ZoneInfo) -> Value:
    parts = [part for part in re.split(r"[;|]", text.lower()) if part.strip()]
    if not parts or not all(_HOURS.fullmatch(part.strip()) for part in parts):
        raise WrongCell(column.rule)
    return "; ".join(part.strip() for part in parts)


def _area(text: str, column: Column, zone: ZoneInfo) -> Value:
    if (text.isdigit() and len(text) not in {6, 9, 12}) or _FLOAT.fullmatch(text):
        raise WrongCell(column.rule)
    levels = [level.strip() for level in text.split("/")]
    if not all(levels) or len(text) > 200:
        raise WrongCell(column.rule)
    return "/".join(levels)


def _json(text: str, column: Column, zone: ZoneInfo) -> Value:
    json.loads(text)
    return text


def _vector(text: str, column: Column, zone: ZoneInfo) -> Value:
    numbers = base64.b64decode(text, validate=True)
    if len(numbers) % 8 or base64.b64encode(numbers).decode() != text:
        raise WrongCell(column.rule)
    return text


def micros(moment: datetime) -> int:
    """Return an aware moment as microseconds UTC, exactly."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


LAST = micros(datetime.max.replace(tzinfo=UTC))
"""The end of the calendar: an item that is valid to then has no end."""
_EARLIEST, _LATEST = micros(datetime(1899, 12, 31, tzinfo=UTC)), LAST
"""The moments that can be said in UTC; every moment of 1900 is one of them, in whatever zone."""


def _midnight(text: str, zone: ZoneInfo, days: int = 0) -> datetime:
    day = date.fromisoformat(text) + timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _is_date(text: str) -> bool:
    return re.fullmatch(r"(19|[2-9]\d)\d\d-\d\d-\d\d", text, re.ASCII) is not None


def _naive(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is None


_PARSERS: Mapping[ColumnType, Callable[[str, Column, ZoneInfo], Value]] = {
    "id": _id,
    "text": _text,
    "list": _list,
    "skills": _skills,
    "needs": _needs,
    "choice": _choice,
    "choices": _choices,
    "recognised": _recognised,
    "number": _number,
    "integer": _integer,
    "coordinate": _coordinate,
    "occupation": _occupation,
    "wkt": _wkt,
    "boolean": _boolean,
    "month": _month,
    "date": _date,
    "date_or_no": _date_or_no,
    "instant": _instant,
    "opening": _opening,
    "closing": _closing,
    "hours": _hours,
    "area": _area,
    "json": _json,
    "vector": _vector,
}
