"""Garbage collection beside the requests, never inside one."""

import asyncio
import gc

_EVERY = 200
_FULL_EVERY = 20_000
_LATER = 0.002


class Collector:
    """Switch automatic collection off and collect between requests.

    What was made up to now (the catalogue, the booster) is frozen: no later collection looks at it again. Every 200
    answers the youngest objects are collected shortly after an answer went out, every 20,000 all of them.
    """

    def __init__(self) -> None:
        gc.collect()
        gc.freeze()
        gc.disable()
        self._count = 0

    def served(self) -> None:
        """Count one answer, and have garbage collected after it is sent when it is time."""
        self._count += 1
        if self._count % _EVERY == 0:
            generation = 2 if self._count % _FULL_EVERY == 0 else 1
            asyncio.get_running_loop().call_later(_LATER, gc.collect, generation)
