"""One question: how much less crowded openings become, and what that costs in ranking quality, in invented cities.

In each world every kind is trained with SPLIT=time and reported. The first table is the report's own curve (`Tradeoff`): every held-out
person gets a list on each of fourteen days. The second one are push lists: everybody's served list at the split's moment, written
by `sqrec recommend`'s own lines with the city's rule for capacity and without. `python -m experiments.spread --out
experiments/spread.md` writes both; what was tried on which seed stands above them.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from experiments.city import AS_OF
from sqrec import bundle as bundles
from sqrec.arrays import IntArray, Ragged, keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.source import read_source
from sqrec.cities import Capacity
from sqrec.columns import KINDS, Kind
from sqrec.evaluate.compare import Interval, share_of_means
from sqrec.evaluate.exposure import Stock, catalogue_figures
from sqrec.evaluate.metrics import Hits, per_person, ranks_in
from sqrec.evaluate.run import SEED, evaluation_of
from sqrec.evaluate.split import Questions
from sqrec.evaluate.tradeoff import FIRST, Tradeoff
from sqrec.rank import recommend_everybody
from sqrec.rank.attention import Loads
from sqrec.synth import Demo, write_demo
from training.train import main as train

CURVE = "| world | kind | people | openings of | strength | Gini of attention per opening | change | ndcg@10 | as a share of score order |"
PUSHED = "| world | kind | lists | Gini without | Gini with | change | held-out people | ndcg@10, share of that without |"


@dataclass(frozen=True)
class Pushed:
    """Hold what the rule does to everybody's lists: the Gini coefficient without and with it, ndcg with over ndcg without."""

    lists: int
    without: Interval
    tempered: Interval
    ndcg_share: Interval


def made(folder: Path, world: Demo) -> None:
    """Invent one world and train every kind in it, unless that was done before."""
    if not (folder / "bundles" / "current.json").exists():
        write_demo(folder / "city", world)
        with redirect_stdout(sys.stderr):
            train(str(folder / "city"), "all", "time", None, folder)


def judged(folder: Path, kind: Kind) -> tuple[Tradeoff, Pushed]:
    """Report one kind of a world that is made."""
    evaluation, outcome = evaluation_of(folder / "city", kind, None, None, folder / "bundles")
    rule = bundles.load(bundles.current(folder / "bundles")).city.capacity
    if evaluation.tradeoff is None or rule is None:
        raise ValueError(f"{folder} was trained for a city without a rule for capacity.")
    return evaluation.tradeoff, pushed(folder, kind, outcome.questions, rule)


def pushed(folder: Path, kind: Kind, questions: Questions, rule: Capacity) -> Pushed:
    """Make everybody's lists at the moment of the held-out questions, without the rule and with it."""
    loaded = bundles.load(bundles.current(folder / "bundles"))
    snapshot, at = Snapshot.of(read_source(folder / "city"), loaded.profiler), int(questions.at[0])
    items, recommender = snapshot.items[kind], loaded.recommender()
    figures: list[Interval] = []
    ndcg: list[np.ndarray] = []
    for capacity in (None, rule):
        city = loaded.city.model_copy(update={"capacity": capacity})
        out = folder / "lists.parquet"
        recommend_everybody(replace(recommender, city=city), snapshot, kind, at, FIRST, out)
        table = pd.read_parquet(out)
        rows = np.split(items.find(keys_of(table["item_id"].tolist())), np.flatnonzero(table["position"] == 1)[1:])
        people = keys_of(table.loc[table["position"] == 1, "person_id"].tolist())
        loads = Loads.of(snapshot.shown, items, snapshot.counts[kind], loaded.city.midnight(at), 1)
        padded = np.array([[*row.tolist(), *[-1] * (FIRST - len(row))] for row in rows], dtype=np.int64)
        figures.append(catalogue_figures(padded, Stock(loads.live, loads.openings), np.random.default_rng(SEED))["congestion"])
        ndcg.append(_ndcg(dict(zip(people.tolist(), rows, strict=True)), questions, snapshot, kind))
    return Pushed(len(rows), figures[0], figures[1], share_of_means(ndcg[1], ndcg[0], np.random.default_rng(SEED)))


def _ndcg(lists: dict[int, IntArray], questions: Questions, snapshot: Snapshot, kind: Kind) -> np.ndarray:
    nothing = np.empty(0, np.int64)
    rows = [lists.get(person, nothing) for person in questions.person.tolist()]
    items = snapshot.items[kind]
    ranks = [ranks_in(row, items.find(questions.items.row(place))) for place, row in enumerate(rows)]
    hits = Hits.of(Ragged.of(ranks, np.int64), questions.grades, np.array([len(row) for row in rows]))
    return per_person(hits, (f"ndcg@{FIRST}",))[f"ndcg@{FIRST}"]


def curve_lines(world: str, kind: Kind, found: Tradeoff) -> Iterator[str]:
    """Yield the rows of the first table; the served strength is in bold."""
    for point in found.points:
        strength = f"**{point.strength:g}**" if point.strength == found.served else f"{point.strength:g}"
        figures = (point.congestion, point.congestion_change, point.ndcg, point.ndcg_share)
        cells = [world, kind, str(found.people), str(found.items), strength, *map(_figure, figures)]
        yield f"| {' | '.join(cells)} |"


def pushed_line(world: str, kind: Kind, found: Pushed) -> str:
    """Return a row of the second table."""
    change = f"{found.tempered.mean / found.without.mean - 1:+.3f}"
    cells = [world, kind, str(found.lists), _figure(found.without), _figure(found.tempered), change]
    return f"| {' | '.join([*cells, str(found.ndcg_share.n), _figure(found.ndcg_share)])} |"


def table(seeds: Sequence[int], people: int, kinds: Sequence[Kind], folder: Path) -> Iterator[str]:
    """Yield the lines of both tables."""
    lines: list[str] = []
    yield f"{CURVE}\n{'|---' * (CURVE.count('|') - 1)}|"
    for seed in seeds:
        made(folder / str(seed), Demo(people, seed, AS_OF))
        for kind in kinds:
            curve, everybody = judged(folder / str(seed), kind)
            yield from curve_lines(f"seed {seed}", kind, curve)
            lines.append(pushed_line(f"seed {seed}", kind, everybody))
    yield f"\n{PUSHED}\n{'|---' * (PUSHED.count('|') - 1)}|"
    yield from lines


def main(
    seeds: Annotated[list[int], typer.Option(help="seeds of the worlds")] = [301, 302, 303],  # noqa: B006 (typer copies it)
    people: Annotated[int, typer.Option(help="people in each")] = 2_000,
    kind: Annotated[Kind | None, typer.Option(help="one kind to judge instead of all")] = None,
    worlds: Annotated[Path | None, typer.Option(help="a folder where worlds are kept; without it they are thrown away")] = None,
    out: Annotated[Path | None, typer.Option(help="a file for the tables; the text above them stays")] = None,
) -> None:
    """Judge every kind in every world, and print the tables line by line."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for line in table(seeds, people, (kind,) if kind else KINDS, worlds or Path(folder)):
            lines.append(line)
            print(line, flush=True)
    if out:
        above = out.read_text(encoding="utf-8").partition(CURVE)[0] if out.exists() else ""
        out.write_text(above + "\n".join(lines) + "\n", encoding="utf-8")


def _figure(found: Interval) -> str:
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})"


if __name__ == "__main__":
    typer.run(main)
