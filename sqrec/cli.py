"""The command line: `sqrec check`, `sqrec recommend`."""

import time
from itertools import chain
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table as Grid

from sqrec import bundle as bundles
from sqrec.catalogue.snapshot import Snapshot
from sqrec.columns import RULES, TABLES, Kind
from sqrec.errors import DataError, SqrecError
from sqrec.parse import parse
from sqrec.rank import recommend_everybody
from sqrec.tables import FolderCheck, Listing, Problem, TableCheck, Tally, check_folder, read_folder

_WIDTH = 110

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def about() -> None:
    """Rank jobs, courses and convenience services near home."""


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A folder with tables such as jobs.csv, and folder.json.")],
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Take the folder whole or not at all: no row is set aside.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where rejected/ goes if not into the folder.")] = None,
) -> None:
    """Read every table of a folder and tell every problem; exit code 1 where a row or file is rejected."""
    console = Console(width=None if Console().is_terminal else _WIDTH, highlight=False)
    with Listing() as listing:
        try:
            found = check_folder(folder, write_rejected=not strict, rejected_to=out, listing=listing if strict else None)
        except SqrecError as problem:
            console.print(escape(str(problem)), soft_wrap=True)
            raise typer.Exit(1) from problem
        if strict and found.errors:
            for line in chain(map(str, found.unread), listing.lines(found.checks)):
                typer.echo(line)
        else:
            _show(console, found)
    raise typer.Exit(1 if found.errors else 0)


@app.command()
def recommend(
    folder: Annotated[Path, typer.Argument(help="A data folder with people and items.")],
    *,
    kind: Annotated[Kind, typer.Option(help="What is ranked.")] = "job",
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder; default: the current one.")] = None,
    bundles_folder: Annotated[Path, typer.Option("--bundles", help="Where the bundles and their pointer lie.")] = Path(
        "var/bundles"
    ),
    at: Annotated[str | None, typer.Option(help="The moment, an instant with zone; default: now.")] = None,
    n: Annotated[int, typer.Option(help="How many per person.", min=1, max=1000)] = 50,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("var/recommendations.parquet"),
) -> None:
    """Write everybody's served list, in the shape of the table `recommendations`."""
    console = Console(stderr=True)
    try:
        loaded = bundles.load(bundle or bundles.current(bundles_folder))
        snapshot = Snapshot.of(read_folder(folder, write_rejected=False), loaded.profiler)
        served, refused = recommend_everybody(
            loaded.recommender(), snapshot, kind, _moment(at), n, out, lambda rows: track(rows, "people", console=console)
        )
    except SqrecError as problem:
        console.print(escape(str(problem)), soft_wrap=True)
        raise typer.Exit(1) from problem
    typer.echo(f"{out}: {served} people served + {refused} refused by law = {served + refused}")


def main() -> None:
    """Be the entry point of the `sqrec` command."""
    app()


def _moment(text: str | None) -> int:
    if text is None:
        return time.time_ns() // 1000
    value, rule = parse(TABLES["events"].column("at"), text, ZoneInfo("UTC"))
    if rule:
        raise DataError(f"AT={text} is no moment; right is {RULES['instant'].right}.")
    return int(value or 0)


def _show(console: Console, found: FolderCheck) -> None:
    box = "checked" if found.city.box else "not checked: the folder names no city with one"
    console.print(f"{found.path}: city {found.city.name}, {found.config.crs}; bounding box {box}", soft_wrap=True)
    for check in found.checks.values():
        _show_table(console, check)
    folder = Tally()
    folder.add(found.unread)
    _show_problems(console, folder)


def _show_table(console: Console, check: TableCheck) -> None:
    counted = f"{check.rows_in} rows in = {check.accepted} accepted + {check.rejected} rejected"
    console.print(f"\n[bold]{check.table}[/bold] ({check.encoding}): {counted}", soft_wrap=True)
    if check.accepted:
        parts = [f"{name} {share:.0%}" for name, share in check.unknown.items() if share]
        console.print(f"  unknown: {', '.join(parts) or 'nothing'}")
    _show_problems(console, check.tally)


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
