"""`python -m sqrec.cli.page docs/cli.md`: every command with its arguments and options, as a page."""

import sys
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

from sqrec.cli.app import Commands, app

HEAD = """# Commands

Made by `make docs` from the commands themselves. `sqrec COMMAND --help` says the same. Commands end with exit code 0, with 1 and one
sentence where something is wrong, with 2 where an option is. Shell completion: `sqrec --install-completion`.
"""


def page() -> str:
    """Return the page; commands of packages beside the library are on it where these are there."""
    group = get_command(app)
    assert isinstance(group, Commands)  # noqa: S101 (what `cls=Commands` makes)
    context = typer.Context(group, info_name="sqrec")
    found = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    return "\n".join([HEAD, *(_section(f"sqrec {name}", one, context) for name, one in found if one)])


def _section(name: str, one: Any, context: Any) -> str:
    if isinstance(one, TyperGroup):
        return "\n".join(_section(f"{name} {inner}", command, context) for inner, command in one.commands.items())
    within = typer.Context(one, info_name=name)
    arguments = [param for param in one.params if isinstance(param, TyperArgument)]
    options = [param for param in one.params if isinstance(param, TyperOption)]
    head = f"## {name}\n\n{' '.join((one.help or '').split())}\n\n    {name} {' '.join(one.collect_usage_pieces(within))}\n"
    rows = [*(_argument(param) for param in arguments), *(_option(param) for param in options)]
    return head + ("\n| | |\n|---|---|\n" + "\n".join(rows) + "\n" if rows else "")


def _argument(param: TyperArgument) -> str:
    return f"| `{(param.name or '').upper()}` | {_sentence(getattr(param, 'help', None) or '')} |"


def _option(param: TyperOption) -> str:
    names = ", ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
    plain = isinstance(param.default, str | int | float | Path) and not isinstance(param.default, bool)
    default = param.default if plain and param.default != "" else None
    told = f" Default: `{default}`." if default is not None else ""
    by = f" From `{param.envvar}`." if param.envvar else ""
    return f"| {names} | {_sentence(param.help or '')}{told}{by} |"


def _sentence(text: str) -> str:
    return text and f"{text[0].upper()}{text[1:].rstrip('.')}."


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
