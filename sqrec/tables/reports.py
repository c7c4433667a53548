"""Reports of how tables were read: counts with every problem, or with a few examples of each rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqrec.contract import Table
from sqrec.tables.pieces import Piece
from sqrec.tables.problems import Problem, Tally


@dataclass(frozen=True)
class Counted:
    """Hold the rows of one table, in = accepted + rejected, always, and the share of unknown cells by column.

    The share is NaN where no row was accepted.
    """

    table: str
    encoding: str
    rows_in: int
    accepted: int
    unknown: Mapping[str, float]

    @property
    def rejected(self) -> int:
        """The number of rejected rows."""
        return self.rows_in - self.accepted


@dataclass(frozen=True)
class TableReport(Counted):
    """Hold how one table was read, with every problem."""

    problems: Sequence[Problem]

    @property
    def errors(self) -> list[Problem]:
        """The problems that reject rows."""
        return [problem for problem in self.problems if problem.is_error]


@dataclass(frozen=True)
class TableCheck(Counted):
    """Hold how one table was checked, with its problems counted."""

    tally: Tally


@dataclass
class Counter:
    """Count the pieces of one table."""

    table: Table
    encoding: str
    rows_in: int = 0
    accepted: int = 0
    unknown: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, piece: Piece) -> None:
        """Count a piece."""
        self.rows_in += piece.rows_in
        self.accepted += len(piece.frame)
        for name in self.table.names:
            self.unknown[name] = self.unknown.get(name, 0) + int(piece.frame[name].isna().sum())

    def shares(self) -> dict[str, float]:
        """Return the share of unknown cells by column."""
        return {name: self.unknown[name] / self.accepted if self.accepted else float("nan") for name in self.table.names}

    def report(self, problems: Sequence[Problem]) -> TableReport:
        """Return the counts with every problem."""
        return TableReport(self.table.name, self.encoding, self.rows_in, self.accepted, self.shares(), problems)

    def check(self, tally: Tally) -> TableCheck:
        """Return the counts with the problems counted."""
        return TableCheck(self.table.name, self.encoding, self.rows_in, self.accepted, self.shares(), tally)
