"""`python -m training.ranked`: whether the current bundle has a ranker; `make up` trains where it has none."""

from pathlib import Path
from typing import Annotated

import typer

from sqrec.bundle.pointer import read_pointer
from sqrec.errors import BundleError


def main(var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var")) -> None:
    """Exit with 0 where the current bundle has a ranker of some kind, with 1 where it has none or none is current."""
    try:
        found = ranked(var / "bundles")
    except BundleError as problem:
        typer.echo(str(problem), err=True)
        found = False
    raise typer.Exit(0 if found else 1)


def ranked(bundles: Path) -> bool:
    """Tell whether the bundle that the pointer names has a ranker of some kind; what earlier ones have does not count.

    Raises BundleError where the pointer was cut short or edited.
    """
    pointer = read_pointer(bundles)
    return pointer is not None and any((bundles / pointer.current.bundle).glob("*/booster.txt"))


if __name__ == "__main__":
    typer.run(main)
