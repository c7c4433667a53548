"""`sqrec access`: everything held about one person, in one file (docs/rights.md)."""

import os
from pathlib import Path
from typing import Annotated

import typer

from sqrec.cli.keys import who_runs
from sqrec.cli.options import STORE, StoreOption
from sqrec.errors import StoreError
from sqrec.store import Store
from sqrec.store.held import as_text, held


def access(
    person: Annotated[str, typer.Argument(help="The person_id.")],
    *,
    store: StoreOption = STORE,
    out: Annotated[
        Path | None, typer.Option(help="The file to write, readable by its owner alone; default: standard output.")
    ] = None,
) -> None:
    """Write everything held about a person as one JSON file, with Chinese words beside the names of fields; the audit trail tells it."""
    with Store.open(store, create=False) as opened:
        opened.audit("read", who_runs(), {"route": "sqrec access", "purpose": "access", "fields": ["everything"]}, person)
        found = held(opened.database, person, opened.city())
    if found is None:
        raise StoreError("Nothing is held about a person of this id.")
    if out is None:
        typer.echo(as_text(found), nl=False)
        return
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(as_text(found))
    except OSError as problem:
        raise StoreError(f"{out} cannot be written: {problem.strerror}; name another file with --out.") from problem
    typer.echo(f"{out}: {sum(len(table['rows']) for table in found['tables'])} rows of {len(found['tables'])} tables")
