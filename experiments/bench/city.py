"""Seconds and memory of `sqrec demo` and `sqrec check` on a large invented city: `python -m experiments.bench.city`."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from experiments.bench.tables import measured

_DOOR = "import sys; from sqrec.cli.app import main; sys.argv = ['sqrec', *sys.argv[1:]]; main()"


def main(
    people: Annotated[int, typer.Option(help="residents")] = 1_000_000,
    items: Annotated[int, typer.Option(help="jobs, courses and amenities together")] = 100_000,
) -> None:
    """Measure both commands and print a table of seconds and MiB."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    grid = Table("door", "seconds", "of CPU", "peak MiB", title=f"{people:,} people, {items:,} items", title_justify="left")
    with tempfile.TemporaryDirectory(prefix="sqrec-bench-") as place:
        folder = str(Path(place) / "city")
        for door in (["demo", folder, "--people", str(people), "--items", str(items)], ["check", folder]):
            seconds, cpu, peak = measured(_DOOR, *door)
            grid.add_row(f"sqrec {door[0]}", f"{seconds:.1f}", f"{cpu:.1f}", f"{peak:,.0f}")
    console.print(grid)


if __name__ == "__main__":
    typer.run(main)
