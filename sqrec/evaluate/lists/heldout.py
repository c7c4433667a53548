"""Rankings for held-out questions, and the ranks of their positives."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, Ragged, divided
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import RequestError
from sqrec.evaluate.lists.bands import BandWatch
from sqrec.evaluate.lists.lists import FIRST, ItemFacts, Lists
from sqrec.evaluate.lists.measures import self_information
from sqrec.evaluate.lists.oracle import Utilities, Watch
from sqrec.evaluate.lists.ties import Span
from sqrec.evaluate.stats.metrics import Hits, ranks_in
from sqrec.evaluate.stats.split import Questions
from sqrec.profile import Profiles
from sqrec.rank import WHOLE, OnRows, Policy, Ranker, Ranking, Recommender, Requirement, RowBuilder, Scene

SHOWN = 100
"""How many of every list recommendations.parquet holds."""

WHOLE_AND_SEEN = replace(WHOLE, exclude_seen=False)
"""The whole catalogue, with what the person used before; what was dismissed stays out where the kind repeats."""


@dataclass(frozen=True)
class Outcome:
    """Hold the results of the held-out questions.

    `hits[ranker]` has one person per question; `idle` is minutes since the person's previous event (NaN without one), `history`
    their number; `refused` marks questions without an answer by law; `rows`, shape (questions, columns), is each person's mean
    row over the candidates. `shown[ranker]` are the first places of every list (empty where refused), `facts` those of the
    items that measures read, `spans[ranker]` the ranks that positives could have among equal scores.
    """

    questions: Questions
    hits: Mapping[str, Hits]
    idle: FloatArray
    history: IntArray
    refused: BoolArray
    lists: pd.DataFrame
    rows: FloatArray
    shown: Mapping[str, Lists]
    facts: ItemFacts
    spans: Mapping[str, Sequence[Span]]
    watch: Watch | None = None
    bands: BandWatch | None = None


@dataclass
class Firsts:
    """Collect, question by question, the first places of one ranker's lists and the ties of their positives.

    `served` marks lists as requests get them: their order is not by scores alone.
    """

    served: bool
    items: list[IntArray]
    minutes: list[FloatArray]
    information: list[FloatArray]
    spans: list[Span]

    @classmethod
    def of(cls, questions: Questions, *, served: bool) -> "Firsts":
        """Begin with no answer to any question."""
        size, nothing = len(questions), np.empty(0, np.int64)
        nowhere = [np.zeros(positives, np.int64) for positives in questions.items.sizes]
        return cls(
            served,
            items=[nothing] * size,
            minutes=[np.empty(0)] * size,
            information=[np.empty(0)] * size,
            spans=[Span(one, one) for one in nowhere],
        )

    def take(self, place: int, ranking: Ranking, ranks: IntArray, times: FloatArray) -> None:
        """Add one list and the ranks of its positives; `times` are the numbers of earlier events of every item."""
        self.items[place] = first = ranking.item[:FIRST]
        self.minutes[place] = ranking.scene.pairs.minutes[ranking.order[:FIRST]]
        self.information[place] = self_information(times, first)
        if not self.served:
            self.spans[place] = Span.of(ranking.score, ranks, tied=ranking.scene.personal)

    def lists(self) -> Lists:
        """Return the first places of all lists."""
        return Lists.of(self.items, self.minutes, self.information)


def ask_held_out(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    questions: Questions,
    rankers: Mapping[str, Ranker | OnRows],
    utilities: Utilities | None = None,
    watched: Callable[[Iterable[int]], Iterable[int]] = lambda rows: rows,
    requirements: Sequence[Requirement] = (),
) -> Outcome:
    """Rank every question with every ranker over the whole catalogue, and as served.

    `rankers` are compared with `model`, the recommender's own, on its rows or on rows of their own; `model_served` is the
    answer to a request. `watched` may show progress. With `utilities` the oracles rank as well, with `requirements` the fit
    bands are counted.
    """
    watch = Watch(utilities) if utilities else None
    bands = BandWatch(recommender.rows[kind].names, requirements)
    order = np.argsort(questions.at, kind="stable")
    profiles = snapshot.ask(recommender.profiler, questions.person[order], questions.at[order])
    names = [*rankers, "model", "model_served"]
    nothing = [np.zeros(size, np.int64) for size in questions.items.sizes]
    ranks = {name: list(nothing) for name in names}
    firsts = {name: Firsts.of(questions, served=name == "model_served") for name in names}
    listed = {name: np.zeros(len(order), np.int64) for name in ranks}
    idle, history, refused = np.empty(len(order)), np.empty(len(order), np.int64), np.zeros(len(order), dtype=bool)
    means = np.full((len(order), len(recommender.rows[kind].columns)), np.nan)
    lists: list[Mapping[str, Any]] = []
    for done in watched(range(len(order))):
        place = order[done]
        profile, items = profiles.row(done), snapshot.items[kind]
        earlier = profile.history[0][kind]
        history[place] = len(earlier.at)
        idle[place] = (questions.at[place] - earlier.at[0]) / 60e6 if len(earlier.at) else np.nan
        positives = items.find(questions.items.row(place))
        try:
            scene, ranked = _ranked(recommender, profile, kind, snapshot, rankers)
        except RequestError:
            refused[place] = True
            continue
        times = snapshot.counts[kind].total("item", recommender.city.midnight(int(questions.at[place])))
        for name, ranking in ranked.items():
            item, score, places = ranking.item, ranking.score, ranks_in(ranking.item, positives)
            ranks[name][place], listed[name][place] = places, len(item)
            firsts[name].take(int(place), ranking, places, times)
            lists.append({"question": int(place), "ranker": name, "item": item[:SHOWN], "score": score[:SHOWN]})
        if scene.personal:
            means[place] = _means(scene.rows)
            bands.look(scene.rows, np.isin(scene.pairs.item, positives), np.isin(scene.pairs.item, ranked["model"].item[:FIRST]))
        if watch:
            found = {name: ranking.item for name, ranking in ranked.items()}
            watch.look(int(place), int(profile.person[0]), items, scene.pairs.item, positives, found)
    hits = {name: Hits.of(Ragged.of(rows, np.int64), questions.grades, listed[name]) for name, rows in ranks.items()}
    return Outcome(
        questions,
        hits,
        idle,
        history,
        refused,
        _table(lists, questions, snapshot, kind),
        means,
        shown={name: first.lists() for name, first in firsts.items()},
        facts=ItemFacts.of(snapshot.items[kind], questions.at[~refused]),
        spans={name: first.spans for name, first in firsts.items() if not first.served},
        watch=watch,
        bands=bands,
    )


def ask_any_use(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    questions: Questions,
    rankers: Mapping[str, Ranker | OnRows],
    watched: Callable[[Iterable[int]], Iterable[int]] = lambda rows: rows,
) -> tuple[dict[str, Hits], BoolArray]:
    """Return every ranker's ranks of the next used item, new or not (`model` first), and who has no answer by law.

    Items used before stay in the lists: where people come back, such an item is an answer like any other.
    """
    recommender = replace(recommender, repeats=recommender.repeats | {kind})
    profiles = snapshot.ask(recommender.profiler, questions.person, questions.at)
    names, items = ["model", *rankers], snapshot.items[kind]
    ranks = {name: [np.zeros(size, np.int64) for size in questions.items.sizes] for name in names}
    listed = {name: np.zeros(len(questions), np.int64) for name in names}
    refused = np.zeros(len(questions), dtype=bool)
    for place in watched(range(len(questions))):
        try:
            _, found = _in_score_order(recommender, profiles.row(place), kind, snapshot, rankers, WHOLE_AND_SEEN)
        except RequestError:
            refused[place] = True
            continue
        positives = items.find(questions.items.row(place))
        for name, ranking in found.items():
            ranks[name][place], listed[name][place] = ranks_in(ranking.item, positives), len(ranking.item)
    return {name: Hits.of(Ragged.of(ranks[name], np.int64), questions.grades, listed[name]) for name in names}, refused


def _ranked(
    recommender: Recommender, profile: Profiles, kind: Kind, snapshot: Snapshot, rankers: Mapping[str, Ranker | OnRows]
) -> tuple[Scene, dict[str, Ranking]]:
    """Return the scene of the whole catalogue, and a list per ranker."""
    scene, lists = _in_score_order(recommender, profile, kind, snapshot, rankers, WHOLE)
    lists["model_served"] = recommender.recommend(profile, kind, snapshot, recommender.served(kind), n=SHOWN)
    return scene, lists


def _in_score_order(
    recommender: Recommender,
    profile: Profiles,
    kind: Kind,
    snapshot: Snapshot,
    rankers: Mapping[str, Ranker | OnRows],
    policy: Policy,
) -> tuple[Scene, dict[str, Ranking]]:
    """Return the scene that a policy makes, and a list of its pairs per ranker, `model` behind the others.

    Rows are made once for all rankers that score them.
    """
    scene = recommender.scene(profile, kind, snapshot, policy, n=SHOWN)
    scenes: dict[RowBuilder, Scene] = {recommender.rows[kind]: scene}
    lists = dict[str, Ranking]()
    for name, one in rankers.items():
        rows, ranker = (one.rows, one.ranker) if isinstance(one, OnRows) else (recommender.rows[kind], one)
        if rows not in scenes:
            scenes[rows] = _on(rows, scene, recommender, kind, snapshot)
        lists[name] = recommender.with_ranker(kind, ranker).rank(scenes[rows], kind, policy)
    lists["model"] = recommender.rank(scene, kind, policy)
    return scene, lists


def _on(rows: RowBuilder, scene: Scene, recommender: Recommender, kind: Kind, snapshot: Snapshot) -> Scene:
    """Return a scene with other rows of the same pairs."""
    if not scene.personal:
        return scene
    other = replace(recommender, rows={**recommender.rows, kind: rows})
    return replace(scene, rows=other.build(scene.profile, snapshot, kind, scene.pairs))


def _means(rows: FloatArray) -> FloatArray:
    """Return the mean of the known values of every column, NaN where there are none."""
    known = ~np.isnan(rows)
    return divided(np.where(known, rows, 0.0).sum(axis=0), known.sum(axis=0))


def _table(lists: Sequence[Mapping[str, Any]], questions: Questions, snapshot: Snapshot, kind: Kind) -> pd.DataFrame:
    """Return the lists in the shape of the table `recommendations`."""
    ids = np.array(snapshot.items[kind].ids, dtype=object)
    sizes = [len(one["item"]) for one in lists]
    question = np.repeat(np.array([one["question"] for one in lists], dtype=np.int64), sizes)
    return pd.DataFrame(
        {
            "person_id": [snapshot.person_ids[int(key)] for key in questions.person[question]],
            "kind": kind,
            "item_id": ids[np.concatenate([one["item"] for one in lists])] if lists else [],
            "position": np.concatenate([np.arange(1, size + 1) for size in sizes]) if lists else [],
            "score": np.concatenate([one["score"] for one in lists]) if lists else [],
            "ranker": np.repeat(np.array([one["ranker"] for one in lists], dtype=object), sizes),
            "at": pd.to_datetime(questions.at[question], unit="us", utc=True),
        }
    )
