"""What is lost because a request scores some hundred candidates, not the whole catalogue."""

from dataclasses import replace

import numpy as np

from sqrec.base.arrays import IntArray
from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import RequestError
from sqrec.evaluate.lists.costs import FIRST, gains_among
from sqrec.evaluate.stats.compare import FEW_PEOPLE, Interval, share_of_means
from sqrec.evaluate.stats.split import Questions
from sqrec.rank import SERVED, WHOLE, Recommender

MOST_ASKED, MOST_ROWS = 200, 3_000_000
"""Questions that the whole catalogue is scored for, and rows of all of them together, at most: seconds."""


def lost_at_candidates(
    recommender: Recommender, snapshot: Snapshot, kind: Kind, questions: Questions, rng: np.random.Generator
) -> Interval | None:
    """Return the share of the whole catalogue's ndcg@10 that is lost where served candidates alone are scored.

    Both in score order; where the kind does not repeat, over what is new to the person. None where a request scores the whole
    catalogue, and where too few people can be asked: nobody, or the catalogue is so large that it would take minutes.
    """
    size, whole = SERVED.max_candidates, replace(WHOLE, exclude_seen=kind not in recommender.repeats)
    most = min(MOST_ASKED, MOST_ROWS // max(len(snapshot.items[kind]), 1))
    if size is None or size >= len(snapshot.items[kind]) or min(most, len(questions)) < FEW_PEOPLE:
        return None
    asked = questions.some(most, rng)
    profiles = snapshot.ask(recommender.profiler, asked.person, asked.at)
    found: list[tuple[float, float]] = []
    for place in range(len(asked)):
        try:
            lists = [
                recommender.recommend(profiles.row(place), kind, snapshot, replace(whole, max_candidates=scored), FIRST).item[
                    :FIRST
                ]
                for scored in (None, size)
            ]
        except RequestError:
            continue
        found.append((_worth(lists[0], snapshot, kind, asked, place), _worth(lists[1], snapshot, kind, asked, place)))
    if not found:
        return None
    best, served = np.array(found).T
    return share_of_means(best - served, best, np.random.default_rng(SEED))


def _worth(item: IntArray, snapshot: Snapshot, kind: Kind, questions: Questions, place: int) -> float:
    return float(gains_among(item, snapshot.items[kind], questions, place).sum())
