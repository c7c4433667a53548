"""Ask the served recommender for held-out people, and see where their positives end up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sqrec.arrays import BoolArray, FloatArray, IntArray, Ragged
from sqrec.catalogue.snapshot import Snapshot
from sqrec.columns import Kind
from sqrec.errors import RequestError
from sqrec.evaluate.metrics import Hits, ranks_in
from sqrec.evaluate.oracle import Utilities, Watch
from sqrec.evaluate.split import Questions
from sqrec.profile import Profiles
from sqrec.rank import WHOLE, Ranker, Recommender, Scene, served_in

SHOWN = 100
"""How many of every list recommendations.parquet holds."""


@dataclass(frozen=True)
class Outcome:
    """Hold what came of the held-out questions.

    `hits[ranker]` has one person per question; `idle` minutes since the person's last earlier event (NaN without one), `history`
    their number; `refused` the questions that the law leaves unanswered; `rows` each person's mean row over the candidates.
    """

    questions: Questions
    hits: Mapping[str, Hits]
    idle: FloatArray
    history: IntArray
    refused: BoolArray
    lists: pd.DataFrame
    rows: FloatArray
    watch: Watch | None = None


def ask_held_out(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    questions: Questions,
    rankers: Mapping[str, Ranker],
    utilities: Utilities | None = None,
    watched: Callable[[Iterable[int]], Iterable[int]] = lambda rows: rows,
) -> Outcome:
    """Rank for every question with every ranker over the whole catalogue, and as served.

    `rankers` stand beside `model`, the recommender's own; `model_served` is what a request would have got. `watched`
    may show progress over the questions. With `utilities` the oracles are asked too.
    """
    watch = Watch(utilities) if utilities else None
    order = np.argsort(questions.at, kind="stable")
    profiles = snapshot.ask(recommender.profiler, questions.person[order], questions.at[order])
    names = [*rankers, "model", "model_served"]
    nothing = [np.zeros(size, np.int64) for size in questions.items.sizes]
    ranks = {name: list(nothing) for name in names}
    listed = {name: np.zeros(len(order), np.int64) for name in ranks}
    idle = np.full(len(order), np.nan)
    history, refused = np.zeros(len(order), np.int64), np.zeros(len(order), dtype=bool)
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
        for name, (item, score) in ranked.items():
            ranks[name][place], listed[name][place] = ranks_in(item, positives), len(item)
            lists.append({"question": int(place), "ranker": name, "item": item[:SHOWN], "score": score[:SHOWN]})
        if scene.personal:
            means[place] = _means(scene.rows)
        if watch:
            found = {name: item for name, (item, _) in ranked.items()}
            watch.look(int(place), int(profile.person[0]), items, scene.pairs.item, positives, found)
    hits = {name: Hits.of(Ragged.of(rows, np.int64), questions.grades, listed[name]) for name, rows in ranks.items()}
    return Outcome(questions, hits, idle, history, refused, _table(lists, questions, snapshot, kind), means, watch)


def _ranked(
    recommender: Recommender, profile: Profiles, kind: Kind, snapshot: Snapshot, rankers: Mapping[str, Ranker]
) -> tuple[Scene, dict[str, tuple[IntArray, FloatArray]]]:
    """Return the scene of the whole catalogue, and items and scores per ranker, best first.

    The rows of the whole catalogue are made once for all rankers.
    """
    scene = recommender.scene(profile, kind, snapshot, WHOLE, n=SHOWN)
    lists = {name: recommender.with_ranker(kind, ranker).rank(scene, kind, WHOLE) for name, ranker in rankers.items()}
    lists["model"] = recommender.rank(scene, kind, WHOLE)
    lists["model_served"] = recommender.recommend(profile, kind, snapshot, served_in(recommender.city), n=SHOWN)
    return scene, {name: (ranking.item, ranking.score) for name, ranking in lists.items()}


def _means(rows: FloatArray) -> FloatArray:
    """Return the mean of the known values of every column, NaN where there are none."""
    known = ~np.isnan(rows)
    total, times = np.where(known, rows, 0.0).sum(axis=0), known.sum(axis=0)
    return np.divide(total, times, out=np.full(len(total), np.nan), where=times > 0)


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
