"""Spans of days in one cell: 2026-11-01至2026-12-31, of which a column takes the first or the last end."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

Part = Literal["first", "last"]
"""Which end of a span a column takes."""
_DAY = r"\d{4}(?:[-./]\d{1,2}[-./]\d{1,2}|年\d{1,2}月\d{1,2}[日号]?)(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?"
_SPAN = re.compile(rf"(?:自|从)?\s*({_DAY}|即日)\s*(?:起?至|到|~|-+|—+|–)\s*({_DAY}|长期有效|长期)\s*(?:止)?")


def end_of(text: str, part: Part | None) -> str:
    """Return an end of a text that is a span of two whole days; any other text as it is."""
    found = _SPAN.fullmatch(unicodedata.normalize("NFKC", text).strip()) if part else None
    return found[1 if part == "first" else 2] if found else text


def share_of_spans(cells: Sequence[str]) -> float:
    """Return the share of the different filled cells that are spans."""
    filled = {cell for cell in cells if cell}
    return sum(end_of(cell, "first") != cell for cell in filled) / len(filled) if filled else 0.0
