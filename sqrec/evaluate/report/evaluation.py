"""The figures of a report: rankers over the same held-out people, compared and by slice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.contract import Kind, SplitName
from sqrec.errors import DataError
from sqrec.evaluate.fairness.audit import Audit
from sqrec.evaluate.fairness.proxies import Proxy
from sqrec.evaluate.lists.bands import Band
from sqrec.evaluate.lists.oracle import OracleReport
from sqrec.evaluate.lists.servingcost import ServingCost
from sqrec.evaluate.lists.ties import TieCheck
from sqrec.evaluate.lists.tradeoff import Tradeoff
from sqrec.evaluate.logs.offpolicy import OffPolicy
from sqrec.evaluate.logs.overrides import Overrides
from sqrec.evaluate.promotion.looks import Looks
from sqrec.evaluate.report.ownpeople import OwnPeople, own_people
from sqrec.evaluate.report.quality import TableQuality
from sqrec.evaluate.report.reasons import SaidInLists
from sqrec.evaluate.report.study import Study
from sqrec.evaluate.stats.compare import Difference, Interval, difference, differences, intervals
from sqrec.evaluate.stats.metrics import NAMES, Hits, per_person
from sqrec.evaluate.stats.notes import Note
from sqrec.evaluate.stats.published import Published, safe_cells

HEADLINE = "ndcg@10"
"""The metric by which rankers are judged first."""

BASELINES = ("popularity", "nearest", "words", "random")
"""The rankers that a trained one must beat by a whole interval."""

PLAIN = "plain"
"""The baseline that takes a trained one's place where that is not above it on the mean."""

PAIRED = " & "
"""Stands for the people of whom both ours and the reference have a list; no ranker is called so."""

Figures: TypeAlias = dict[str, Interval]
Json: TypeAlias = Any
Held: TypeAlias = SplitName | Literal["at", "label", "nothing"]


@dataclass(frozen=True)
class About:
    """Hold the subject of an evaluation, as the report repeats it.

    `split` is what was held out; of foreign lists also `at` (everything from the lists' own moment on), `label` (a column of
    the lists) or `nothing`. `bundle` is its hash, None without one. `data` describes the tables (fingerprint, dates, row
    counts), `settings` how the lists were made.
    """

    kind: Kind
    split: Held
    bundle: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    settings: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True)
