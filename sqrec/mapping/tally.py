"""What a mapping did: every converted value counted, with examples before → after."""

from collections.abc import Iterable
from dataclasses import dataclass, field

EXAMPLES = 3
BETWEEN = " | "
"""What stands between the cells of several sources."""


@dataclass
class Converted:
    """Count what became of one column's cells: taken as they were, converted, or left unread with the reasons."""

    table: str
    column: str
    sources: tuple[str, ...]
    reader: str
    filled: int = 0
    changed: int = 0
    emptied: int = 0
    unread: int = 0
    examples: dict[str, str] = field(default_factory=dict[str, str])
    strange: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, before: str, after: str, times: int) -> None:
        """Count cells that were read; of several sources one may be the value as it is."""
        self.filled += times
        if after not in before.split(BETWEEN):
            self.changed += times
            self.emptied += times if not after else 0
            _keep(self.examples, before, after)

    def leave(self, before: str, why: str, times: int) -> None:
        """Count cells that the reader did not know; they stay as they came."""
        self.filled += times
        self.unread += times
        _keep(self.strange, before, why)

    def __str__(self) -> str:
        """Say it in one line."""
        source = ", ".join(name or "(no name)" for name in self.sources)
        if not self.changed and not self.unread:
            return f"{self.column} from {source} ({self.reader}): as it is"
        told = f"{self.column} from {source} ({self.reader}): {self.changed} of {self.filled} converted"
        shown = "; ".join(f"{before} → {after or 'unknown'}" for before, after in self.examples.items())
        told += f": {shown}" if shown else ""
        if self.unread:
            told += f". {self.unread} not read: " + "; ".join(f"{before} ({why})" for before, why in self.strange.items())
        return told


@dataclass
class Conversions:
    """Hold the counts of every column of every table."""

    columns: dict[tuple[str, str, str], Converted] = field(default_factory=dict[tuple[str, str, str], Converted])

    def of(self, table: str, file: str, column: str, sources: tuple[str, ...], reader: str) -> Converted:
        """Return the count of a column."""
        key = (table, file, column)
        return self.columns.setdefault(key, Converted(table, column, sources, reader))

    def told(self, table: str) -> Iterable[tuple[str, Converted]]:
        """Return the columns of a table in which a cell was converted or left unread, each with its file."""
        found = ((file, one) for (_, file, _), one in self.columns.items() if one.table == table)
        return ((file, one) for file, one in found if one.changed or one.unread)


def _keep(examples: dict[str, str], before: str, after: str) -> None:
    if len(examples) < EXAMPLES:
        examples[_short(before)] = _short(after)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"
