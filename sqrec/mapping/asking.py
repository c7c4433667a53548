"""What the cells of a source say of a reader: the share that it reads, and the choices that they ask for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sqrec.cities import City
from sqrec.contract import TABLES
from sqrec.mapping.guess import likest, names
from sqrec.mapping.made import bare
from sqrec.mapping.model import Taken
from sqrec.mapping.readers import ROW_ID, Asks, How, Unread, question_of, questions, reader_of, readers
from sqrec.mapping.readers.how import folded
from sqrec.mapping.sources import JSON_ENDINGS, Nested, later_columns, open_source
from sqrec.mapping.spans import end_of
from sqrec.mapping.tworows import is_second, may_be_second
from sqrec.rawtables import RawPiece, RawTable, is_parquet, open_raw

_SAMPLE = 2_000
_LOOKED_AT = 10
_MUCH_MORE = 2


@dataclass(frozen=True)
class Sample:
    """Hold a source file: its name below the folder, its header, and the cells of its first rows by column.

    `nameless` are the places (from 1) of columns whose header is empty and whose cells are not, `doubles` those of further columns
    of a name that an earlier one has, `other_sheets` those of a
    workbook that hold something and are not read, `form` how the file is written, `sheet` the one that is read, `second_row` the line
    of a second row of the header, `doubt` what looks like one and may be none. `several` says of columns made of several objects a
    row what to do with them.
    """

    name: str
    header: Sequence[str]
    cells: Mapping[str, Sequence[str]]
    header_row: int = 1
    nameless: Sequence[int] = ()
    doubles: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])
    form: str = ""
    other_sheets: Sequence[str] = ()
    sheet: str = ""
    second_row: int | None = None
    doubt: str = ""
    several: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Place:
    """Say where files lie and what is known of them: the city, the day of the data, what folder.json tells of day and points."""

    folder: Path
    city: City
    today: date
    as_of: str | None = None
    crs: str = "WGS84"


def sample(folder: Path, file: Path) -> Sample:
    """Read a source's header and the different cells of its first rows."""
    header_row = _header_row(file)
    raw = open_source(file, _SAMPLE, header_row)
    piece = next(raw.pieces)
    second_row, doubt = _second_row(file, raw, piece)
    if second_row is not None:
        raw = open_source(file, _SAMPLE, header_row, second_row=second_row)
        piece = next(raw.pieces)
    cells = {name: [bare(text) for text in column.texts()] for name, column in piece.by_name(raw.header).items()}
    unnamed = [place for place, name in enumerate(raw.header) if not name and any(map(str.strip, piece.columns[place].texts()))]
    others = [title for rule, title in raw.notes if rule == "other-sheet"]
    name = file.relative_to(folder).as_posix()
    nameless = [place + 1 for place in unnamed]
    doubles = later_columns(raw.header)
    form, sheet = raw.encoding, raw.sheet
    several = _several(raw)
    return Sample(name, list(raw.header), cells, header_row, nameless, doubles, form, others, sheet, second_row, doubt, several)


def _several(raw: RawTable) -> dict[str, str]:
    """Say of the columns below a member that holds several objects a row what that means."""
    told: Mapping[str, int] = raw.several if isinstance(raw, Nested) else dict[str, int]()
    return {
        name: f"{member} holds up to {most} objects a row; write one row per object"
        for member, most in told.items()
        for name in raw.header
        if name.startswith(f"{member}.")
    }


def _second_row(file: Path, raw: RawTable, piece: RawPiece) -> tuple[int | None, str]:
    """Return the line of a second row of the header, or what to say of a row that looks like one and may be none."""
    if is_parquet(file) or file.suffix.lower() in JSON_ENDINGS:
        return None, ""
    rows = [(row.line, row.cells) for row in piece.broken if row.rule == "cell-count"]
    rows += (
        [(int(piece.lines[0]), [cells.texts(np.zeros(1, np.int64))[0] for cells in piece.columns])] if len(piece.lines) else []
    )
    line, cells = min(rows, default=(0, ()))
    low = [cell.strip() for cell in cells]
    if is_second(file, raw.header, low):
        return line, ""
    looks = f"row {line} looks like a second row of the header: put both into one, or its line into second_row of the mapping"
    return None, looks if may_be_second(file, raw.header, low) else ""


