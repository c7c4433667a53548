"""A folder as frames of accepted rows, with every problem."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sqrec.cities import City
from sqrec.contract import Table
from sqrec.errors import TableError
from sqrec.tables.clock import clock_of, counting
from sqrec.tables.folder import FolderConfig, open_folder
from sqrec.tables.links import KnownIds
from sqrec.tables.pieces import Piece, read_pieces
from sqrec.tables.problems import Problem
from sqrec.tables.rejected import RejectedFiles
from sqrec.tables.reports import Counter, TableReport
from sqrec.tables.typed import joined
from sqrec.tables.use import unjoined


@dataclass(frozen=True)
class Folder:
    """Hold a data folder as read: accepted rows of typed columns, and a report per table.

    `path` is where it lies; read from a store, the store's address without a password. `clock` (microseconds UTC) is the moment
    that it tells of; None: now.
    """

    path: Path | str
    config: FolderConfig
    city: City
    tables: Mapping[str, pd.DataFrame]
    reports: Mapping[str, TableReport]
    unread: Sequence[Problem] = ()
    clock: int | None = None

    @property
    def name(self) -> str:
        """The last part of where it lies."""
        return str(self.path).rpartition("/")[2]

    def events(self) -> pd.DataFrame | None:
        """Return the events that count (`counting`), as of the folder's clock; None where there is no such table."""
        table = self.tables.get("events")
        return None if table is None else counting(table, clock_of(self.config.as_of, self.city, self.clock), self.city)

    @property
    def problems(self) -> list[Problem]:
        """Every problem of every table and of the folder itself."""
        return [*self.unread, *(problem for report in self.reports.values() for problem in report.problems)]

    @property
    def errors(self) -> list[Problem]:
        """The problems that reject rows."""
        return [problem for problem in self.problems if problem.is_error]


def read_folder(
    path: Path | str,
    tables: Sequence[str] | None = None,
    *,
    strict: bool = False,
    write_rejected: bool = True,
    rejected_to: Path | None = None,
) -> Folder:
    """Read and check the tables of a folder, all it has or those named.

    Rejected rows go to `rejected/NAME.csv` in the folder, or in `rejected_to`; nothing is written where none is rejected.
    Where that place cannot be written to, `unread` says so (`rejected-unwritten`).

    Raises TableError where the folder, folder.json, the city file or a file cannot be read at all, and with
    `strict`, before anything is written, where any row would be rejected: then it lists every problem.
    """
    source = open_folder(path, tables)
    writes = write_rejected and not strict
    known, grown = KnownIds.none(source), dict[str, _Grown]()
    with ExitStack() as stack:
        rejected = stack.enter_context(RejectedFiles(rejected_to or source.path)) if writes else None
        for piece in read_pieces(source, known=known):
            grown.setdefault(piece.table.name, _Grown(Counter(piece.table, piece.encoding))).add(piece)
            if rejected:
                rejected.add(piece)
        unread = source.unread() + unjoined({name: one.counter.accepted for name, one in grown.items()}, known.uses)
        unread += rejected.finish(list(source.files)) if rejected else ()
    folder = Folder(
        path=source.path,
        config=source.config,
        city=source.city,
        tables={name: grown[name].frame() for name in source.files},
        reports={name: grown[name].report() for name in source.files},
        unread=unread,
    )
    if strict and folder.errors:
        raise TableError("\n".join(map(str, folder.problems)))
    return folder


@dataclass
class _Grown:
    """Gather the pieces of one table."""

    counter: Counter
    columns: dict[str, list["pd.Series[Any]"]] = field(default_factory=dict[str, "list[pd.Series[Any]]"])
    problems: list[Problem] = field(default_factory=list[Problem])
    links: list[list[Problem]] = field(default_factory=list[list[Problem]])

    def add(self, piece: Piece) -> None:
        self.counter.add(piece)
        for name in self.table.names:
            self.columns.setdefault(name, []).append(piece.frame[name])
        self.problems += piece.problems
        self.links = self.links or [[] for _ in piece.links]
        for told, more in zip(self.links, piece.links, strict=True):
            told.extend(more)

    @property
    def table(self) -> Table:
        return self.counter.table

    def report(self) -> TableReport:
        return self.counter.report([*self.problems, *(problem for told in self.links for problem in told)])

    def frame(self) -> pd.DataFrame:
        """Put the pieces together, a column at a time: each column's pieces are let go at once."""
        columns = {name: joined(self.columns.pop(name)) for name in self.table.names}
        return pd.DataFrame(columns, index=range(self.counter.accepted), copy=False)
