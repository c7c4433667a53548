"""`sqrec adapt`: a mapping proposed for files of any origin, shown with examples, and written for a person to edit."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from sqrec.cli.options import console, write_lines
from sqrec.errors import TableError
from sqrec.mapping import NAME, Feed, Mapped, Taken, written
from sqrec.mapping.deciding import deciding
from sqrec.mapping.proposal import Place, Proposal, propose
from sqrec.mapping.sources import JSON_ENDINGS
from sqrec.rawtables import ENDINGS, misnamed
from sqrec.tables import folder_facts

_ENDINGS = (*ENDINGS, *JSON_ENDINGS)
_OWN = {"folder.json", NAME}


def adapt(
    where: Annotated[list[Path], typer.Argument(help="A folder, or files of one folder, of any origin.")],
    *,
    out: Annotated[Path | None, typer.Option("--out", help="Where the mapping goes; else only shown.")] = None,
) -> None:
    """Propose how files are read as tables: which is which, what each column becomes, what is asked, what would be lost."""
    folder, files = _files(where)
    city, facts = folder_facts(folder)
    today = city.day(facts.as_of)
    try:
        found = propose(Place(folder, city, today, facts.as_of, facts.crs), files)
    except TableError as problem:
        raise TableError("\n".join([str(problem), *_skipped(where)])) from problem
    told = console()
    _show(told, folder, found, Mapped(folder, found.mapping, city, today))
    for line in [*found.unread, *_skipped(where)]:
        told.print(f"\n{escape(line)}", soft_wrap=True)
    asked = found.mapping.open()
    if asked:
        told.print(f"\n[bold]{len(asked)} to be chosen[/bold] in the mapping before anything is read:")
    for one in [*asked, *deciding(found.mapping, found.samples)]:
        told.print(f"  {escape(one)}", soft_wrap=True)
    if out is None:
        told.print("\nNothing is written; name a file with --out.")
        return
    write_lines(out, [written(found.mapping)], "--out")
    own = out.resolve() == (folder / NAME).resolve()
    next_step = f"{out} is written. Next: sqrec check {folder}{'' if own else f' --mapping {out}'}"
    told.print(f"\n{escape(next_step)}", soft_wrap=True)


def _files(where: list[Path]) -> tuple[Path, list[Path]]:
    """Return the folder and the files to look at: those named, or all of the folder that could hold a table."""
    missing = [str(path) for path in where if not path.exists()]
    if missing:
        raise TableError(f"{', '.join(missing)} is not there; name a folder, or files of one folder.")
    if len(where) == 1 and where[0].is_dir():
        files = [file for file in sorted(where[0].iterdir()) if file.name.lower().endswith(_ENDINGS) and not _is_own(file)]
        if not files:
            none = f"{where[0]} holds no file that could be a table; expected endings such as {', '.join(_ENDINGS)}."
            raise TableError("\n".join([none, *_skipped(where)]))
        return where[0], files
    folder = Path(os.path.commonpath([file.resolve().parent for file in where]))
    return folder, [file.resolve() for file in where]


def _is_own(file: Path) -> bool:
    """Tell whether a file is of the folder itself, or of the spreadsheet that has another one open (~$NAME.xlsx)."""
    return file.name in _OWN or file.name.startswith("~$")


def _skipped(where: list[Path]) -> list[str]:
    """Say of a folder's other files why they are not looked at, and what to do where it is known."""
    if len(where) > 1 or not where[0].is_dir():
        return []
    files = [file for file in sorted(where[0].iterdir()) if file.is_file() and not _is_own(file)]
    others = [file for file in files if not file.name.startswith(".") and not file.name.lower().endswith(_ENDINGS)]
    return [misnamed(file) or f"{file} is not looked at; its ending is none of a table's." for file in others]


def _show(told: Console, folder: Path, found: Proposal, mapped: Mapped) -> None:
    for table, feeds in found.mapping.tables.items():
        for feed in feeds:
            known = f" (known: {found.named[feed.file]})" if feed.file in found.named else ""
            told.print(f"\n[bold]{escape(feed.file)}[/bold] → {table}{known}", soft_wrap=True)
            if feed.one_moment:
                told.print(f"  at: no times; every event gets {feed.one_moment}: they tell what goes with what, and not when")
            _show_columns(told, table, feed, mapped)
    for name in found.strange:
        told.print(f"\n[bold]{escape(name)}[/bold]: like no table of the contract; not read", soft_wrap=True)
    for one in found.samples.values():
        if one.other_sheets:
            others = ", ".join(one.other_sheets)
            told.print(
                f"\n{escape(f'{one.name}: read is {one.form}; not read: {others}; add a source with its `sheet` to have one')}",
                soft_wrap=True,
            )
    for note in found.notes:
        told.print(f"\n{escape(note)}", soft_wrap=True)
    if not found.mapping.tables:
        told.print(escape(f"{folder} holds nothing that is like a table."), soft_wrap=True)


def _show_columns(told: Console, table: str, feed: Feed, mapped: Mapped) -> None:
    """Print every column with what becomes of the cells of the first rows, then what would be lost."""
    counts = mapped.tried(table, feed)
    for name, taken in feed.columns.items():
        told.print(f"  {escape(counts.get(name) or _constant(name, taken))}", soft_wrap=True)
    for header, why in feed.left_out.items():
        told.print(f"  left out: {escape(header or '(no name)')} ({escape(why)})", soft_wrap=True)


def _constant(name: str, taken: Taken) -> str:
    return f"{name}: always {taken.constant}" if taken.constant is not None else f"{name} from {', '.join(taken.sources)}"
