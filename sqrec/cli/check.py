"""`sqrec check`: how a folder was read, printed."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from sqrec.cli.options import MappingOption, RejectedOption, StrictOption, console, write_lines
from sqrec.contract import RULES
from sqrec.mapping import Mapped
from sqrec.tables import FolderCheck, Listing, Problem, TableCheck, Tally, check_folder

_SHOWN = 60
"""Characters of a cell that an example shows; --all has them whole."""


def check(
    folder: Annotated[Path, typer.Argument(help="A folder with tables such as jobs.csv, and folder.json.")],
    *,
    strict: StrictOption = False,
    out: RejectedOption = None,
    mapping: MappingOption = None,
    everything: Annotated[Path | None, typer.Option("--all", help="A file for every problem, one a line.")] = None,
) -> None:
    """Read every table of a folder, tell its problems and what it is usable for; exit code 1 where a row or file is rejected."""
    with Listing() as listing:
        listed = listing if strict or everything else None
        found = check_folder(folder, write_rejected=not strict, rejected_to=out, mapping=mapping, listing=listed)
        if everything:
            write_lines(everything, (f"{line}\n" for line in chain(map(str, found.unread), listing.lines(found.checks))), "--all")
        if strict and found.errors:
            for line in chain(map(str, found.unread), listing.lines(found.checks)):
                typer.echo(line)
        else:
            show_check(console(), found)
    raise typer.Exit(1 if found.errors else 0)


def show_check(console: Console, found: FolderCheck, more: Mapping[str, str] | None = None) -> None:
    """Print how a folder was read: its tables one by one, their problems by rule; `more` adds a line to a table."""
    box = "checked" if found.city.box else "not checked: the folder names no city with one"
    console.print(escape(f"{found.path}: city {found.city.name}, {found.config.crs}; bounding box {box}"), soft_wrap=True)
    for check in found.checks.values():
        _show_table(console, check, (more or {}).get(check.table, ""))
        _show_conversions(console, found.mapped, check.table)
    folder = Tally()
    folder.add(found.unread)
    _show_problems(console, folder)
    console.print()
    for line in found.usability:
        console.print(line, soft_wrap=True, highlight=False)


def _show_table(console: Console, check: TableCheck, more: str) -> None:
    counted = f"{check.rows_in} rows in = {check.accepted} accepted + {check.rejected} rejected"
    console.print(f"\n[bold]{check.table}[/bold] ({escape(check.encoding)}): {counted}", soft_wrap=True)
    if more:
        console.print(f"  {more}")
    if check.accepted:
        parts = [f"{name} {share:.0%}" for name, share in check.unknown.items() if share]
        console.print(f"  unknown: {', '.join(parts) or 'nothing'}")
    _show_problems(console, check.tally)


def _show_conversions(console: Console, mapped: Mapped | None, table: str) -> None:
    """Print what the mapping made of a table's cells, of several sources each under its name, in the order in which they are read."""
    told = list(mapped.conversions.told(table)) if mapped else []
    files = list(dict.fromkeys(feed.file for feed in mapped.mapping.tables.get(table, ()))) if mapped else []
    if len(files) > 1:
        order = ", ".join(files)
        console.print(escape(f"  read in the order of the mapping: {order}; of rows of one id the first is kept"), soft_wrap=True)
    for file in files:
        lines = [one for of, one in told if of == file]
        if lines:
            console.print(escape(f"  {f'{file} ' if len(files) > 1 else ''}read through the mapping:"), soft_wrap=True)
        for one in lines:
            console.print(f"    {escape(str(one))}", soft_wrap=True)


def _show_problems(console: Console, tally: Tally) -> None:
    """Print problems by column and rule, errors first, with a few examples each."""
    grid = Grid("severity", "column", "rule", "times", "what is right", "examples", box=None, header_style="dim")
    for sort in tally.sorts:
        column, rule = sort
        examples = "\n".join(escape(line) for line in _examples(tally.examples[sort], tally.times[sort]))
        right = escape(tally.examples[sort][0].right)
        grid.add_row(RULES[rule].severity, escape(column), rule, str(tally.times[sort]), right, examples)
    if grid.row_count:
        console.print(grid)


def _examples(shown: Sequence[Problem], times: int) -> list[str]:
    """Say where the first few problems are, and once what each looks like."""
    lines: list[str] = []
    for problem in shown:
        said = f"  → {problem.hint}"
        value = problem.value if len(problem.value) <= _SHOWN else f"{problem.value[:_SHOWN]}…"
        lines.append(f"{problem.where} {value!r}" if value else problem.where)
        lines += [said] if problem.hint and said not in lines else []
    return [*lines, *([f"… and {times - len(shown)} more"] if times > len(shown) else [])]
