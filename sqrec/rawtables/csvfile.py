"""CSV in UTF-8 or GB18030, split into rows a buffer at a time; only the shape is checked."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, compress
from operator import not_
from pathlib import Path
from typing import TextIO

import numpy as np

from sqrec.base.arrays import IntArray
from sqrec.errors import TableError
from sqrec.rawtables.cells import Cells
from sqrec.rawtables.piece import MOST_BYTES, Broken, RawPiece, RawTable

_LONGEST_CELL = 50_000_000
_BUFFER = 1 << 18
_BLOCK = 1 << 20


def open_csv(file: Path, rows: int) -> RawTable:
    """Read a CSV file's header, and the rest in pieces of at most `rows` rows."""
    encoding, codec = _encoding(file)
    records = _records(file, codec, min(_BUFFER, 64 * rows))
    first = next(records, None)
    if first is None:
        raise TableError(f"{file} is empty; its first row must name the columns.")
    names = [name.strip() for name in first.rows[0]]
    rest = _Records(first.lines[1:], first.rows[1:], first.open, first.size)
    return RawTable(encoding, names, _pieces(chain([rest], records), len(names), rows))


@dataclass
class _Records:
    """Hold records, none of them blank, with the line where each starts; `open` are lines whose quotation is never closed."""

    lines: list[int] = field(default_factory=list[int])
    rows: list[list[str]] = field(default_factory=list[list[str]])
    open: set[int] = field(default_factory=set[int])
    size: int = 0


class _Held:
    """Gather rows as columns until they make a piece."""

    def __init__(self, width: int) -> None:
        self._lines = np.empty(0, np.int64)
        self._columns = [Cells.of(())] * width
        self._parts: list[tuple[IntArray, list[Cells]]] = []
        self._broken: list[Broken] = []
        self.size = 0
        self.count = 0

    def add(self, records: _Records) -> None:
        """Take records in; texts are put into arrays at once, as long as they are at hand."""
        width = len(self._columns)
        lines, rows = records.lines, records.rows
        if records.open or set(map(len, rows)) - {width}:
            fits = [len(cells) == width and line not in records.open for line, cells in zip(lines, rows, strict=True)]
            self._broken += [
                (line, cells, "quotes" if line in records.open else "cell-count")
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
        broken = [row for row in self._broken if row[0] < ends]
        self._lines, self._columns, self._parts = lines[most:], [cells.cut(most, None) for cells in columns], []
        self._broken = self._broken[len(broken) :]
        self.count, self.size = len(self._lines) + len(self._broken), 0
        return RawPiece(lines[:most], [cells.cut(0, most) for cells in columns], broken)


def _pieces(records: Iterable[_Records], width: int, rows: int) -> Iterator[RawPiece]:
    held, some = _Held(width), False
    for more in records:
        held.add(more)
        while held.count >= rows or held.size > MOST_BYTES:
            yield held.piece(rows)
            some = True
    if held.count or not some:
        yield held.piece(rows)


def _records(file: Path, codec: str, size: int) -> Iterator[_Records]:
    """Yield the records of a file, a buffer at a time.

    A quotation mark that is never closed would swallow the rows behind it: its line alone is broken, and reading
    goes on with the next one. A record that the buffer's end cuts is read again with more lines behind it.
    """
    with file.open(encoding=codec, newline="") as stream:
        source = _Lines(stream)
        before, lines = 0, source.take(size)
        while lines:
            records, end, seen = _cut(lines, before)
            if records.rows:
                yield records
            stumbled, at_the_end = end < len(lines), seen == len(lines)
            before, lines = before + end, lines[end:]
            if not stumbled:
                lines = source.take(size)
            elif at_the_end and (more := source.take(max(size, sum(map(len, lines))))):
                lines += more
            else:
                yield _Records([before + 1], [[lines[0].rstrip("\r\n")]], {before + 1}, len(lines[0]))
                source.give_back(lines[1:])
                before, lines = before + 1, source.take(size)


def _cut(lines: list[str], before: int) -> tuple[_Records, int, int]:
    """Cut lines into records until one does not fit; also return how many lines they fill, and how many were looked at."""
    records = _Records(size=sum(map(len, lines)))
    reader, end = csv.reader(lines, strict=True), 0
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        for cells in reader:
            if cells:
                records.lines.append(before + end + 1)
                records.rows.append(cells)
            end = reader.line_num
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(limit)
    return records, end, reader.line_num


class _Lines:
    """Read lines of a stream, and again those that were given back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._back: list[str] = []
        self._at = 0

    def take(self, size: int) -> list[str]:
        """Return whole lines of about `size` characters; none at the end."""
        if self._at == len(self._back):
            return self._stream.readlines(size)
        end, room = self._at, size
        while end < len(self._back) and room > 0:
            room -= len(self._back[end])
            end += 1
        taken, self._at = self._back[self._at : end], end
        return taken

    def give_back(self, lines: list[str]) -> None:
        """Put lines back before all others."""
        self._back, self._at = lines + self._back[self._at :], 0


def _encoding(file: Path) -> tuple[str, str]:
    for encoding, codec in (("UTF-8", "utf-8-sig"), ("GB18030", "gb18030")):
        decoder = codecs.getincrementaldecoder(codec)()
        try:
            with file.open("rb") as stream:
                marked = encoding == "UTF-8" and stream.read(3) == codecs.BOM_UTF8
                stream.seek(0)
                while block := stream.read(_BLOCK):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return f"{encoding} with BOM" if marked else encoding, codec
    raise TableError(f"{file} is neither UTF-8 nor GB18030 text; save it as CSV in one of them.")
