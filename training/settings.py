"""Which booster: settings compared on the selection questions, never on the held-out ones."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
from rich.progress import track

from sqrec.arrays import FloatArray, IntArray, Ragged
from sqrec.columns import GRADES
from sqrec.evaluate.metrics import Hits, per_person, ranks_in
from sqrec.rank import Boosted, Linear, Ranker
from training.sample import CONSOLE, Sample

MOST_ROWS = 10_000
"""LightGBM refuses longer groups."""
MOST_ROUNDS, PATIENCE = 200, 40
"""Trees at most, and how many more are tried after the best number so far."""
GAIN = tuple(2**grade - 1 for grade in range(max(GRADES.values()) + 1))
"""What an item of each grade is worth at the top of a list, to LightGBM as in our ndcg."""
_DAY = 86_400_000_000
_OURS = {"on_prior", "rounds", "examined_fall", "positions", "half_life_days", "evened"}
"""Settings that are not LightGBM's own."""
NEARLY = 0.99
"""The share of its highest ndcg@10 that a booster with fewer trees must reach.

The highest of many noisy figures is too high; little is lost by fewer trees that are level with it within the noise."""
LEAST, LEARNT_ENOUGH = 40, 500
"""Trees at least where so many questions are learnt from: that the first few are level with many is noise, too."""
WORTH_IT = 1.02
"""How much higher ndcg@10 must be with a prior, or with large trees: a prior that the lists do not bear out bends all that is grown on
it, and large trees fit the comparison of one day."""
LARGE = 16
"""Leaves from which trees are large."""


@dataclass(frozen=True)
class Settings:
    """Hold what shapes a booster: `on_prior` whether it is grown on the prior, `rounds` the number of trees.

    Of rows that were shown: `examined_fall` (`training.places`) says that place k was looked at with a chance of k to the power of
    minus this, and training fits it; `positions` down to which place the pull of each place is learnt beside the trees instead, one
    number for all below. With 0 lists are taken as they are (experiments/position.md).
    `half_life_days`: a question that much older than the newest weighs half; None: all alike.
    `evened` from 0 to 1: a question weighs (how many its person asks) to the power of minus this; at 1 all people weigh alike.
    """

    num_leaves: int = 7
    min_data_in_leaf: int = 50
    learning_rate: float = 0.12
    feature_fraction: float = 0.6
    bagging_fraction: float = 0.8
    lambda_l2: float = 5.0
    lambdarank_truncation_level: int = 20
    on_prior: bool = True
    rounds: int = 200
    max_depth: int = -1
    examined_fall: float = 0.0
    positions: int = 0
    lambdarank_position_bias_regularization: float = 0.0
    half_life_days: float | None = None
    evened: float = 0.0

    def start(self, prior: Linear) -> Linear:
        """Return what the booster is grown on."""
        return prior if self.on_prior else Linear.nothing()


GRID = (
    Settings(num_leaves=7, min_data_in_leaf=50, on_prior=False),
    Settings(num_leaves=7, min_data_in_leaf=50, on_prior=True),
    Settings(num_leaves=15, min_data_in_leaf=100, on_prior=False),
    Settings(
        num_leaves=31,
        min_data_in_leaf=20,
        learning_rate=0.1,
        feature_fraction=1.0,
        bagging_fraction=1.0,
        lambda_l2=0.5,
        lambdarank_truncation_level=30,
        on_prior=False,
    ),
)
"""The settings that are tried, smallest first; the last is nearly LightGBM as it comes."""
_FIRST = replace(GRID[0], rounds=60)


@dataclass(frozen=True)
class Trial:
    """Hold one tried setting and its ndcg@10 on the selection questions."""

    settings: Settings
    ndcg: float


@dataclass(frozen=True)
class Choice:
    """Hold everything that was tried, and the settings that follow from it."""

    trials: Sequence[Trial]
    settings: Settings


Chooser = Callable[[Sample, Sample, Linear, tuple[str, ...], tuple[int, ...], int], Choice]
"""Choose settings: rows to learn from, rows to compare on, the prior, names and promises of columns, a seed."""


def fit(
    sample: Sample, prior: Linear, names: tuple[str, ...], monotone: tuple[int, ...], settings: Settings, seed: int
) -> lgb.Booster:
    """Train a lambdarank booster with exactly `settings.rounds` trees, which add to the scores of its start."""
    data = dataset(sample, settings.start(prior), names, settings=settings)
    return lgb.train(parameters(settings, monotone, seed), data, num_boost_round=settings.rounds)


