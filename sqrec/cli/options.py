"""What several commands share: options, the console, moments."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from sqrec.contract import RULES, TABLES
from sqrec.contract.parse import parse
from sqrec.errors import DataError, TableError

WIDTH = 110
STORE = "sqlite:///var/sqrec.db"
BUNDLES = Path("var/bundles")
StoreOption = Annotated[
    str,
    typer.Option("--store", envvar="SQREC_STORE", help="sqlite:///var/sqrec.db or postgresql+psycopg://user@host/database."),
]
BundlesOption = Annotated[Path, typer.Option("--bundles", help="Where the bundles and their pointer lie.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Take the folder whole or not at all: no row is set aside.")]
RejectedOption = Annotated[Path | None, typer.Option("--out", help="Where rejected/ goes if not into the folder.")]

MappingOption = Annotated[
    Path | None, typer.Option("--mapping", help="How its files are read (sqrec adapt); else its own mapping.json, if it has one.")
]


def console() -> Console:
    """Return the console for what a command finds; where nobody watches, lines have one width."""
    return Console(width=None if Console().is_terminal else WIDTH, highlight=False)


def write_lines(file: Path, lines: Iterable[str], option: str) -> None:
    """Write lines, their ends included, to the file of an option. Raises TableError where it cannot be written."""
    try:
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines(lines)
    except OSError as problem:
        raise TableError(f"{file} cannot be written: {problem.strerror}; name another file with {option}.") from problem


def moment(text: str | None, name: str = "--at") -> int:
    """Read an instant with zone as microseconds UTC; None is now. Raises DataError naming the option."""
    if text is None:
        return time.time_ns() // 1000
    value, rule = parse(TABLES["events"].column("at"), text, ZoneInfo("UTC"))
    if rule:
        raise DataError(f"{name} {text} is no moment; right is {RULES['instant'].right}.")
    return int(value or 0)
