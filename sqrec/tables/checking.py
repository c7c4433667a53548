"""Check of a folder of any size in constant memory; no row is kept."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.mapping import Mapped
from sqrec.tables.folder import FolderConfig, open_folder
from sqrec.tables.links import KnownIds
from sqrec.tables.pieces import Piece, read_pieces
from sqrec.tables.problems import Problem, Tally
from sqrec.tables.rejected import RejectedFiles
from sqrec.tables.reports import Counter, TableCheck
from sqrec.tables.use import Use, unjoined, usability


@dataclass(frozen=True)
class FolderCheck:
    """Hold the result of a check: counts per table, problems by rule with a few examples.

    `uses` tells what events are of use for, by kind; `told` of how many people restricted facts are told.
    """

    path: Path
    config: FolderConfig
    city: City
    checks: Mapping[str, TableCheck]
    unread: Sequence[Problem] = ()
    mapped: Mapped | None = None
    uses: Mapping[Kind, Use] = field(default_factory=dict[Kind, Use])
    told: int = 0

    @property
    def errors(self) -> int:
        """How many problems reject a row, or all that the events could teach."""
        return sum(check.tally.errors for check in self.checks.values()) + sum(problem.is_error for problem in self.unread)

    @property
    def usability(self) -> Sequence[str]:
        """What the folder will be usable for, in a line each."""
        return usability({name: check.accepted for name, check in self.checks.items()}, self.uses, self.told)


class Listing:
    """Write every problem of a check to temporary files, as they may exceed memory; a context manager."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, int], IO[str]] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.close()

    def add(self, piece: Piece) -> None:
        """Write the problems of a piece."""
        for part, problems in enumerate((piece.problems, *piece.links)):
            if problems:
                self._part(piece.table.name, part).writelines(f"{problem}\n" for problem in problems)

    def lines(self, tables: Iterable[str]) -> Iterator[str]:
        """Yield the problems of tables in the order in which `read_folder` has them."""
        for name in tables:
            for key in sorted(key for key in self._parts if key[0] == name):
                self._parts[key].seek(0)
                yield from (line.removesuffix("\n") for line in self._parts[key])

    def _part(self, table: str, part: int) -> IO[str]:
        if (table, part) not in self._parts:
            stream = self._open.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115 (the stack closes it)
            self._parts[table, part] = stream
        return self._parts[table, part]


def check_folder(
    path: Path | str,
    tables: Sequence[str] | None = None,
    *,
    write_rejected: bool = True,
    rejected_to: Path | None = None,
    listing: Listing | None = None,
    mapping: Path | None = None,
    taken: Callable[[Piece], None] = lambda _: None,
) -> FolderCheck:
    """Check the tables of a folder as `read_folder` does, and keep only counts.

    Rejected rows go where `read_folder` puts them. Every problem goes to `listing`, where there is one; every piece, its
    accepted rows with it, to `taken`. `mapping` is the file to read through (`open_folder`).

    Raises TableError where the folder, folder.json, the city file or a file cannot be read at all.
    """
    source = open_folder(path, tables, mapping)
    known, counted = KnownIds.none(source), dict[str, _Counted]()
    with ExitStack() as stack:
        rejected = stack.enter_context(RejectedFiles(rejected_to or source.path)) if write_rejected else None
        for piece in read_pieces(source, known=known):
            counted.setdefault(piece.table.name, _Counted(Counter(piece.table, piece.encoding))).add(piece)
            if listing:
                listing.add(piece)
            if rejected:
                rejected.add(piece)
            taken(piece)
        unread = source.unread() + unjoined({name: one.counter.accepted for name, one in counted.items()}, known.uses)
        unread += rejected.finish(list(source.files)) if rejected else ()
    checks = {name: counted[name].check() for name in source.files}
    return FolderCheck(source.path, source.config, source.city, checks, unread, source.mapped, known.uses, known.told)


@dataclass
class _Counted:
    """Count one table: a tally of its rows' problems, and one of each question to other tables."""

    counter: Counter
    tally: Tally = field(default_factory=Tally)
    links: list[Tally] = field(default_factory=list[Tally])

    def add(self, piece: Piece) -> None:
        self.counter.add(piece)
        self.tally.add(piece.problems)
        self.links = self.links or [Tally() for _ in piece.links]
        for tally, problems in zip(self.links, piece.links, strict=True):
            tally.add(problems)

    def check(self) -> TableCheck:
        for tally in self.links:
            self.tally.join(tally)
        return self.counter.check(self.tally)
