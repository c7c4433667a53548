"""Texts of cells: encoding and separator found, cut into rows a buffer at a time; nothing is judged here but the shape."""

import csv
import io
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from sqrec.errors import TableError
from sqrec.rawtables.encodings import Encoding, encoding_of, looks_like_big5, readable
from sqrec.rawtables.forms import bytes_in, misnamed
from sqrec.rawtables.piece import RawTable
from sqrec.rawtables.records import Records, headed, pieces_of

_LONGEST_CELL = 50_000_000
_BUFFER = 1 << 18
_SEPARATORS = {",": "", "\t": ", tabs between cells", ";": ", semicolons between cells"}
_QUOTED = re.compile(r'"[^"]*"')
_CELL = "x"
"""What stands for a cell in quotation marks, so that no line of such cells looks blank."""
_ENDS = re.compile(r"\r\n|\r|\n")
_SAID = re.compile(r'"?sep=([^"\w])"?')
"""What Excel may write above the header: the separator by name."""


@dataclass(frozen=True)
class _Form:
    """Hold how a text is written: its letters, what stands between its cells, and whether it says so in a line of its own."""

    file: Path
    encoding: Encoding
    separator: str
    said: bool

    @contextmanager
    def opened(self) -> Generator[TextIO]:
        """Open the text, its line ends as they are."""
        with bytes_in(self.file) as stream:
            yield io.TextIOWrapper(stream, self.encoding.codec, self.encoding.errors, newline="")


def open_csv(file: Path, rows: int, header_row: int = 1) -> RawTable:
    """Read a text's header, in line `header_row`, and what stands below it in pieces of at most `rows` rows.

    Commas, tabs or semicolons stand between cells, whichever the header has most of (outside quotation marks). Rows with bytes
    that are no characters of the encoding break the rule `encoding`. Raises TableError for what is no such text, OSError.
    """
    if told := misnamed(file):
        raise TableError(told)
    form = _form_of(file, header_row)
    records = _records(form, min(_BUFFER, 64 * rows))
    if form.said and (first := next(records, None)):
        records = chain([_after(first)], records)
    _, named, below = headed(file, records, header_row)
    names = [readable(name).strip() for name in named]
    notes = [("other-encoding", "Big5")] if form.encoding.codec == "gb18030" and looks_like_big5(file) else []
    pieces = pieces_of(below, named, rows)
    return RawTable(form.encoding.name + _SEPARATORS.get(form.separator, ""), names, pieces, tuple(notes))


def _form_of(file: Path, header_row: int) -> _Form:
    encoding = encoding_of(file)
    with _Form(file, encoding, ",", said=False).opened() as stream:
        start = stream.read(_BUFFER)
    top = next((line.strip() for line in _unquoted(start).splitlines() if line.strip()), "")
    said = _SAID.fullmatch(top)
    header = top if header_row == 1 else _unquoted("".join(_ENDS.split(start)[header_row - 1 : header_row]))
    return _Form(file, encoding, said[1] if said else max(_SEPARATORS, key=header.count), said=said is not None)


def _unquoted(text: str) -> str:
    """Return a text without what stands in quotation marks, but for the word of Excel."""
    return _QUOTED.sub(lambda quoted: quoted[0] if "sep=" in quoted[0] else _CELL, text)


def _after(records: Records) -> Records:
    """Return all but the first record."""
    return Records(records.lines[1:], records.rows[1:], records.faults, records.size)


def _records(form: _Form, size: int) -> Iterator[Records]:
    """Yield the records of a file, a buffer at a time.

    A quotation mark that is never closed would swallow the rows behind it: its line alone is broken, and reading
    goes on with the next one. A record that the buffer's end cuts is read again with more lines behind it.
    """
    with form.opened() as stream:
        source = _Lines(stream)
        before, lines = 0, source.take(size)
        while lines:
            records, end, seen = _cut(lines, before, form)
            if records.rows:
                yield records
            stumbled, at_the_end = end < len(lines), seen == len(lines)
            before, lines = before + end, lines[end:]
            if not stumbled:
                lines = source.take(size)
            elif at_the_end and (more := source.take(max(size, sum(map(len, lines))))):
                lines += more
            else:
                yield Records([before + 1], [[readable(lines[0].rstrip("\r\n"))]], {before + 1: ("quotes", "")}, len(lines[0]))
                source.give_back(lines[1:])
                before, lines = before + 1, source.take(size)


def _cut(lines: list[str], before: int, form: _Form) -> tuple[Records, int, int]:
    """Cut lines into records until one does not fit; also return how many lines they fill, and how many were looked at."""
    records = Records(size=sum(map(len, lines)))
    reader, end = csv.reader(lines, delimiter=form.separator, strict=True), 0
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        for cells in reader:
            if any(cells):  # a spreadsheet writes a row that was emptied as its separators alone
                records.lines.append(before + end + 1)
                records.rows.append(cells)
            end = reader.line_num
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(limit)
    if form.encoding.damaged:
        _blame(records, form)
    return records, end, reader.line_num


def _blame(records: Records, form: _Form) -> None:
    """Mark the records with bytes that are no characters, and make them readable."""
    for place, cells in enumerate(records.rows):
        if form.encoding.undecoded("".join(cells)):
            records.faults[records.lines[place]] = ("encoding", form.encoding.blamed(form.separator.join(cells)))
            records.rows[place] = [readable(cell) for cell in cells]


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
