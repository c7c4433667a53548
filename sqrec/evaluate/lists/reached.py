"""The ndcg@10 lost to candidate generation: a request scores some hundred items, not the whole catalogue."""

from contextlib import suppress
from dataclasses import replace

import numpy as np

from sqrec.base.numbers import SEED
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import RequestError
from sqrec.evaluate.lists.costs import gains_among
from sqrec.evaluate.lists.lists import FIRST
from sqrec.evaluate.stats.compare import FEW_PEOPLE, Interval, share_of_means
from sqrec.evaluate.stats.split import Questions
from sqrec.rank import SERVED, WHOLE, Recommender

MOST_ASKED, MOST_ROWS = 200, 3_000_000
"""The most questions for which the whole catalogue is scored, and the most rows of all of them: seconds."""


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
    policies = [replace(whole, max_candidates=scored) for scored in (None, size)]
    found: list[list[float]] = []
    for place in range(len(asked)):
        with suppress(RequestError):
            lists = [recommender.recommend(profiles.row(place), kind, snapshot, one, FIRST).item[:FIRST] for one in policies]
            found.append([float(gains_among(item, snapshot.items[kind], asked, place).sum()) for item in lists])
    if not found:
        return None
    best, served = np.array(found).T
    return share_of_means(best - served, best, np.random.default_rng(SEED))
