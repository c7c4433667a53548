"""`sqrec occupations`: a file of titles in, a file of coded titles out."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqrec.base.text import normal
from sqrec.codes.occupations import OccupationCoder
from sqrec.codes.taxonomy import table
from sqrec.errors import TableError
from sqrec.rawtables import Raw, filled, read_raw

COLUMNS = ("title", "rank", "code", "name", "confidence")


@dataclass(frozen=True, slots=True)
class Coded:
    """Say what was coded: the column read, how many titles stood there, how many of them have no code."""

    column: str
    titles: int
    without: int


def code_file(titles: Path, coder: OccupationCoder, out: Path, top: int = 5, column: str | None = None) -> Coded:
    """Code the titles of a table; see `column_of` for which column holds them.

    Every title comes as often as in the input and in its order, with up to `top` rows; one without a code has rank 1 and
    no code, name or confidence. Raises TableError for a file that cannot be read.
    """
    raw = read_raw(titles)
    place = column_of(titles, raw.header, column)
    found = [cells[place].strip() for cells in _in_order(raw)]
    told = coder.code(found, top)
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for title, candidates in zip(found, told, strict=True):
            for rank, candidate in enumerate(candidates, start=1):
                writer.writerow((title, rank, candidate.code, candidate.name, f"{candidate.confidence:.4f}"))
            if not candidates:
                writer.writerow((title, 1, "", "", ""))
    return Coded(raw.header[place], len(found), sum(not candidates for candidates in told))


def column_of(file: Path, header: Sequence[str], column: str | None = None) -> int:
    """Return the place of the column that holds titles: the one asked for, the first known name of one, or the only column.

    Known names stand in title_words.json, the surest first; width, case and spaces do not matter. Raises TableError where none can
    be told: an employer's name in the first column would be coded as an occupation.
    """
    folded = [normal(name) for name in header]
    wanted = table("title_words.json")["columns"] if column is None else [normal(column)]
    known = next((name for name in wanted if name in folded), None)
    if known is not None:
        return folded.index(known)
    if len(header) == 1 and column is None:
        return 0
    asked = "none is known to hold titles" if column is None else f"none is called {column}"
    raise TableError(f"{file} has the columns {', '.join(header)}; {asked}. Name the one that holds them: --column {header[-1]}")


def _in_order(raw: Raw) -> Sequence[Sequence[str]]:
    whole = list(zip(raw.lines, raw.rows, strict=True))
    cut = [(line, filled(raw.header, cells)) for line, cells, *_ in raw.broken]
    return [cells for _, cells in sorted([*whole, *cut], key=lambda row: row[0])]
