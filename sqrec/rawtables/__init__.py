"""Tables as they come in: texts of many kinds, workbooks and Parquet, in pieces; nothing is judged here but the shape."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from xml.etree.ElementTree import ParseError

from sqrec.errors import TableError
from sqrec.rawtables.cells import Cells, text_array
from sqrec.rawtables.csvfile import open_csv
from sqrec.rawtables.forms import ENDINGS, is_parquet, is_workbook, misnamed, named
from sqrec.rawtables.parquetfile import open_parquet
from sqrec.rawtables.piece import Broken, RawPiece, RawTable
from sqrec.rawtables.xlsxfile import open_workbook

__all__ = [
    "ENDINGS",
    "PIECE",
    "Broken",
    "Cells",
    "Raw",
    "RawPiece",
    "RawTable",
    "filled",
    "is_parquet",
    "misnamed",
    "named",
    "open_raw",
    "read_raw",
    "text_array",
]

PIECE = 1 << 16
"""Rows of a piece, where its bytes allow so many."""

_UNREADABLE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, ParseError)
"""What reading and unpacking may fail with."""


@dataclass(frozen=True)
class Raw:
    """Hold a whole table as texts: its header, its rows of one cell per column, and the line of every row (header = 1).

    `broken` has the rows that cannot be cut into such cells: line, cells as far as they go, rule.
    """

    encoding: str
    header: Sequence[str]
    lines: Sequence[int]
    rows: Sequence[Sequence[str]]
    broken: Sequence[Broken] = ()

    @property
    def columns(self) -> dict[str, list[str]]:
        """The cells by column; of two columns of one name the first."""
        first = {name: place for place, name in reversed(list(enumerate(self.header)))}
        return {name: [row[place] for row in self.rows] for name, place in first.items()}


def open_raw(file: Path, rows: int = PIECE, header_row: int = 1, sheet: str = "", *, merged: bool = True) -> RawTable:
    """Open a table file: its header is read, its rows come in pieces of at most `rows` rows.

    `header_row` is the line of the header in a text or a sheet: it alone says how many columns there are; titles above are no rows.
    `sheet` names the one of a workbook that is read; not `merged`, its merged cells stand in their first row alone.
    Raises TableError, in one sentence, for a file that cannot be read at all; the pieces raise it where reading fails later.
    """
    if header_row != 1 and is_parquet(file):
        raise TableError(f"{file} names its columns in no row; take header_row out of the mapping.")
    if sheet and not is_workbook(file):
        raise TableError(f"{file} has no sheets; take sheet out of the mapping.")
    try:
        if is_workbook(file):
            raw = open_workbook(file, rows, header_row, sheet, merged=merged)
        else:
            raw = open_parquet(file, rows) if is_parquet(file) else open_csv(file, rows, header_row)
    except _UNREADABLE as problem:
        raise _unreadable(file, problem) from problem
    return replace(raw, pieces=_guarded(file, raw.pieces))


def read_raw(file: Path) -> Raw:
    """Read a table file as a whole.

    Raises TableError, in one sentence, for a file that cannot be read at all.
    """
    raw = open_raw(file)
    pieces = list(raw.pieces)
    return Raw(
        raw.encoding,
        raw.header,
        [line for piece in pieces for line in piece.lines.tolist()],
        [row for piece in pieces for row in piece.rows()],
        [row for piece in pieces for row in piece.broken],
    )


def filled(header: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Return a broken row's cells under a header: the missing ones empty, those too many joined to the last."""
    width = len(header)
    whole = [*cells[: width - 1], ",".join(cells[width - 1 :])] if len(cells) > width else cells
    return [cell for cell, _ in zip_longest(whole, header, fillvalue="")]


def _guarded(file: Path, pieces: Iterator[RawPiece]) -> Iterator[RawPiece]:
    try:
        yield from pieces
    except _UNREADABLE as problem:
        raise _unreadable(file, problem) from problem


def _unreadable(file: Path, problem: Exception) -> TableError:
    return TableError(f"{file} cannot be read: {getattr(problem, 'strerror', None) or problem}.")
