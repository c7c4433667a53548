"""Cells of a sheet that are merged downwards: one value for several rows, which the file holds in the first of them alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqrec.rawtables.records import Records

_REF = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref=["\']([A-Z]+)(\d+):[A-Z]+(\d+)["\']')
"""A range of merged cells (ECMA-376, part 1, 18.3.1.54)."""


@dataclass(frozen=True)
class Range:
    """Hold a range of merged cells: the column of its value, from 0, and its first and last line."""

    column: int
    first: int
    last: int


def merged_of(source: bytes) -> list[Range]:
    """Return the ranges of several rows that a sheet's own text names, by line."""
    found = (
        Range(_place(letters.decode()), int(first), int(last))
        for letters, first, last in _REF.findall(source.rpartition(b"sheetData>")[2])
    )
    return sorted((one for one in found if one.last > one.first), key=lambda one: one.first)


@dataclass
class Merged:
    """Fill ranges into rows as these come by, in the order of their lines.

    Of a range of several columns too, the value counts for the first, as in its first row. A row without any cell of its own is none,
    and no row of `Records`.
    """

    ranges: Sequence[Range]
    _open: dict[int, tuple[int, str]] = field(default_factory=dict[int, tuple[int, str]])
    _next: int = 0

    def told(self, names: Sequence[str]) -> Iterator[str]:
        """Say of every column with such ranges how many there are, and over how many lines; a column without a name goes by its letters."""
        for column in sorted({one.column for one in self.ranges}):
            own = [one for one in self.ranges if one.column == column]
            name = (names[column] if column < len(names) else "") or f"column {_letters(column)}"
            yield f"{name}: {len(own)} merged over {sum(one.last - one.first + 1 for one in own)} rows"

    def filled(self, records: Records) -> Records:
        """Return records with the value of a range in every row that it spans."""
        if self._next < len(self.ranges) or self._open:
            for line, row in zip(records.lines, records.rows, strict=True):
                self._fill(line, row)
        return records

    def _fill(self, line: int, row: list[str]) -> None:
        while self._next < len(self.ranges) and self.ranges[self._next].first <= line:
            one = self.ranges[self._next]
            self._next += 1
            if one.first == line and one.column < len(row):
                self._open[one.column] = (one.last, row[one.column])
        for column, (last, value) in list(self._open.items()):
            if line > last:
                del self._open[column]
            elif value and not (row[column] if column < len(row) else ""):
                row += [""] * (column + 1 - len(row))
                row[column] = value


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _letters(place: int) -> str:
    letters = ""
    while place >= 0:
        place, last = divmod(place, 26)
        letters, place = chr(ord("A") + last) + letters, place - 1
    return letters
