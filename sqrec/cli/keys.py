"""`sqrec keys create | list | rotate | revoke`: who may ask a served store (docs/access.md)."""

import getpass
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sqrec.access.keys import Key, shown
from sqrec.access.pepper import VARIABLE, pepper_of
from sqrec.access.roles import Role, granted, roles
from sqrec.cli.options import STORE, StoreOption, console
from sqrec.errors import AccessError
from sqrec.store import Keys, Store
from sqrec.store.organisation import organisation_of

PEPPER = Path("var/pepper")
PepperOption = Annotated[
    Path,
    typer.Option(
        "--pepper-file",
        envvar="SQREC_PEPPER_FILE",
        help=f"The secret of this installation, a file of mode 0600; {VARIABLE} goes before it. Made where neither is there",
    ),
]
KeyArgument = Annotated[str, typer.Argument(help="The id of a key: the eight characters after sq_.")]


def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, in words for the list.")],
    *,
    role: Annotated[str, typer.Option(help="What its owner is: platform, worker, …; docs/access.md has them all.")],
    area: Annotated[
        str | None, typer.Option(help="Whose residents it may ask for: 370203 and all below; default: everybody.")
    ] = None,
    more: Annotated[
        list[str] | None, typer.Option("--with", help="A scope besides the role's, such as restricted; may be repeated.")
    ] = None,
    employer: Annotated[
        str | None,
        typer.Option(
            help="Of a merchant: the employer_id of its jobs, the provider of its courses; default: it writes no events."
        ),
    ] = None,
    purposes: Annotated[
        list[str] | None,
        typer.Option(
            "--for", help="A purpose that it is for, such as lists; may be repeated. Default: whatever its scopes serve."
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="After how many days it ends.")] = 365,
    store: StoreOption = STORE,
    pepper_file: PepperOption = PEPPER,
) -> None:
    """Make a key and print it, this once."""
    with Store.open(store, create=False) as opened:
        tree = organisation_of(opened.database)
        grant = granted(role, area, more or (), organisation=tree, employer=employer, declared=purposes or ())
        pepper = _pepper(pepper_file)
        key, text = Keys(opened.database).create(name, grant, pepper, who_runs(), days)
    _show(key, text)


def list_(*, store: StoreOption = STORE) -> None:
    """List every key with what it may do, where, until when, and the day of its last use (UTC)."""
    with Store.open(store, create=False) as opened:
        keys = Keys(opened.database).listed()
    now = time.time_ns() // 1000
    grid = Table("key", "name", "role", "may", "for", "area", "until", "last used", "state")
    for key in keys:
        may = ", ".join(sorted(key.grant.scopes)) or "–"
        where = key.grant.area or "everywhere"
        cells = (key.key_id, shown(key.name), key.grant.role, may, _for(key), where, _moment(key.expires_at))
        grid.add_row(*map(escape, cells), key.used_on or "never", _state(key, now))
    console().print(grid if keys else "This store has no keys; make one: sqrec keys create")


def rotate(
    key_id: KeyArgument,
    *,
    hours: Annotated[float, typer.Option(min=0, max=8760, help="How long the old key still holds.")] = 24.0,
    store: StoreOption = STORE,
    pepper_file: PepperOption = PEPPER,
) -> None:
    """Make a key that may do what another may, print it, this once, and let the other end."""
    pepper = _pepper(pepper_file)
    with Store.open(store, create=False) as opened:
        key, text = Keys(opened.database).rotate(key_id, pepper, who_runs(), hours)
    _show(key, text)
    typer.echo(f"The key {key_id} ends in {hours:g} hours.", err=True)


def revoke(key_id: KeyArgument, *, store: StoreOption = STORE) -> None:
    """End a key: every worker refuses it within a second."""
    with Store.open(store, create=False) as opened:
        key = Keys(opened.database).revoke(key_id, who_runs())
    console().print(f"{key.key_id} ({escape(shown(key.name))}): {_state(key, time.time_ns() // 1000)}")


def who_runs() -> str:
    """Return the name that the audit trail keeps of whoever runs a command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _pepper(file: Path) -> bytes:
    pepper = pepper_of(file, make=True)
    if pepper is None:
        raise AccessError(f"There is no pepper in {VARIABLE} or {file}.")
    return pepper


def _show(key: Key, text: str) -> None:
    """Print a key; its text goes to standard output alone and plainly, so that it can be piped into a file of secrets."""
    told: Role = roles().roles[key.grant.role]
    may = ", ".join(sorted(key.grant.scopes)) or "nothing yet"
    typer.echo(f"{key.key_id} ({shown(key.name)}): {key.grant.role}. {told.means}", err=True)
    typer.echo(
        f"May: {may}. Where: {key.grant.area or 'everywhere'}. Until: {_moment(key.expires_at)}. For: {_for(key)}.", err=True
    )
    typer.echo("Keep the key below in a secret place: it is not shown again.", err=True)
    typer.echo(text)


def _for(key: Key) -> str:
    return "all of it" if key.grant.declared is None else ", ".join(key.grant.declared) or "nothing"


def _state(key: Key, now: int) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "holds" if key.holds_at(now) else "expired"


def _moment(at: int | None) -> str:
    return "–" if at is None else datetime.fromtimestamp(at / 1e6, UTC).strftime("%Y-%m-%d %H:%M")
