"""Cells that decide what a mapping still asks: of 02/03/2026 and 25/12/2026 in one source, the second has one reading alone."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf

from sqrec.contract import TABLES
from sqrec.mapping.asking import Sample
from sqrec.mapping.model import Feed, Mapping
from sqrec.mapping.readers import question_of
from sqrec.mapping.readers.when import order_of

_OF_TIME = {"month", "date", "date_or_no", "instant", "opening", "closing"}


def deciding(mapping: Mapping, samples: MappingOf[str, Sample]) -> list[str]:
    """Say of the orders of day and month that are asked for which cells of the first rows have one alone, a sentence a column and order."""
    feeds = ((table, feed) for table, told in mapping.tables.items() for feed in told if feed.file in samples)
    return [line for table, feed in feeds for line in _of_feed(table, feed, samples[feed.file])]


def _of_feed(table: str, feed: Feed, one: Sample) -> Iterator[str]:
    for name, taken in feed.columns.items():
        asked = sum(question_of(choice) == "order" for choice in feed.chosen(taken)) > 1
        if not asked or TABLES[table].column(name).type not in _OF_TIME:
            continue
        first: dict[str, str] = {}
        for cell in (cell for source in taken.sources for cell in one.cells.get(source, ())):
            if order := order_of(cell):
                first.setdefault(order, cell)
        yield from (f"{table}.{name} holds {cell}, which is a date as {order} alone." for order, cell in first.items())
