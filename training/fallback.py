"""A bundle without rankers, which serves where nothing can be trained. Its lists are labelled `fallback`."""

from pathlib import Path
from typing import Annotated

import typer

from sqrec.errors import SqrecError
from sqrec.source import read_source
from sqrec.tables import Folder
from training.doors import complain, console
from training.train import bundle_of, fitted, kinds_of, write_bundle


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var"),
) -> None:
    """Write a bundle that ranks by the words baseline alone, and make it current unless the current one was promoted."""
    try:
        folder = read_source(data)
        written = without_rankers(folder, var)
        kinds = kinds_of("all", folder)
    except SqrecError as problem:
        complain(str(problem))
        raise typer.Exit(1) from problem
    console.print(
        f"No ranker was trained: lists of {', '.join(kinds)} are in the order of words and nearness, labelled fallback.",
        soft_wrap=True,
    )
    typer.echo(written)


def without_rankers(folder: Folder, var: Path) -> Path:
    """Write a bundle of every kind of a folder without rankers (`write_bundle`), and return its folder.

    Raises DataError where the folder has no table of items.
    """
    return write_bundle(*bundle_of([], fitted(folder), folder, kinds_of("all", folder)), None, var)


if __name__ == "__main__":
    typer.run(main)
