"""The command line: `sqrec check`, `demo`, `export`, `import`, `occupations`, `profile`, `recommend`, …."""

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

from sqrec import bundle as bundles
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cli.check import show_check
from sqrec.cli.profile import profile_of, show_profile
from sqrec.codes.coding import code_file
from sqrec.codes.occupations import OccupationCoder, built_in_coder
from sqrec.codes.taxonomy import read_taxonomy
from sqrec.contract import RULES, TABLES, Kind, SplitName
from sqrec.contract.parse import parse
from sqrec.errors import DataError, SqrecError
from sqrec.evaluate.foreign.listtable import DistanceUnit
from sqrec.push.lists import recommend_everybody
from sqrec.source import is_store, read_source
from sqrec.synth import Demo, World, write_demo
from sqrec.tables import Form, Listing, check_folder
from sqrec.texts import Language

_WIDTH = 110

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
store_app = typer.Typer(no_args_is_help=True, help="Look after a store.")
app.add_typer(store_app, name="store")

StoreOption = Annotated[
    str,
    typer.Option("--store", envvar="SQREC_STORE", help="sqlite:///var/sqrec.db or postgresql+psycopg://user@host/database."),
]
BundlesOption = Annotated[Path, typer.Option("--bundles", help="Where the bundles and their pointer lie.")]
_STORE = "sqlite:///var/sqrec.db"


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
    console = _console()
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
            show_check(console, found)
    raise typer.Exit(1 if found.errors else 0)


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="A folder with tables such as jobs.csv, and folder.json.")],
    *,
    store: StoreOption = _STORE,
    strict: Annotated[bool, typer.Option("--strict", help="Take the folder whole or not at all: no row is set aside.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where rejected/ goes if not into the folder.")] = None,
) -> None:
    """Add a folder's rows to a store and change those that differ; exit code 1 where a row or file is rejected."""
    from sqrec.cli.store import import_into  # the database library is loaded by those who name a store

    raise typer.Exit(import_into(_console(), folder, store, strict=strict, out=out))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="The folder to write; it must be new or empty.")],
    *,
    store: StoreOption = _STORE,
    form: Annotated[Form, typer.Option("--format", help="How tables are written.")] = "parquet",
) -> None:
    """Write what a store holds now as a data folder, restricted facts included."""
    from sqrec.cli.store import export_from  # as above

    raise typer.Exit(export_from(_console(), folder, store, form))


@app.command()
def midnight(*, store: StoreOption = _STORE) -> None:
    """Note down what the counts of the last midnight go by, and print them; run again, it prints the same."""
    from sqrec.cli.store import count_midnight  # as above

    raise typer.Exit(count_midnight(_console(), store))


@app.command()
def replay(
    *,
    store: StoreOption = _STORE,
    bundles_folder: BundlesOption = Path("var/bundles"),
    since: Annotated[str | None, typer.Option(help="From which moment on, an instant with zone; default: everything.")] = None,
) -> None:
    """Make logged rankings again from the versions they were made from; exit code 1 where a bit differs or a list cannot be made."""
    from sqrec.cli.store import replay_log  # as above

    raise typer.Exit(replay_log(_console(), store, bundles_folder, 0 if since is None else _moment(since, "--since")))


@store_app.command()
def upgrade(*, store: StoreOption = _STORE) -> None:
    """Make a store's tables, or bring them to this sqrec's revision."""
    from sqrec.cli.store import upgrade_store  # as above

    raise typer.Exit(upgrade_store(_console(), store))


