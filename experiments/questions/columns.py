"""One question: which columns would pay beside the declared ones (what those bring: experiments/questions/ablation.py).

Judged on questions that no report asks: of the job views each person's last but one view (the last is never looked at), of
invented worlds that judge nothing (seeds 201 to 203) what people used after the time split. A variant is a set of columns, compared
with the declared ones on the same rows, person by person (experiments/questions/column_trials.py). `python -m experiments.questions.columns --kind job --data FOLDER`
prints a table for real views, without `--data` for the invented worlds; `--by trees` judges by boosters instead of the logit.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import typer

from experiments.questions.city import AS_OF
from experiments.questions.column_trials import Lesson, by_logit, by_trees
from experiments.questions.skill_vectors import SkillMatch, SkillVectors
from experiments.questions.used_ago import UsedAgo
from sqrec.base.arrays import BoolArray, FloatArray
from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.evaluate.stats.compare import difference, interval
from sqrec.rank import CoUse, Habit, Popularity
from sqrec.rank.rows import Column
from sqrec.source import read_source
from sqrec.synth import Demo, write_demo
from training import train

HEADER = "| kind | columns | n | log-likelihood, change | ndcg@10, change | with events | without events |\n|---|---|---|---|---|---|---|"


def _co(*pairs: str, form: Literal["share", "lift"] = "lift", prior: float = 2.0) -> tuple[Column, ...]:
    return tuple(CoUse(*pair.split(">"), form=form, prior=prior, monotone=1) for pair in pairs)


TRIED: Mapping[Kind, tuple[Column, ...]] = {
    "job": (
        *_co("item>item", "title>item", "employer>item", "trade>item", "place>item", "desired>item"),
        *_co("item>employer", "employer>employer", "title>employer", "place>employer"),
        *_co("item>title", "title>title", "employer>title", "item>place", "place>place", "title>place"),
        *_co("item>trade", "trade>trade", "desired>trade", "occupations>trade", "desired>employer"),
        *_co("item>item", "title>title", "employer>employer", "place>place", "trade>trade", "desired>trade", form="share"),
        *(UsedAgo(family, which) for family in ("item", "employer", "title", "place") for which in ("last", "first")),
        *(Habit(family, "community") for family in ("item", "place", "employer", "region", "title")),
        *(Habit(family, "district") for family in ("item", "place", "employer", "region", "title", "trade")),
        *(Popularity(family, days=7) for family in ("employer", "place", "title")),
    ),
    "course": (
        *_co("item>item", "title>item", "provider>item", "trade>item", "desired>item", "occupations>item"),
        *_co("item>provider", "provider>provider", "trade>provider", "item>trade", "trade>trade", "occupation>occupation"),
        *_co("desired>trade", "occupations>trade", "place>place", "desired>provider"),
        *_co("item>item", "trade>trade", "desired>trade", "provider>provider", form="share"),
        *(UsedAgo(family, which) for family in ("item", "provider", "trade") for which in ("last", "first")),
        *(Habit(family, "community") for family in ("item", "place", "provider")),
        *(Habit(family, "district") for family in ("item", "place", "provider", "trade", "title")),
        *(Popularity(family, days=30) for family in ("provider", "trade")),
    ),
    "amenity": (
        *_co("item>item", "type>item", "domain>item", "place>item"),
        *_co("item>type", "type>type", "domain>domain", "item>place", "place>place", "item>domain", "place>type", "type>place"),
        *_co("item>item", "type>type", "place>place", form="share"),
        *(UsedAgo(family, which) for family in ("item", "type", "place") for which in ("last", "first")),
        Habit("item", "age"),
        Habit("place", "community"),
        *(Habit(family, "district") for family in ("item", "place", "type", "domain")),
        Popularity("item", days=7),
    ),
}
"""Columns that are not declared, or were not when they were tried."""


def main(
    kind: Annotated[Kind, typer.Option(help="the kind to judge")],
    data: Annotated[Path | None, typer.Option(help="a folder of real events, whose last but one are asked")] = None,
    seeds: Annotated[list[int], typer.Option(help="seeds of the invented worlds")] = [201, 202, 203],  # noqa: B006 (typer copies it)
    people: Annotated[int, typer.Option(help="people in each")] = 2_000,
    by: Annotated[Literal["logit", "trees"], typer.Option(help="what judges")] = "logit",
    only: Annotated[list[str], typer.Option(help="columns that are tried together")] = [],  # noqa: B006 (typer copies it)
) -> None:
    """Judge columns and print a line for each: those named together, otherwise every tried one alone."""
    lessons = [Lesson.of(data, kind, "last", tried(kind, data))] if data else [_world(seed, people, kind) for seed in seeds]
    declared = train.DECLARED[kind].rows.names
    further = [name for name in lessons[0].names if name not in declared]
    variants = {" + ".join(only): (*declared, *only)} if only else {name: (*declared, name) for name in further}
    judge = _logit if by == "logit" else _trees
    before, cold = judge(lessons, declared), np.concatenate([lesson.cold for lesson in lessons])
    figure = interval(before[-1], np.random.default_rng(SEED))
    print(f"declared columns: ndcg@10 {figure.mean:.4f} ({figure.low:.4f} to {figure.high:.4f}), n {figure.n}\n\n{HEADER}")
    for name, columns in variants.items():
        if set(columns) != set(declared):
            print(f"| {kind} | {name} | {len(cold)} | {_line(judge(lessons, columns), before, cold)} |", flush=True)


def tried(kind: Kind, data: Path) -> Sequence[Column]:
    """Return the columns to try; vectors of skills are fitted to the items of a folder."""
    folder = read_source(data)
    items = Snapshot.of(folder, train.fitted(folder)).items.values()
    named = [one.skills for one in items if len(one.skills.values)]
    return (*TRIED[kind], SkillMatch(SkillVectors.fit(named))) if kind == "job" and named else TRIED[kind]


def _world(seed: int, people: int, kind: Kind) -> Lesson:
    with tempfile.TemporaryDirectory() as folder:
        write_demo(Path(folder), Demo(people, seed, AS_OF))
        return Lesson.of(Path(folder), kind, "time", tried(kind, Path(folder)))


def _logit(lessons: Sequence[Lesson], columns: Sequence[str]) -> list[FloatArray]:
    found = [by_logit(lesson, columns) for lesson in lessons]
    return [np.concatenate(one) for one in zip(*found, strict=True)]


def _trees(lessons: Sequence[Lesson], columns: Sequence[str]) -> list[FloatArray]:
    return [np.concatenate([by_trees(lesson, columns) for lesson in lessons])]


def _line(now: Sequence[FloatArray], before: Sequence[FloatArray], cold: BoolArray) -> str:
    """Return the changes of all measures, the last one also for people with and without events."""
    told = [_change(one, other) for one, other in zip(now, before, strict=True)]
    parts = [_change(now[-1][who], before[-1][who]) if who.any() else "" for who in (~cold, cold)]
    return " | ".join([*([""] if len(told) == 1 else []), *told, *parts])


def _change(now: FloatArray, before: FloatArray) -> str:
    found = difference(now, before, np.random.default_rng(SEED)).interval
    return f"{found.mean:+.4f} ({found.low:+.4f} to {found.high:+.4f})"


if __name__ == "__main__":
    typer.run(main)
