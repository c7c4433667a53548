"""`sqrec check`: how a folder was read, printed."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from sqrec.cli.options import MappingOption, RejectedOption, StrictOption, console
from sqrec.contract import RULES
from sqrec.mapping import Mapped
from sqrec.tables import FolderCheck, Listing, Problem, TableCheck, Tally, check_folder


def check(
    folder: Annotated[Path, typer.Argument(help="A folder with tables such as jobs.csv, and folder.json.")],
    *,
    strict: StrictOption = False,
    out: RejectedOption = None,
    mapping: MappingOption = None,
) -> None:
    """Read every table of a folder and tell every problem; exit code 1 where a row or file is rejected."""
    with Listing() as listing:
        found = check_folder(
            folder, write_rejected=not strict, rejected_to=out, mapping=mapping, listing=listing if strict else None
        )
        if strict and found.errors:
            for line in chain(map(str, found.unread), listing.lines(found.checks)):
                typer.echo(line)
        else:
            show_check(console(), found)
    raise typer.Exit(1 if found.errors else 0)


def show_check(console: Console, found: FolderCheck, more: Mapping[str, str] | None = None) -> None:
    """Print how a folder was read: its tables one by one, their problems by rule; `more` adds a line to a table."""
    box = "checked" if found.city.box else "not checked: the folder names no city with one"
    console.print(f"{found.path}: city {found.city.name}, {found.config.crs}; bounding box {box}", soft_wrap=True)
    for check in found.checks.values():
        _show_table(console, check, (more or {}).get(check.table, ""))
        _show_conversions(console, found.mapped, check.table)
    folder = Tally()
    folder.add(found.unread)
    _show_problems(console, folder)


def _show_table(console: Console, check: TableCheck, more: str) -> None:
    counted = f"{check.rows_in} rows in = {check.accepted} accepted + {check.rejected} rejected"
    console.print(f"\n[bold]{check.table}[/bold] ({check.encoding}): {counted}", soft_wrap=True)
    if more:
        console.print(f"  {more}")
    if check.accepted:
        parts = [f"{name} {share:.0%}" for name, share in check.unknown.items() if share]
        console.print(f"  unknown: {', '.join(parts) or 'nothing'}")
    _show_problems(console, check.tally)


def _show_conversions(console: Console, mapped: Mapped | None, table: str) -> None:
    """Print what the mapping made of a table's cells."""
    told = list(mapped.conversions.told(table)) if mapped else []
    if told:
        console.print("  read through the mapping:")
    for one in told:
        console.print(f"    {escape(str(one))}", soft_wrap=True)


def _show_problems(console: Console, tally: Tally) -> None:
    """Print problems by rule, errors first, with a few examples each."""
    grid = Grid("severity", "rule", "times", "what is right", "examples", box=None, header_style="dim")
    for rule in tally.rules:
        shown, times = tally.examples[rule], tally.times[rule]
        more = [f"… and {times - len(shown)} more"] if times > len(shown) else []
        lines = [escape(_example(problem)) for problem in shown] + more
        grid.add_row(RULES[rule].severity, rule, str(times), escape(RULES[rule].right), "\n".join(lines))
    if grid.row_count:
        console.print(grid)


def _example(problem: Problem) -> str:
    where = f"row {problem.row}" if problem.row else problem.table
    return " ".join(part for part in (where, problem.column, repr(problem.value) if problem.value else "") if part)
