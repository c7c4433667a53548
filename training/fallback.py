"""A bundle without rankers, which serves where nothing can be trained. Its lists are labelled `fallback`."""

from pathlib import Path
from typing import Annotated

import typer

from sqrec.errors import SqrecError
from sqrec.source import read_source
from training.train import bundle_of, console, fitted, kinds_of, write_bundle


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var"),
) -> None:
    """Write a bundle that ranks by the words baseline alone, and make it current unless the current one was promoted."""
    try:
        folder = read_source(data)
        kinds = kinds_of("all", folder)
        written = write_bundle(*bundle_of([], fitted(folder), folder, kinds), None, var)
    except SqrecError as problem:
        console.print(f"[red]{problem}[/red]")
        raise typer.Exit(1) from problem
    console.print(
        f"No ranker was trained: lists of {', '.join(kinds)} are in the order of words and nearness, labelled fallback."
    )
    typer.echo(written)


if __name__ == "__main__":
    typer.run(main)
