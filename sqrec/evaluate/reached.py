"""What is lost because a request scores some hundred candidates, not the whole catalogue."""

from dataclasses import replace

import numpy as np

from sqrec.arrays import IntArray
from sqrec.catalogue.snapshot import Snapshot
from sqrec.columns import Kind
from sqrec.errors import RequestError
from sqrec.evaluate.compare import Interval, share_of_means
from sqrec.evaluate.costs import FIRST, SEED, gains_among
from sqrec.evaluate.split import Questions
from sqrec.rank import SERVED, WHOLE, Recommender

MOST_ASKED = 200
"""Questions that the whole catalogue is scored for, at most: seconds."""


def lost_at_candidates(
    recommender: Recommender, snapshot: Snapshot, kind: Kind, questions: Questions, rng: np.random.Generator
) -> Interval | None:
    """Return the share of the whole catalogue's ndcg@10 that is lost where served candidates alone are scored.

    Both in score order, over what is new to the person. None where a request scores the whole catalogue, or nobody can be asked.
    """
    size = SERVED.max_candidates
    if len(questions) == 0 or size is None or size >= len(snapshot.items[kind]):
        return None
    asked = questions.some(MOST_ASKED, rng)
    profiles = snapshot.ask(recommender.profiler, asked.person, asked.at)
    found: list[tuple[float, float]] = []
    for place in range(len(asked)):
        try:
            lists = [
                recommender.recommend(profiles.row(place), kind, snapshot, replace(WHOLE, max_candidates=most), FIRST).item[
                    :FIRST
                ]
                for most in (None, size)
            ]
        except RequestError:
            continue
        found.append((_worth(lists[0], snapshot, kind, asked, place), _worth(lists[1], snapshot, kind, asked, place)))
    if not found:
        return None
    whole, served = np.array(found).T
    return share_of_means(whole - served, whole, np.random.default_rng(SEED))


def _worth(item: IntArray, snapshot: Snapshot, kind: Kind, questions: Questions, place: int) -> float:
    return float(gains_among(item, snapshot.items[kind], questions, place).sum())
