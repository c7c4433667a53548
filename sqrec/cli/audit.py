"""`sqrec audit verify | list`: the audit trail of a store (docs/rights.md)."""

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

import sqlalchemy as sa
import typer
from rich.markup import escape
from rich.table import Table

from sqrec.cli.options import STORE, StoreOption, console, moment
from sqrec.store import Store
from sqrec.store.purging import unended
from sqrec.store.schema import AUDIT
from sqrec.store.trail import about, listed
from sqrec.store.trail import verify as verified

_UNENDED = "Row {number}: a purge that {who} began has no end here: it is running still, or was killed. Run sqrec purge again."


def verify(*, store: StoreOption = STORE) -> None:
    """Check every row of the audit trail and print the ends of its chains; where one is broken, say the first, with exit code 1."""
    with Store.open(store, create=False) as opened, opened.database.reading() as connection:
        found = verified(connection, opened.database.pepper())
    told = console()
    told.print(f"{found.rows} rows, {len(found.ends)} chains", soft_wrap=True)
    if found.unchained:
        told.print(f"{found.unchained} rows are from before the trail was chained: nothing vouches for them.", soft_wrap=True)
    if found.unsealed:
        told.print(f"{found.unsealed} rows are chained without a secret: there was no pepper then.", soft_wrap=True)
    for chain, end in found.ends.items():
        told.print(f"{escape(chain)}: ends at {end.place}, {end.digest}", soft_wrap=True)
    told.print(f"Broken: {found.broken}." if found.broken else "Every row is in its place.", soft_wrap=True)
    raise typer.Exit(1 if found.broken else 0)


def list_(
    *,
    store: StoreOption = STORE,
    since: Annotated[str | None, typer.Option(help="Only what happened since, an instant with zone.")] = None,
    who: Annotated[str | None, typer.Option(help="Only what one did: key:abcdefgh, session:clerk-7, nobody.")] = None,
    what: Annotated[str | None, typer.Option(help="Only that: read, written, refused, person erased, key created, …")] = None,
    person: Annotated[str | None, typer.Option(help="Only what is about this person, by their id.")] = None,
    most: Annotated[int, typer.Option("-n", min=1, help="The last so many rows.")] = 100,
) -> None:
    """List the last rows of the audit trail, oldest first, and purges that began and have no end.

    A person stands in it under a name that nothing but the store leads back from.
    """
    with Store.open(store, create=False) as opened, opened.database.reading() as connection:
        if person is None:
            told = [AUDIT.c.at >= moment(since, "--since")] if since else []
            told += [AUDIT.c.who == who] if who else []
            told += [AUDIT.c.what == what] if what else []
            last = sa.select(AUDIT.c.number).where(*told).order_by(AUDIT.c.number.desc()).limit(most)
            rows = list(listed(connection, AUDIT.c.number.in_(last)))
        else:
            begin = moment(since, "--since") if since else 0
            all_rows = about(connection, person)
            fits = [row for row in all_rows if row["at"] >= begin and who in (None, row["who"]) and what in (None, row["what"])]
            rows = list(islice(fits, max(0, len(fits) - most), None))
        purges = unended(connection)
    grid = Table("row", "at (UTC)", "what", "who", "person", "details")
    for row in rows:
        at = datetime.fromtimestamp(row["at"] / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        cells = (str(row["number"]), at, row["what"], row["who"], (row["person"] or "–")[:12], row["details"] or "")
        grid.add_row(*map(escape, cells))
    shown = console()
    shown.print(grid if rows else "There is no such row.")
    for row in purges:
        shown.print(_UNENDED.format(number=row["number"], who=escape(row["who"])), soft_wrap=True)