@app.command()
def recommend(
    folder: Annotated[str, typer.Argument(help="A data folder with people and items, or the address of a store.")],
    *,
    kind: Annotated[Kind, typer.Option(help="What is ranked.")] = "job",
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder; default: the current one.")] = None,
    bundles_folder: BundlesOption = Path("var/bundles"),
    at: Annotated[str | None, typer.Option(help="The moment, an instant with zone; default: now.")] = None,
    n: Annotated[int, typer.Option(help="How many per person.", min=1, max=1000)] = 50,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("var/recommendations.parquet"),
) -> None:
    """Write everybody's served list, in the shape of the table `recommendations`."""
    console = Console(stderr=True)
    try:
        loaded, moment = bundles.load(bundle or bundles.current(bundles_folder)), _moment(at)
        if is_store(folder):
            from sqrec.cli.store import recommend_all  # the database library is loaded by those who name a store

            tally = recommend_all(console, folder, loaded, kind, moment, n, out)
        else:
            snapshot = Snapshot.of(read_source(folder), loaded.profiler)
            tally = recommend_everybody(
                loaded.recommender(), snapshot, kind, moment, n, out, lambda rows: track(rows, "people", console=console)
            )
    except SqrecError as problem:
        console.print(escape(str(problem)), soft_wrap=True)
        raise typer.Exit(1) from problem
    typer.echo(f"{out}: {tally}")


@app.command()
def report(
    data: Annotated[
        str | None, typer.Argument(help="A data folder or a store's address; with --table it may be missing.", show_default=False)
    ] = None,
    *,
    kind: Annotated[Kind, typer.Option(help="What is ranked.")] = "job",
    split: Annotated[SplitName | None, typer.Option(help="What is held out; default: what the bundle was trained with.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for report.html and report.json.")] = Path("var/report"),
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder; default: the current one.")] = None,
    bundles_folder: BundlesOption = Path("var/bundles"),
    table: Annotated[Path | None, typer.Option(help="Report on this table of recommendations instead, CSV or Parquet.")] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(help="How the table's columns are called: person_id=person,position=rank,family:tenure=since."),
    ] = None,
    distance_unit: Annotated[DistanceUnit | None, typer.Option(help="What the column mapped to minutes is measured in.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When the lists were made, an instant with zone; default: the column at.")
    ] = None,
    ours: Annotated[
        str | None, typer.Option(help="The ranker that the others are compared with; default: the first named.")
    ] = None,
    city: Annotated[str | None, typer.Option(help="Whose walking paces count where there is no data folder.")] = None,
) -> None:
    """Report on a bundle's rankers, or on any table of recommendations, with figures, intervals, groups and definitions.

    A table has one row per place of a list. Its columns may be called person_id, item_id, position, kind, score, ranker, at,
    sex, age, education, district, minutes, wage, label, or be mapped to these or to family:NAME with --columns. What is right
    is told by the data folder's events, or by label.
    """
    from sqrec.cli.report import bundle_report, table_report

    console = Console(stderr=True)
    try:
        if table is not None:
            moment = None if at is None else _moment(at)
            told = table_report(table, kind, columns or [], distance_unit, split, moment, ours, city, data, out)
        else:
            told = bundle_report(
                data, kind, bundle, split, out, bundles_folder, console, columns or distance_unit or at or ours or city
            )
    except SqrecError as problem:
        console.print(escape(str(problem)), soft_wrap=True)
        raise typer.Exit(1) from problem
    for line in told:
        typer.echo(line)
    typer.echo(out / "report.html")


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
    folder: Annotated[str, typer.Argument(help="A data folder with people and, kept apart, restricted; or a store's address.")],
    person_id: Annotated[str, typer.Argument(help="An id of its table people.")],
    *,
    at: Annotated[str | None, typer.Option(help="The moment, an instant with zone; default: now.")] = None,
    lang: Annotated[Language, typer.Option(help="The language of texts; clauses stay in the words of their source.")] = "zh-CN",
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder; default: the current one, if any.")] = None,
    bundles_folder: BundlesOption = Path("var/bundles"),
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Say what is known of a person, what is missing, and which key groups that speaks for."""
    console = _console()
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


def _console() -> Console:
    return Console(width=None if Console().is_terminal else _WIDTH, highlight=False)


def _as_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise DataError(f"--as-of {text} is no day; right is {RULES['date'].right}.") from problem


def _moment(text: str | None, name: str = "--at") -> int:
    if text is None:
        return time.time_ns() // 1000
    value, rule = parse(TABLES["events"].column("at"), text, ZoneInfo("UTC"))
    if rule:
        raise DataError(f"{name} {text} is no moment; right is {RULES['instant'].right}.")
    return int(value or 0)
