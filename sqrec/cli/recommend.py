"""`sqrec recommend`: everybody's list."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from sqrec import bundle as bundles
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cli.options import BUNDLES, BundlesOption, moment
from sqrec.contract import Kind
from sqrec.errors import RequestError
from sqrec.push.listfile import ending_of
from sqrec.push.lists import Tally, recommend_everybody
from sqrec.rights import Purpose
from sqrec.source import is_store, read_source


def recommend(
    folder: Annotated[str, typer.Argument(help="A data folder with people and items, or the address of a store.")],
    *,
    kind: Annotated[Kind, typer.Option(help="What is ranked.")] = "job",
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder; default: the current one.")] = None,
    bundles_folder: BundlesOption = BUNDLES,
    at: Annotated[str | None, typer.Option(help="The moment, an instant with zone; default: now.")] = None,
    n: Annotated[int, typer.Option(help="How many per person.", min=1, max=1000)] = 50,
    out: Annotated[Path, typer.Option(help="The file to write: .parquet or .csv.")] = Path("var/recommendations.parquet"),
    purpose: Annotated[
        Purpose | None, typer.Option(help="What the lists are for; of a store, those without a consent for it stay out.")
    ] = None,
) -> None:
    """Write everybody's served list, in the shape of the table `recommendations`."""
    ending_of(out)  # before anything is loaded
    loaded, when = bundles.load(bundle or bundles.current(bundles_folder)), moment(at)
    if is_store(folder):
        told = _of_store(folder, loaded, kind, when, n, out, purpose)
    elif purpose:
        raise RequestError("Consents are kept in a store: import the folder (sqrec import FOLDER) and name the store.")
    else:
        told = _of_folder(folder, loaded, kind, when, n, out)
    typer.echo(f"{out}: {told}")


def _of_folder(folder: str, bundle: Bundle, kind: Kind, at: int, n: int, out: Path) -> Tally:
    snapshot, console = Snapshot.of(read_source(folder), bundle.profiler), Console(stderr=True)
    return recommend_everybody(
        bundle.recommender(), snapshot, kind, at, n, out, lambda rows: track(rows, "people", console=console)
    )


def _of_store(url: str, bundle: Bundle, kind: Kind, at: int, n: int, out: Path, purpose: Purpose | None) -> Tally:
    from sqrec.push.everybody import recommend_from_store  # the database library is loaded by those who name a store
    from sqrec.store import Store

    console = Console(stderr=True)
    with Store.open(url, create=False) as store:
        return recommend_from_store(
            bundle, store, kind, at, n, out, lambda pages: track(pages, "people", console=console, total=None), purpose
        )
