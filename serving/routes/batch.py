"""Many people's lists in one answer, each like a request of its own."""

import asyncio
import time
from collections.abc import Callable

from serving.deployment import Deployment
from serving.problems import refusal
from serving.routes.recommend import Answered, respond
from serving.schemas.requests import BatchRequest, RecommendRequest


async def respond_batch(deployment: Deployment, asked: BatchRequest, written: Callable[[Answered], bytes]) -> bytes:
    """Return the answers of everybody, in the order asked, from one deployment; between two people others are answered.

    `written` takes each answer and returns its body. Whoever cannot be answered has a problem document in their place.
    """
    results = [await _result(deployment, one, written) for one in asked.each()]
    accepted = sum(answered for answered, _ in results)
    counts = f'"persons":{len(results)},"accepted":{accepted},"rejected":{len(results) - accepted}'
    return b'{"results":[' + b",".join(body for _, body in results) + b"]," + counts.encode() + b"}"


async def _result(deployment: Deployment, asked: RecommendRequest, written: Callable[[Answered], bytes]) -> tuple[bool, bytes]:
    await asyncio.sleep(0)
    try:
        record = await deployment.records.found(asked.person_id) if asked.person_id else None
        body = written(respond(deployment, asked, record, time.time_ns() // 1000))
    except Exception as mistake:  # noqa: BLE001 (one person's mistake is not everybody's)
        return False, b'{"problem":' + refusal(mistake)[1] + b"}"
    return True, b'{"answer":' + body + b"}"