class Evaluation:
    """Hold every figure of one evaluation.

    `rankers[ranker][metric]`; `differences[other][metric]` is `ours` minus that other ranker;
    `groups[family][slice][ranker][metric]`; `hidden[family]` names the slices that are not published.
    `slice_gaps[family][slice]` is our headline minus that of `reference`, the ranker that groups are held against.
    Of `asked` people, `people` had a positive and an answer, `refused` are left without one by law.
    `candidates` is the median list length per ranker; `oracle` is known in invented cities alone;
    `proxies` say how well rows guess what no ranker may read; `champion` how the ranker that serves was compared; `study` what
    training found out; `bands` what the fit bands are worth; `quality` what the tables are like; `looks` how often these
    questions were evaluated. `measures[ranker][measure]` are over everybody who was answered,
    `ties[ranker]` says what the order of equal scores does to the headline. `audits[ranker]` compare slices with the best of
    their family; `unknowable` says what these data cannot tell; `offpolicy` what lists that explored say of the ranker, None
    where no list was logged; `overrides` how often advisers took away what was shown, None where nothing was; `serving` what training found out of the cost of everything that changes an order. `plain` says why
    the plain baseline cannot be held against ours, None where it can. `any_use` are the figures of uses whatever their item, for kinds
    that repeat; `any_use_left_out` says why there are none. `said` is what reasons are given in a sample of the served lists.

    Where rankers have lists of different people (`own_people[ranker]`; empty where all have the same), each figure is over the
    ranker's own people, the numbers of people and positives are those of `ours`, and differences are over the shared people.
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
    reference: str = ""
    slice_gaps: dict[str, dict[str, Difference]] = field(default_factory=dict[str, dict[str, Difference]])
    oracle: OracleReport | None = None
    proxies: Sequence[Proxy] = ()
    champion: Note | None = None
    study: Study | None = None
    bands: Sequence[Band] = ()
    quality: Sequence[TableQuality] = ()
    looks: Looks | None = None
    measures: dict[str, Figures] = field(default_factory=dict[str, Figures])
    ties: dict[str, TieCheck] = field(default_factory=dict[str, TieCheck])
    audits: dict[str, Audit] = field(default_factory=dict[str, Audit])
    unknowable: Sequence[Note] = ()
    offpolicy: OffPolicy | None = None
    overrides: Overrides | None = None
    tradeoff: Tradeoff | None = None
    serving: ServingCost | None = None
    plain: Note | None = None
    said: SaidInLists | None = None
    any_use: "Evaluation | None" = None
    any_use_left_out: Note | None = None
    own_people: dict[str, OwnPeople] = field(default_factory=dict[str, OwnPeople])

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
    listed: Mapping[str, BoolArray] | None = None,
) -> Evaluation:
    """Compute every figure of a report.

    `hits` has one entry per ranker over the same people in the same order, `slices` one name per person for
    each family; `refused` marks people whom the law leaves without an answer (None: nobody), `listed` those of whom a ranker
    has a list (None: everybody), who alone are in its figures. Raises DataError where rankers or slices speak of other people,
    or where nobody of ours has a positive.
    """
    everybody = _same_people(hits, slices, ours)
    unanswered = np.zeros(len(everybody), dtype=bool) if refused is None else refused
    asked = {name: np.ones(len(everybody), dtype=bool) if listed is None else listed[name] for name in hits}
    counted = {name: mine & everybody.asked & ~unanswered for name, mine in asked.items()}
    shared = {name: mine & counted[ours] for name, mine in counted.items()}
    if not counted[ours].any():
        raise DataError(f"None of {int(asked[ours].sum())} people has a positive: there is nothing to report. Split earlier.")
    seed = int(rng.integers(2**32))
    values = {name: np.column_stack(list(per_person(found).values())) for name, found in hits.items()}
    others = [name for name in ("champion", "words", *values) if name in values and name != ours]
    reference = next((name for name in others if shared[name].any()), "")
    cells = _Cells.of(slices, counted, shared[reference or ours])
    return Evaluation(
        about,
        ours,
        asked=int(asked[ours].sum()),
        people=int(counted[ours].sum()),
        refused=int((unanswered & asked[ours]).sum()),
        positives=int(everybody.positives[counted[ours]].sum()),
        candidates={name: _median(found.listed[counted[name]]) for name, found in hits.items()},
        rankers=_figures({name: table[counted[name]] for name, table in values.items()}, seed),
        differences=_differences(values, shared, ours, seed),
        groups={family: _by_slice(values, family, cells, ours, seed) for family in slices},
        hidden={family: cells.hidden(family, ours) for family in slices},
        reference=reference,
        slice_gaps={
            family: _slice_gaps(values[ours], values[reference], family, cells, seed) if reference else {} for family in slices
        },
        own_people=own_people(asked, counted, shared),
    )


def unjudged(
    about: About, listed: Mapping[str, BoolArray], answered: Mapping[str, BoolArray], candidates: dict[str, float], ours: str
) -> Evaluation:
    """Return an evaluation in which nobody of ours has a positive: no ranker has a metric.

    `listed` marks the people of whom a ranker has a list, `answered` those of them with a positive. `about.split` is `nothing`
    where nothing says what was right.
    """
    shared = {name: mine & answered[ours] for name, mine in answered.items()}
    asked = int(listed[ours].sum())
    found = Evaluation(about, ours, asked, 0, 0, 0, candidates, rankers={}, differences={}, groups={}, hidden={})
    return replace(found, own_people=own_people(listed, answered, shared))


@dataclass(frozen=True)
class _Cells:
    """Hold which slices may be published of whose figures: of every ranker over its people, and of the shared ones (`PAIRED`).

    `named[family]` has one slice per person; `masks[of]` marks the people of a figure.
    """

    named: Mapping[str, AnyArray]
    masks: Mapping[str, BoolArray]
    safe: Published

    @classmethod
    def of(cls, slices: Mapping[str, Sequence[str]], counted: Mapping[str, BoolArray], shared: BoolArray) -> "_Cells":
        masks = {**counted, PAIRED: shared}
        anybody = np.any(list(masks.values()), axis=0)
        named = {family: np.asarray(names, dtype=np.str_) for family, names in slices.items()}
        told = {family: names[anybody].tolist() for family, names in named.items()}
        return cls(named, masks, safe_cells(told, {of: mask[anybody] for of, mask in masks.items()}))

    def shown(self, family: str, of: str) -> Sequence[str]:
        """Return the slices that may be published of a figure."""
        return self.safe.slices[family, of]

    def hidden(self, family: str, of: str) -> list[str]:
        """Return the slices that may not."""
        return sorted(set(self.named[family][self.masks[of]].tolist()) - set(self.shown(family, of)))

    def rows(self, family: str, name: str, of: str) -> BoolArray:
        """Mark the people of a slice of whom a figure is."""
        return self.masks[of] & (self.named[family] == name)


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


def _differences(
    values: Mapping[str, FloatArray], shared: Mapping[str, BoolArray], ours: str, seed: int
) -> dict[str, dict[str, Difference]]:
    """Return ours minus every other ranker over the people of both; rankers that share nobody with ours have none."""
    return {
        name: dict(zip(NAMES, differences(values[ours][both], values[name][both], np.random.default_rng(seed)), strict=True))
        for name, both in shared.items()
        if name != ours and both.any()
    }


def _by_slice(
    values: Mapping[str, FloatArray], family: str, cells: _Cells, ours: str, seed: int
) -> dict[str, dict[str, Figures]]:
    """Return the figures of every slice that is published of ours, of those rankers of which it is published too."""
    return {
        one: _figures(
            {name: table[cells.rows(family, one, name)] for name, table in values.items() if one in cells.shown(family, name)},
            seed,
        )
        for one in cells.shown(family, ours)
    }


def _slice_gaps(ours: FloatArray, theirs: FloatArray, family: str, cells: _Cells, seed: int) -> dict[str, Difference]:
    """Return our headline minus theirs for the shared people of every slice; values have the shape (people, metrics)."""
    place = NAMES.index(HEADLINE)
    mine = {one: cells.rows(family, one, PAIRED) for one in cells.shown(family, PAIRED)}
    return {one: difference(ours[rows, place], theirs[rows, place], np.random.default_rng(seed)) for one, rows in mine.items()}


def _median(lengths: IntArray) -> float:
    """Return the median, NaN of nobody."""
    return float(np.median(lengths)) if len(lengths) else float("nan")
