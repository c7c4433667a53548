"""`sqrec erase`: everything about one person is taken away (docs/rights.md)."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from sqrec.cli.keys import who_runs
from sqrec.cli.options import STORE, StoreOption, console
from sqrec.errors import StoreError
from sqrec.store import Store
from sqrec.store.erasing import clean as overwritten
from sqrec.store.erasing import erase as erased
from sqrec.store.erasing import hashes_of_events
from sqrec.store.leftovers import forget_events, forget_people, holding

VAR = Path("var")


def erase(
    person: Annotated[str | None, typer.Argument(help="The person_id; none with --clean.")] = None,
    *,
    store: StoreOption = STORE,
    var: Annotated[Path, typer.Option(help="The folder of run-time files: bundles, runs, lists, reports.")] = VAR,
    clean: Annotated[
        bool,
        typer.Option(
            "--clean", help="Only finish erasures that residents asked for themselves: files and the space on the disk."
        ),
    ] = False,
) -> None:
    """Erase a person from a store and from the files beside it, overwrite the space, and name what is left elsewhere.

    Exit code 1 where nothing is held about them, or where a file still holds the id.
    """
    if (person is None) != clean:
        raise StoreError("Name one person, or finish earlier erasures: sqrec erase PERSON, or sqrec erase --clean.")
    told, left = console(), list[Path]()
    with Store.open(store, create=False) as opened:
        if person is not None:
            _one(told, opened, person, var)
        for path in forget_people(var, opened.database) if var.is_dir() else []:
            told.print(f"{escape(str(path))}: rows of people who were erased are taken out", soft_wrap=True)
        overwritten(opened.database)
        told.print("The space of what was deleted is overwritten.")
        if person is not None and var.is_dir():
            left = holding(var, person, opened.database.file)
    for path in left:
        told.print(f"{escape(str(path))}: still holds the id. Delete this file, or make it anew.", soft_wrap=True)
    raise typer.Exit(1 if left else 0)


def _one(told: Console, opened: Store, person: str, var: Path) -> None:
    for path in forget_events(var, hashes_of_events(opened.database, person)) if var.is_dir() else []:
        told.print(f"{escape(str(path))}: hashes of their events are taken out", soft_wrap=True)
    found = erased(opened.database, person, who_runs(), opened.city())
    if found is None:
        raise StoreError("Nothing is held about a person of this id.")
    counted = ", ".join(f"{name} {count}" for name, count in found.rows.items() if count)
    told.print(f"Erased: {counted or 'nothing was left of them since an earlier erasure'}.", soft_wrap=True)
    for one in found.copies:
        told.print(f"Elsewhere until {one.last_day}: {escape(one.what)}", soft_wrap=True)
