"""Tables as texts: CSV in UTF-8 or GB18030, and Parquet; nothing is judged here but the shape."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from sqrec.errors import TableError

_LONGEST_CELL = 50_000_000


@dataclass(frozen=True)
class Raw:
    """Hold a table as texts: its header, its rows of one cell per column, and the line of every row (header = 1).

    `broken` has the rows that cannot be cut into such cells: line, cells as far as they go, rule.
    """

    encoding: str
    header: Sequence[str]
    lines: Sequence[int]
    rows: Sequence[Sequence[str]]
    broken: Sequence[tuple[int, Sequence[str], str]] = ()

    @property
    def columns(self) -> dict[str, list[str]]:
        """The cells by column; of two columns of one name the first."""
        first = {name: place for place, name in reversed(list(enumerate(self.header)))}
        return {name: [row[place] for row in self.rows] for name, place in first.items()}


def read_raw(file: Path) -> Raw:
    """Read a table file.

    Raises TableError, in one sentence, for a file that cannot be read at all.
    """
    try:
        return _read_parquet(file) if file.suffix == ".parquet" else _read_csv(file)
    except OSError as problem:
        raise TableError(f"{file} cannot be read: {problem.strerror or problem}.") from problem


def _read_csv(file: Path) -> Raw:
    encoding, text = _decoded(file.read_bytes(), file)
    records = _records(list(io.StringIO(text, newline="")))
    header = next((cells for _, cells, _ in records), None)
    if not header:
        raise TableError(f"{file} is empty; its first row must name the columns.")
    names = [name.strip() for name in header]
    lines: list[int] = []
    rows: list[list[str]] = []
    broken: list[tuple[int, Sequence[str], str]] = []
    for line, cells, rule in records:
        if rule or len(cells) != len(names):
            broken.append((line, cells, rule or "cell-count"))
        else:
            lines.append(line)
            rows.append(cells)
    return Raw(encoding, names, lines, rows, broken)


def _records(lines: Sequence[str]) -> Iterator[tuple[int, list[str], str]]:
    """Yield first line, cells and broken rule of every record that is not blank.

    A quotation mark that is never closed would swallow the rows behind it: its line alone is broken, and reading
    goes on with the next one.
    """
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        start = 0
        while start < len(lines):
            reader = csv.reader(iter(lines[start:]) if start else iter(lines), strict=True)
            first = 0
            try:
                for cells in reader:
                    if cells:
                        yield start + first + 1, cells, ""
                    first = reader.line_num
                return
            except csv.Error:
                start += first
                yield start + 1, [lines[start].rstrip("\r\n")], "quotes"
                start += 1
    finally:
        csv.field_size_limit(before)


def _decoded(data: bytes, file: Path) -> tuple[str, str]:
    for encoding, codec in (("UTF-8", "utf-8-sig"), ("GB18030", "gb18030")):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        marked = encoding == "UTF-8" and data.startswith(b"\xef\xbb\xbf")
        return f"{encoding} with BOM" if marked else encoding, text
    raise TableError(f"{file} is neither UTF-8 nor GB18030 text; save it as CSV in one of them.")


def _read_parquet(file: Path) -> Raw:
    """Read typed cells as the texts that a CSV of the contract would have; rows count from 1."""
    try:
        frame = pd.read_parquet(file, dtype_backend="numpy_nullable")
    except ValueError as problem:
        raise TableError(f"{file} is no Parquet file: {problem}") from problem
    texts = [[_as_text(value) for value in frame[name].tolist()] for name in frame]
    rows = [list(row) for row in zip(*texts, strict=True)]
    return Raw("Parquet", [str(name) for name in frame], range(1, len(rows) + 1), rows)


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple | np.ndarray):
        return "|".join(str(part) for part in cast("list[Any]", value))
    if value is None or value is pd.NA or value != value:
        return ""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def filled(header: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Return a broken row's cells under a header: the missing ones empty, those too many joined to the last."""
    width = len(header)
    whole = [*cells[: width - 1], ",".join(cells[width - 1 :])] if len(cells) > width else cells
    return [cell for cell, _ in zip_longest(whole, header, fillvalue="")]
