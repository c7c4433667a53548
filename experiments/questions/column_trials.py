"""Rows with declared and tried columns, and two ways to say what a column is worth: log-likelihood of a logit, ndcg@10 of trees."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
from scipy.optimize import minimize

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray, Ragged
from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind, SplitName
from sqrec.evaluate import Questions, split
from sqrec.evaluate.stats.metrics import Hits, per_person, ranks_in
from sqrec.rank import Recommender, RowBuilder
from sqrec.rank.rows import Column
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from training import train
from training.fitting import parameters
from training.sample import Others, Sample, sample, uses_as_questions
from training.settings import Settings

LEARNT, ASKED = 1_200, 700
"""Questions that are learnt from, and asked, at most."""
DRAWN, COMPARED = Others(near=150, far=150), Others(near=500, far=1_000)
"""Beside each used item: fewer than training draws, as every variant is learnt several times."""
THIN, THIN_ASKED = 60, 200
"""What the logit takes of them, drawn evenly."""
SETTINGS = Settings(num_leaves=15, min_data_in_leaf=100, rounds=60)
SEEDS = (1, 2)
"""Boosters of a variant; a person's ndcg@10 is their mean, so that less of a difference is luck."""
_RIDGE, _STEPS, _FURTHEST = 1e-3, 80, 5.0


@dataclass(frozen=True)
class Lesson:
    """Hold the rows of one world: to learn from and to be asked, with every declared and tried column."""

    names: tuple[str, ...]
    monotone: tuple[int, ...]
    learn: Sample
    asked: Sample

    @classmethod
    def of(cls, data: Path, kind: Kind, name: SplitName, tried: Sequence[Column]) -> "Lesson":
        """Make the rows of a data folder: `last` asks the last but one use of everybody, `time` what comes after the time split."""
        folder = read_source(data)
        profiler = train.fitted(folder)
        snapshot = Snapshot.of(folder, profiler)
        declared = train.DECLARED[kind].rows.columns
        known = {one.name for one in declared}
        rows = RowBuilder((*declared, *(one for one in tried if one.name not in known)))
        recommender = Recommender(profiler, folder.city, StraightLine.of(folder.city), {kind: rows}, {}, {})
        division = split(snapshot.events, kind, name)
        kept, asked = (division.chosen, division.selection) if name == "last" else (division.kept, division.held)
        seen = snapshot.events.where(kept & snapshot.feeds(snapshot.events))
        rng, before = np.random.default_rng([SEED, 1]), snapshot.with_events(seen)
        learn = sample(recommender, before, kind, uses_as_questions(seen).some(LEARNT, rng), DRAWN, rng)
        told = snapshot.with_events(snapshot.events.where(division.kept)) if name == "last" else snapshot
        rng = np.random.default_rng([SEED, 3])
        compare = sample(recommender, told, kind, _reached(snapshot, asked).some(ASKED, rng), COMPARED, rng)
        return cls(rows.names, tuple(one.monotone for one in rows.columns), learn, thinned(compare, len(compare.rows)))

    @property
    def cold(self) -> BoolArray:
        """Whether the person of each question has no earlier event of the kind."""
        return self.asked.rows[_starts(self.asked.sizes), self.names.index("history_size")] == 0

    def places(self, columns: Sequence[str]) -> list[int]:
        """Return where the named columns stand, without those that are unknown throughout."""
        told: BoolArray = ~np.all(np.isnan(self.learn.rows), axis=0)
        return [place for place in map(self.names.index, columns) if bool(told[place])]


def _reached(snapshot: Snapshot, asked: Questions) -> Questions:
    """Return the questions of people whom a ranker answers."""
    who = zip(asked.person.tolist(), asked.at.tolist(), strict=True)
    return asked.take(np.flatnonzero([snapshot.known_at(person, at).personalised is not False for person, at in who]))


