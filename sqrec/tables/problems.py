"""What is wrong with a folder: one problem, and many of them counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqrec.contract import RULES

EXAMPLES = 3
"""How many problems of a rule are shown."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Name one thing that is wrong: the row (its line in the file, header = 1; 0 = the header), column, value, rule."""

    table: str
    row: int
    column: str
    value: str
    rule: str

    @property
    def is_error(self) -> bool:
        """Whether it rejects a row (a warning leaves a cell unknown, or only tells)."""
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
        """Take over what another has counted, its examples behind the own."""
        for rule, times in later.times.items():
            self.times[rule] = self.times.get(rule, 0) + times
            self.examples[rule] = [*self.examples.get(rule, []), *later.examples[rule]][:EXAMPLES]

    @property
    def rules(self) -> Sequence[str]:
        """The rules that are broken: those that reject rows first."""
        return sorted(self.times, key=lambda rule: (RULES[rule].severity != "error", rule))

    @property
    def errors(self) -> int:
        """How many problems reject a row."""
        return sum(times for rule, times in self.times.items() if RULES[rule].severity == "error")
