"""The command line: `sqrec check`, `sqrec demo`, `sqrec occupations`, `sqrec profile`, `sqrec recommend`."""

import json
import time
from datetime import date
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
from sqrec.cli_profile import profile_of, show_profile
from sqrec.codes.coding import code_file
from sqrec.codes.occupations import OccupationCoder, built_in_coder
from sqrec.codes.taxonomy import read_taxonomy
from sqrec.columns import RULES, TABLES, Kind
from sqrec.errors import DataError, SqrecError
from sqrec.parse import parse
from sqrec.rank import recommend_everybody
from sqrec.rank.texts import Language
from sqrec.synth import Demo, World, write_demo
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


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="The folder to write; an invented city in it is replaced.")],
    *,
    people: Annotated[int, typer.Option(help="How many residents.", min=10)] = 2_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.", min=0)] = 1,
    as_of: Annotated[str | None, typer.Option(help="The day the data is of, YYYY-MM-DD; default: today.")] = None,
    taste: Annotated[World, typer.Option(help="What people weigh.")] = "default",
    shape: Annotated[World, typer.Option(help="How the city lies.")] = "default",
    items: Annotated[
        int | None, typer.Option(help="How many jobs, courses and amenities in all; default: by people.", min=30)
    ] = None,
) -> None:
    """Invent a city: residents, vacancies, courses, amenities, and what people did with them (docs/city.md)."""
    console = Console(stderr=True)
    try:
        rows = write_demo(folder, Demo(people, seed, _as_day(as_of), taste, shape, items), console.print)
    except SqrecError as problem:
        console.print(escape(str(problem)), soft_wrap=True)
        raise typer.Exit(1) from problem
    typer.echo(f"{folder}: " + ", ".join(f"{name} {count}" for name, count in rows.items()))


@app.command()
def occupations(
    titles: Annotated[Path, typer.Argument(help="A CSV or Parquet file with a column title; else its first column counts.")],
    *,
    out: Annotated[Path, typer.Option(help="The CSV to write: title, rank, code, name, confidence.")],
    taxonomy: Annotated[Path | None, typer.Option(help="Occupations with code and name; default: the built-in table.")] = None,
    top: Annotated[int, typer.Option(help="How many per title at most.", min=1, max=50)] = 5,
) -> None:
    """Code job titles as occupations; a title that says too little keeps an empty code."""
    try:
        coder = built_in_coder() if taxonomy is None else OccupationCoder.of(read_taxonomy(taxonomy))
        count, without = code_file(titles, coder, out, top)
    except (SqrecError, OSError) as problem:
        Console(stderr=True).print(escape(str(problem)), soft_wrap=True)
        raise typer.Exit(1) from problem
    typer.echo(f"{out}: {count} titles = {count - without} coded + {without} without a code")


@app.command()
def profile(
    folder: Annotated[Path, typer.Argument(help="A data folder with people and, kept apart, restricted.")],
    person_id: Annotated[str, typer.Argument(help="An id of its table people.")],
    *,
    at: Annotated[str | None, typer.Option(help="The moment, an instant with zone; default: now.")] = None,
    lang: Annotated[Language, typer.Option(help="The language of texts; clauses stay in the words of their source.")] = "zh-CN",
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder; default: the current one, if any.")] = None,
    bundles_folder: Annotated[Path, typer.Option("--bundles", help="Where the bundles and their pointer lie.")] = Path(
        "var/bundles"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Say what is known of a person, what is missing, and which key groups that speaks for."""
    console = Console(width=None if Console().is_terminal else _WIDTH, highlight=False)
    try:
        answer = profile_of(folder, person_id, None if at is None else _moment(at), lang, bundle, bundles_folder)
    except SqrecError as problem:
        console.print(escape(str(problem)), soft_wrap=True)
        raise typer.Exit(1) from problem
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        show_profile(console, answer, lang)


def main() -> None:
    """Be the entry point of the `sqrec` command."""
    app()


def _as_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise DataError(f"--as-of {text} is no day; right is {RULES['date'].right}.") from problem


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