def choose(learn: Sample, compare: Sample, prior: Linear, names: tuple[str, ...], monotone: tuple[int, ...], seed: int) -> Choice:
    """Choose the best settings of the grid."""
    trials = try_settings(learn, compare, prior, names, monotone, seed)
    return Choice(trials, best_of(trials))


def try_settings(
    learn: Sample,
    compare: Sample,
    prior: Linear,
    names: tuple[str, ...],
    monotone: tuple[int, ...],
    seed: int,
    grid: tuple[Settings, ...] = GRID,
) -> list[Trial]:
    """Try every setting of the grid, the number of trees included, on the comparison questions.

    Without such questions the first setting stands untried.
    """
    if len(compare.sizes) == 0:
        return [Trial(grid[0], float("nan"))]
    return [
        _try(learn, compare, prior, names, monotone, one, seed)
        for one in track(grid, "comparing settings", console=CONSOLE, disable=not CONSOLE.is_terminal)
    ]


def teaches_more(
    more: Sample, learn: Sample, compare: Sample, names: tuple[str, ...], monotone: tuple[int, ...], seed: int
) -> bool:
    """Tell whether a booster of the grid's first setting, grown on nothing, is better for having learnt from other rows."""
    if len(compare.sizes) == 0:
        return False
    found = [
        ndcg_of(compare, Boosted(Linear.nothing(), fit(rows, Linear.nothing(), names, monotone, _FIRST, seed), None))
        for rows in (more, learn)
    ]
    return found[0] > found[1]


def best_of(trials: Sequence[Trial]) -> Settings:
    """Return the settings of the highest ndcg@10, with a prior or large trees only where that is worth it; of equals the earlier."""
    return max(trials, key=_worth).settings


def _worth(trial: Trial) -> float:
    daring = trial.settings.on_prior or trial.settings.num_leaves >= LARGE
    return float(np.nan_to_num(trial.ndcg)) / (WORTH_IT if daring else 1.0)


def fewest_trees(ndcg: FloatArray, questions: int = 0) -> int:
    """Return the smallest number of trees whose ndcg@10, given for 1, 2, 3, … trees, is nearly the highest; enough to learn."""
    found = int(np.argmax(ndcg >= NEARLY * ndcg.max())) + 1
    return max(found, min(LEAST, len(ndcg))) if questions >= LEARNT_ENOUGH else found


def ndcg_of(compare: Sample, ranker: Ranker) -> float:
    """Return a ranker's mean ndcg@10 on the comparison questions; NaN without any."""
    return float(np.nanmean(ndcg_each(compare, scores_of(ranker, compare)))) if len(compare.sizes) else float("nan")


def ndcg_each(compare: Sample, scores: FloatArray) -> FloatArray:
    """Return ndcg@10 question by question, ties broken as the rows lie (by hash of the id); NaN without a positive."""
    ends = np.cumsum(compare.sizes)
    parts = [slice(end - size, end) for end, size in zip(ends, compare.sizes, strict=True)]
    ranks = [ranks_in(np.argsort(-scores[part], kind="stable"), np.flatnonzero(compare.label[part])) for part in parts]
    grades = [compare.label[part][compare.label[part] > 0] for part in parts]
    hits = Hits.of(Ragged.of(ranks, np.int64), Ragged.of(grades, np.int64), compare.sizes)
    return per_person(hits, ("ndcg@10",))["ndcg@10"]


def _try(
    learn: Sample,
    selection: Sample,
    prior: Linear,
    names: tuple[str, ...],
    monotone: tuple[int, ...],
    settings: Settings,
    seed: int,
) -> Trial:
    grown = grow(learn, selection, prior, names, monotone, settings, seed)
    return Trial(grown.settings, float(grown.curve[grown.settings.rounds - 1]))


@dataclass(frozen=True)
class Grown:
    """Hold a booster with more trees than it needs, ndcg@10 by their number, and the settings with the number it needs."""

    booster: lgb.Booster
    curve: FloatArray
    settings: Settings

    def cut(self) -> lgb.Booster:
        """Return a booster of the trees that are needed alone."""
        return lgb.Booster(model_str=self.booster.model_to_string(num_iteration=self.settings.rounds))


def grow(
    learn: Sample,
    selection: Sample,
    prior: Linear,
    names: tuple[str, ...],
    monotone: tuple[int, ...],
    settings: Settings,
    seed: int,
    watch: Sequence[Callable[[Any], None]] = (),
) -> Grown:
    """Grow trees while they help on the selection questions; `watch` are further callbacks of LightGBM, called every round."""
    start = settings.start(prior)
    data, curve = dataset(learn, start, names, settings=settings), dict[str, Any]()
    booster = lgb.train(
        parameters(settings, monotone, seed),
        data,
        num_boost_round=MOST_ROUNDS,
        valid_sets=[dataset(selection, start, names, data)],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False), lgb.record_evaluation(curve), *watch],
    )
    ndcg = np.array(curve["valid_0"]["ndcg@10"])
    return Grown(booster, ndcg, replace(settings, rounds=fewest_trees(ndcg, len(learn.sizes))))


