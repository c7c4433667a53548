"""Choice of hyperparameters on the comparison questions, never on the held-out ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
from rich.progress import track

from sqrec.base.arrays import FloatArray, Ragged
from sqrec.evaluate.stats.metrics import Hits, per_person, ranks_in
from sqrec.rank import Boosted, Ranker
from training.fitting import dataset, fit, parameters, scores_of
from training.sample import CONSOLE, Sample
from training.settings import GRID, Settings

MOST_ROUNDS, PATIENCE = 120, 20
"""The most trees, and the rounds without improvement after which training stops."""

NEARLY = 0.99
"""The share of its highest ndcg@10 that a booster with fewer trees must reach.

The highest of many noisy figures overstates; fewer trees within the noise of it lose little."""

LEAST, LEARNT_ENOUGH = 40, 500
"""The fewest trees where `LEARNT_ENOUGH` or more questions are learnt from: that very few trees equal many is noise."""

_FIRST = replace(GRID[0], rounds=60)


@dataclass(frozen=True)
class Trial:
    """Hold one setting and its ndcg@10 on the comparison questions; NaN where there are none."""

    settings: Settings
    ndcg: float


@dataclass(frozen=True)
class Choice:
    """Hold all trials and the chosen settings."""

    trials: Sequence[Trial]
    settings: Settings


Chooser = Callable[[Sample, Sample, tuple[str, ...], tuple[int, ...], int], Choice]
"""Chooses settings from learning rows, comparison rows, names and monotone constraints of the columns, and a seed."""


def choose(learn: Sample, compare: Sample, names: tuple[str, ...], monotone: tuple[int, ...], seed: int) -> Choice:
    """Choose the best settings of the grid."""
    trials = try_settings(learn, compare, names, monotone, seed)
    return Choice(trials, best_of(trials))


def try_settings(learn: Sample, compare: Sample, names: tuple[str, ...], monotone: tuple[int, ...], seed: int) -> list[Trial]:
    """Evaluate every setting of the grid on the comparison questions, with early stopping for the number of trees.

    Without such questions the first setting is returned, its ndcg NaN.
    """
    if len(compare.sizes) == 0:
        return [Trial(GRID[0], float("nan"))]
    settings = track(GRID, "comparing settings", console=CONSOLE, disable=not CONSOLE.is_terminal)
    grown = [grow(learn, compare, names, monotone, one, seed) for one in settings]
    return [Trial(one.settings, float(one.curve[one.settings.rounds - 1])) for one in grown]


def teaches_more(
    more: Sample, learn: Sample, compare: Sample, names: tuple[str, ...], monotone: tuple[int, ...], seed: int
) -> bool:
    """Tell whether rows `more` train a better booster than rows `learn`, at the grid's first setting.

    Better means a higher ndcg@10 on the comparison rows; False without comparison rows.
    """
    if len(compare.sizes) == 0:
        return False
    found = [ndcg_of(compare, Boosted(fit(rows, names, monotone, _FIRST, seed), None)) for rows in (more, learn)]
    return found[0] > found[1]


def best_of(trials: Sequence[Trial]) -> Settings:
    """Return the settings of the highest ndcg@10; of equals the earlier."""
    return max(trials, key=lambda trial: float(np.nan_to_num(trial.ndcg))).settings


def fewest_trees(ndcg: FloatArray, questions: int = 0) -> int:
    """Return the smallest number of trees whose ndcg@10 is at least `NEARLY` times the highest.

    `ndcg`, shape (trees,), is the figure with 1, 2, 3, … trees. Where `LEARNT_ENOUGH` or more `questions` are learnt from it is
    at least `LEAST`.
    """
    found = int(np.argmax(ndcg >= NEARLY * ndcg.max())) + 1
    return max(found, min(LEAST, len(ndcg))) if questions >= LEARNT_ENOUGH else found


def ndcg_of(compare: Sample, ranker: Ranker) -> float:
    """Return a ranker's mean ndcg@10 on the comparison questions; NaN without any."""
    return float(np.nanmean(ndcg_each(compare, scores_of(ranker, compare)))) if len(compare.sizes) else float("nan")


def ndcg_each(compare: Sample, scores: FloatArray) -> FloatArray:
    """Return ndcg@10 of every question, shape (questions,); NaN without a positive.

    Ties keep the order of the rows, which is by the hash of the item's id.
    """
    ends = np.cumsum(compare.sizes)
    parts = [slice(end - size, end) for end, size in zip(ends, compare.sizes, strict=True)]
    ranks = [ranks_in(np.argsort(-scores[part], kind="stable"), np.flatnonzero(compare.label[part])) for part in parts]
    grades = [compare.label[part][compare.label[part] > 0] for part in parts]
    hits = Hits.of(Ragged.of(ranks, np.int64), Ragged.of(grades, np.int64), compare.sizes)
    return per_person(hits, ("ndcg@10",))["ndcg@10"]


@dataclass(frozen=True)
class Grown:
    """Hold a booster, its ndcg@10 by number of trees, and the settings with the number of trees to keep."""

    booster: lgb.Booster
    curve: FloatArray
    settings: Settings

    def cut(self) -> lgb.Booster:
        """Return the booster with the trees to keep."""
        return lgb.Booster(model_str=self.booster.model_to_string(num_iteration=self.settings.rounds))


def grow(
    learn: Sample,
    selection: Sample,
    names: tuple[str, ...],
    monotone: tuple[int, ...],
    settings: Settings,
    seed: int,
    watch: Sequence[Callable[[Any], None]] = (),
) -> Grown:
    """Train trees until ndcg@10 on the comparison rows has not risen for `PATIENCE` rounds, at most `MOST_ROUNDS`.

    `watch` are further LightGBM callbacks, called every round.
    """
    data, curve = dataset(learn, names, settings=settings), dict[str, Any]()
    booster = lgb.train(
        parameters(settings, monotone, seed),
        data,
        num_boost_round=MOST_ROUNDS,
        valid_sets=[dataset(selection, names, data)],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False), lgb.record_evaluation(curve), *watch],
    )
    ndcg = np.array(curve["valid_0"]["ndcg@10"])
    return Grown(booster, ndcg, replace(settings, rounds=fewest_trees(ndcg, len(learn.sizes))))
