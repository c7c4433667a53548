"""From a checked request to the bytes of an answer."""

import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_json

from serving.answer.notices import notices
from serving.answer.stream import said, stream
from serving.deployment import Deployment
from serving.log import explored, shown_rows
from serving.metrics import UNTIMED, Laps
from serving.schemas.requests import PersonIn, ProfileRequest, RecommendRequest
from sqrec.cities.ages import age_of
from sqrec.contract import KINDS, Kind
from sqrec.errors import RequestError
from sqrec.groups.answer import profile_answer
from sqrec.groups.groups import KeyGroups
from sqrec.groups.record import Record
from sqrec.groups.restricted import RESTRICTED_UNKNOWN, Restricted
from sqrec.profile import Profiles
from sqrec.programmes import programmes, programmes_answer
from sqrec.rank import Ranking
from sqrec.rank.gates import gate
from sqrec.store import Row

_WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Answered:
    """Hold an answer as JSON, and its rows for the log of shown items (none where the answer is not for display)."""

    body: bytes
    shown: Sequence[Row] = ()


def respond(deployment: Deployment, asked: RecommendRequest, record: Record | None, now: int, laps: Laps = UNTIMED) -> Answered:
    """Return the lists of one person; `laps` time and count what is done.

    `record` is that of the request's `person_id` (None: unknown, or facts are given), `now` the server's clock, microseconds UTC.
    Raises RequestError where the law refuses, NotFoundError for an unknown `person_id`.
    """
    request_id, at = uuid.uuid4().hex, now if asked.at is None else asked.at
    profile = deployment.profile(asked, record, at, personalised=asked.personalised)
    laps.lap("profile")
    recommender, explore = deployment.recommender, explored(deployment, asked, record)
    rankings: dict[Kind, Ranking] = {}
    for kind in _kinds(deployment, asked):
        policy = recommender.served(kind, asked.minutes, explore)
        found = recommender.recommend(profile, kind, deployment.snapshot, policy, asked.n, clock=now)
        laps.listed(kind, found.ranker, len(found.scene.pairs), widened=found.scene.widened)
        rankings[kind] = found
    offered = {"programmes": _offered(deployment, profile, asked, record, now)}
    laps.lap("programmes")
    body = to_json({"request_id": request_id} | _answer(deployment, asked, at, rankings) | offered)
    laps.lap("answer")
    shown = shown_rows(request_id, deployment, asked, record, rankings, now) if asked.at is None else ()
    laps.lap("log")
    return Answered(body, shown)


def respond_profile(
    deployment: Deployment, asked: ProfileRequest, record: Record | None, now: int, laps: Laps = UNTIMED
) -> Answered:
    """Return the profile of one person; arguments and errors as in `respond`."""
    at, city = now if asked.at is None else asked.at, deployment.recommender.city
    person = deployment.profile(asked, record, at).raw(0)
    gate(age_of(person.birth_month, now, city), "course", city)
    laps.lap("profile")
    told = _told(asked, record)
    bundle = deployment.bundle
    answer = profile_answer(person, told, bundle.profiler, bundle.groups, city, at, asked.lang, bundle.texts)
    body = to_json(answer if asked.at is None else answer | {"not_for_display": True})
    laps.lap("answer")
    return Answered(body)


def warm_up(deployment: Deployment) -> None:
    """Make a few lists, so that indexes and the day's counts are ready before the first request."""
    last = int(deployment.snapshot.events.known[-1]) + 1 if len(deployment.snapshot.events) else 0
    now = time.time_ns() // 1000 if deployment.state else max(last, 0)
    ids = [person.person_id for person in deployment.records.some(_WARM_UP)]
    asked = [RecommendRequest(person=PersonIn()), *(RecommendRequest(person_id=person_id) for person_id in ids)]
    for one in asked:
        record = deployment.records.of(one.person_id) if one.person_id else None
        with suppress(RequestError):  # the law refuses some people
            respond(deployment, one.model_copy(update={"explain": True}), record, now)


def _offered(
    deployment: Deployment, profile: Profiles, asked: RecommendRequest, record: Record | None, now: int
) -> list[dict[str, Any]]:
    """Return the programmes that a person's groups open, by published rule."""
    offerings, city = deployment.offerings, deployment.recommender.city
    if not offerings.groups:
        return []
    told = record.restricted if record else None
    groups = KeyGroups(tuple(group for group in deployment.bundle.groups.groups if group in offerings.groups))
    found = programmes(
        deployment.recommender,
        profile,
        offerings,
        deployment.snapshot,
        groups.of(profile.raw(0), told, city, now),
        vouched=[group for group in asked.groups if not (told and f"group:{group}" in told.deleted_apart)],
        restricted=told,
        kinds=[kind for kind in _kinds(deployment, asked) if kind in offerings.rows],
        n=asked.n,
        clock=now,
    )
    return programmes_answer(found, deployment.snapshot.items, deployment.bundle.texts, asked.lang)


def _told(asked: ProfileRequest, record: Record | None) -> Restricted | None:
    """Return the restricted facts of a request, else the stored ones; what a stored person had deleted stays so."""
    kept = record.restricted if record else None
    if not asked.restricted:
        return kept
    told = _restricted(asked)
    gone = {name: RESTRICTED_UNKNOWN[name] for name in (kept.deleted_apart if kept else ()) if name in RESTRICTED_UNKNOWN}
    return replace(told, **gone, deleted_apart=kept.deleted_apart if kept else ())


def _restricted(asked: ProfileRequest) -> Restricted:
    """Return the restricted facts of a request."""
    told = asked.restricted.model_dump(exclude_none=True) if asked.restricted else {}
    return Restricted(**{**told, "recognised": tuple(told.get("recognised", ()))})


def _kinds(deployment: Deployment, asked: RecommendRequest) -> list[Kind]:
    return [kind for kind in asked.kinds or KINDS if kind in deployment.bundle.kinds and kind in deployment.snapshot.items]


def _answer(deployment: Deployment, asked: RecommendRequest, at: int, rankings: dict[Kind, Ranking]) -> dict[str, Any]:
    bundle, lang, city = deployment.bundle, asked.lang, deployment.recommender.city
    answer: dict[str, Any] = {
        "bundle": bundle.name,
        "rankers": {kind: ranking.ranker for kind, ranking in rankings.items()},
        "data_as_of": deployment.snapshot.data_as_of,
        "counts_as_of": city.local(city.midnight(at)).isoformat(),
        "streams": {
            kind: stream(ranking, bundle, deployment.snapshot, kind, asked.n, lang, explain=asked.explain)
            for kind, ranking in rankings.items()
        },
        "notices": notices(rankings, deployment.recommender, bundle.texts, lang, asked.n),
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
