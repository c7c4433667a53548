"""Parquet, some rows at a time, every column in its own type."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sqrec.errors import TableError
from sqrec.rawtables.cells import Cells
from sqrec.rawtables.piece import MOST_BYTES, RawPiece, RawTable

_BUFFER = 1 << 20
_FEWEST = 256


def open_parquet(file: Path, rows: int) -> RawTable:
    """Read a Parquet file's columns, and its rows in pieces of at most `rows` rows; they count from 1."""
    try:
        source = pq.ParquetFile(file, buffer_size=_BUFFER)
    except ValueError as problem:
        raise TableError(f"{file} is no Parquet file: {problem}") from problem
    hidden = _index(source.schema_arrow.metadata)
    names = [str(name) for name in source.schema_arrow.names]
    shown = [place for place, name in enumerate(names) if name not in hidden]
    return RawTable("Parquet", [names[place] for place in shown], _pieces(file, source, shown, _size(source.metadata, rows)))


def _pieces(file: Path, source: Any, shown: list[int], size: int) -> Iterator[RawPiece]:
    done = 0
    try:
        for batch in source.iter_batches(size):
            batch.validate(full=True)
            yield RawPiece(np.arange(done + 1, done + len(batch) + 1), [Cells(batch.column(place)) for place in shown])
            done += len(batch)
    except (pa.ArrowException, ValueError) as problem:
        raise TableError(f"{file} cannot be read beyond row {done}: {problem}") from problem
    if not done:
        empty = source.schema_arrow.empty_table()
        yield RawPiece(np.empty(0, np.int64), [Cells(empty.column(place).combine_chunks()) for place in shown])


def _size(facts: Any, rows: int) -> int:
    """Return how many rows fit into a piece, by the rows' mean size."""
    total = sum(facts.row_group(place).total_byte_size for place in range(facts.num_row_groups))
    fitting = int(MOST_BYTES * facts.num_rows / total) if total else rows
    return min(rows, max(fitting, _FEWEST))


def _index(metadata: Any) -> set[str]:
    """Return the columns that pandas wrote as a frame's index: they are no data."""
    told: dict[str, Any] = json.loads(metadata[b"pandas"]) if metadata and b"pandas" in metadata else {}
    return {name for name in told.get("index_columns", []) if isinstance(name, str)}
