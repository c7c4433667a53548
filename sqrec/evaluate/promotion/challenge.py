"""A challenger against the champion: the same held-out people and candidates, in score order."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Literal

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, KeyArray
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import KINDS, Kind
from sqrec.errors import DataError
from sqrec.evaluate.fairness.groups import group_tests
from sqrec.evaluate.lists.heldout import Outcome, ask_held_out
from sqrec.evaluate.promotion.decision import Challenge, Dates, Speed
from sqrec.evaluate.promotion.rules import PromotionRules
from sqrec.evaluate.stats.compare import Difference, Interval, difference, intervals
from sqrec.evaluate.stats.metrics import Hits, per_person
from sqrec.evaluate.stats.split import Questions, Split, held_events
from sqrec.rank import OnRows, Ranker

SHOWN = ("ndcg@10", "recall@10", "recall@50", "mrr", "exposure", "recall@candidates")
"""What a comparison shows, whatever it decides on."""

_TIMED_PEOPLE = 10


@dataclass(frozen=True)
class Side:
    """Hold a challenger or a champion: its bundle, the data encoded by its profile, the events it learnt from.

    `learnt` are hashes of events; None where the bundle does not say.
    """

    bundle: Bundle
    snapshot: Snapshot
    learnt: KeyArray | None


def challenge(
    kind: Kind,
    challenger: Side,
    champion: Side | None,
    division: Split,
    families: Mapping[str, Sequence[str]],
    rules: PromotionRules,
    seed: int,
    watched: Callable[[Iterable[int]], Iterable[int]] = lambda rows: rows,
) -> Challenge:
    """Compare the trained rankers of a kind; without a champion, the challenger's with its own `words` baseline.

    `families` have one slice per held-out question. The plain baseline is compared as well where the challenger's bundle holds
    one. People whose answer one of the rankers has learnt from are left out. Raises DataError where these are too many, where a
    ranker does not say what it learnt from, or where nobody is left.
    """
    learnt = _learnt(kind, "challenger", challenger, division, rules)
    if champion:
        learnt |= _learnt(kind, "champion", champion, division, rules)
    hits, refused = _hits(kind, challenger, champion, division.held, watched)
    counted = hits["challenger"].asked & ~refused & ~learnt
    if not counted.any():
        raise DataError(f"None of {len(counted)} held-out people can be asked: there is nothing to compare {kind} rankers on.")
    values = {name: _values(found, counted, rules) for name, found in hits.items()}
    against, rng = "champion" if champion else "words", np.random.default_rng(seed)
    ours, theirs = values["challenger"], values[against]
    gap = difference(ours[rules.metric], theirs[rules.metric], rng, rules.resamples)
    told = {family: list(compress(names, counted)) for family, names in families.items()}
    tested = [{name: side[name] for name in rules.group_figures} for side in (ours, theirs)]
    groups, hidden = group_tests(tested[0], tested[1], told, rng, rules.resamples)
    figures = {name: _figures(side, seed) for name, side in values.items()}
    return Challenge(
        kind=kind,
        split=division.name,
        against=against,
        rules=rules,
        asked=len(counted),
        people=int(counted.sum()),
        learnt=int(learnt.sum()),
        plain=_over_plain(kind, challenger, values, rules, seed),
        figures=figures,
        gap=gap,
        groups=groups,
        hidden=hidden,
        speed=_speed(kind, challenger, champion, division.held, rules),
        dates=_dates(kind, challenger, champion),
    )


def _over_plain(
    kind: Kind, challenger: Side, values: Mapping[str, Mapping[str, FloatArray]], rules: PromotionRules, seed: int
) -> Difference | Literal["itself", "missing"]:
    """Return the challenger's deciding figure minus its plain baseline's, or why there is no such difference."""
    if "plain" not in values:
        return "itself" if challenger.bundle.is_plain(kind) else "missing"
    ours, theirs = (values[name][rules.metric] for name in ("challenger", "plain"))
    return difference(ours, theirs, np.random.default_rng(seed), rules.resamples)


def _learnt(kind: Kind, name: str, side: Side, division: Split, rules: PromotionRules) -> BoolArray:
    """Mark the held-out questions whose answers a ranker has learnt from. Raises DataError where they are too many."""
    if side.learnt is None:
        raise DataError(f"The {name}'s {kind} ranker does not say what it learnt from: train it again.")
    events, question = held_events(side.snapshot.events, division.held)
    known = np.bincount(question[np.isin(events, side.learnt)], minlength=len(division.held)) > 0
    if known.sum() > rules.most_learnt * len(known):
        raise DataError(
            f"The {name}'s {kind} ranker (SPLIT={side.bundle.kinds[kind].split}) has learnt from the answers of {known.sum()} of"
            f" {len(known)} held-out people (SPLIT={division.name}): compare on what neither has seen."
        )
    return known


def _hits(
    kind: Kind,
    challenger: Side,
    champion: Side | None,
    questions: Questions,
    watched: Callable[[Iterable[int]], Iterable[int]],
) -> tuple[dict[str, Hits], BoolArray]:
    """Return where every ranker puts the positives, and who is left without an answer by law.

    Where both sides have the same rows over the same encoded data, these are made once for both.
    """
    rivals: dict[str, Ranker | OnRows] = {"words": challenger.bundle.kinds[kind].words}
    if kind in challenger.bundle.references and not challenger.bundle.is_plain(kind):
        rivals["plain"] = challenger.bundle.references[kind].on_rows
    together = champion is not None and _same_rows(kind, challenger, champion)
    if champion and together:
        rivals["champion"] = _trained(kind, "champion", champion)
    outcome = _ask(kind, "challenger", challenger, questions, rivals, watched)
    hits = {"challenger": outcome.hits["model"]} | {name: outcome.hits[name] for name in rivals}
    if champion and not together:
        hits["champion"] = _ask(kind, "champion", champion, questions, {}, watched).hits["model"]
    if champion and not np.array_equal(hits["champion"].listed, hits["challenger"].listed):
        raise DataError("Challenger and champion ranked other candidates: their answers cannot be compared.")
    return hits, outcome.refused


def _ask(
    kind: Kind,
    name: str,
    side: Side,
    questions: Questions,
    rivals: Mapping[str, Ranker | OnRows],
    watched: Callable[[Iterable[int]], Iterable[int]],
) -> Outcome:
    asked = side.bundle.recommender().with_ranker(kind, _trained(kind, name, side))
    return ask_held_out(asked, side.snapshot, kind, questions, rivals, watched=watched)


def _trained(kind: Kind, name: str, side: Side) -> Ranker:
    ranker = side.bundle.kinds[kind].trained
    if ranker is None:
        raise DataError(f"The {name} has no trained {kind} ranker: train that kind.")
    return ranker


def _same_rows(kind: Kind, one: Side, other: Side) -> bool:
    return one.snapshot is other.snapshot and one.bundle.kinds[kind].rows == other.bundle.kinds[kind].rows


def _values(hits: Hits, counted: BoolArray, rules: PromotionRules) -> dict[str, FloatArray]:
    names = dict.fromkeys((rules.metric, *rules.group_figures, *SHOWN))
    return {name: values[counted] for name, values in per_person(hits, names).items()}


def _figures(values: Mapping[str, FloatArray], seed: int) -> dict[str, Interval]:
    """Return every figure with its interval; each ranker draws from the same seed, so equal lists get equal bounds."""
    found = intervals(np.column_stack(list(values.values())), np.random.default_rng(seed))
    return dict(zip(values, found, strict=True))


def _dates(kind: Kind, challenger: Side, champion: Side | None) -> Dates:
    events = challenger.snapshot.events
    newest = int(events.at[events.kind == KINDS.index(kind)].max())
    return Dates(_as_of(kind, challenger), _as_of(kind, champion), challenger.bundle.city.local(newest).isoformat())


def _as_of(kind: Kind, side: Side | None) -> str | None:
    return side.bundle.provenance.get(kind, {}).get("data_as_of") if side else None


def _speed(kind: Kind, challenger: Side, champion: Side | None, questions: Questions, rules: PromotionRules) -> Speed:
    """Time both in turn, so that whatever else the machine does meets both."""
    sides = {"challenger": challenger} | ({"champion": champion} if champion else {})
    ready = {
        name: (_trained(kind, name, side), _some_rows(kind, side, questions, rules.timed_rows)) for name, side in sides.items()
    }
    times: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(rules.timed_repeats):
        for name, (ranker, rows) in ready.items():
            times[name].append(_milliseconds(ranker, rows))
    median = {name: float(np.median(found)) for name, found in times.items()}
    most = rules.most_milliseconds
    if "champion" in median:
        most = min(most, max(rules.free_milliseconds, rules.most_times_slower * median["champion"]))
    return Speed(rules.timed_rows, median["challenger"], median.get("champion"), most)


def _some_rows(kind: Kind, side: Side, questions: Questions, wanted: int) -> FloatArray:
    """Return as many rows as wanted, of a few of those who are asked and of all the catalogue in turn."""
    recommender, snapshot = side.bundle.recommender(), side.snapshot
    some = min(_TIMED_PEOPLE, len(questions))
    profiles = snapshot.ask(recommender.profiler, questions.person[:some], questions.at[:some])
    query = np.sort(np.arange(wanted) % some)
    pairs = recommender.pairs(profiles, snapshot.items[kind], np.arange(wanted) % len(snapshot.items[kind]), query)
    return recommender.build(profiles, snapshot, kind, pairs)


def _milliseconds(ranker: Ranker, rows: FloatArray) -> float:
    keys: KeyArray = np.zeros(len(rows), np.uint64)
    began = time.perf_counter()
    ranker.score(rows, keys)
    return 1000 * (time.perf_counter() - began)
