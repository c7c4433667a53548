"""Hyperparameter search: random draws from a declared space, pruning, and a choice corrected for the number of trials."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.contract import Kind
from sqrec.evaluate.stats.compare import Interval, of_draws
from training.choosing import NEARLY, Choice, Trial, grow, ndcg_each
from training.doors import keep_home
from training.sample import Sample
from training.settings import GRID, Settings
from training.trials import Tried

if TYPE_CHECKING:
    import optuna

    from training.searchruns import SearchRuns

STEP, FIRST_STEP = 10, 30
"""Rounds between two checks by the pruner, and rounds before the first check."""
COMPLETE_FIRST = 5
"""Trials that are completed before any is pruned."""
RESAMPLES = 2000


@dataclass(frozen=True)
class Between:
    """Draw a number between two bounds: `log` uniformly by its logarithm, `whole` as an integer."""

    low: float
    high: float
    log: bool = False
    whole: bool = False


SPACE: Mapping[str, Between] = {
    "num_leaves": Between(4, 31, log=True, whole=True),
    "min_data_in_leaf": Between(20, 400, log=True, whole=True),
    "learning_rate": Between(0.04, 0.2, log=True),
    "feature_fraction": Between(0.3, 1.0),
    "bagging_fraction": Between(0.5, 1.0),
    "lambda_l2": Between(0.5, 100.0, log=True),
    "lambdarank_truncation_level": Between(10, 40, whole=True),
}
"""The search space; other settings keep the default of `Settings`. Trees of up to 31 leaves are scored fast enough."""


@dataclass
class Search:
    """Search the settings of one kind: at most `trials`, none started after `minutes`; the grid's settings come first.

    The MLflow run is created when the search starts.
    """

    kind: Kind
    trials: int
    minutes: float | None
    seed: int
    var: Path
    run: str = ""
    tried: list[Tried] = field(default_factory=list[Tried])
    gain: Interval | None = None
    chosen: Tried | None = None

    def __call__(self, learn: Sample, compare: Sample, names: tuple[str, ...], monotone: tuple[int, ...], seed: int) -> Choice:
        """Search, log a run per trial, and return what was tried with the settings to train with.

        Without selection questions the grid's first setting stands, as in `training.choosing.try_settings`.
        """
        import optuna  # brings a database library along: loaded by those who search

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        keep_home()
        from training.searchruns import SearchRuns

        with SearchRuns.begin(self.kind, self.var, self._said()) as runs:
            self.run = runs.run
            if len(compare.sizes) == 0:
                return Choice([Trial(GRID[0], float("nan"))], GRID[0])
            search = optuna.create_study(
                direction="maximize",
                sampler=optuna.samplers.TPESampler(seed=self.seed),
                pruner=optuna.pruners.MedianPruner(COMPLETE_FIRST, FIRST_STEP, STEP),
            )
            for one in GRID:
                search.enqueue_trial({name: getattr(one, name) for name in SPACE})
            objective = _Objective(learn, compare, names, monotone, seed, lambda one: self._note(one, runs))
            search.optimize(objective, n_trials=self.trials, timeout=None if self.minutes is None else 60 * self.minutes)
            self.chosen, self.gain = choice_of(self.tried, np.random.default_rng(self.seed))
            runs.end(self.chosen, self.gain, self.tried, self.table())
        return Choice([Trial(one.settings, one.ndcg) for one in self.tried if one.each is not None], self.chosen.settings)

    def table(self) -> str:
        """Return the trials as a Markdown table, best first, and the sentence about the choice."""
        heads = ("trial", "ndcg@10", "trees", *SPACE, "seconds")
        done = sorted(self.tried, key=lambda one: (one.each is None, -np.nan_to_num(one.ndcg), one.number))
        lines = [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *map(self._row, done))]
        return "\n".join([*lines, "", self.sentence()])

    def sentence(self) -> str:
        """Return the chosen trial and the gain of the search with its interval, in one sentence."""
        if self.chosen is None or self.gain is None:
            return f"{self.kind}: nobody to compare settings on, so the first of the grid stands."
        lost = sum(one.each is None for one in self.tried)
        gain = self.gain
        return (
            f"{self.kind}: trial {self.chosen.number} of {len(self.tried)} ({lost} given up early), ndcg@10 {self.chosen.ndcg:.4f} on"
            f" {gain.n} selection questions. Choosing among them all instead of the grid's {len(GRID)} is worth {gain.mean:+.4f}"
            f" ({gain.low:+.4f} to {gain.high:+.4f}) on questions that had no part in the choice"
            + ("." if gain.mean > 0 else ": the grid's best stands.")
        )

    def _row(self, one: Tried) -> tuple[str, ...]:
        told = [getattr(one.settings, name) for name in SPACE]
        figures = ["given up", str(len(one.curve))] if one.each is None else [f"{one.ndcg:.4f}", str(one.settings.rounds)]
        mark = f"**{one.number}**" if one is self.chosen else str(one.number)
        return (
            mark,
            *figures,
            *(f"{value:.3g}" if isinstance(value, float) else str(value) for value in told),
            f"{one.seconds:.0f}",
        )

    def _note(self, one: Tried, runs: "SearchRuns") -> None:
        self.tried.append(one)
        runs.note(one)

    def _said(self) -> dict[str, Any]:
        space = {f"space_{name}": str(asdict(drawn)) for name, drawn in SPACE.items()}
        return {"trials": self.trials, "minutes": self.minutes, "seed": self.seed, **space}


def choice_of(tried: Sequence[Tried], rng: np.random.Generator) -> tuple[Tried, Interval]:
    """Return the trial to train with, and what choosing among all trials gains over choosing among the grid's.

    The winner of many noisy trials looks better than it is. So the choice is made again on questions drawn with replacement and
    measured on those that were not drawn, many times (bootstrap bias corrected cross-validation, Tsamardinos and others 2018):
    the gain is the mean difference there, with the 2.5 and 97.5 percentiles. Where it is not above 0 the grid's best stands. Of all
    trials within `NEARLY` of the best the smallest is chosen, as it scores fastest. Pruned trials have no figures and cannot
    be chosen; `n` counts the questions.
    """
    done = [one for one in tried if one.each is not None]
    each = np.column_stack([one.each for one in done if one.each is not None])
    each = each[~np.isnan(each).any(axis=1)]
    size = np.array([one.size for one in done])
    grid = np.array([one.number < len(GRID) for one in done])
    gains = list[float]()
    for _ in range(RESAMPLES if not grid.all() else 0):
        drawn = rng.integers(len(each), size=len(each))
        left = np.ones(len(each), dtype=bool)
        left[drawn] = False
        if left.any():
            means, outside = each[drawn].mean(axis=0), each[left].mean(axis=0)
            gains.append(float(outside[_smallest(means, size)] - outside[_best(means, grid)]))
    found = np.array(gains or [0.0])
    gain = of_draws(float(found.mean()), found, len(each))
    means = each.mean(axis=0)
    return done[_smallest(means, size) if gain.mean > 0 else _best(means, grid)], gain


def _best(ndcg: FloatArray, grid: BoolArray) -> int:
    """Return the place of the best of the grid, which is what training without a search takes."""
    return int(np.argmax(np.where(grid, ndcg, -np.inf)))


def _smallest(ndcg: FloatArray, size: IntArray) -> int:
    """Return the place of the smallest booster among those nearly as good as the best; of equals the earlier one."""
    return int(np.argmin(np.where(ndcg >= NEARLY * ndcg.max(), size, np.inf)))


def _drawn(trial: "optuna.Trial") -> Settings:
    """Return settings drawn from the search space."""
    told: dict[str, Any] = {}
    for name, space in SPACE.items():
        if space.whole:
            told[name] = trial.suggest_int(name, math.ceil(space.low), math.floor(space.high), log=space.log)
        else:
            told[name] = trial.suggest_float(name, space.low, space.high, log=space.log)
    return replace(Settings(), **told)


@dataclass(frozen=True)
class _Objective:
    """Train one trial and return its ndcg@10; `note` is called with every trial, pruned or not."""

    learn: Sample
    compare: Sample
    names: tuple[str, ...]
    monotone: tuple[int, ...]
    seed: int
    note: Callable[[Tried], None]

    def __call__(self, trial: "optuna.Trial") -> float:
        """Return ndcg@10 on the selection questions, as Optuna asks for it. Raises TrialPruned where the trial is pruned."""
        import optuna

        settings, watch, began = _drawn(trial), _Watch(trial), time.perf_counter()
        try:
            grown = grow(self.learn, self.compare, self.names, self.monotone, settings, self.seed, [watch])
        except optuna.TrialPruned:
            self.note(Tried(trial.number, settings, np.array(watch.curve), None, time.perf_counter() - began))
            raise
        each = ndcg_each(self.compare, np.asarray(grown.cut().predict(self.compare.rows, raw_score=True)))
        done = Tried(trial.number, grown.settings, grown.curve, each, time.perf_counter() - began)
        self.note(done)
        return done.ndcg


@dataclass(eq=False)  # LightGBM keeps callbacks in a set
class _Watch:
    """Report the best ndcg@10 so far to the pruner every few rounds, and raise TrialPruned where it says so."""

    trial: "optuna.Trial"
    curve: list[float] = field(default_factory=list[float])

    def __call__(self, env: Any) -> None:
        """Handle one boosting round (a LightGBM callback)."""
        import optuna

        self.curve.append(next(value for _, name, value, _ in env.evaluation_result_list if name == "ndcg@10"))
        rounds = len(self.curve)
        if rounds % STEP == 0:
            self.trial.report(max(self.curve), rounds)
            if self.trial.should_prune():
                raise optuna.TrialPruned
