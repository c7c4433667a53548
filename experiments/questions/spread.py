"""One question: how much less crowded openings become, and what that costs in ranking quality, in invented cities.

Every kind is trained in every world with SPLIT=time, and reported on there. The first table is the report's own
curve (`Tradeoff`): every held-out person gets a list on each day of the rule's window. The second one are push lists: everybody's
served list at the split's moment, written by the lines of `sqrec recommend`, without the city's rule for capacity and with it. The third
pools the people of all worlds. `python -m experiments.questions.spread --out experiments/questions/spread.md` writes them; what was tried on which seed
stands above.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from experiments.questions.city import AS_OF
from sqrec import bundle as bundles
from sqrec.base.arrays import FloatArray, IntArray, Ragged, keys_of
from sqrec.base.numbers import SEED
from sqrec.bundle import Bundle
from sqrec.catalogue.attention import Loads
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import Capacity
from sqrec.contract import KINDS, Kind
from sqrec.evaluate.lists.exposure import Stock, catalogue_figures
from sqrec.evaluate.lists.heldout import ask_held_out
from sqrec.evaluate.lists.tradeoff import FIRST, Tradeoff, tradeoff_of
from sqrec.evaluate.stats.compare import Interval, share_of_means
from sqrec.evaluate.stats.metrics import Hits, per_person, ranks_in
from sqrec.evaluate.stats.split import Questions, split
from sqrec.push.lists import recommend_everybody
from sqrec.source import read_source
from sqrec.synth import Demo, write_demo
from training.train import main as train

CURVE = "| world | kind | people | openings of | strength | Gini of attention per opening | change | ndcg@10 | as a share of score order |"
POOLED = (
    "| kind | worlds | strength | fourteen days: change of Gini, mean (range) | change of ndcg@10, mean (range)"
    " | push lists: change of Gini, mean (range) | held-out people | ndcg@10, share of that without |"
)
PUSHED = "| world | kind | lists | Gini without | Gini with | change | held-out people | ndcg@10, share of that without |"


@dataclass(frozen=True)
class Pushed:
    """Hold what the rule does to everybody's lists: the Gini coefficient and held-out people's ndcg@10, without it and with it."""

    lists: int
    without: Interval
    tempered: Interval
    ndcg_without: FloatArray
    ndcg_tempered: FloatArray

    @property
    def change(self) -> float:
        """The change of the Gini coefficient as a share."""
        return self.tempered.mean / self.without.mean - 1


def trained(folder: Path) -> Path:
    """Train every kind in a world, unless that was done before, and return the bundle."""
    if not (folder / "bundles" / "current.json").exists():
        with redirect_stdout(sys.stderr):
            train(str(folder / "city"), "all", "time", None, folder, studied=False)
    return bundles.current(folder / "bundles")


def judged(city: Path, kind: Kind, bundle: Bundle) -> tuple[Tradeoff, Pushed]:
    """Ask a bundle's ranker for the held-out people of a world, and make everybody's lists."""
    snapshot = Snapshot.of(read_source(city), bundle.profiler)
    held = split(snapshot.events, kind, "time").held
    outcome = ask_held_out(bundle.recommender(), snapshot, kind, held, {})
    curve = tradeoff_of(outcome, snapshot, kind, bundle.recommender(), np.random.default_rng(SEED))
    if curve is None:
        raise ValueError(f"{bundle.name} was trained for a city without a rule for capacity.")
    return curve, pushed(snapshot, kind, bundle, held)


def pushed(snapshot: Snapshot, kind: Kind, bundle: Bundle, questions: Questions) -> Pushed:
    """Make everybody's lists at the moment of the held-out questions, without the rule and with it."""
    at = int(questions.at[0])
    items, midnight = snapshot.items[kind], bundle.city.midnight(at)
    loads = Loads.of(snapshot.shown, items, snapshot.counts[kind], midnight, 1)
    made = [_lists(bundle, snapshot, kind, at, capacity) for capacity in (None, bundle.city.capacity)]
    ginis = [
        catalogue_figures(_padded(lists.values()), Stock(loads.live, loads.openings), np.random.default_rng(SEED))["congestion"]
        for lists in made
    ]
    without, tempered = (_ndcg(lists, questions, items) for lists in made)
    return Pushed(len(made[0]), ginis[0], ginis[1], without, tempered)


