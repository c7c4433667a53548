"""Read cells as a mapping does, on 1 November 2026 in Qingdao unless a day is named."""

from collections.abc import Sequence
from datetime import date

from sqrec.cities import load_city
from sqrec.contract import TABLES
from sqrec.mapping.readers import How, readers

QINGDAO = load_city("qingdao")


def read(reader: str, cells: str | Sequence[str], column: str, *chosen: str, **words: str) -> str:
    """Return what a reader makes of the cells of a column (`table.column`); `chosen` are answers, `words` a mapping's own."""
    return read_on(date(2026, 11, 1), reader, cells, column, *chosen, **words)


def read_on(day: date, reader: str, cells: str | Sequence[str], column: str, *chosen: str, **words: str) -> str:
    """Return what a reader makes of cells on another day."""
    table, _, name = column.partition(".")
    how = How(TABLES[table].column(name), QINGDAO, day, frozenset(chosen), words)
    return readers()[reader].read([cells] if isinstance(cells, str) else cells, how)
