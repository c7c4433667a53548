"""Which booster: settings compared on the selection questions, never on the held-out ones."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
from rich.progress import track

from sqrec.arrays import FloatArray, Ragged
from sqrec.evaluate.metrics import Hits, per_person, ranks_in
from sqrec.rank import Linear, Ranker
from training.sample import CONSOLE, Sample

MOST_ROWS = 10_000
"""LightGBM refuses longer groups."""
MOST_ROUNDS, PATIENCE = 150, 40
"""Trees at most, and how many more are tried after the best number so far."""
_WORTH_TWO_THREADS = 20_000
"""With fewer rows two threads wait for each other longer than they work; the booster is the same."""
NEARLY = 0.98
"""The share of its highest ndcg@10 that a booster with fewer trees must reach.

The highest of many noisy figures is too high; little is lost by fewer trees that are level with it within the noise."""


@dataclass(frozen=True)
class Settings:
    """Hold what shapes a booster: `on_words` whether it is grown on the words baseline, `rounds` the number of trees."""

    num_leaves: int = 7
    min_data_in_leaf: int = 50
    learning_rate: float = 0.12
    feature_fraction: float = 0.6
    bagging_fraction: float = 0.8
    lambda_l2: float = 5.0
    lambdarank_truncation_level: int = 20
    on_words: bool = True
    rounds: int = 200

    def start(self, words: Linear) -> Linear:
        """Return what the booster is grown on."""
        return words if self.on_words else Linear.nothing()


GRID = (
    Settings(num_leaves=7, min_data_in_leaf=50, on_words=False),
    Settings(num_leaves=15, min_data_in_leaf=100, on_words=False),
    Settings(num_leaves=15, min_data_in_leaf=100, on_words=True),
)
"""The settings that are tried, smallest first."""


@dataclass(frozen=True)
class Trial:
    """Hold one tried setting and its ndcg@10 on the selection questions."""

    settings: Settings
    ndcg: float


def fit(
    sample: Sample, words: Linear, names: tuple[str, ...], monotone: tuple[int, ...], settings: Settings, seed: int
) -> lgb.Booster:
    """Train a lambdarank booster with exactly `settings.rounds` trees, which add to the scores of its start."""
    data = dataset(sample, settings.start(words), names)
    return lgb.train(parameters(settings, monotone, seed, len(sample.rows)), data, num_boost_round=settings.rounds)


def try_settings(
    learn: Sample,
    compare: Sample,
    words: Linear,
    names: tuple[str, ...],
    monotone: tuple[int, ...],
    seed: int,
    grid: tuple[Settings, ...] = GRID,
) -> list[Trial]:
    """Try every setting of the grid, the number of trees included, on the comparison questions.

    `words` was fitted on the same questions: a handful of weights on hundreds of them, so boosters that are grown on it are
    flattered a little here. The report's held-out questions are others.
    Without such questions the first setting stands untried.
    """
    if len(compare.sizes) == 0:
        return [Trial(grid[0], float("nan"))]
    return [
        _try(learn, compare, words, names, monotone, one, seed)
        for one in track(grid, "comparing settings", console=CONSOLE, disable=not CONSOLE.is_terminal)
    ]


def best_of(trials: Sequence[Trial]) -> Settings:
    """Return the settings of the highest ndcg@10; of equals the earlier, smaller ones."""
    return max(trials, key=lambda trial: np.nan_to_num(trial.ndcg)).settings


def fewest_trees(ndcg: FloatArray) -> int:
    """Return the smallest number of trees whose ndcg@10, given for 1, 2, 3, … trees, is nearly the highest."""
    return int(np.argmax(ndcg >= NEARLY * ndcg.max())) + 1


def ndcg_of(compare: Sample, ranker: Ranker) -> float:
    """Return a ranker's mean ndcg@10 on the comparison questions; NaN without any."""
    return float(np.nanmean(ndcgs_of(compare, ranker))) if len(compare.sizes) else float("nan")


def ndcgs_of(compare: Sample, ranker: Ranker) -> FloatArray:
    """Return a ranker's ndcg@10 on each comparison question, ties broken as the rows lie (by hash of the id)."""
    scores = _scores(ranker, compare)
    ends = np.cumsum(compare.sizes)
    parts = [slice(end - size, end) for end, size in zip(ends, compare.sizes, strict=True)]
    ranks = [ranks_in(np.argsort(-scores[part], kind="stable"), np.flatnonzero(compare.label[part])) for part in parts]
    grades = [compare.label[part][compare.label[part] > 0] for part in parts]
    hits = Hits.of(Ragged.of(ranks, np.int64), Ragged.of(grades, np.int64), compare.sizes)
    return per_person(hits, ("ndcg@10",))["ndcg@10"]


def _try(
    learn: Sample,
    selection: Sample,
    words: Linear,
    names: tuple[str, ...],
    monotone: tuple[int, ...],
    settings: Settings,
    seed: int,
) -> Trial:
    start = settings.start(words)
    data, curve = dataset(learn, start, names), dict[str, Any]()
    lgb.train(
        parameters(settings, monotone, seed, len(learn.rows)),
        data,
        num_boost_round=MOST_ROUNDS,
        valid_sets=[dataset(selection, start, names, data)],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False), lgb.record_evaluation(curve)],
    )
    ndcg = np.array(curve["valid_0"]["ndcg@10"])
    rounds = fewest_trees(ndcg)
    return Trial(replace(settings, rounds=rounds), float(ndcg[rounds - 1]))


def dataset(sample: Sample, start: Ranker, names: tuple[str, ...], reference: lgb.Dataset | None = None) -> lgb.Dataset:
    """Return rows as LightGBM takes them, beginning with the scores of a start; groups of at most `MOST_ROWS` rows."""
    if int(sample.sizes.sum()) != len(sample.rows) or int(sample.sizes.max()) > MOST_ROWS:
        raise ValueError(f"Groups must be contiguous and hold at most {MOST_ROWS} rows; got {sample.sizes.max()}.")
    scores = _scores(start, sample)
    return lgb.Dataset(
        sample.rows,
        sample.label,
        group=sample.sizes,
        init_score=scores,
        feature_name=list(names),
        reference=reference,
        free_raw_data=False,
    )


def _scores(ranker: Ranker, sample: Sample) -> FloatArray:
    """Return the scores of a ranker that draws no lots."""
    return ranker.score(sample.rows, np.zeros(len(sample.rows), dtype=np.uint64))


def parameters(settings: Settings, monotone: tuple[int, ...], seed: int, rows: int) -> dict[str, Any]:
    """Return what LightGBM is told to learn from so many rows: lambdarank on ndcg@10, the same result in every run."""
    shape = {name: value for name, value in asdict(settings).items() if name not in {"on_words", "rounds"}}
    return shape | {
        "objective": "lambdarank",
        "metric": "ndcg",
        "eval_at": [10],
        "bagging_freq": 1,  # of rows: bagging by query is not deterministic with more than one thread
        "monotone_constraints": list(monotone),
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "num_threads": 2 if rows > _WORTH_TWO_THREADS else 1,
        "verbosity": -1,
    }
