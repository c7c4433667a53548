"""Lists and profiles of people."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from serving.answer.respond import Answered, respond, respond_profile
from serving.deployment import Deployment
from serving.live import Live
from serving.problems import refusal
from serving.schemas.requests import Asked, BatchRequest, ProfileRequest, RecommendRequest
from sqrec.groups.record import Record


async def recommend(live: Live, asked: RecommendRequest) -> bytes:
    """Return ranked lists for one person: with reasons, missing requirements and minutes on foot."""
    return await _answered(live, live.deployment, asked, respond)


async def profile(live: Live, asked: ProfileRequest) -> bytes:
    """Return what is known of one person: facts with their source, what is missing, groups with their evidence."""
    return await _answered(live, live.deployment, asked, respond_profile)


async def recommend_batch(live: Live, asked: BatchRequest) -> bytes:
    """Return the lists of up to 500 people, each answered as if asked alone.

    All are answered from one deployment, in the order asked; between two people the event loop answers other requests. Where a
    person cannot be answered, the result is a problem document.
    """
    deployment = live.deployment
    results = [await _result(live, deployment, one) for one in asked.each()]
    accepted = sum(answered for answered, _ in results)
    counts = f'"persons":{len(results)},"accepted":{accepted},"rejected":{len(results) - accepted}'
    return b'{"results":[' + b",".join(body for _, body in results) + b"]," + counts.encode() + b"}"


async def _answered(
    live: Live, deployment: Deployment, asked: Asked, answer: Callable[[Deployment, Any, Record | None, int], Answered]
) -> bytes:
    record = await deployment.records.found(asked.person_id) if asked.person_id else None
    return live.written(answer(deployment, asked, record, time.time_ns() // 1000))


async def _result(live: Live, deployment: Deployment, asked: RecommendRequest) -> tuple[bool, bytes]:
    await asyncio.sleep(0)
    try:
        return True, b'{"answer":' + await _answered(live, deployment, asked, respond) + b"}"
    except Exception as mistake:  # noqa: BLE001 (one person's mistake is not everybody's)
        return False, b'{"problem":' + refusal(mistake)[1] + b"}"
