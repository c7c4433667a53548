"""`sqrec store upgrade`: a store's tables."""

from sqrec.cli.options import STORE, StoreOption, console
from sqrec.store import Database
from sqrec.store import upgrade as upgraded


def upgrade(*, store: StoreOption = STORE) -> None:
    """Make a store's tables, or bring them to this sqrec's revision."""
    with Database(store) as database:
        before, now = upgraded(database)
    told = "" if before == now else f", before {before or 'none'}"
    console().print(f"{database.name}: revision {now}{told}", soft_wrap=True)
