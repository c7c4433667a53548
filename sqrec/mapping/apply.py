"""A source through a mapping: a raw table with the contract's header and texts, so that everything behind stays as it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sqrec.base.text import normal
from sqrec.cities import City
from sqrec.contract import TABLES, Table
from sqrec.errors import TableError
from sqrec.mapping.made import BARE_TEXT, BETWEEN_CELLS, NO_ROW, bare, below_the_table, made, no_row, together
from sqrec.mapping.model import NAME, Feed, Taken, read_mapping
from sqrec.mapping.model import Mapping as MappingFile
from sqrec.mapping.readers import AS_IS, ROW_ID, Asks, How, Unread, reader_of, readers
from sqrec.mapping.sources import later_columns, open_source
from sqrec.mapping.spans import end_of
from sqrec.mapping.tally import BETWEEN, Conversions, Converted
from sqrec.rawtables import PIECE, Broken, Cells, RawPiece, RawTable, text_array

_ID = "id"
_MOST_KNOWN = 1 << 17
_TRIED = 2_000
_UNCUT = ("quotes", "json-line", "no-object")
"""Rules of lines that hold no cells."""


@dataclass(frozen=True)
class Mapped:
    """Hold a folder's mapping, ready to read its tables; `conversions` grow while tables are read.

    `file` is where the mapping lies; None for one that is not written yet. `unread` has by table and column why its reader left a
    cell unread, by what the cell came out as.
    """

    folder: Path
    mapping: MappingFile
    city: City
    today: date
    file: Path | None = None
    conversions: Conversions = field(default_factory=Conversions)
    unread: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict[tuple[str, str], dict[str, str]])

    @property
    def tables(self) -> Mapping[str, Path]:
        """The tables that the mapping gives, each with its first source file."""
        return {name: self.folder / feeds[0].file for name, feeds in self.mapping.tables.items()}

    @property
    def files(self) -> frozenset[Path]:
        """All source files."""
        return frozenset(self.folder / name for name in self.mapping.files)

    def raw(self, name: str, rows: int = PIECE) -> RawTable:
        """Open a table: its sources behind one another, under the contract's header.

        Raises TableError where a source cannot be read, or lacks a column that the mapping names.
        """
        table, feeds = TABLES[name], self.mapping.tables[name]
        header = [column for column in table.names if any(column in _given(feed) for feed in feeds)]
        opened = [self._opened(table, feed, rows) for feed in feeds]
        pieces = (self._pieces(table, feed, raw, header) for feed, raw in zip(feeds, opened, strict=True))
        encodings = ", ".join(
            dict.fromkeys(f"{Path(feed.file).name}, {raw.encoding}" for feed, raw in zip(feeds, opened, strict=True))
        )
        notes = [
            note for feed, raw in zip(feeds, opened, strict=True) for note in [*self._notes(feed, raw), *_doubles(feed, raw)]
        ]
        return RawTable(encodings, header, chain.from_iterable(pieces), notes)

    def _notes(self, feed: Feed, raw: RawTable) -> list[tuple[str, str]]:
        """Return what is odd about a source; a sheet that another source of the mapping reads is none that nobody reads."""
        feeds = [other for told in self.mapping.tables.values() for other in told if other.file == feed.file]
        read = {("other-sheet", other.sheet) for other in feeds}
        return [note for note in raw.notes if note not in read]

    def tried(self, name: str, feed: Feed) -> dict[str, str]:
        """Read the first rows of a source, choices made or not, and say per column what became of the cells."""
        table, raw = TABLES[name], self._opened(TABLES[name], feed, _TRIED)
        next(self._pieces(table, feed, raw, list(_given(feed))))
        return {
            column: str(one)
            for (of, file, column), one in self.conversions.columns.items()
            if of == name and file == feed.file and one.sources
        }

    def _opened(self, table: Table, feed: Feed, rows: int) -> RawTable:
        raw = open_source(self.folder / feed.file, rows, feed.header_row, second_row=feed.second_row, sheet=feed.sheet)
        missing = [name for name in feed.sources if name not in raw.header]
        if missing:
            has = ", ".join(raw.header)
            raise TableError(
                f"{self.folder / feed.file}: the mapping of {table.name} names {', '.join(missing)}; there are {has}."
            )
        return raw

    def _pieces(self, table: Table, feed: Feed, raw: RawTable, header: Sequence[str]) -> Iterator[RawPiece]:
        ways = {name: self._way(table, feed, name, taken) for name, taken in _given(feed).items()}
        for piece in raw.pieces:
            cells = piece.by_name(raw.header)
            columns = [
                ways[name].read(cells, len(piece.lines)) if name in ways else _same("", len(piece.lines)) for name in header
            ]
            self._clear_sums(table, feed, header, piece, columns)
            broken = [_broken(row, raw.header, feed, header) for row in piece.broken]
            several = len(self.mapping.tables[table.name]) > 1
            yield RawPiece(piece.lines, columns, broken, " ".join(filter(None, (feed.file, feed.sheet))) if several else "")

    def _clear_sums(self, table: Table, feed: Feed, header: Sequence[str], piece: RawPiece, columns: list[Cells]) -> None:
        """Take their ids from the rows that begin with a sum or a signature, in whichever column of the source they begin."""
        if (
            table.key is None
            or table.key not in header
            or not (nobody := below_the_table(piece.columns, frozenset(feed.unknown))).any()
        ):
            return
        place = header.index(table.key)
        ids = pa.array(columns[place].texts(), pa.large_string())
        columns[place] = Cells(pc.if_else(pa.array(nobody), "", ids))
        if not pc.any(
            pc.and_(pc.equal(ids, ""), pc.invert(pa.array(nobody)))
        ).as_py():  # else a row lacks an id for another reason
            self.unread.setdefault((table.name, table.key), {})[""] = NO_ROW

    def _way(self, table: Table, feed: Feed, name: str, taken: Taken) -> "Way":
        column = table.column(name)
        words = {normal(word): code for word, code in taken.words.items()}
        reader = taken.read or reader_of(table.name, column)
        how = How(column, self.city, self.today, feed.chosen(taken), taken.words if reader == "flags" else words)
        count = self.conversions.of(table.name, feed.file, name, taken.sources, reader)
        unread = self.unread.setdefault((table.name, name), {})
        return Way(taken, reader, how, frozenset(feed.unknown), count, unread, self._telling(feed), is_key=name == table.key)

    def _telling(self, feed: Feed) -> frozenset[str]:
        """Return the columns of a source that something is taken from, into whatever table: rows say nothing elsewhere."""
        feeds = (other for told in self.mapping.tables.values() for other in told if other.file == feed.file)
        return frozenset(name for other in feeds for name in other.taken_from)


def open_mapping(folder: Path, file: Path | None, city: City, as_of: str | None) -> Mapped | None:
    """Open the mapping named, or the folder's own `mapping.json`; None where there is neither.

    Raises TableError where the one named is not there, where it does not fit, and where a choice is still to be made, with every
    one of them.
    """
    if file is None and not (folder / NAME).is_file():
        return None
    file = file or folder / NAME
    mapping = read_mapping(file)
    if asked := mapping.open():
        raise TableError("\n".join([f"{file} leaves {len(asked)} to be chosen before anything is read:", *asked]))
    return Mapped(folder, mapping, city, city.day(as_of), file)


@dataclass
class Way:
    """Read the cells of one column, each different text once.

    `telling` are the source's columns that a row of the table says something by, `is_key` holds for the table's own id.
    """

    taken: Taken
    reader: str
    how: How
    unknown: frozenset[str]
    count: Converted
    unread: dict[str, str]
    telling: frozenset[str] = frozenset()
    is_key: bool = False
    known: dict[str, tuple[str, str | None]] = field(default_factory=dict[str, tuple[str, str | None]])

    def read(self, cells: Mapping[str, Cells], rows: int) -> Cells:
        """Return the contract's cells."""
        if self.taken.constant is not None:
            return _same(self.taken.constant, rows)
        columns = [cells[name] for name in self.taken.sources]
        if self.reader == ROW_ID:
            ids, lacking = made(columns, [cells[name] for name in sorted(self.telling & cells.keys())], self.unknown)
            self.unread |= {"": NO_ROW} if lacking else {}
            return ids
        whole_rows = columns[0] if len(columns) == 1 else Cells(together(columns))
        if len(columns) == 1 and not self.taken.words and not self.taken.part and (whole := self._whole(columns[0])):
            return whole
        texts, codes = whole_rows.distinct()
        times = np.bincount(codes, minlength=len(texts))
        values = [self._one(text, count) for text, count in zip(texts, times.tolist(), strict=True)]
        return Cells(pa.array(values, pa.large_string()).take(pa.array(codes)))

    def _whole(self, cells: Cells) -> Cells | None:
        """Take a column at once where every cell stays as it is; None where some have to be read."""
        if self.reader == AS_IS and not cells.is_text:
            return cells
        texts = text_array(cells.array) if cells.is_text else None
        marks = pa.array(sorted(self.unknown), pa.large_string())
        if texts is None or (pc.any(pc.is_in(pc.utf8_trim_whitespace(texts), marks)).as_py() and self.reader != AS_IS):
            return None
        if self.reader == AS_IS and pc.any(pc.match_substring_regex(texts, BARE_TEXT)).as_py():
            return None
        if self.reader == AS_IS:
            return self._marked(texts, pc.is_in(pc.utf8_trim_whitespace(texts), marks))
        sure = readers()[self.reader].sure
        same = pc.or_(pc.match_substring_regex(texts, sure), pc.equal(texts, "")) if sure else None
        if same is None or not pc.all(same).as_py() or (self.reader == _ID and self._has_no_ids(texts)):
            return None
        self.count.filled += pc.sum(pc.not_equal(texts, "")).as_py() or 0
        return Cells(texts)

    def _has_no_ids(self, texts: Any) -> bool:
        """Tell whether a text is no id as it stands: marked as a text by a spreadsheet, or the name of a sum in a table's own id."""
        looked_for = f"{BARE_TEXT}|{no_row()}" if self.is_key else BARE_TEXT
        return bool(pc.any(pc.match_substring_regex(texts, looked_for)).as_py())

    def _marked(self, texts: Any, marked: Any) -> Cells:
        """Blank the cells that say that nothing is known."""
        found = texts.filter(marked)
        for text, times in zip(*np.unique(found.to_pylist(), return_counts=True), strict=True) if len(found) else ():
            self.count.add(str(text), "", int(times))
        return Cells(pc.if_else(marked, "", texts)) if len(found) else Cells(texts)

    def _one(self, text: str, times: int) -> str:
        if text not in self.known:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            self.known[text] = self._first(text)
        value, why = self.known[text]
        shown = BETWEEN.join(part.strip() for part in text.split(BETWEEN_CELLS) if part.strip())
        if (shown or value) and times:
            self.count.leave(shown, why, times) if why else self.count.add(shown or "empty", value, times)
        return value

    def _first(self, text: str) -> tuple[str, str | None]:
        """Read a text: its value, and why it is not read, where it is not."""
        cells = ["" if part.strip() in self.unknown else bare(part) for part in text.split(BETWEEN_CELLS)]
        cells = [end_of(cell, self.taken.part) for cell in cells]
        if self.is_key and self.reader == _ID and re.match(no_row(), cells[0]):
            return "", None
        if not any(cells) and self.reader != "flags":  # no flag set is an answer
            return "", None
        if self.reader != "flags" and (own := self.how.words.get(normal(" ".join(cells)))) is not None:
            return own, None
        try:
            return readers()[self.reader].read(cells, self.how), None
        except Unread as problem:
            why = str(problem)
        except Asks as asked:
            why = f"asks for a choice: {asked.question}"
        left = " ".join(cell for cell in cells if cell)
        if len(self.unread) < _MOST_KNOWN:
            self.unread[left] = why
        return left, why


def _given(feed: Feed) -> dict[str, Taken]:
    """Return the columns that a source gives; events without times all get one moment."""
    return feed.columns | ({"at": Taken(constant=feed.one_moment)} if feed.one_moment else {})


def _doubles(feed: Feed, raw: RawTable) -> list[tuple[str, str]]:
    """Tell of names that a source gives to several columns, where something is taken from the first of them."""
    return [("double-column", name) for name in later_columns(raw.header) if name in feed.taken_from]


def _same(text: str, rows: int) -> Cells:
    return Cells(pa.array([text], pa.large_string()).take(pa.array(np.zeros(rows, np.int64))))


def _broken(row: Broken, source: Sequence[str], feed: Feed, header: Sequence[str]) -> Broken:
    """Put the cells of a row that cannot be cut under the contract's header, as far as they go; an uncut line stays whole."""
    if row.rule in _UNCUT:
        return row
    by_name = dict(zip(source, row.cells, strict=False))
    given = _given(feed)
    told = [" ".join(by_name.get(name, "") for name in given[column].sources) if column in given else "" for column in header]
    return row._replace(cells=told)
