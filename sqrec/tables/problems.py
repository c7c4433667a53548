"""Problems of a folder: single ones, and counts by rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from sqrec.contract import RULES, TABLES, Column
from sqrec.contract.causes import hint_of, right_of
from sqrec.mapping.readers import questions
from sqrec.mapping.readers.words import near_words

EXAMPLES = 3
"""How many problems of a column and a rule are shown."""

_LEFT = 1 << 14
"""Different cells that a mapping left whose words are remembered."""
_ASKS = "asks for a choice"
"""How `sqrec.mapping.apply` says that a cell has two readings."""
_EACH_ITS_OWN = {"id", "area", "month", "date", "date_or_no", "instant", "opening", "closing", "coordinate"}
"""Types of columns in which one text does not mean the same in every row, so that `words` of a mapping cannot say what it means."""
_WHOLE = {"merged", "nothing-joins", "other-encoding", "other-sheet"}
"""Rules that a file breaks as a whole."""

Sort: TypeAlias = tuple[str, str]
"""A column and the rule that it breaks."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Name one thing that is wrong: the row (its line in the file, header = 1; 0 = the header), column, value, rule.

    `cause` is what the reader saw beyond the cell, such as what the header looks like; `source` names the file of the row
    where the table has several; `reader` names the mapping's reader where it is that one's reason to leave the cell unread.
    """

    table: str
    row: int
    column: str
    value: str
    rule: str
    cause: str = ""
    source: str = ""
    reader: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the problem rejects the row; a warning makes a cell unknown, or only reports."""
        return RULES[self.rule].severity == "error"

    @property
    def right(self) -> str:
        """What would be right here."""
        return right_of(self._column, self.rule)

    @property
    def hint(self) -> str:
        """What it looks like, and which words come near; empty where nothing is known.

        A mapping's reader alone knows what it can read: where it left a cell, its reason and its words count.
        """
        if self.reader:
            own = self._column is not None and self._column.type in _EACH_ITS_OWN
            return _left(self.cause, self.reader, self.value, told_by_words=not own)
        return self.cause or hint_of(self._column, self.rule, self.value)

    @property
    def where(self) -> str:
        """The row, the header, the table as a whole, or the file."""
        if self.row:
            return f"{self.source} row {self.row}".strip()
        return "as a whole" if self.rule in _WHOLE else "header" if self.table in TABLES else self.table

    @property
    def _column(self) -> Column | None:
        table = TABLES.get(self.table)
        return table.column(self.column) if table and self.column in table.names else None

    def __str__(self) -> str:
        """Say it in one line, with what would be right and what it looks like."""
        place = self.where if self.where == self.table else f"{self.table} {self.where}"
        column = f", {self.column}" if self.column else ""
        looks = f" ({self.hint})" if self.hint else ""
        return f"{place}{column}: {self.value!r} breaks `{self.rule}`; right is {self.right}{looks}"


@lru_cache(_LEFT)
def _left(why: str, reader: str, text: str, *, told_by_words: bool) -> str:
    """Say why a mapping's reader left a text, which of its words come near, and what to do in the mapping."""
    near = near_words(reader, text)
    choices = questions().get(why.partition(": ")[2], ()) if why.startswith(_ASKS) else ()
    to_do = f"leave {' or '.join(choices)} in `choose`" if choices else "add it to `words`" if told_by_words else ""
    parts = (
        f"not read through the mapping: {why}",
        f"nearest: {', '.join(near)}" if near else "",
        f"{to_do} of this column in mapping.json" if to_do else "",
    )
    return "; ".join(filter(None, parts))


@dataclass
class Tally:
    """Count problems by column and rule, and keep the first few of each."""

    times: dict[Sort, int] = field(default_factory=dict[Sort, int])
    examples: dict[Sort, list[Problem]] = field(default_factory=dict[Sort, list[Problem]])

    def add(self, problems: Iterable[Problem]) -> None:
        """Count more problems."""
        for problem in problems:
            sort = (problem.column, problem.rule)
            self.times[sort] = self.times.get(sort, 0) + 1
            if self.times[sort] <= EXAMPLES:
                self.examples.setdefault(sort, []).append(problem)

    def join(self, later: "Tally") -> None:
        """Take over what another has counted, its examples behind the own."""
        for sort, times in later.times.items():
            self.times[sort] = self.times.get(sort, 0) + times
            self.examples[sort] = [*self.examples.get(sort, []), *later.examples[sort]][:EXAMPLES]

    @property
    def sorts(self) -> Sequence[Sort]:
        """The columns and rules that are broken: those that reject rows first, then those that come most often."""
        return sorted(self.times, key=lambda sort: (RULES[sort[1]].severity != "error", -self.times[sort], sort))

    @property
    def rules(self) -> Mapping[str, int]:
        """How often each rule is broken, whatever the column."""
        counted: dict[str, int] = {}
        for (_, rule), times in self.times.items():
            counted[rule] = counted.get(rule, 0) + times
        return counted

    @property
    def errors(self) -> int:
        """How many problems reject a row."""
        return sum(times for (_, rule), times in self.times.items() if RULES[rule].severity == "error")
