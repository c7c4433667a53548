"""From a checked request to the bytes of an answer."""

import uuid
from dataclasses import replace
from typing import Any

from pydantic_core import to_json

from serving.answer import notices, said, stream
from serving.deployment import Deployment
from serving.models import PersonIn, ProfileRequest, RecommendRequest
from sqrec.columns import KINDS, Kind
from sqrec.profile import Profiles
from sqrec.profile.answer import profile_answer
from sqrec.profile.groups import KeyGroups
from sqrec.profile.restricted import Restricted
from sqrec.programmes import programmes, programmes_answer
from sqrec.rank import SERVED, Ranking
from sqrec.rank.gates import age_of, gate

_WARM_UP = 20


def respond(deployment: Deployment, asked: RecommendRequest, now: int) -> bytes:
    """Return the answer to a request as JSON; `now` is the server's clock, microseconds UTC.

    Raises RequestError where the law refuses, LookupError for a `person_id` that nobody has.
    """
    at = now if asked.at is None else asked.at
    profile = deployment.profile(asked, at, personalised=asked.personalised)
    rankings: dict[Kind, Ranking] = {kind: _ranking(deployment, profile, kind, asked, now) for kind in _kinds(deployment, asked)}
    return to_json(_answer(deployment, asked, at, rankings) | {"programmes": _offered(deployment, profile, asked, now)})


def respond_profile(deployment: Deployment, asked: ProfileRequest, now: int) -> bytes:
    """Return what is known of a person as JSON; raises as `respond` does."""
    at, city = now if asked.at is None else asked.at, deployment.recommender.city
    person = deployment.profile(asked, at).raw(0)
    gate(age_of(person.birth_month, now, city), "course", city)
    told = _restricted(asked) if asked.restricted else deployment.restricted.get(asked.person_id or "")
    bundle = deployment.bundle
    answer = profile_answer(person, told, bundle.profiler, bundle.groups, city, at, asked.lang, bundle.texts)
    return to_json(answer if asked.at is None else answer | {"not_for_display": True})


def warm_up(deployment: Deployment) -> None:
    """Ask for a few lists before anybody else does, so that indexes and the day's counts are ready."""
    at = max(int(deployment.snapshot.events.known[-1]) + 1, 0) if len(deployment.snapshot.events) else 0
    people = [RecommendRequest(person_id=person_id) for person_id in list(deployment.snapshot.people)[:_WARM_UP]]
    for request in [RecommendRequest(person=PersonIn()), *people]:
        respond(deployment, request.model_copy(update={"explain": True}), at)


def _offered(deployment: Deployment, profile: Profiles, asked: RecommendRequest, now: int) -> list[dict[str, Any]]:
    """Return the programmes that a person's groups open, by published rule."""
    offerings, city = deployment.offerings, deployment.recommender.city
    if not offerings.groups:
        return []
    told = deployment.restricted.get(asked.person_id or "")
    groups = KeyGroups(tuple(group for group in deployment.bundle.groups.groups if group in offerings.groups))
    found = programmes(
        deployment.recommender,
        profile,
        offerings,
        deployment.snapshot,
        groups.of(profile.raw(0), told, city, now),
        vouched=asked.groups,
        restricted=told,
        kinds=[kind for kind in _kinds(deployment, asked) if kind in offerings.rows],
        n=asked.n,
        clock=now,
    )
    return programmes_answer(found, deployment.snapshot.items, deployment.bundle.texts, asked.lang)


def _restricted(asked: ProfileRequest) -> Restricted:
    """Return the restricted facts of a request."""
    told = asked.restricted.model_dump(exclude_none=True) if asked.restricted else {}
    return Restricted(**{**told, "recognised": tuple(told.get("recognised", ()))})


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
