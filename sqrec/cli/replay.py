"""`sqrec replay`: logged lists, made again."""

import time
from typing import Annotated

import typer
from rich.markup import escape

from sqrec.cli.options import BUNDLES, STORE, BundlesOption, StoreOption, console, moment
from sqrec.evaluate.logs.replay import replay as replayed
from sqrec.store import Store


def replay(
    *,
    store: StoreOption = STORE,
    bundles_folder: BundlesOption = BUNDLES,
    since: Annotated[str | None, typer.Option(help="From which moment on, an instant with zone; default: everything.")] = None,
) -> None:
    """Make logged rankings again from the versions they were made from; exit code 1 where a bit differs or a list cannot be made."""
    first = 0 if since is None else moment(since, "--since")
    with Store.open(store, create=False) as opened:
        found = replayed(opened, bundles_folder, first, time.time_ns() // 1000)
    told = console()
    told.print(
        f"{found.lists} lists = {found.equal} equal to the bit + {found.different} different + {found.failed} not made again "
        f"+ {found.untraceable} without a person (switched off, or facts of the request's own)",
        soft_wrap=True,
    )
    for line in [*found.differences, *(f"{count} lists: {reason}" for reason, count in found.reasons.items())]:
        told.print(escape(line), soft_wrap=True)
    raise typer.Exit(int(found.different + found.failed > 0))
