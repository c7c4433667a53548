"""The header of a table: its columns recognised, and what is odd about it with its likely cause."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqrec.contract import Table
from sqrec.contract.causes import nearest
from sqrec.rawtables import RawPiece, RawTable
from sqrec.tables.problems import Problem

_SIGNS: Mapping[str, str] = {
    "，": "full-width commas (，)",
    "；": "full-width semicolons (；)",
    "|": "|",
    "、": "、",
    "^": "^",
    "\x01": "the control character U+0001",
    " ": "spaces",
}
"""What may stand between cells elsewhere; here commas, tabs and semicolons do."""
_LOOKED_AT = 10
"""Rows that are looked at for a header."""
_SHORT = 30
"""Characters that the name of a column hardly has more of."""
_INDEX = {"", "index", "idx", "no", "no.", "rownum", "row_number", "序号", "编号"}
_DATA = re.compile(r"[+-]?\d+([.,]\d+)*%?|(19|20)\d\d[-/.年]\d.*|https?:.*")
"""Cells that are no names."""


@dataclass(frozen=True)
class Header:
    """Hold the columns' names as the contract has them, in the file's order, and what is wrong with them."""

    names: Sequence[str]
    problems: Sequence[Problem]


def read_header(table: Table, raw: RawTable, first: RawPiece) -> Header:
    """Recognise columns whatever their case, spaces, width and stars; `first` holds the rows that tell what went wrong."""
    names = _recognised(table, raw.header)
    double = [name for place, name in enumerate(names) if name in names[:place] and name in table.names]
    told = [
        *(_problem(table, name, "missing-column", cause) for name, cause in _missing(table, raw.header, names, first).items()),
        *(_problem(table, name, "extra-column", cause) for name, cause in _extra(table, names, first).items()),
        *(_problem(table, name, "double-column") for name in double),
        *(
            _problem(table, read, "column-name", value=name)
            for name, read in zip(raw.header, names, strict=True)
            if name != read and read in table.names
        ),
        *(Problem(table.name, 0, "", value, rule) for rule, value in raw.notes),
    ]
    return Header(names, told)


def _problem(table: Table, name: str, rule: str, cause: str = "", value: str = "") -> Problem:
    return Problem(table.name, 0, name, value, rule, cause)


def _recognised(table: Table, header: Sequence[str]) -> list[str]:
    """Write names as the contract has them, where no other column has that very name."""
    taken = {name for name in header if name in table.names}
    names: list[str] = []
    for name in header:
        plain = _plain(name)
        known = name not in table.names and plain in table.names and plain not in taken
        names.append(plain if known else name)
        taken.add(names[-1])
    return names


def _plain(name: str) -> str:
    """Return a name in lower case and narrow letters, without stars and spaces around it, with _ between its words."""
    bare = unicodedata.normalize("NFKC", name).replace("\ufeff", "").strip(" *'\"\t").casefold()
    return re.sub(r"[\s-]+", "_", bare)


def _missing(table: Table, header: Sequence[str], names: Sequence[str], first: RawPiece) -> dict[str, str]:
    missing = [column.name for column in table.columns if column.required and column.name not in names]
    if not missing:
        return {}
    whole = _unsplit(table, header) or _row_above(table, header, first) or _no_names(header) or _foreign(table, header, names)
    extra = [name for name in names if name not in table.names]
    return {name: whole or _near(name, extra) for name in missing}


def _near(name: str, extra: Sequence[str]) -> str:
    found = nearest(name, extra)
    return f"nearest in the header: {', '.join(found)}" if found else ""


def _unsplit(table: Table, header: Sequence[str]) -> str:
    """Say what stands between the names where it is none of our separators."""
    signs = [said for sign, said in _SIGNS.items() if any(_is_ours(table, name, sign) for name in header)]
    return f"looks separated by {signs[0]}: save it with commas, tabs or semicolons" if signs else ""


def _is_ours(table: Table, name: str, sign: str) -> bool:
    parts = [_plain(part) for part in name.split(sign)]
    return len(parts) > 1 and any(part in table.names for part in parts)


def _row_above(table: Table, header: Sequence[str], first: RawPiece) -> str:
    """Say which row looks like the header, where the first one looks like a title above it."""
    for line, cells in _first_rows(first):
        if _names_more(table, cells) or (_is_sparse(header) and _is_header(cells, len(header))):
            return f"row {line} looks like the header: take away the rows above it"
    return ""


def _first_rows(first: RawPiece) -> Sequence[tuple[int, Sequence[str]]]:
    places = range(min(_LOOKED_AT, len(first.lines)))
    cut = RawPiece(first.lines[: len(places)], [cells.cut(0, len(places)) for cells in first.columns])
    whole = list(zip(cut.lines.tolist(), cut.rows(), strict=True))
    broken = [(line, cells) for line, cells, rule, _ in first.broken if rule == "cell-count"]
    return sorted([*whole, *broken], key=lambda row: row[0])[:_LOOKED_AT]


def _names_more(table: Table, cells: Sequence[str]) -> bool:
    return sum(_plain(cell) in table.names for cell in cells) > 1


def _is_sparse(header: Sequence[str]) -> bool:
    return 2 * sum(map(bool, header)) <= max(len(header), 2)


def _is_header(cells: Sequence[str], width: int) -> bool:
    """Tell whether cells look like names: nearly all filled, short, different, none of them a number or a date."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    most = max(3, 0.75 * max(width, len(cells)))
    return (
        len(filled) >= most
        and len(set(filled)) == len(filled)
        and all(len(c) <= _SHORT and not _DATA.fullmatch(c) for c in filled)
    )


def _no_names(header: Sequence[str]) -> str:
    if any(_DATA.fullmatch(name) for name in header):
        return "the first row looks like data: a row with the columns' names must stand above it"
    return ""


def _foreign(table: Table, header: Sequence[str], names: Sequence[str]) -> str:
    if any(name in table.names for name in names):
        return ""
    shown = ", ".join(name for name in header if name)[:80]
    return f"no name here is one of the contract's ({shown}): sqrec adapt proposes which column is which"


def _extra(table: Table, names: Sequence[str], first: RawPiece) -> dict[str, str]:
    extra: dict[str, str] = {}
    for place, name in enumerate(names):
        if name not in table.names:
            extra.setdefault(name or f"(column {place + 1})", _of_no_use(name, first.columns[place].cut(0, _LOOKED_AT).texts()))
    return extra


def _of_no_use(name: str, cells: Sequence[str]) -> str:
    """Say what a column is that says nothing: row numbers, or nothing at all."""
    numbers = [str(number) for number in range(len(cells) + 1)]
    if cells and (name.casefold() in _INDEX or name.startswith("Unnamed")) and cells in (numbers[:-1], numbers[1:]):
        return "looks like row numbers of a spreadsheet or of pandas"
    return "has no name" + ("" if any(cells) else ", and nothing stands in it: a separator ends each line") if not name else ""
