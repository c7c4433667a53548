"""The description of a table and of a column."""

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal[
    "id",
    "text",
    "list",
    "skills",
    "needs",
    "choice",
    "choices",
    "recognised",
    "number",
    "integer",
    "coordinate",
    "occupation",
    "wkt",
    "boolean",
    "month",
    "date",
    "date_or_no",
    "instant",
    "opening",
    "closing",
    "hours",
    "area",
    "json",
    "vector",
]


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column: how its cells are read, and which rule a wrong cell breaks.

    `words` is the vocabulary of a choice, `low` and `high` the bounds of a number (inclusive). `spoken` names the list of words
    (words.json) that are read for codes; `number` for the units behind one.
    """

    name: str
    type: ColumnType
    meaning: str
    rule: str
    required: bool = False
    words: tuple[str, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Describe one table; `key` is its own id, unique where it has one."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return a column by name. Raises KeyError for an unknown one."""
        return {column.name: column for column in self.columns}[name]
