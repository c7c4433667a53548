"""`sqrec export`: a store's present state as a data folder."""

from pathlib import Path
from typing import Annotated

import typer

from sqrec.cli.options import STORE, StoreOption, console
from sqrec.store import Store, export_folder
from sqrec.tables import Form


def export(
    folder: Annotated[Path, typer.Argument(help="The folder to write; it must be new or empty.")],
    *,
    store: StoreOption = STORE,
    form: Annotated[Form, typer.Option("--format", help="How tables are written.")] = "parquet",
) -> None:
    """Write what a store holds now as a data folder, restricted facts included."""
    with Store.open(store, create=False) as opened:
        rows = export_folder(opened, folder, form)
    console().print(f"{folder}: " + ", ".join(f"{name} {count}" for name, count in rows.items()), soft_wrap=True)
