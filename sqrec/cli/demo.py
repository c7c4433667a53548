"""`sqrec demo`: an invented city."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sqrec.contract import RULES
from sqrec.errors import DataError
from sqrec.synth import Demo, World, write_demo


def demo(
    folder: Annotated[Path, typer.Argument(help="The folder to write; an invented city in it is replaced.")],
    *,
    people: Annotated[int, typer.Option(help="How many residents.", min=10)] = 2_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.", min=0)] = 1,
    as_of: Annotated[str | None, typer.Option(help="The day the data is of, YYYY-MM-DD; default: today.")] = None,
    taste: Annotated[World, typer.Option(help="What people weigh.")] = "default",
    shape: Annotated[World, typer.Option(help="How the city lies.")] = "default",
    items: Annotated[
        int | None, typer.Option(help="How many jobs, courses and amenities in all; default: by people.", min=30)
    ] = None,
) -> None:
    """Invent a city: residents, vacancies, courses, amenities, and what people did with them (docs/city.md)."""
    console = Console(stderr=True)
    rows = write_demo(folder, Demo(people, seed, _as_day(as_of), taste, shape, items), console.print)
    typer.echo(f"{folder}: " + ", ".join(f"{name} {count}" for name, count in rows.items()))


def _as_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise DataError(f"--as-of {text} is no day; right is {RULES['date'].right}.") from problem
