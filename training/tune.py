"""Tune: search for better settings than the grid's, then train with the best as `training.train` does.

One MLflow run per search, one below it per trial. Settings are compared on the selection questions alone, never on what a report
holds out. Read `main` from top to bottom.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from sqrec.bundle.pointer import read_pointer
from sqrec.contract import Kind, SplitName
from sqrec.errors import SqrecError
from sqrec.evaluate.promotion.rules import Rules
from sqrec.source import read_source
from training.doors import complain, keep_home
from training.search import Search
from training.several import Untrainable
from training.train import SEED, kinds_of, track, train_kinds


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    kind: Annotated[Literal["job", "course", "amenity", "all"], typer.Option(help="what to rank")] = "all",
    split_name: Annotated[SplitName, typer.Option("--split", help="what to hold out")] = "time",
    trials: Annotated[int, typer.Option(min=1, help="settings tried at most, for each kind")] = 40,
    minutes: Annotated[float | None, typer.Option(min=0, help="no trial begins later than this, for each kind")] = None,
    seed: Annotated[int, typer.Option(help="of the search: the same seed and number of trials find the same")] = SEED,
    bundle: Annotated[Path | None, typer.Option(help="a bundle folder whose kind is replaced")] = None,
    var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var"),
) -> None:
    """Search for settings, train with the best, log nested runs, write a bundle, and say how to promote it."""
    try:
        folder = read_source(data)
        searches: dict[Kind, Search] = {one: Search(one, trials, minutes, seed, var) for one in kinds_of(kind, folder)}
        several, written = train_kinds(searches, split_name, folder, bundle, var, searches)
        within: dict[Kind, str] = {one: search.run for one, search in searches.items()}
        runs = track(several.trained, written, folder, var, within)
    except Untrainable as problem:
        raise typer.Exit(1) from problem
    except SqrecError as problem:
        complain(str(problem))
        raise typer.Exit(1) from problem
    for one, run in runs.items():
        typer.echo(searches[one].table())
        typer.echo(to_promote(one, run, len(runs), var))
    typer.echo(written)


def to_promote(kind: Kind, run: str, together: int, var: Path) -> str:
    """Return the command that promotes a run's ranker, and the rule that it must pass; `together` is the number of tuned kinds."""
    rules, pointer = Rules.read(None).promotion, read_pointer(var / "bundles")
    promoted = pointer is not None and pointer.current.has_champion(kind)
    against = "the champion" if promoted else "the words baseline, as nothing was promoted yet"
    where = "" if var == Path("var") else f" --var {var}"
    alone = f"python -m training.promote {kind} --run {run}{where}"
    whole = f", or `python -m training.promote all --run {run}{where}` for all that were tuned together" if together > 1 else ""
    return (
        f"To promote this {kind} ranker: `{alone}`{whole}. On the held-out people its {rules.metric} may fall no more than"
        f" {rules.margin:.0%} behind that of {against}, by the 95 % interval of the paired difference; docs/promotion.md has the"
        " other rules. What was chosen on the selection questions is no evidence there."
    )


if __name__ == "__main__":
    keep_home()
    typer.run(main)
