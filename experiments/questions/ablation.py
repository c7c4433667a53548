"""One question: what does a family of columns bring, and where.

The columns that work on the rankers' learning added, and the groups that `features/` declares of them, are left out one family at a time. A ranker is
the mean of three boosters as in training, but learns from fewer questions, with fixed settings and no plain beside, and is asked what a report
asks: of real sets each person's last new item and, where the kind repeats, the last use, among drawn items; of worlds what their first ten are
worth by the utilities that are known there. `python -m experiments.questions.ablation --data FOLDER --out FILE` appends the table.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from experiments.questions.judge_worlds import SETS, shares_of
from experiments.worlds.folder import WORLDS, write
from sqrec.base.arrays import FloatArray
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import KINDS, Kind, SplitName
from sqrec.evaluate import split
from sqrec.evaluate.lists.heldout import WHOLE_AND_SEEN
from sqrec.evaluate.stats.compare import difference, interval
from sqrec.profile import Profiles
from sqrec.rank import Boosted, Ranker, Recommender
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from sqrec.tables import Folder
from training import train
from training.boosters import booster_text
from training.choosing import ndcg_each
from training.fitting import fit_mean, scores_of
from training.overlap import PERSONAL, overlap_before
from training.places import fall_beside
from training.rows import learning_rows
from training.sample import Sample, sample
from training.settings import GRID

LEARNT, ASKED = 1_500, 700
"""Questions that are learnt from (where lists were shown, twice as many of them besides), and people who are asked, at most."""
BESIDE = 1_000
"""Unused items among which the answers of real sets stand: ndcg@10 is higher than in the whole catalogue."""
OTHER_SEEDS = tuple(seed + 100 for seed in train.SEEDS)
"""What another draw of rows and columns makes of the same columns: how much of a change is luck."""
SETTINGS = replace(GRID[1], rounds=60)
"""Of every variant everywhere: between what training chooses for long logs and for short ones (experiments/questions/averaged.md)."""
PLACES = ("slates", "two_sided", "searching")
NAMED: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "job": {
        "co-use": ("co_",),
        "next after the last": ("next_",),
        "way": ("way_",),
        "kinship of trades": ("kinship_",),
        "skills against earlier ones": ("skills_history_",),
    },
    "course": {
        "co-use": ("co_",),
        "next after the last": ("next_",),
        "taught against taught before": ("skills_history_",),
    },
    "amenity": {
        "co-use": ("co_",),
        "next after the last": ("next_",),
        "way": ("way_",),
        "own visits": ("own_",),
        "part of the day": ("habit_hour_",),
    },
}
"""What is left out one at a time, by how the names of its columns begin."""
WHOLE, OTHERWISE = "all columns", "nothing, other seeds"
HEAD = "| world or set | kind | left out | columns | n | ndcg@10 or share | change |\n|---|---|---|---|---|---|---|"
Asked = Iterator[tuple[str, dict[str, FloatArray]]]
"""What was asked, and every variant's figure per person."""


def left_out(kind: Kind) -> dict[str, tuple[str, ...]]:
    """Return the families: those that are named, and the declared groups that hold some of their columns."""
    parts = train.DECLARED[kind]
    named = {name: tuple(one for one in parts.rows.names if one.startswith(marks)) for name, marks in NAMED[kind].items()}
    touched = {column for columns in named.values() for column in columns}
    declared = {f"group *{one.name}*": one.columns for one in parts.families if touched & set(one.columns)}
    known = [set(columns) for columns in named.values()]
    return named | {name: columns for name, columns in declared.items() if set(columns) not in known}


def rankers(recommender: Recommender, snapshot: Snapshot, folder: Folder, kind: Kind, split_name: SplitName) -> dict[str, Ranker]:
    """Learn a ranker of all columns, one of another seed, and one without each family that tells rows apart, on the same rows."""
    rows, repeats = recommender.rows[kind], kind in recommender.repeats
    with tempfile.TemporaryDirectory() as nothing:
        log = train.log_of(folder, kind, Path(nothing))
    kept = split(snapshot.events, kind, split_name, repeats=repeats).kept
    overlap = None if log is None or repeats else overlap_before(recommender, snapshot, kind, kept, log)
    personal = overlap is not None and overlap < PERSONAL
    learn = learning_rows(recommender, snapshot, kind, kept, 2, LEARNT, log, repeats=repeats, joined=repeats or personal)
    settings, monotone = replace(SETTINGS, examined_fall=fall_beside(learn)), tuple(one.monotone for one in rows.columns)

    def learnt(columns: Sequence[str], seeds: Sequence[int] = train.SEEDS) -> Ranker:
        booster = fit_mean(without(learn, rows.names, columns), rows.names, monotone, settings, seeds)
        return Boosted.of_text(booster_text(booster))

    told = {name for name, values in zip(rows.names, learn.rows.T, strict=True) if len(np.unique(values[~np.isnan(values)])) > 1}
    families = {name: columns for name, columns in left_out(kind).items() if told & set(columns)}
    return {
        WHOLE: learnt(()),
        OTHERWISE: learnt((), OTHER_SEEDS),
        **{name: learnt(columns) for name, columns in families.items()},
    }


