"""Rejected rows, written while a folder is read: `rejected/NAME.csv`."""

import csv
import os
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqrec.tables.pieces import Piece
from sqrec.tables.problems import Problem


class RejectedFiles:
    """Write rejected rows beside their final names; only `finish` puts the files in place, and drops those of an earlier reading.

    Used as a context: what was not finished is taken away again. A place that cannot be written to is told by `finish`.
    """

    def __init__(self, out: Path) -> None:
        self._place = out / "rejected"
        self._made = False
        self._writers: dict[str, Any] = {}
        self._failed = False
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(OSError):
            self._open.close()
        with suppress(OSError):
            for name in self._writers:
                self._part(name).unlink(missing_ok=True)
            if self._made and not any(self._place.iterdir()):
                self._place.rmdir()

    def add(self, piece: Piece) -> None:
        """Write the rejected rows of a piece."""
        if not piece.rejected or self._failed:
            return
        try:
            self._writer(piece).writerows(piece.rejected)
        except OSError:
            self._failed = True

    def finish(self, tables: "list[str]") -> tuple[Problem, ...]:
        """Rename the files of the tables read to their final names; return the problem where that fails."""
        try:
            self._open.close()
            if not self._failed:
                for name in tables:
                    self._settle(name)
        except OSError:
            self._failed = True
        return (Problem("rejected", 0, "", str(self._place), "rejected-unwritten"),) if self._failed else ()

    def _settle(self, name: str) -> None:
        target = self._place / f"{name}.csv"
        if name in self._writers:
            self._part(name).replace(target)
        elif target.is_file():
            target.unlink()

    def _writer(self, piece: Piece) -> Any:
        name = piece.table.name
        if name not in self._writers:
            self._made |= not self._place.exists()
            self._place.mkdir(parents=True, exist_ok=True)
            stream = self._open.enter_context(self._part(name).open("w", encoding="utf-8", newline=""))
            self._writers[name] = csv.writer(stream)
            self._writers[name].writerow([*piece.header, "problems"])
        return self._writers[name]

    def _part(self, name: str) -> Path:
        return self._place / f".{name}.{os.getpid()}.part"
