"""`sqrec purge`: what a store has kept long enough goes; a dry run first."""

import getpass
import time
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sqrec.cli.options import STORE, StoreOption, console, moment
from sqrec.rights import retention
from sqrec.store import Purge, Store
from sqrec.store import purge as purged


def purge(
    *,
    store: StoreOption = STORE,
    yes: Annotated[bool, typer.Option("--yes", help="Delete them. Without it nothing is deleted.")] = False,
    at: Annotated[
        str | None, typer.Option(help="As of this moment, an instant with zone; default: now. With --yes: not later than now.")
    ] = None,
) -> None:
    """Say how many rows of each table are over their time and what is kept by which duty; with --yes delete the former."""
    now = time.time_ns() // 1000
    when = now if at is None else moment(at)
    if yes:
        when = min(when, now)
    with Store.open(store, create=False) as opened:
        found = purged(opened.database, when, _who() if yes else None)
    grid = Table("table", "rows", "deleted" if yes else "over", "kept", "days", "why the others are kept", "by")
    for one in found:
        if one.rows:
            grid.add_row(*map(escape, _cells(one)))
    told = console()
    told.print(grid)
    over = sum(one.over for one in found)
    verb = "deleted" if yes else "are over their time; nothing was deleted: run again with --yes"
    told.print(f"{over} rows {verb} (rules as of {retention().as_of}).", soft_wrap=True)


def _cells(one: Purge) -> list[str]:
    days = "–" if one.rule.days is None else f"{one.rule.days} after {one.rule.after}"
    return [one.table, str(one.rows), str(one.over), str(one.kept), days, one.rule.duty, one.rule.source]


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