def by_trees(lesson: Lesson, columns: Sequence[str]) -> FloatArray:
    """Learn a booster from some columns and return ndcg@10 of every question, the mean of two seeds."""
    places = lesson.places(columns)
    learn, asked = (np.ascontiguousarray(one.rows[:, places]) for one in (lesson.learn, lesson.asked))
    found: list[FloatArray] = []
    for seed in SEEDS:
        told = parameters(SETTINGS, tuple(lesson.monotone[place] for place in places), seed)
        data = lgb.Dataset(learn, lesson.learn.label, group=lesson.learn.sizes)
        booster = lgb.train(told, data, num_boost_round=SETTINGS.rounds)
        found.append(_ndcg(lesson.asked, np.asarray(booster.predict(asked, num_threads=1))))
    return np.mean(found, axis=0)


def _ndcg(asked: Sample, scores: AnyArray) -> FloatArray:
    parts = [slice(start, start + size) for start, size in zip(_starts(asked.sizes), asked.sizes, strict=True)]
    ranks = [ranks_in(np.argsort(-scores[part], kind="stable"), np.flatnonzero(asked.label[part])) for part in parts]
    grades = [asked.label[part][asked.label[part] > 0] for part in parts]
    hits = Hits.of(Ragged.of(ranks, np.int64), Ragged.of(grades, np.int64), asked.sizes)
    return per_person(hits, ("ndcg@10",))["ndcg@10"]


def by_logit(lesson: Lesson, columns: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Fit a conditional logit to some columns and their squares; return log-likelihood and ndcg@10 of every question.

    Much quicker than trees, and the likelihood is a finer measure than a rank. Columns are brought to mean 0 and variance 1,
    unknown values to 0.
    """
    places = lesson.places(columns)
    learn, asked = (thinned(one, most) for one, most in ((lesson.learn, THIN), (lesson.asked, THIN_ASKED)))
    mean, spread = np.nanmean(learn.rows[:, places], axis=0), np.nanstd(learn.rows[:, places], axis=0)
    spread[spread < 1e-9] = 1.0
    values, others = (_scaled((one.rows[:, places] - mean) / spread) for one in (learn, asked))
    fitted = minimize(_loss, np.zeros(values.shape[1]), (values, learn), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    weights = fitted.x.astype(np.float32)
    return -_lost(weights, others, asked)[0], _ndcg(asked, others @ weights)


def thinned(one: Sample, most: int) -> Sample:
    """Return the questions that have a positive, with at most so many unused items each."""
    rng, kept, sizes = np.random.default_rng(0), list[IntArray](), list[int]()
    for start, size in zip(_starts(one.sizes), one.sizes, strict=True):
        used, unused = (np.flatnonzero((one.label[start : start + size] > 0) == way) for way in (True, False))
        if len(used):
            drawn = rng.choice(unused, most, replace=False) if len(unused) > most else unused
            kept.append(start + np.sort(np.concatenate([used, drawn])))
            sizes.append(len(kept[-1]))
    rows = np.concatenate(kept)
    return Sample(one.rows[rows], one.label[rows], np.array(sizes))


def _scaled(values: FloatArray) -> AnyArray:
    clipped = np.clip(np.nan_to_num(values), -_FURTHEST, _FURTHEST)
    return np.hstack([clipped, clipped**2]).astype(np.float32)


def _lost(weights: AnyArray, values: AnyArray, asked: Sample) -> tuple[FloatArray, AnyArray]:
    """Return each question's mean negative log-likelihood of its positives, and its slope by the rows' scores."""
    starts, used = _starts(asked.sizes), (asked.label > 0).astype(np.float64)
    scores = (values @ weights).astype(np.float64)
    scores -= np.repeat(np.maximum.reduceat(scores, starts), asked.sizes)
    odds, times = np.exp(scores), np.add.reduceat(used, starts)
    total = np.add.reduceat(odds, starts)
    lost = np.log(total) - np.add.reduceat(scores * used, starts) / times
    return lost, odds / np.repeat(total, asked.sizes) - used / np.repeat(times, asked.sizes)


def _loss(weights: FloatArray, values: AnyArray, learn: Sample) -> tuple[float, FloatArray]:
    lost, slope = _lost(weights.astype(np.float32), values, learn)
    pull = values.T @ (slope / len(learn.sizes)).astype(np.float32)
    return float(lost.mean() + _RIDGE * weights @ weights), pull.astype(np.float64) + 2 * _RIDGE * weights


def _starts(sizes: IntArray) -> IntArray:
    return np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
