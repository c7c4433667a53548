"""Headers of two rows: names below a heading that stands over several columns, as where cells are merged."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from sqrec.mapping.guess import columns_of, likest, names
from sqrec.mapping.readers.how import folded
from sqrec.rawtables import RawPiece

_SHORT = 20
"""Characters that the name of a column hardly has more of."""
_DATA = re.compile(r"[+-]?\d+([.,]\d+)*%?|(19|20)\d\d[-/.年]\d.*|https?:.*")
"""Cells that are no names."""


def joined(top: Sequence[str], low: Sequence[str]) -> list[str]:
    """Return one name a column: HEADING.NAME below a heading over several, HEADING(NAME) below one of its own, else the one there is."""
    both = list(zip_longest(top, low, fillvalue=""))
    headings = _headings(both)
    return [_name(heading, upper, lower) for heading, (upper, lower) in zip(headings, both, strict=True)]


def is_second(file: Path, top: Sequence[str], low: Sequence[str]) -> bool:
    """Tell whether a row goes on with the header above it, beyond doubt.

    All it holds are short texts that differ below one heading, they stand below headings over several columns (whose further cells
    are empty, or repeat it) or repeat what is above, and one at least is known to name a column there.
    """
    both = list(zip_longest(top, low, fillvalue=""))
    headings = _headings(both)
    below = [(heading, lower) for heading, (_, lower) in zip(headings, both, strict=True) if heading]
    alone = [(upper, lower) for heading, (upper, lower) in zip(headings, both, strict=True) if lower and not heading]
    if not below or len(set(below)) < len(below) or not all(_is_name(lower) for _, lower in below):
        return False
    if any(upper != lower for upper, lower in alone):
        return False
    table, _ = likest(file, header := joined(top, low))
    known = {name for told in columns_of(table, header).values() for name in told}
    return any(name in known for heading, name in zip(headings, header, strict=True) if heading)


def may_be_second(file: Path, top: Sequence[str], low: Sequence[str]) -> bool:
    """Tell whether a row looks as if it went on with the header: where that has no name, a known one stands below."""
    table, _ = likest(file, [name for name in top if name])
    parts = {folded(word) for told in names()["parts"].values() for words in told.values() for word in words}
    nameless = [lower for upper, lower in zip_longest(top, low, fillvalue="") if lower and not upper]
    return any(columns_of(table, [lower]) or folded(lower) in parts for lower in nameless)


def without_line(pieces: Iterator[RawPiece], line: int) -> Iterator[RawPiece]:
    """Yield pieces without the row of a line, the first that there is."""
    for piece in pieces:
        start = 1 if len(piece.lines) and piece.lines[0] == line else 0
        broken = [row for row in piece.broken if row.line != line]
        yield replace(piece, lines=piece.lines[start:], columns=[one.cut(start, None) for one in piece.columns], broken=broken)


def _headings(both: Sequence[tuple[str, str]]) -> list[str]:
    """Return by column the heading that it shares with its neighbours, empty where it has one of its own or none."""
    found, heading = [""] * len(both), ""
    for place, (upper, lower) in enumerate(both):
        goes_on = bool(lower and heading and upper in {"", heading})
        if goes_on:
            found[place - 1] = found[place] = heading
        elif lower:
            heading = upper
        else:
            heading = ""
    return found


def _name(heading: str, upper: str, lower: str) -> str:
    if heading:
        return f"{heading}.{lower}"
    if not upper or not lower or upper == lower:
        return upper or lower
    return f"{upper}({lower.strip('()（）')})"


def _is_name(text: str) -> bool:
    return len(text) <= _SHORT and not _DATA.fullmatch(text) and text not in names()["unknown"]
