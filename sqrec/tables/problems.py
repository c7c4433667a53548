"""Problems of a folder: single ones, and counts by rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqrec.contract import RULES

EXAMPLES = 3
"""How many problems of a rule are shown."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Hold one problem: the row (line of the file, header = 1; 0 = the header), column, value, rule."""

    table: str
    row: int
    column: str
    value: str
    rule: str

    @property
    def is_error(self) -> bool:
        """Whether the problem rejects the row; a warning makes a cell unknown, or only reports."""
        return RULES[self.rule].severity == "error"

    def __str__(self) -> str:
        """Say it in one line, with what would be right."""
        return (
            f"{self.table} row {self.row}, {self.column}: {self.value!r} breaks `{self.rule}`; right is {RULES[self.rule].right}"
        )


@dataclass
class Tally:
    """Count problems by rule, and keep the first few of each."""

    times: dict[str, int] = field(default_factory=dict[str, int])
    examples: dict[str, list[Problem]] = field(default_factory=dict[str, list[Problem]])

    def add(self, problems: Iterable[Problem]) -> None:
        """Count more problems."""
        for problem in problems:
            self.times[problem.rule] = self.times.get(problem.rule, 0) + 1
            if self.times[problem.rule] <= EXAMPLES:
                self.examples.setdefault(problem.rule, []).append(problem)

    def join(self, later: "Tally") -> None:
        """Add the counts of another tally, its examples after the own ones."""
        for rule, times in later.times.items():
            self.times[rule] = self.times.get(rule, 0) + times
            self.examples[rule] = [*self.examples.get(rule, []), *later.examples[rule]][:EXAMPLES]

    @property
    def rules(self) -> Sequence[str]:
        """The rules that are broken: those that reject rows first."""
        return sorted(self.times, key=lambda rule: (RULES[rule].severity != "error", rule))

    @property
    def errors(self) -> int:
        """The number of problems that reject a row."""
        return sum(times for rule, times in self.times.items() if RULES[rule].severity == "error")
