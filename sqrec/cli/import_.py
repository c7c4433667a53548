"""`sqrec import`: a folder's rows into a store."""

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sqrec.cli.check import show_check
from sqrec.cli.options import STORE, MappingOption, RejectedOption, StoreOption, StrictOption, console
from sqrec.store import Imported, Store, import_folder
from sqrec.tables import Listing


def import_(
    folder: Annotated[Path, typer.Argument(help="A folder with tables such as jobs.csv, and folder.json.")],
    *,
    store: StoreOption = STORE,
    strict: StrictOption = False,
    out: RejectedOption = None,
    mapping: MappingOption = None,
) -> None:
    """Add a folder's rows to a store and change those that differ; exit code 1 where a row or file is rejected."""
    told = console()
    with Listing() as listing:
        with Store.open(store) as opened:
            found = import_folder(opened, folder, strict=strict, rejected_to=out, listing=listing, mapping=mapping)
        if strict and found.check.errors and not found.written:
            for line in chain(map(str, found.check.unread), listing.lines(found.check.checks)):
                told.out(line, highlight=False)
            told.print("Nothing was imported.")
        else:
            _show(told, found, opened.name)
    raise typer.Exit(1 if found.check.errors else 0)


def _show(told: Console, found: Imported, store: str) -> None:
    counted = {
        name: f"{written.new} new, {written.changed} changed, {written.unchanged} unchanged"
        + (f", {written.erased} left out: of people who were erased" if written.erased else "")
        for name, written in found.written.items()
    }
    show_check(told, found.check, counted)
    told.print(f"\n{store}: change {found.change}", soft_wrap=True)
