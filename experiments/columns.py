"""One question: which columns carry the rankers, and which further ones pay.

Judged on questions that no report asks: of the job views each person's last but one view (the last is never looked at), of invented
worlds that judge nothing (seeds 201 to 203) what people used after the time split. A variant is a set of columns; every
variant is a booster of as many trees grown on nothing, with the same rows and seeds, and is compared with the declared columns person by person.
`python -m experiments.columns --kind job --data FOLDER` prints a table; with `--cache` rows are made once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np

from experiments.skill_vectors import SkillMatch, SkillVectors
from sqrec.arrays import FloatArray, Ragged
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.source import read_source
from sqrec.columns import Kind
from sqrec.evaluate import Questions, SplitName, split
from sqrec.evaluate.metrics import Hits, per_person, ranks_in
from sqrec.rank import CoUse, Habit, Popularity, Recommender, RowBuilder, UsedAgo
from sqrec.rank.rows import Column
from training import train
from training.sample import Others, Sample, sample, uses_as_questions
from training.settings import Settings, parameters

LEARNT, ASKED = 1_200, 700
"""Questions that are learnt from, and asked, at most."""
DRAWN, COMPARED = Others(near=150, far=150), Others(near=500, far=1_000)
"""Beside each used item: fewer than training draws, as every variant is learnt several times."""
SETTINGS = Settings(num_leaves=15, min_data_in_leaf=100, on_words=False, rounds=60)
SEEDS = (1, 2)
"""Boosters of a variant; a person's ndcg@10 is their mean, so that less of a difference is luck."""


def _co(*pairs: str, form: str = "lift", prior: float = 2.0) -> tuple[Column, ...]:
    return tuple(CoUse(*pair.split(">"), form=form, prior=prior, monotone=1) for pair in pairs)  # type: ignore[arg-type]


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


def tried(kind: Kind, snapshot: Snapshot) -> tuple[Column, ...]:
    """Return the columns to try; vectors of skills are fitted to the items."""
    named = [items.skills for items in snapshot.items.values() if len(items.skills.values)]
    return (*TRIED[kind], SkillMatch(SkillVectors.fit(named))) if kind == "job" and named else TRIED[kind]


@dataclass(frozen=True)
class Lesson:
    """Hold the rows of one world: to learn from and to be asked, with every declared and tried column."""

    names: tuple[str, ...]
    monotone: tuple[int, ...]
    learn: Sample
    asked: Sample


def lesson(data: Path, kind: Kind, name: SplitName) -> Lesson:
    """Make the rows of a world: jobs' last but one view, or what comes after the time split."""
    folder = read_source(data)
    profiler = train.fitted(folder)
    snapshot = Snapshot.of(folder, profiler)
    declared = train.DECLARED[kind].rows.columns
    rows = RowBuilder((*declared, *(one for one in tried(kind, snapshot) if one.name not in {two.name for two in declared})))
    recommender = Recommender(profiler, folder.city, {kind: rows}, {}, {})
    division = split(snapshot.events, kind, name)
    kept, asked = (division.chosen, division.selection) if name == "last" else (division.kept, division.held)
    seen = snapshot.events.where(kept & snapshot.feeds(snapshot.events))
    rng, before = np.random.default_rng([train.SEED, 1]), snapshot.with_events(seen)
    learn = sample(recommender, before, kind, uses_as_questions(seen).some(LEARNT, rng), DRAWN, rng)
    told = snapshot.with_events(snapshot.events.where(division.kept)) if name == "last" else snapshot
    rng = np.random.default_rng([train.SEED, 3])
    compare = sample(recommender, told, kind, _reached(snapshot, asked).some(ASKED, rng), COMPARED, rng)
    return Lesson(rows.names, tuple(one.monotone for one in rows.columns), learn, compare)


def _reached(snapshot: Snapshot, asked: Questions) -> Questions:
    """Return the questions of people whom a ranker answers."""
    who = zip(asked.person.tolist(), asked.at.tolist(), strict=True)
    return asked.take(np.flatnonzero([snapshot.known_at(person, at).personalised is not False for person, at in who]))


def ndcgs(lesson: Lesson, columns: Sequence[str], seed: int) -> FloatArray:
    """Learn from some columns and return ndcg@10 of every question."""
    places = [lesson.names.index(name) for name in columns]
    settings = parameters(SETTINGS, tuple(lesson.monotone[place] for place in places), seed, len(lesson.learn.rows))
    data = lgb.Dataset(
        np.ascontiguousarray(lesson.learn.rows[:, places]),
        lesson.learn.label,
        group=lesson.learn.sizes,
        feature_name=list(columns),
    )
    booster = lgb.train(settings | {"num_threads": 1}, data, num_boost_round=SETTINGS.rounds)
    scores = np.asarray(booster.predict(np.ascontiguousarray(lesson.asked.rows[:, places]), num_threads=1))
    return _ndcg(lesson.asked, scores)


def _ndcg(asked: Sample, scores: FloatArray) -> FloatArray:
    ends = np.cumsum(asked.sizes)
    parts = [slice(end - size, end) for end, size in zip(ends, asked.sizes, strict=True)]
    ranks = [ranks_in(np.argsort(-scores[part], kind="stable"), np.flatnonzero(asked.label[part])) for part in parts]
    grades = [asked.label[part][asked.label[part] > 0] for part in parts]
    hits = Hits.of(Ragged.of(ranks, np.int64), Ragged.of(grades, np.int64), asked.sizes)
    return per_person(hits, ("ndcg@10",))["ndcg@10"]
