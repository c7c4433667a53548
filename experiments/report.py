"""`make report`: the offline report on a bundle."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sqrec.cli.report import bundle_report
from sqrec.contract import Kind, SplitName
from sqrec.errors import SqrecError
from training.reports import keep_report

_console = Console(stderr=True)


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    kind: Annotated[Kind, typer.Option(help="what is ranked")] = "job",
    bundle: Annotated[Path | None, typer.Option(help="a bundle folder; default: the current one")] = None,
    split: Annotated[SplitName | None, typer.Option(help="what is held out; default: what the bundle was trained with")] = None,
    out: Annotated[Path, typer.Option(help="where the report goes")] = Path("var/report"),
    var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var"),
) -> None:
    """Report on a bundle's rankers, offline, with baselines, intervals and definitions."""
    try:
        summary = bundle_report(data, kind, bundle, split, out, var / "bundles", _console)
        run = keep_report(out, kind, var)
    except SqrecError as problem:
        _console.print(f"[red]{problem}[/red]")
        raise typer.Exit(1) from problem
    for line in summary:
        typer.echo(line)
    if run:
        typer.echo(f"Kept with MLflow run {run} (artifacts, report/).")
    typer.echo(out / "report.html")


if __name__ == "__main__":
    typer.run(main)
