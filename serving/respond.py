"""From a checked request to the bytes of an answer."""

import uuid
from dataclasses import replace
from typing import Any

from pydantic_core import to_json

from serving.answer import notices, said, stream
from serving.deployment import Deployment
from serving.models import PersonIn, RecommendRequest
from sqrec.columns import KINDS, Kind
from sqrec.rank import SERVED, Ranking

_WARM_UP = 20


def respond(deployment: Deployment, asked: RecommendRequest, now: int) -> bytes:
    """Return the answer to a request as JSON; `now` is the server's clock, microseconds UTC.

    Raises RequestError where the law refuses, LookupError for a `person_id` that nobody has.
    """
    at = now if asked.at is None else asked.at
    profile = deployment.profile(asked, at)
    rankings: dict[Kind, Ranking] = {kind: _ranking(deployment, profile, kind, asked, now) for kind in _kinds(deployment, asked)}
    return to_json(_answer(deployment, asked, at, rankings))


def warm_up(deployment: Deployment) -> None:
    """Ask for a few lists before anybody else does, so that indexes and the day's counts are ready."""
    at = max(int(deployment.snapshot.events.known[-1]) + 1, 0) if len(deployment.snapshot.events) else 0
    people = [RecommendRequest(person_id=person_id) for person_id in list(deployment.snapshot.people)[:_WARM_UP]]
    for request in [RecommendRequest(person=PersonIn()), *people]:
        respond(deployment, request.model_copy(update={"explain": True}), at)


def _kinds(deployment: Deployment, asked: RecommendRequest) -> list[Kind]:
    return [kind for kind in asked.kinds or KINDS if kind in deployment.bundle.kinds and kind in deployment.snapshot.items]


def _ranking(deployment: Deployment, profile: Any, kind: Kind, asked: RecommendRequest, now: int) -> Ranking:
    policy = replace(SERVED, reach=asked.minutes)
    return deployment.recommender.recommend(profile, kind, deployment.snapshot, policy, asked.n, clock=now)


def _answer(deployment: Deployment, asked: RecommendRequest, at: int, rankings: dict[Kind, Ranking]) -> dict[str, Any]:
    bundle, lang, city = deployment.bundle, asked.lang, deployment.recommender.city
    answer: dict[str, Any] = {
        "request_id": uuid.uuid4().hex,
        "bundle": bundle.name,
        "rankers": {kind: ranking.ranker for kind, ranking in rankings.items()},
        "data_as_of": deployment.snapshot.data_as_of,
        "counts_as_of": city.local(city.midnight(at)).isoformat(),
        "streams": {
            kind: stream(ranking, bundle, kind, asked.n, lang, explain=asked.explain) for kind, ranking in rankings.items()
        },
        "notices": notices(list(rankings.values()), bundle, lang),
        "degraded": [said(bundle, "degraded", code, lang, {}) for code in _degraded(asked, rankings)],
    }
    return answer if asked.at is None else answer | {"not_for_display": True}


def _degraded(asked: RecommendRequest, rankings: dict[Kind, Ranking]) -> list[str]:
    found: list[str] = []
    if any(kind not in rankings for kind in asked.kinds or ()):
        found.append("no_items")
    if any(ranking.ranker == "fallback" for ranking in rankings.values()):
        found.append("fallback")
    if any(not ranking.scene.located for ranking in rankings.values()):
        found.append("no_circle")
    return found
