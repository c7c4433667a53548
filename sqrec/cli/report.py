"""`sqrec report`: on a bundle, or on any table of recommendations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from sqrec.cli.options import BUNDLES, BundlesOption, moment
from sqrec.contract import Kind, SplitName
from sqrec.errors import RequestError
from sqrec.evaluate.foreign.foreign import Asked, report_on_table
from sqrec.evaluate.foreign.listtable import DistanceUnit, mapping_of
from sqrec.evaluate.report.run import report_on


def report(
    data: Annotated[
        str | None, typer.Argument(help="A data folder or a store's address; with --table it may be missing.", show_default=False)
    ] = None,
    *,
    kind: Annotated[Kind, typer.Option(help="What is ranked.")] = "job",
    split: Annotated[SplitName | None, typer.Option(help="What is held out; default: what the bundle was trained with.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for report.html and report.json.")] = Path("var/report"),
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder; default: the current one.")] = None,
    bundles_folder: BundlesOption = BUNDLES,
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
    if table is not None:
        when = None if at is None else moment(at)
        told = table_report(table, kind, columns or [], distance_unit, split, when, ours, city, data, out)
    else:
        asked = columns or distance_unit or at or ours or city
        told = bundle_report(data, kind, bundle, split, out, bundles_folder, Console(stderr=True), asked)
    for line in told:
        typer.echo(line)
    typer.echo(out / "report.html")


def bundle_report(
    data: str | None,
    kind: Kind,
    bundle: Path | None,
    split: SplitName | None,
    out: Path,
    bundles_folder: Path,
    console: Console,
    of_tables: object = None,
) -> Sequence[str]:
    """Report on a bundle's rankers and return the report's sentences; `of_tables` is anything that only a table can be asked.

    Raises RequestError where no data is named or something was asked that only a table can answer.
    """
    if data is None:
        raise RequestError("A bundle is reported on with data: name a data folder or a store, or a table with --table.")
    if of_tables:
        raise RequestError("--columns, --distance-unit, --at, --ours and --city are for a table of lists: name it with --table.")
    return report_on(data, kind, bundle, split, out, bundles_folder, lambda rows: track(rows, "ranking", console=console))


def table_report(
    table: Path,
    kind: Kind,
    columns: Sequence[str],
    unit: DistanceUnit | None,
    split: SplitName | None,
    at: int | None,
    ours: str | None,
    city: str | None,
    data: str | None,
    out: Path,
) -> Sequence[str]:
    """Report on a table of recommendations and return what there is to say.

    Raises RequestError where both a split and a moment are named, or a split that holds nothing out.
    """
    if split is not None and at is not None:
        raise RequestError("--split says from which moment answers count, and so does --at: name one of them.")
    if split == "none":
        raise RequestError("--split none holds nothing out: name time or last, or the lists' moment with --at.")
    if data is not None and city is not None:
        raise RequestError("--city is for lists without a data folder: a folder names its city in folder.json.")
    asked = Asked(table, kind, mapping_of(columns), unit, split, at, ours, city)
    return report_on_table(asked, data, out)