def _lists(bundle: Bundle, snapshot: Snapshot, kind: Kind, at: int, capacity: Capacity | None) -> dict[int, IntArray]:
    """Return everybody's list as rows of items, best first, by the hash of the person's id."""
    recommender = replace(bundle.recommender(), city=bundle.city.model_copy(update={"capacity": capacity}))
    with tempfile.TemporaryDirectory() as folder:
        recommend_everybody(recommender, snapshot, kind, at, FIRST, Path(folder) / "lists.parquet")
        table = pd.read_parquet(Path(folder) / "lists.parquet")
    starts = np.flatnonzero(table["position"].to_numpy() == 1)
    rows = np.split(snapshot.items[kind].find(keys_of(table["item_id"].tolist())), starts[1:])
    return dict(zip(keys_of(table["person_id"].iloc[starts].tolist()).tolist(), rows, strict=True))


def _padded(rows: Iterable[IntArray]) -> IntArray:
    return np.array([[*row.tolist(), *[-1] * (FIRST - len(row))] for row in rows], dtype=np.int64)


def _ndcg(lists: Mapping[int, IntArray], questions: Questions, items: Items) -> FloatArray:
    rows = [lists.get(person, np.empty(0, np.int64)) for person in questions.person.tolist()]
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
    share = share_of_means(found.ndcg_tempered, found.ndcg_without, np.random.default_rng(SEED))
    cells = [world, kind, str(found.lists), _figure(found.without), _figure(found.tempered), f"{found.change:+.3f}", str(share.n)]
    return f"| {' | '.join([*cells, _figure(share)])} |"


def pooled_line(kind: Kind, curves: Sequence[Tradeoff], everybody: Sequence[Pushed]) -> str:
    """Return a row of the third table: changes are means over worlds, with their range, shares of the people of all worlds together.

    People are drawn within their world.
    """
    world = np.repeat(np.arange(len(everybody)), [len(one.ndcg_without) for one in everybody])
    with_rule, without = (np.concatenate([getattr(one, name) for one in everybody]) for name in ("ndcg_tempered", "ndcg_without"))
    share = share_of_means(with_rule, without, np.random.default_rng(SEED), strata=world)
    served = [next(point for point in one.points if point.strength == one.served) for one in curves]
    changes = ([point.congestion_change.mean for point in served], [one.change for one in everybody])
    cells = [kind, str(len(curves)), f"{curves[0].served:g}", _range(changes[0]), _range([p.ndcg_share.mean - 1 for p in served])]
    return f"| {' | '.join([*cells, _range(changes[1]), str(share.n), _figure(share)])} |"


def table(seeds: Sequence[int], people: int, kinds: Sequence[Kind], folder: Path) -> Iterator[str]:
    """Yield the lines of all tables."""
    for seed in seeds:
        if not (folder / str(seed) / "city" / "folder.json").exists():
            write_demo(folder / str(seed) / "city", Demo(people, seed, AS_OF))
    made = {seed: bundles.load(trained(folder / str(seed))) for seed in seeds}
    found: dict[tuple[int, Kind], tuple[Tradeoff, Pushed]] = {
        (seed, kind): judged(folder / str(seed) / "city", kind, made[seed]) for kind in kinds for seed in seeds
    }
    yield f"{CURVE}\n{'|---' * (CURVE.count('|') - 1)}|"
    for (seed, kind), (curve, _) in found.items():
        yield from curve_lines(f"seed {seed}", kind, curve)
    yield f"\n{PUSHED}\n{'|---' * (PUSHED.count('|') - 1)}|"
    yield from (pushed_line(f"seed {seed}", kind, everybody) for (seed, kind), (_, everybody) in found.items())
    yield f"\n{POOLED}\n{'|---' * (POOLED.count('|') - 1)}|"
    for kind in kinds:
        curves, everybody = zip(*(one for (_, of), one in found.items() if of == kind), strict=True)
        yield pooled_line(kind, curves, everybody)


def main(
    seeds: Annotated[list[int], typer.Option(help="seeds of the worlds")] = [501, 502, 503],  # noqa: B006 (typer copies it)
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


def _range(values: Sequence[float]) -> str:
    return f"{np.mean(values):+.3f} ({min(values):+.3f} to {max(values):+.3f})"


def _figure(found: Interval) -> str:
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})"


if __name__ == "__main__":
    typer.run(main)
