"""Pieces of bounded size of a raw table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqrec.base.arrays import IntArray
from sqrec.rawtables.cells import Cells

MOST_BYTES = 1 << 25
"""About how large a piece may become, whatever its number of rows."""


class Broken(NamedTuple):
    """Tell of a row that cannot be cut into cells: its line, its cells as far as they go, the rule it breaks, and the cause."""

    line: int
    cells: Sequence[str]
    rule: str
    cause: str = ""


@dataclass(frozen=True)
class RawPiece:
    """Hold some rows: the line of every row (rising), cells by column in the order of the header, and the broken rows between.

    `source` names the file where a table has several, whose lines would be taken for one another's.
    """

    lines: IntArray
    columns: Sequence[Cells]
    broken: Sequence[Broken] = ()
    source: str = ""

    def by_name(self, header: Sequence[str]) -> Mapping[str, Cells]:
        """Return the cells by column; of two columns of one name the first."""
        return dict(zip(reversed(header), reversed(self.columns), strict=True))

    def rows(self, places: IntArray | None = None) -> list[tuple[str, ...]]:
        """Return rows as texts, all or those at `places`."""
        return list(zip(*(cells.texts(places) for cells in self.columns), strict=True))


@dataclass(frozen=True)
class RawTable:
    """Hold how a file is written, its header, and its rows: at least one piece, to be read once.

    `notes` are what is odd about the file as a whole: a rule and what came in. `sheet` is the one of a workbook that is read.
    """

    encoding: str
    header: Sequence[str]
    pieces: Iterator[RawPiece]
    notes: Sequence[tuple[str, str]] = ()
    sheet: str = ""