def without(sample: Sample, names: Sequence[str], columns: Sequence[str]) -> Sample:
    """Return the same rows with some columns unknown throughout: trees cannot split on them, and never draw them."""
    values = sample.rows.copy()
    values[:, np.isin(names, columns)] = np.nan
    return replace(sample, rows=values)


def asked_set(name: str, data: Path) -> Asked:
    """Ask the people of a real set for their last new item and, where the kind repeats, for their last use."""
    kind, folder = SETS[name], read_source(data / name)
    recommender, snapshot = _recommender(folder, kind)
    learnt = rankers(recommender, snapshot, folder, kind, "last")
    division = split(snapshot.events, kind, "last", repeats=kind in recommender.repeats)
    for what, questions in (("last new item", division.held), ("last use", division.any_use)):
        if questions is not None:
            rng = np.random.default_rng(train.SEED)
            some, again = questions.some(ASKED, rng), questions is division.any_use
            rows = sample(recommender, snapshot, kind, some, BESIDE, rng, repeats=again)
            yield f"{name}, {what}", {one: ndcg_each(rows, scores_of(ranker, rows)) for one, ranker in learnt.items()}


def asked_world(name: str, kind: Kind, folder: Folder) -> Asked:
    """Ask the people of a world whose utilities are known, at noon of its last day."""
    recommender, snapshot = _recommender(folder, kind)
    learnt = {
        one: recommender.with_ranker(kind, ranker) for one, ranker in rankers(recommender, snapshot, folder, kind, "time").items()
    }

    def lists(profile: Profiles) -> dict[str, np.ndarray]:
        scene = recommender.scene(profile, kind, snapshot, WHOLE_AND_SEEN, n=10)
        return {one: ranking.rank(scene, kind, WHOLE_AND_SEEN).item[:10] for one, ranking in learnt.items()}

    yield name, shares_of(lists, recommender, snapshot, folder, kind)


def _recommender(folder: Folder, kind: Kind) -> tuple[Recommender, Snapshot]:
    parts, profiler = train.DECLARED[kind], train.fitted(folder)
    repeats = frozenset[Kind]({kind} if parts.repeats else ())
    return Recommender(profiler, folder.city, StraightLine.of(folder.city), {kind: parts.rows}, {}, {}, repeats), Snapshot.of(
        folder, profiler
    )


def lines_of(kind: Kind, asked: Asked) -> Iterator[str]:
    """Yield a line for every variant: its columns, its figure, and the paired change against all columns."""
    columns = left_out(kind)
    for name, found in asked:
        for variant, values in found.items():
            whole = interval(values, np.random.default_rng(train.SEED))
            gap = difference(values, found[WHOLE], np.random.default_rng(train.SEED)).interval
            change = "" if variant == WHOLE else f"{gap.mean:+.4f} ({gap.low:+.4f} to {gap.high:+.4f})"
            change = f"**{change}**" if gap.excludes_zero else change
            yield f"| {name} | {kind} | {variant} | {len(columns.get(variant, ()))} | {whole.n} | {whole.mean:.4f} | {change} |"


def main(
    data: Annotated[Path | None, typer.Option(help="the folder of the real sets; without it they are left out")] = None,
    sets: Annotated[str, typer.Option(help="sets, by commas")] = ",".join(SETS),
    worlds: Annotated[str, typer.Option(help="worlds, by commas")] = ",".join(PLACES),
    out: Annotated[Path | None, typer.Option(help="a file that the table is appended to")] = None,
    people: int = 2_000,
    seed: int = 1,
) -> None:
    """Leave out one family after the other on every set and in every world."""
    for line in chain([HEAD], _lines(data, sets, worlds, people, seed)):
        print(line, flush=True)
        if out:
            with out.open("a", encoding="utf-8") as file:
                file.write(line + "\n")


def _lines(data: Path | None, sets: str, worlds: str, people: int, seed: int) -> Iterator[str]:
    if data is not None:
        for name in filter(None, sets.split(",")):
            yield from lines_of(SETS[name], asked_set(name, data))
    for name in filter(None, worlds.split(",")):
        with tempfile.TemporaryDirectory() as home:
            folder = read_source(write(WORLDS[name](people, seed, impressions=True), Path(home)))
            for kind in KINDS:
                yield from lines_of(kind, asked_world(name, kind, folder))


if __name__ == "__main__":
    sys.exit(typer.run(main))
