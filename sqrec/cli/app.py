"""The command line. A command is loaded when it is asked for; here its errors become an exit code, nowhere else."""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from sqrec.errors import SqrecError
from sqrec.version import VERSION

COMMANDS = {
    "access": "sqrec.cli.access:access",
    "adapt": "sqrec.cli.adapt:adapt",
    "check": "sqrec.cli.check:check",
    "demo": "sqrec.cli.demo:demo",
    "erase": "sqrec.cli.erase:erase",
    "export": "sqrec.cli.export:export",
    "import": "sqrec.cli.import_:import_",
    "midnight": "sqrec.cli.midnight:midnight",
    "occupations": "sqrec.cli.occupations:occupations",
    "profile": "sqrec.cli.profile:profile",
    "purge": "sqrec.cli.purge:purge",
    "recommend": "sqrec.cli.recommend:recommend",
    "replay": "sqrec.cli.replay:replay",
    "report": "sqrec.cli.report:report",
}
GROUPS = {
    "audit": ("Check and read the audit trail.", {"verify": "sqrec.cli.audit:verify", "list": "sqrec.cli.audit:list_"}),
    "keys": (
        "Say who may ask a served store.",
        {
            name: f"sqrec.cli.keys:{function}"
            for name, function in (("create", "create"), ("list", "list_"), ("rotate", "rotate"), ("revoke", "revoke"))
        },
    ),
    "store": ("Look after a store.", {"upgrade": "sqrec.cli.upgrade:upgrade"}),
}
ELSEWHERE = "sqrec.commands"
"""The entry points under which packages beside the library declare commands: serving and training."""


class Commands(TyperGroup):
    """Find commands by name, and turn an error in one sentence into exit code 1."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        return sorted([*COMMANDS, *GROUPS, *_elsewhere()])

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load a command; None where there is none of that name."""
        if cmd_name in COMMANDS:
            return command(cmd_name, COMMANDS[cmd_name])
        if cmd_name in GROUPS:
            meaning, within = GROUPS[cmd_name]
            return TyperGroup(
                name=cmd_name, commands={name: command(name, where) for name, where in within.items()}, help=meaning
            )
        where = _elsewhere().get(cmd_name)
        return command(cmd_name, where) if where else None

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except SqrecError as problem:
            Console(stderr=True).print(escape(str(problem)), soft_wrap=True)
            raise typer.Exit(1) from problem


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


def _version(asked: bool) -> None:  # noqa: FBT001 (so typer calls it)
    if asked:
        typer.echo(f"sqrec {VERSION}")
        raise typer.Exit


@app.callback()
def about(
    *, version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False
) -> None:
    """Rank jobs, courses and convenience services near home."""


def command(name: str, where: str) -> TyperCommand:
    """Return the command that the function `module:name` is."""
    module, _, function = where.partition(":")
    try:
        run = getattr(import_module(module), function)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        return _absent(name)
    return _made(name, run)


def main() -> None:
    """Be the entry point of the `sqrec` command."""
    app()


def _made(name: str, run: Callable[..., None], **settings: bool) -> TyperCommand:
    made = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    made.command(name, context_settings=settings)(run)
    found = get_command(made)
    assert isinstance(found, TyperCommand)  # noqa: S101 (what a Typer with one command is)
    return found


def _absent(name: str) -> TyperCommand:
    """Return a command that says where it is to be had, whatever it is asked."""

    def absent() -> None:
        """Only in a checkout or the Bento."""
        raise SqrecError(f"sqrec {name} is not in the library alone: run it in a checkout, or serve the Bento.")

    return _made(name, absent, ignore_unknown_options=True, allow_extra_args=True)


def _elsewhere() -> dict[str, str]:
    return {one.name: one.value for one in entry_points(group=ELSEWHERE)}