def _header_row(file: Path) -> int:
    """Return the line of the header: the first, unless a later one of the first rows is much more like one."""
    if file.suffix.lower() in JSON_ENDINGS or is_parquet(file):
        return 1
    rows = _first_rows(file)
    scores = {line: likest(file, [name.strip() for name in told if name.strip()])[1] for line, told in rows.items()}
    best = max(scores, key=lambda line: scores[line])
    return best if scores[best] > scores[1] + _MUCH_MORE else 1


def _first_rows(file: Path) -> dict[int, Sequence[str]]:
    """Return the first rows by line, the header as 1, whatever their width.

    Where none has a second cell, the first line may be a title, which does not show what stands between cells: each line is asked.
    """
    raw = open_raw(file, _LOOKED_AT, merged=False)  # a name merged over both rows of a header is none of the second's own
    first = next(raw.pieces)
    whole = zip(first.lines.tolist(), first.rows(), strict=True)
    cut = ((row.line, row.cells) for row in first.broken if row.rule == "cell-count")
    rows: dict[int, Sequence[str]] = dict(sorted([*whole, *cut], key=lambda row: row[0])[:_LOOKED_AT])
    if all(len(cells) == 1 for cells in [raw.header, *rows.values()]):
        rows = {line: open_source(file, 1, line).header for line in rows}
    return {1: raw.header} | rows


def taken(sources: str | Sequence[str], **more: Any) -> Taken:
    """Build where a column comes from, as the file has it."""
    return Taken.model_validate({"from": sources if isinstance(sources, str) else tuple(sources), **more})


def asking(table: str, column: str, way: Taken, one: Sample, place: Place) -> Taken:
    """Put every choice that the cells ask for into a column, where it is not made."""
    if not way.sources or way.read == ROW_ID:
        return way
    asked: list[str] = []
    for cells in _rows(way, one):
        question = _question(table, column, way, [*way.choose, *asked], cells, place)
        while question:
            asked += [next(iter(questions()[question]))]
            question = _question(table, column, way, [*way.choose, *asked], cells, place)
    open_ones = [choice for first in asked for told in questions().values() if first in told for choice in told]
    return way.model_copy(update={"choose": tuple(dict.fromkeys([*way.choose, *open_ones]))})


def shared_choices(columns: dict[str, Taken]) -> tuple[dict[str, Taken], tuple[str, ...]]:
    """Return the columns without the open choices that several of them ask for, and these once, for the source as a whole."""
    asked = [question for way in columns.values() for question in way.open()]
    shared = [question for question in dict.fromkeys(asked) if asked.count(question) > 1]
    kept = {
        name: way.model_copy(
            update={"choose": tuple(one for one in way.choose if question_of(one) not in set(shared) & set(way.open()))}
        )
        for name, way in columns.items()
    }
    return kept, tuple(choice for question in shared for choice in questions()[question])


def share(cells: Sequence[str], reader: str, table: str, column: str, place: Place, *chosen: str) -> float:
    """Return the share of filled cells that a reader reads without asking."""
    how = How(TABLES[table].column(column), place.city, place.today, frozenset(chosen))
    filled = [cell for cell in dict.fromkeys(cells) if cell and cell not in names()["unknown"]]
    known = 0
    for cell in filled:
        try:
            value = readers()[reader].read([cell], how)
        except (Unread, Asks):
            continue
        known += value.isdigit() if reader == "area" else not _unit_alone(reader, value, cell, how)
    return known / len(filled) if filled else 0.0


def gives_amount(cells: Sequence[str]) -> bool:
    """Tell whether a cell holds an amount: a wage with its digits, whatever its unit."""
    return any(re.search(r"\d", folded(cell)) for cell in cells if cell not in names()["unknown"])


def _unit_alone(reader: str, value: str, cell: str, how: How) -> bool:
    """Tell whether a cell says what a wage is paid for, and no amount."""
    return reader == "wage_min" and not value and bool(readers()["wage_unit"].read([cell], how))


def _question(table: str, column: str, way: Taken, chosen: Sequence[str], cells: Sequence[str], place: Place) -> str | None:
    how = How(TABLES[table].column(column), place.city, place.today, frozenset(chosen), way.words)
    try:
        readers()[way.read or reader_of(table, how.column)].read(cells, how)
    except Asks as asked:
        return asked.question
    except Unread:
        return None
    return None


def _rows(way: Taken, one: Sample) -> list[tuple[str, ...]]:
    """Return the different cells to try, of several sources those of a row together."""
    unknown = {*names()["unknown"], ""}
    rows = zip(
        *(["" if cell in unknown else end_of(cell, way.part) for cell in one.cells[name]] for name in way.sources), strict=True
    )
    return [row for row in dict.fromkeys(rows) if any(row)]
