"""Workbooks (.xlsx) by openpyxl, which an extra brings along: one sheet, its cells as a CSV of the contract would have them."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from sqrec.errors import TableError
from sqrec.rawtables.forms import misnamed, named
from sqrec.rawtables.merged import Merged, merged_of
from sqrec.rawtables.piece import RawTable
from sqrec.rawtables.records import Records, headed, pieces_of

_BLOCK = 4096
_TOP = 20
_UNCOUNTED = re.compile(rb'<c r="([A-Z]+\d+)"(?![^>]* t="str")[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>')
"""A formula of which the file does not say what it comes to (ECMA-376, part 1, 18.3.1.4).

One that comes to the empty text says so by t="str".
"""


def open_workbook(file: Path, rows: int, header_row: int = 1, sheet: str = "", *, merged: bool = True) -> RawTable:
    """Read the header of a sheet, in line `header_row`, and what stands below it in pieces of at most `rows` rows.

    Rows count as in the sheet. The sheet is the one named, else the one that is named like the table, else the first that has two
    cells in a row (a sheet of notes has one), else the first; others that hold something are told (`other-sheet`).
    A cell that is merged downwards below the header stands in every row that it spans, which is told (`merged`), unless not `merged`.
    Whole numbers stay whole, days and moments become ISO. Raises TableError where openpyxl is missing, and for what is no workbook.
    """
    if told := misnamed(file):
        raise TableError(told)
    try:
        book = _loaded(file)
        read, others = _sheet(file, book.worksheets, sheet)
        source = _source(read)
        _refuse_uncounted(file, source)
        line, top, below = headed(file, _records(read), header_row)
        notes = [("other-sheet", one.title) for one in others if next(_records(one), None) is not None]
    except (zipfile.BadZipFile, KeyError, ValueError, ParseError) as problem:
        raise TableError(f"{file} is no workbook of the kind .xlsx that can be read: {problem}.") from problem
    names = [name.strip() for name in _trimmed(top)]
    inside = [one for one in merged_of(source) if one.first > line and one.column < len(names)] if merged else []
    spread = Merged(inside)
    notes += [("merged", told) for told in spread.told(names)]
    fitted = (_fitted(spread.filled(part), len(names)) for part in below)
    return RawTable(f"workbook, sheet {read.title}", names, pieces_of(fitted, _trimmed(top), rows), tuple(notes), read.title)


def _loaded(file: Path) -> Any:
    try:
        import openpyxl  # an extra: whoever reads no workbook needs none
    except ModuleNotFoundError as missing:
        raise TableError(f"{file} needs openpyxl: pip install 'sqrec[xlsx]', or save the table as CSV in UTF-8.") from missing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations, which no cell depends on
        return openpyxl.load_workbook(file, read_only=True, data_only=True)


def _sheet(file: Path, sheets: Sequence[Any], title: str) -> tuple[Any, list[Any]]:
    """Return the sheet that is read, and the others."""
    if not sheets:
        raise TableError(f"{file} is empty; the first row of its sheet must name the columns.")
    if title and title not in (titles := [one.title for one in sheets]):
        raise TableError(f"{file} has no sheet {title}; there are {', '.join(titles)}: correct `sheet` in the mapping.")
    table = (named(file) or (file.stem, ""))[0]
    own = next((one for one in sheets if (one.title == title if title else one.title.strip().lower() == table)), None)
    sheet = own or next((one for one in sheets if _has_columns(one)), sheets[0])
    return sheet, [one for one in sheets if one is not sheet]


def _has_columns(sheet: Any) -> bool:
    """Tell whether one of the first rows that hold anything has two filled cells."""
    first = next(_records(sheet), Records())
    return any(sum(map(bool, row)) > 1 for row in first.rows[:_TOP])


def _source(sheet: Any) -> bytes:
    with sheet._get_source() as part:  # noqa: SLF001 (openpyxl has no other way to a sheet's own text)
        return part.read()


def _refuse_uncounted(file: Path, source: bytes) -> None:
    """Refuse a sheet with formulas that nobody has counted: their cells would look empty."""
    if found := _UNCOUNTED.search(source):
        raise TableError(
            f"{file} holds a formula without its value in cell {found[1].decode()}; open it in a spreadsheet and save it again."
        )


def _records(sheet: Any) -> Iterator[Records]:
    """Yield the rows of a sheet that hold anything, some thousand at a time."""
    sheet.reset_dimensions()
    records = Records()
    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        row = [_text(value) for value in cells]
        if any(row):
            records.lines.append(line)
            records.rows.append(row)
            records.size += sum(map(len, row))
        if len(records.rows) == _BLOCK:
            yield records
            records = Records()
    if records.rows:
        yield records


def _fitted(records: Records, width: int) -> Records:
    """Give rows the header's width, as far as only empty cells are missing or too many."""
    rows = [[*cells, *[""] * (width - len(cells))] if len(cells) < width else _trimmed(cells, width) for cells in records.rows]
    return Records(records.lines, rows, records.faults, records.size)


def _trimmed(cells: Sequence[str], least: int = 0) -> list[str]:
    end = len(cells)
    while end > least and not cells[end - 1]:
        end -= 1
    return list(cells[:end])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
