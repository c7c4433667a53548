"""The file that everybody's lists are written to: Parquet or CSV, as its name says."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from sqrec.errors import DataError

ENDINGS = (".parquet", ".csv")


class Written(Protocol):
    """Take tables in, one behind the other."""

    def write_table(self, table: Any) -> None:
        """Write a table with the columns of the file."""
        ...


def ending_of(out: Path) -> str:
    """Return the ending that says how a file is written. Raises DataError for one that is not among `ENDINGS`."""
    ending = out.suffix.lower()
    if ending not in ENDINGS:
        raise DataError(f"{out} ends in {ending or 'nothing'}: name a file that ends in {' or '.join(ENDINGS)}.")
    return ending


@contextmanager
def list_file(file: Path, schema: Any, ending: str) -> Generator[Written]:
    """Open a file for tables of a schema; `ending` says which kind it is, whatever the file is called as yet."""
    if ending == ".csv":
        with pacsv.CSVWriter(file, _as_texts(schema.empty_table()).schema) as writer:
            yield _Csv(writer)
    else:
        with pq.ParquetWriter(file, schema) as writer:
            yield writer


class _Csv:
    """Write tables as the contract's CSV: in UTF-8, moments in ISO 8601 with their zone."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write_table(self, table: Any) -> None:
        self._writer.write_table(_as_texts(table))


def _as_texts(table: Any) -> Any:
    """Put moments (UTC) into the form that the contract names; Arrow's own has a space between day and time."""
    moments: Iterable[int] = [place for place, kind in enumerate(table.schema.types) if pa.types.is_timestamp(kind)]
    for place in moments:
        texts = pc.strftime(table.column(place), format="%Y-%m-%dT%H:%M:%SZ")
        table = table.set_column(place, table.schema.names[place], texts)
    return table
