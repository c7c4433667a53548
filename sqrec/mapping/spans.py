"""Days by their looks: spans in one cell (2026-11-01至2026-12-31), of which a column takes an end, and moments under any header."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Literal

Part = Literal["first", "last"]
"""Which end of a span a column takes."""
_DAY = r"\d{4}(?:[-./]\d{1,2}[-./]\d{1,2}|年\d{1,2}月\d{1,2}[日号]?)(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?"
_EPOCH = re.compile(r"(\d{9,10})(?:\d{3}|\.\d+)?")
_WITH_TIME = re.compile(r"\d{4}(?:[-./]\d{1,2}[-./]\d{1,2}|年\d{1,2}月\d{1,2}日)[T ]\d{1,2}:\d\d")
_SINCE = date(1970, 1, 1)
_FIRST_DAY = (date(2000, 1, 1) - _SINCE).days
_A_YEAR, _DAY_SECONDS = 366, 86_400
_SHORT = r"\d{1,2}[-./]\d{1,2}|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[日号]"
"""An end that takes its year, and where it has none its month, from the beginning: 2026.12.1-12.20."""
_SPAN = re.compile(rf"(?:自|从)?\s*({_DAY}|即日)\s*(?:起?至|到|~|-+|—+|–)\s*({_DAY}|{_SHORT}|长期有效|长期)\s*(?:止)?")


def end_of(text: str, part: Part | None) -> str:
    """Return an end of a text that is a span of two days, the first of them whole; any other text as it is."""
    found = _SPAN.fullmatch(unicodedata.normalize("NFKC", text).strip()) if part else None
    ends = _whole_ends(found[1], found[2]) if found else None
    return ends[0 if part == "first" else 1] if ends else text


def _whole_ends(first: str, last: str) -> tuple[str, str] | None:
    """Return both ends, a short last one with what it takes from the first; None where that would lie before it."""
    if not re.fullmatch(_SHORT, last):
        return first, last
    begin, end = [int(number) for number in re.findall(r"\d+", first)[:3]], [int(number) for number in re.findall(r"\d+", last)]
    if not begin or ":" in first:  # 即日 has no year, and behind a time of day 10.30 is one
        return None
    whole = begin[: 3 - len(end)] + end
    return (first, "-".join(map(str, whole))) if whole >= begin else None


def share_of_spans(cells: Sequence[str]) -> float:
    """Return the share of the different filled cells that are spans."""
    filled = {cell for cell in cells if cell}
    return sum(end_of(cell, "first") != cell for cell in filled) / len(filled) if filled else 0.0


def share_of_moments(cells: Sequence[str], today: date) -> float:
    """Return the share of the different filled cells that can only be moments of a log.

    These are a day with a time of it, and seconds or milliseconds since 1970 from the year 2000 until a year after today.
    """
    filled = {cell for cell in cells if cell}
    last = (today - _SINCE).days + _A_YEAR
    return sum(_is_moment(cell, last) for cell in filled) / len(filled) if filled else 0.0


def _is_moment(cell: str, last_day: int) -> bool:
    if found := _EPOCH.fullmatch(cell):
        return _FIRST_DAY <= int(found[1]) // _DAY_SECONDS <= last_day
    return _WITH_TIME.match(cell) is not None
