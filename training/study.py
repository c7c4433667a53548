"""Ablations by family of columns, and the learning curve by number of questions.

Everything is measured on the comparison questions, on which the settings were chosen; held-out questions are not used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from rich.progress import track

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.evaluate.report.study import Ablation, LearningPoint, Study
from sqrec.evaluate.stats.compare import difference, interval
from sqrec.rank import Boosted, Linear, Ranker, RowBuilder
from training.choosing import ndcg_each
from training.fitting import fit, scores_of
from training.sample import CONSOLE, Sample
from training.settings import Settings

SHARES = (0.125, 0.25, 0.5)
"""The shares of the learning questions at which the learning curve is measured, beside 1."""
_PLACES = {"place", "region"}
_OWN_FAMILY = {"TextMatch": "text", "HistorySize": "session", "Idle": "session"}


def family_of(column: Any) -> str:
    """Return the family with which a column is left out of an ablation."""
    name = type(column).__name__
    if name == "SameGroup":
        return "same_place" if column.family in _PLACES else f"same_{column.family}"
    return _OWN_FAMILY.get(name, type(column).__module__.rpartition(".")[2])


@dataclass(frozen=True)
class _Bench:
    """Hold what every variant shares: rows, settings, and the figures of the whole ranker."""

    learn: Sample
    compare: Sample
    rows: RowBuilder
    settings: Settings
    seed: int

    def ndcgs(self, kept: IntArray, learn: Sample) -> FloatArray:
        """Train with some columns and questions; return ndcg@10 on each comparison question."""
        names = tuple(self.rows.names[place] for place in kept)
        monotone = tuple(self.rows.columns[place].monotone for place in kept)
        booster = fit(learn.with_columns(kept), names, monotone, self.settings, self.seed)
        return _ndcgs(self.compare.with_columns(kept), Boosted(booster, None))


def study(
    learn: Sample,
    compare: Sample,
    rows: RowBuilder,
    words: Linear,
    settings: Settings,
    booster: lgb.Booster,
    seed: int,
) -> Study | None:
    """Return ablations and learning curve at the chosen settings, as paired differences; None with fewer than two questions.

    Families on which `booster`, the final one, never split are left out: they change nothing.
    """
    if len(compare.sizes) < 2:
        return None
    bench = _Bench(learn, compare, rows, settings, seed)
    everything = np.arange(len(rows.columns))
    whole = bench.ndcgs(everything, learn)
    rng = np.random.default_rng(seed)
    used = booster.feature_importance("split") > 0
    families = {family_of(column) for column, split in zip(rows.columns, used, strict=True) if split}
    ablations = [_ablated(bench, family, whole, rng) for family in _watched(sorted(families), "ablations")]
    return Study(
        questions=len(compare.sizes),
        whole=interval(whole, rng),
        words=interval(_ndcgs(compare, words), rng),
        over_words=difference(whole, _ndcgs(compare, words), rng),
        ablations=tuple(sorted(ablations, key=lambda one: one.change.interval.mean)),
        learning=(*_fewer(bench, rng), LearningPoint(len(learn.sizes), interval(whole, rng))),
        gains=_shares(booster, rows.names),
    )


def _ablated(bench: _Bench, family: str, whole: FloatArray, rng: np.random.Generator) -> Ablation:
    inside = np.array([family_of(column) == family for column in bench.rows.columns])
    without = bench.ndcgs(np.flatnonzero(~inside), bench.learn)
    return Ablation(family, int(inside.sum()), interval(without, rng), difference(without, whole, rng))


def _fewer(bench: _Bench, rng: np.random.Generator) -> Iterator[LearningPoint]:
    """Yield points of the learning curve, each trained on questions drawn from all; a part without two grades in any question is left out."""
    order, everything = rng.permutation(len(bench.learn.sizes)), np.arange(len(bench.rows.columns))
    for share in _watched(SHARES, "learning curve"):
        some = np.sort(order[: max(1, round(share * len(order)))])
        part = bench.learn.take(some)
        if len(part.telling().sizes):
            yield LearningPoint(len(some), interval(bench.ndcgs(everything, part), rng))


def _ndcgs(compare: Sample, ranker: Ranker) -> FloatArray:
    return ndcg_each(compare, scores_of(ranker, compare))


def _shares(booster: lgb.Booster, names: tuple[str, ...]) -> Mapping[str, float]:
    """Return each column's share of the gain of all splits, greatest first."""
    gain = booster.feature_importance("gain")
    order = np.argsort(-gain, kind="stable")
    return {names[place]: float(gain[place] / max(gain.sum(), 1e-300)) for place in order if gain[place] > 0}


def _watched(what: Any, said: str) -> Any:
    return track(what, said, console=CONSOLE, disable=not CONSOLE.is_terminal)
