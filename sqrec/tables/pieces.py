"""Reading of a folder: its tables parsed, checked and typed, in pieces of bounded size. All readers go through here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, IntArray
from sqrec.base.keys import KeySet
from sqrec.contract import RULES, TABLES, Table
from sqrec.rawtables import PIECE, Broken, RawPiece, RawTable, filled
from sqrec.tables.folder import Left, Source
from sqrec.tables.header import read_header
from sqrec.tables.links import KnownIds, duplicates, reading_order
from sqrec.tables.problems import Problem
from sqrec.tables.rows import check_rows
from sqrec.tables.typed import read_column, unknown_column
from sqrec.tables.welfare import mark_welfare_posts


@dataclass(frozen=True)
class Piece:
    """Hold some rows of a table as read.

    `frame` has the accepted rows in typed columns, `rejected` the others as they came in, with their rules in a last column.
    `problems` are in the order of the rows, those of the header first. `links` tell of accepted rows that name nobody and
    nothing, one list a question (person, then item by kind).
    """

    table: Table
    encoding: str
    header: Sequence[str]
    rows_in: int
    frame: pd.DataFrame
    problems: Sequence[Problem]
    links: Sequence[Sequence[Problem]]
    rejected: Sequence[Sequence[str]] = field(repr=False)


def read_pieces(source: Source, rows: int = PIECE, known: KnownIds | None = None) -> Iterator[Piece]:
    """Read the tables of an opened folder, one after another, at least one piece of each.

    Tables that are named by others come first. Memory holds a piece, of at most `rows` rows, and the keys of all ids, in `known`.
    Raises TableError where a file cannot be read.
    """
    known = known or KnownIds.none(source)
    for name in reading_order(source.files):
        yield from _table(TABLES[name], source.raw(name, rows), source, known)


def _table(table: Table, raw: RawTable, source: Source, known: KnownIds) -> Iterator[Piece]:
    first = next(raw.pieces)
    header = read_header(table, raw, first)
    all_rejected = any(problem.is_error for problem in header.problems)
    blamed = _rules_by_row(header.problems).get(0, [])
    taken = known.begin(table, all_rejected=all_rejected)
    pieces = enumerate(chain([first], raw.pieces))
    del first  # a piece is let go before the next one is read
    for number, piece in pieces:
        frame, problems = _checked(table, header.names, piece, source, taken)
        wrong = _rules_by_row(problems)
        kept = np.zeros(len(frame), dtype=np.bool_) if all_rejected else ~_among(piece.lines, wrong)
        accepted = frame if kept.all() else frame[kept].reset_index(drop=True)
        yield Piece(
            table=table,
            encoding=raw.encoding,
            header=raw.header,
            rows_in=len(frame) + len(piece.broken),
            frame=accepted,
            problems=[*(header.problems if number == 0 else ()), *_of(piece.source, problems)],
            links=[_of(piece.source, told) for told in _links(table, accepted, piece.lines[kept], known)],
            rejected=_rejected(raw.header, piece, np.flatnonzero(~kept), wrong, blamed),
        )


def _of(source: str, problems: Sequence[Problem]) -> Sequence[Problem]:
    """Name the file whose rows have the problems, where the table has several."""
    return [replace(problem, source=source) for problem in problems] if source else problems


def _checked(
    table: Table, header: Sequence[str], piece: RawPiece, source: Source, taken: KeySet
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return every row in typed columns, and every problem in the order of the rows."""
    zone, count, cells = source.city.zone, len(piece.lines), piece.by_name(header)
    problems = [_cut_wrongly(table, header, broken) for broken in piece.broken]

    def tell(places: IntArray, column: str, rules: Sequence[str], left: Left | None = None) -> None:
        texts = cells[column].texts(places) if column in cells else [""] * len(places)
        for line, text, rule in zip(piece.lines[places].tolist(), texts, rules, strict=True):
            why = left.why.get(text, "") if left else ""
            problems.append(Problem(table.name, line, column, text, rule, why, reader=left.reader if left and why else ""))

    columns: dict[str, object] = {}
    for column in table.columns:
        if column.name not in cells:
            columns[column.name] = unknown_column(column, count)
            continue
        columns[column.name], (places, rules) = read_column(column, cells[column.name], zone)
        if len(places):
            tell(places, column.name, rules, source.left(table.name, column.name))
    frame = pd.DataFrame(columns, index=range(count))
    for places, column in mark_welfare_posts(table, frame, cells):
        tell(places, column, ["welfare-kind"] * len(places))
    for places, column, rule in check_rows(table, frame, source.config.crs, source.config.as_of, source.city):
        tell(places, column, [rule] * len(places))
    if table.key:
        again = duplicates(table.key, frame, _among(piece.lines, _rules_by_row(problems)), taken)
        tell(again, table.key, ["duplicate-id"] * len(again))
    problems.sort(key=lambda problem: problem.row)
    return frame, problems


_SHOWN = 200
"""Characters of a broken row that a problem shows."""
_BYTE = re.compile(r"\\x[0-9A-F]{2}")


def _cut_wrongly(table: Table, header: Sequence[str], broken: Broken) -> Problem:
    """Tell of a row that is none: of a byte that is no character, with what stands around it, or of the number of its cells."""
    line, cells, rule, cause = broken
    marks = enumerate(_BYTE.search(cell) for cell in cells) if rule == "encoding" else ()
    place, found = next(((place, found) for place, found in marks if found), (0, None))
    if found is None:
        return Problem(table.name, line, "", ",".join(cells)[:_SHOWN], rule, cause)
    column = header[place] if place < len(header) else ""
    return Problem(table.name, line, column, cells[place][max(0, found.start() - _AROUND) : found.end() + _AROUND], rule, cause)


_AROUND = 20
"""Characters that are shown on each side of a byte that is none."""


def _rules_by_row(problems: Sequence[Problem]) -> Mapping[int, list[str]]:
    """Return what rejects each row."""
    wrong: dict[int, list[str]] = {}
    for problem in problems:
        if RULES[problem.rule].severity == "error":
            wrong.setdefault(problem.row, []).append(f"{problem.column} {problem.rule}".strip())
    return wrong


def _among(lines: IntArray, wrong: Mapping[int, object]) -> BoolArray:
    return np.isin(lines, np.fromiter(wrong, np.int64, len(wrong)))


def _rejected(
    header: Sequence[str], piece: RawPiece, places: IntArray, wrong: Mapping[int, list[str]], blamed: list[str]
) -> list[list[str]]:
    """Return the rejected rows by line, as they came in; a row without a fault of its own is blamed for the header's."""
    if not len(places) and not piece.broken:
        return []
    cut = zip(piece.lines[places].tolist(), piece.rows(places), strict=True)
    everyone = sorted([*cut, *((line, tuple(filled(header, cells))) for line, cells, *_ in piece.broken)])
    return [[*row, "; ".join(wrong.get(line, blamed))] for line, row in everyone]


def _links(table: Table, accepted: pd.DataFrame, lines: IntArray, known: KnownIds) -> list[list[Problem]]:
    return [
        [
            Problem(table.name, line, strange.column, value, strange.rule, cause)
            for line, value, cause in zip(
                lines[strange.places].tolist(),
                accepted[strange.column].iloc[strange.places].tolist(),
                strange.causes,
                strict=True,
            )
        ]
        for strange in known.strange(table, accepted)
    ]
