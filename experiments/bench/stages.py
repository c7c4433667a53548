"""Seconds that each stage of a request takes, measured in this process."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from serving.answer.respond import respond
from serving.deployment import Deployment
from serving.reading import checked
from serving.schemas.requests import RecommendRequest
from sqrec.groups.record import Record
from sqrec.rank import SERVED, candidates

_REPEATS = 5


def stages(deployment: Deployment, bodies: Sequence[bytes]) -> dict[str, np.ndarray]:
    """Return seconds per request of every stage, and of the whole (`respond`); the first round is left out."""
    found: dict[str, list[float]] = {}
    now = time.time_ns() // 1000
    for _ in range(_REPEATS):
        found = found if _ else {}
        for body in bodies:
            _one(deployment, body, now, found)
    return {name: np.array(times[len(bodies) :]) for name, times in found.items()}


def _one(deployment: Deployment, body: bytes, now: int, found: dict[str, list[float]]) -> None:
    recommender, snapshot = deployment.recommender, deployment.snapshot

    def timed(name: str, stage: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = stage()
        found.setdefault(name, []).append(time.perf_counter() - start)
        return result

    asked = timed("read and check the request", lambda: checked(body, {"city": recommender.city}))
    if not isinstance(asked, RecommendRequest):
        raise TypeError("The benchmark's own request was refused.")
    profile = timed("profile", lambda: deployment.profile(asked, _record(deployment, asked), now))
    kind = next(iter(snapshot.items))
    items, counts, midnight = snapshot.items[kind], snapshot.counts[kind], recommender.city.midnight(now)
    timed(
        "candidates",
        lambda: candidates(snapshot.index[kind], counts, profile, midnight, SERVED.max_candidates or 0, personal=True),
    )
    scene = timed("scene (candidates, gates, pairs, rows)", lambda: recommender.scene(profile, kind, snapshot, SERVED, 10, now))
    found.setdefault("rows scored", []).append(len(scene.pairs) / 1000)
    timed("pairs", lambda: recommender.pairs(profile, items, scene.pairs.item))
    timed("rows", lambda: recommender.build(profile, snapshot, kind, scene.pairs))
    timed("score and order", lambda: recommender.rank(scene, kind, SERVED))
    timed("respond (everything but the border)", lambda: respond(deployment, asked, _record(deployment, asked), now))


def _record(deployment: Deployment, asked: RecommendRequest) -> Record | None:
    return deployment.records.of(asked.person_id) if asked.person_id else None