def dataset(
    sample: Sample,
    start: Ranker,
    names: tuple[str, ...],
    reference: lgb.Dataset | None = None,
    settings: Settings | None = None,
) -> lgb.Dataset:
    """Return rows as LightGBM takes them, beginning with the scores of a start; groups of at most `MOST_ROWS` rows.

    With `settings` comes what is for learning alone: weights of questions, how rarely items are drawn, and places in shown lists.
    A booster knows nothing of places: what is known of their pull is part of the scores that the trees start from, and the numbers per place that LightGBM
    learns (its "Support for Position Bias Treatment") are added while it learns and kept out of the trees.
    """
    if int(sample.sizes.sum()) != len(sample.rows) or int(sample.sizes.max()) > MOST_ROWS:
        raise ValueError(f"Groups must be contiguous and hold at most {MOST_ROWS} rows; got {sample.sizes.max()}.")
    return lgb.Dataset(
        sample.rows,
        sample.label,
        group=sample.sizes,
        init_score=scores_of(start, sample) + (offset(sample, settings) if settings else 0.0),
        weight=weights(sample, settings) if settings else None,
        position=places(sample, settings) if settings else None,
        feature_name=list(names),
        reference=reference,
        free_raw_data=False,
    )


def weights(sample: Sample, settings: Settings) -> FloatArray | None:
    """Return what each row weighs, by its question; the mean question weighs 1. None where all weigh alike.

    Raises ValueError where settings weigh questions of which nobody knows who asked them, or when.
    """
    if settings.half_life_days is None and not settings.evened:
        return None
    weight = np.ones(len(sample.sizes))
    if settings.half_life_days is not None:
        if sample.at is None:
            raise ValueError("half_life_days weighs questions by their moments, and this sample does not tell them.")
        weight *= 0.5 ** ((sample.at.max() - sample.at) / (settings.half_life_days * _DAY))
    if settings.evened:
        if sample.person is None:
            raise ValueError("evened weighs questions by who asked them, and this sample does not tell it.")
        _, person, count = np.unique(sample.person, return_inverse=True, return_counts=True)
        weight *= count[person].astype(np.float64) ** -settings.evened
    return np.repeat(weight / weight.mean(), sample.sizes)


def offset(sample: Sample, settings: Settings) -> FloatArray:
    """Return what is added to each row's score while learning and is no part of the ranker: its rarity, and its place's pull."""
    rarity = 0.0 if sample.rarity is None else sample.rarity
    return rarity + pull(sample, settings)


def pull(sample: Sample, settings: Settings) -> FloatArray:
    """Return the logarithm of the chance that each row was looked at; 0 where nobody knows.

    Where a click is a look times a liking, the odds of a click on one item of a list instead of another are the ratio of both
    products: in scores, whose differences are logarithms of odds, looks are a term of their own (Bradley and Terry 1952).
    """
    if not settings.examined_fall or sample.position is None:
        return np.zeros(len(sample.rows))
    return -settings.examined_fall * np.log(np.maximum(sample.position, 1))


def places(sample: Sample, settings: Settings) -> IntArray | None:
    """Return the place of each row in the list that showed it, capped; 0 where it was not shown. None: not to be told."""
    if not settings.positions or sample.position is None or not sample.position.any():
        return None
    return np.minimum(sample.position, settings.positions + 1)


def scores_of(ranker: Ranker, sample: Sample) -> FloatArray:
    """Return the scores of a ranker that draws no lots."""
    return ranker.score(sample.rows, np.zeros(len(sample.rows), dtype=np.uint64))


def parameters(settings: Settings, monotone: tuple[int, ...], seed: int) -> dict[str, Any]:
    """Return what LightGBM is told: lambdarank on ndcg@10, the same result in every run."""
    shape = {name: value for name, value in asdict(settings).items() if name not in _OURS}
    return shape | {
        "objective": "lambdarank",
        "metric": "ndcg",
        "eval_at": [10],
        "label_gain": list(GAIN),
        "bagging_freq": 1,  # of rows: bagging by query is not deterministic with more than one thread
        "monotone_constraints": list(monotone),
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "num_threads": 1,  # two that meet a busy core wait for each other several times as long as one works
        "verbosity": -1,
    }
