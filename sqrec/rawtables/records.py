"""Rows as they are cut from a text or a sheet, gathered as columns until they make a piece."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from operator import not_
from pathlib import Path

import numpy as np

from sqrec.base.arrays import IntArray
from sqrec.errors import TableError
from sqrec.rawtables.cells import Cells
from sqrec.rawtables.piece import MOST_BYTES, Broken, RawPiece


@dataclass
class Records:
    """Hold records, none of them blank, with the line where each starts; `faults` are rules that lines break as they are cut.

    With each rule stands its cause, empty where there is nothing to add.
    """

    lines: list[int] = field(default_factory=list[int])
    rows: list[list[str]] = field(default_factory=list[list[str]])
    faults: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    size: int = 0


def headed(file: Path, records: Iterator[Records], header_row: int) -> tuple[int, Sequence[str], Iterator[Records]]:
    """Return the line and the cells of the row that names the columns, and what stands below it.

    That is the row of line `header_row`, for 1 the first that is filled. Raises TableError where there is none.
    """
    for part in records:
        place = next((place for place, line in enumerate(part.lines) if header_row in (1, line)), None)
        if place is not None:
            below = Records(part.lines[place + 1 :], part.rows[place + 1 :], part.faults, part.size)
            return part.lines[place], part.rows[place], chain([below], records)
    if header_row == 1:
        raise TableError(f"{file} is empty; its first row must name the columns.")
    raise TableError(f"{file} has no row {header_row} that could be its header; correct header_row in the mapping.")


class _Held:
    """Gather rows as columns until they make a piece."""

    def __init__(self, header: Sequence[str]) -> None:
        self._header = list(header)
        self._lines = np.empty(0, np.int64)
        self._columns = [Cells.of(())] * len(header)
        self._parts: list[tuple[IntArray, list[Cells]]] = []
        self._broken: list[Broken] = []
        self.size = 0
        self.count = 0

    def add(self, records: Records) -> None:
        """Take records in; texts are put into arrays at once, as long as they are at hand."""
        width = len(self._columns)
        lines, rows = records.lines, records.rows
        if width > 1 and self._header in rows:
            again = (line for line, row in zip(lines, rows, strict=True) if row == self._header)
            records.faults.update(dict.fromkeys(again, ("header-again", "")))
        if records.faults or set(map(len, rows)) - {width}:
            fits = [len(cells) == width and line not in records.faults for line, cells in zip(lines, rows, strict=True)]
            self._broken += [
                Broken(line, cells, *(records.faults.get(line) or ("cell-count", _miscounted(len(cells), width))))
                for line, cells in compress(zip(lines, rows, strict=True), map(not_, fits))
            ]
            lines, rows = list(compress(lines, fits)), list(compress(rows, fits))
        if rows:
            self._parts.append((np.array(lines, np.int64), [Cells.of(column) for column in zip(*rows, strict=True)]))
        self.count += len(records.rows)
        self.size += records.size

    def piece(self, most: int) -> RawPiece:
        """Give the first rows away."""
        parts = [(self._lines, self._columns), *self._parts]
        lines = np.concatenate([part for part, _ in parts])
        columns = [Cells.joined(cells) for cells in zip(*(columns for _, columns in parts), strict=True)]
        ends = lines[most] if len(lines) > most else np.iinfo(np.int64).max
        broken = [row for row in self._broken if row.line < ends]
        self._lines, self._columns, self._parts = lines[most:], [cells.cut(most, None) for cells in columns], []
        self._broken = self._broken[len(broken) :]
        self.count, self.size = len(self._lines) + len(self._broken), 0
        return RawPiece(lines[:most], [cells.cut(0, most) for cells in columns], broken)


def pieces_of(records: Iterable[Records], header: Sequence[str], rows: int) -> Iterator[RawPiece]:
    """Yield records as pieces of at most `rows` rows and of bounded size, at least one; a row that repeats the header is broken."""
    held, some = _Held(header), False
    for more in records:
        held.add(more)
        while held.count >= rows or held.size > MOST_BYTES:
            yield held.piece(rows)
            some = True
    if held.count or not some:
        yield held.piece(rows)


def _miscounted(cells: int, width: int) -> str:
    cause = f"cells: {cells}, of the header: {width}"
    return f"{cause}; a cell with the separator in it needs quotation marks" if cells > width else cause
