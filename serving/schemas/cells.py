"""Fields of requests that the contract of tables knows: the check of a value, and the field's description on the OpenAPI page."""

import math
import re
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, LiteralString, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from sqrec.contract import GROUPS, RULES, TABLES, Column
from sqrec.contract.parse import micros, parse

MOST_LIST = 50
_UTC = ZoneInfo("UTC")
_BETWEEN = re.compile("[、，；]")
"""What parts members that somebody wrote as one entry, 保洁员、保安; a comma or a stroke of other scripts stands within titles."""
_MOST_WORDS = 12
"""Vocabularies up to so many words are spelt out in a description."""
_EXACT = 1 << 53
"""The largest whole number below which a JSON number is the same one for every reader (RFC 8259, section 6)."""
_LAST = micros(datetime(9900, 1, 1, tzinfo=UTC)) - 1
"""The last moment (microseconds UTC): ages and terms are counted from it, and a hundred years later there is a local day still."""
_DATES = frozenset({"date", "date_or_no"})


@cache
def _column(name: str, table: str) -> Column:
    return TABLES[table].column(name)


def _checked(column: Column, text: str) -> Any:
    """Read a cell by the contract of tables; a broken rule is the error's type."""
    value, rule = parse(column, text, _UTC)
    if rule and rule != "list-separator":  # what may part members in one entry of a request is parted (`cells`)
        raise PydanticCustomError(cast("LiteralString", rule), "{right}", {"right": f"right is {RULES[rule].right}"})
    return value


def cell(name: str, table: str = "people") -> AfterValidator:
    """Return the check of a value by a column of the contract."""
    return AfterValidator(lambda value: _checked(_column(name, table), str(value)))


def cells(name: str, table: str = "people") -> AfterValidator:
    """Return the check of a list by a column of the contract, one member per entry; an entry is parted at 、，；."""

    def check(values: list[str]) -> list[str]:
        if any("|" in value for value in values):
            raise PydanticCustomError("list", "right is one member per entry, without |")
        members = [member for value in values for member in _BETWEEN.split(value)]
        if len(members) > MOST_LIST:
            raise PydanticCustomError("list", "right are at most {most} members", {"most": MOST_LIST})
        joined = _checked(_column(name, table), "|".join(members))
        return joined.split("|") if joined else []

    return AfterValidator(check)


def _meaning(name: str, table: str) -> str:
    """Return what a column means, with its unit, vocabulary and bounds; a vocabulary of more than `_MOST_WORDS` is referred to."""
    column = _column(name, table)
    first, mark, rest = column.meaning.partition(";")
    return first + _words(column) + _bounds(column) + mark + rest + _example(column)


def optional(name: str, table: str = "people", *, before: str = "", after: str = "") -> Any:
    """Declare a field whose absence and null mean unknown, described by its column and the words before and after it."""
    return Field(default=None, description=f"{before}{_meaning(name, table)}{after}; null: unknown")


def _words(column: Column) -> str:
    if len(column.words) > _MOST_WORDS:
        return f", one of the {len(column.words)} in docs/tables.md"
    return f": {', '.join(column.words)}" if column.words else ""


def _bounds(column: Column) -> str:
    low, high = math.isfinite(column.low), math.isfinite(column.high)
    if low and high:
        return f", {column.low:g} to {column.high:g}"
    return f", {column.low:g} or more" if low else ""


def _example(column: Column) -> str:
    return f"; {RULES[column.rule].right}" if column.type in _DATES else ""


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "right is a JSON number")
    if isinstance(value, int) and abs(value) > _EXACT:
        raise PydanticCustomError("number", "right is a whole number of up to 53 bits: others are read as another one")
    return value


def _a_group(value: str) -> str:
    if value not in GROUPS:
        raise PydanticCustomError("choice", "right is a group of the contract")
    return value


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("instant", "right is {right}", {"right": RULES["instant"].right})
    moment = _checked(TABLES["events"].column("at"), value)
    if moment > _LAST:
        raise PydanticCustomError("instant", "right is a moment before the year 9900")
    return moment


JSON_NUMBER = BeforeValidator(_number)
"""Refuses what pydantic would turn into a number: texts and booleans."""
Text = Annotated[str, Field(max_length=20_000)]
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=MOST_LIST)]
Number = Annotated[float, JSON_NUMBER]
Group = Annotated[str, AfterValidator(_a_group), WithJsonSchema({"type": "string", "enum": list(GROUPS)})]
Instant = Annotated[int, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant with zone; microseconds UTC once it is read."""
