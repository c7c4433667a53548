"""The command `sqrec report`: on a bundle, or on any table of recommendations."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from sqrec.contract import Kind, SplitName
from sqrec.errors import RequestError
from sqrec.evaluate.foreign.foreign import Asked, report_on_table
from sqrec.evaluate.foreign.listtable import DistanceUnit, mapping_of
from sqrec.evaluate.report.run import report_on


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
