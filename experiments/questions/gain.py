"""One question: is a cost nearer to the truth where uses count by the inverse of the chance that they were looked at.

In *slates* (experiments/worlds) another platform's lists are looked at with a chance of place^-0.7, and what an item is worth to whom is known. A ranker
learns from the first 80 % of the events. What spreading and a circle cost is taken, of the lists that people were shown later, from what they liked in
truth, from what they would be seen to use on average (a liking times a look), and from that weighed as training does (training/propensity.py, with the fall
that is fitted): what is left of the error is bias, as nothing is drawn. Beside it stand the costs by the uses that happened.
`python -m experiments.questions.gain --out experiments/questions/gain.md` appends the table.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from scipy.stats import t

from experiments.questions.ablation import LEARNT, SETTINGS
from experiments.worlds import slates
from experiments.worlds.folder import write
from sqrec.base.arrays import FloatArray, Ragged, keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import KINDS, Kind
from sqrec.evaluate import Questions, split
from sqrec.evaluate.lists.costs import Batch, batch_of, costs_of
from sqrec.evaluate.lists.weighing import Weighing, inverse
from sqrec.profile.history import microseconds
from sqrec.rank import Boosted, Policy, Recommender, Spread
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from sqrec.tables import Folder
from training import train
from training.boosters import booster_text
from training.fitting import fit
from training.places import fall_beside
from training.propensity import Exposure
from training.rows import learning_rows

POLICIES: Mapping[str, Policy] = {
    "one of a group": Policy(spread=Spread(1, 10)),
    "two of a group": Policy(spread=Spread(2, 10)),
    "20 minutes": Policy(spread=None, widest=20.0),
    "60 minutes": Policy(spread=None, widest=60.0),
}
HEAD = (
    "| kind | rule | true, of what was shown | as used, less that | weighed, less that | weighed is nearer in | by real uses, less that |"
    " the same weighed | true, of everything |\n|---|---|---|---|---|---|---|---|---|"
)
FALL = 0.7
"""The law of the world's looks."""
TELLING = 500
"""People whose utilities are told, in each world."""


def judged(folder: Folder, kind: Kind) -> tuple[list[Batch], Weighing | None]:
    """Return lists with what is true of them (four, as `true_questions`), with what was used, and the same weighed."""
    parts, profiler = train.DECLARED[kind], train.fitted(folder)
    repeats = frozenset[Kind]({kind} if parts.repeats else ())
    recommender, snapshot = (
        Recommender(profiler, folder.city, StraightLine.of(folder.city), {kind: parts.rows}, {}, {}, repeats),
        Snapshot.of(folder, profiler),
    )
    with tempfile.TemporaryDirectory() as nothing:
        lists = train.log_of(folder, kind, Path(nothing))
    division = split(snapshot.events, kind, "time", repeats=parts.repeats)
    learn = learning_rows(
        recommender, snapshot, kind, division.kept, 1, LEARNT, lists, repeats=parts.repeats, joined=parts.repeats
    )
    fall = fall_beside(learn)
    monotone = tuple(column.monotone for column in parts.rows.columns)
    booster = fit(learn, parts.rows.names, monotone, replace(SETTINGS, examined_fall=fall), train.SEED)
    ranking = recommender.with_ranker(kind, Boosted.of_text(booster_text(booster)))
    weighed, told = Exposure(lists, fall).weighed(division.held, snapshot.events)
    questions = [*true_questions(folder, kind, int(division.held.at[0]), fall), division.held, weighed]
    return [batch_of(ranking, snapshot, kind, one) for one in questions], told


def true_questions(folder: Folder, kind: Kind, since: int, fall: float) -> list[Questions]:
    """Return questions at a moment whose answers count by the chance that the person would use them once looked at.

    First all that is worth something; then what lists showed from then on, as often as they did; the same times the chance of a look;
    and that times the weight by a fall that is taken for the true one. A utility is the expected surplus over not using anything,
    ln(1 + e^x), so the chance is 1 - e^-u.
    """
    worth = folder.tables["utilities"]
    worth = worth[worth["kind"] == kind].assign(chance=lambda rows: 1 - np.exp(-rows["utility"]))
    events = folder.tables["events"]
    at = microseconds(events["at"])
    shown = events[(events["kind"] == kind) & (events["event"] == "impression") & (at >= since)]
    shown = shown.merge(worth, on=["person_id", "item_id"])
    place = shown["position"].to_numpy(np.float64)
    looked = place**-FALL
    counted = [np.ones(len(place)), looked, looked * inverse(place ** -max(fall, 0.0))]
    return [_asked(worth, since), *(_asked(shown.assign(chance=shown["chance"] * one), since) for one in counted)]


def _asked(told: pd.DataFrame, at: int) -> Questions:
    told = told.groupby(["person_id", "item_id"])["chance"].sum().reset_index()
    told = told[told["chance"] > 0].sort_values(["person_id", "chance"], ascending=[True, False])
    people, start = np.unique(told["person_id"].to_numpy(str), return_index=True)
    offsets = np.append(start, len(told))
    grades = Ragged(offsets, np.ones(len(told), np.int64))
    weight = Ragged(offsets, told["chance"].to_numpy(np.float64))
    return Questions(
        keys_of(people.tolist()), np.full(len(people), at), Ragged(offsets, keys_of(told["item_id"])), grades, weight
    )


def line_of(kind: Kind, rule: str, costs: FloatArray) -> str:
    """Return a line from costs by worlds: of everything, of what was shown, as used and weighed on average, as used and weighed."""
    everything, shown, *found = costs.T
    gaps = [one - shown for one in found]
    nearer = int((np.abs(gaps[1]) < np.abs(gaps[0])).sum())
    told = [*map(_said, gaps[:2]), f"{nearer} of {len(costs)}", *map(_said, gaps[2:])]
    return f"| {kind} | {rule} | {shown.mean():.1%} | {' | '.join(told)} | {everything.mean():.1%} |"


def _said(values: FloatArray) -> str:
    wide = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return f"{values.mean():+.2%} ± {wide:.2%}"


def main(
    out: Annotated[Path | None, typer.Option(help="a file that the table is appended to")] = None,
    seeds: Annotated[str, typer.Option(help="seeds of two worlds or more, by commas")] = "1,2,3",
    people: int = 2_000,
) -> None:
    """Compare the costs of four rules in many worlds."""
    costs: dict[tuple[Kind, str], list[list[float]]] = {}
    for seed in seeds.split(","):
        for kind, batches in _worlds(int(seed), people):
            for rule, policy in POLICIES.items():
                told = [costs_of(one, policy, kind).total.mean for one in batches]
                costs.setdefault((kind, rule), []).append(told)
                print(seed, kind, rule, [f"{cost:.4f}" for cost in told], file=sys.stderr, flush=True)
    lines = [HEAD, *(line_of(kind, rule, np.array(found)) for (kind, rule), found in costs.items())]
    print("\n".join(lines))
    if out:
        with out.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def _worlds(seed: int, people: int) -> Iterator[tuple[Kind, list[Batch]]]:
    with tempfile.TemporaryDirectory() as home:
        folder = read_source(write(slates.make(people, seed, told=TELLING), Path(home)))
        for kind in KINDS:
            batches, told = judged(folder, kind)
            print(seed, kind, told, file=sys.stderr, flush=True)
            yield kind, batches


if __name__ == "__main__":
    typer.run(main)
