"""Every figure of a report: rankers over the same held-out people, compared and by slice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from sqrec.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.columns import Kind
from sqrec.errors import DataError
from sqrec.evaluate.compare import Difference, Interval, differences, intervals
from sqrec.evaluate.metrics import NAMES, Hits, per_person
from sqrec.evaluate.oracle import OracleReport
from sqrec.evaluate.proxies import Proxy
from sqrec.evaluate.split import SplitName
from sqrec.evaluate.ties import TieCheck
from sqrec.evaluate.tradeoff import Tradeoff

FEWEST = 10
"""Slices of fewer people are not published."""

SOON = 30.0
"""Minutes up to which a use belongs to the same visit as the one before."""

Figures: TypeAlias = dict[str, Interval]
Json: TypeAlias = Any


@dataclass(frozen=True)
class About:
    """Hold what was evaluated: words and numbers that the report repeats.

    `bundle` is its hash, None for rankers that are in none. `data` describes the tables (fingerprint, dates,
    row counts), `settings` how the lists were made.
    """

    kind: Kind
    split: SplitName
    bundle: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    settings: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True)
class Evaluation:
    """Hold every figure of one evaluation.

    `rankers[ranker][metric]`; `differences[other][metric]` is `ours` minus that other ranker;
    `groups[family][slice][ranker][metric]`; `hidden[family]` names the slices that are not published.
    Of `asked` people, `people` had a positive and an answer, `refused` are left without one by law.
    `candidates` is the median list length per ranker; `oracle` is known in invented cities alone;
    `proxies` say how well rows guess what no ranker may read. `measures[ranker][measure]` are over everybody who was answered,
    `ties[ranker]` says what the order of equal scores does to the headline.
    """

    about: About
    ours: str
    asked: int
    people: int
    refused: int
    positives: int
    candidates: dict[str, float]
    rankers: dict[str, Figures]
    differences: dict[str, dict[str, Difference]]
    groups: dict[str, dict[str, dict[str, Figures]]]
    hidden: dict[str, list[str]]
    oracle: OracleReport | None = None
    proxies: Sequence[Proxy] = ()
    measures: dict[str, Figures] = field(default_factory=dict[str, Figures])
    ties: dict[str, TieCheck] = field(default_factory=dict[str, TieCheck])
    tradeoff: Tradeoff | None = None

    @property
    def without_positive(self) -> int:
        """The number of people who were answered and for whom no answer could have been right."""
        return self.asked - self.people - self.refused


def evaluate(
    about: About,
    hits: Mapping[str, Hits],
    slices: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    refused: BoolArray | None = None,
    ours: str = "model",
) -> Evaluation:
    """Compute every figure of a report.

    `hits` has one entry per ranker over the same people in the same order, `slices` one name per person for
    each family; `refused` marks people whom the law leaves without an answer (None: nobody). Raises DataError
    where rankers or slices speak of other people, or where nobody has a positive.
    """
    everybody = _same_people(hits, slices, ours)
    unanswered = np.zeros(len(everybody), dtype=bool) if refused is None else refused
    counted = everybody.asked & ~unanswered
    if not counted.any():
        raise DataError(f"None of {len(counted)} people has a positive: there is nothing to report. Split earlier.")
    seed = int(rng.integers(2**32))
    values = {name: np.column_stack(list(per_person(found).values()))[counted] for name, found in hits.items()}
    named = {family: np.asarray(names, dtype=np.str_)[counted] for family, names in slices.items()}
    shown = {family: publishable(names) for family, names in named.items()}
    return Evaluation(
        about,
        ours,
        asked=len(counted),
        people=int(counted.sum()),
        refused=int(unanswered.sum()),
        positives=int(everybody.positives[counted].sum()),
        candidates={name: float(np.median(found.listed[counted])) for name, found in hits.items()},
        rankers=_figures(values, seed),
        differences=_differences(values, ours, seed),
        groups={family: _by_slice(values, names, shown[family], seed) for family, names in named.items()},
        hidden={family: sorted(set(names.tolist()) - set(shown[family])) for family, names in named.items()},
    )


def gap_names(minutes: FloatArray) -> list[str]:
    """Name each person's slice by the minutes since the event before; NaN where there was none."""
    return np.select([np.isnan(minutes), minutes <= SOON], ["no_earlier_event", "within_30_minutes"], "later").tolist()


def history_names(events: IntArray) -> list[str]:
    """Name each person's slice by whether there was any event before the question."""
    return np.where(events > 0, "some", "none").tolist()


def _same_people(hits: Mapping[str, Hits], slices: Mapping[str, Sequence[str]], ours: str) -> Hits:
    """Return our hits after checking that everything else speaks of the same people and positives."""
    if ours not in hits:
        raise DataError(f"There is no ranker {ours!r} among {', '.join(hits) or 'none'}. Name one that was evaluated.")
    first = hits[ours]
    others = [name for name, found in hits.items() if not np.array_equal(found.positives, first.positives)]
    others += [family for family, names in slices.items() if len(names) != len(first)]
    if others:
        raise DataError(f"{', '.join(others)} and {ours} speak of different people. Ask all the same questions.")
    return first


def _figures(values: Mapping[str, FloatArray], seed: int) -> dict[str, Figures]:
    """Return every metric's interval for every ranker; values have the shape (people, metrics).

    Each draws its resamples from the same seed: equal people get equal bounds, whatever else is in the report.
    """
    return {name: dict(zip(NAMES, intervals(table, np.random.default_rng(seed)), strict=True)) for name, table in values.items()}


def _differences(values: Mapping[str, FloatArray], ours: str, seed: int) -> dict[str, dict[str, Difference]]:
    others = {name: theirs for name, theirs in values.items() if name != ours}
    return {
        name: dict(zip(NAMES, differences(values[ours], theirs, np.random.default_rng(seed)), strict=True))
        for name, theirs in others.items()
    }


def _by_slice(
    values: Mapping[str, FloatArray], names: AnyArray, shown: Sequence[str], seed: int
) -> dict[str, dict[str, Figures]]:
    return {one: _figures({name: table[names == one] for name, table in values.items()}, seed) for one in shown}


def publishable(names: AnyArray) -> list[str]:
    """Return the slices that may be published, largest first; see the definition of "not published"."""
    found, counts = np.unique(names, return_counts=True)
    sizes = dict(sorted(zip(found.tolist(), counts.tolist(), strict=True), key=lambda one: (-one[1], one[0])))
    shown = [name for name, size in sizes.items() if size >= FEWEST]
    while shown and 0 < sum(sizes.values()) - sum(sizes[name] for name in shown) < FEWEST:
        shown.pop()
    return shown
