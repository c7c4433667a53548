"""Garbage collection between requests, never during one."""

import asyncio
import gc
from time import perf_counter

from serving.metrics import figures

_EVERY = 200
_FULL_EVERY = 20_000
_LATER = 0.002


class Collector:
    """Switch automatic garbage collection off and collect between requests.

    Existing objects (catalogue, booster) are frozen: later collections do not visit them. After every 200th answer the younger
    generations are collected, after every 20,000th all of them, 2 ms after the answer is ready.
    """

    def __init__(self) -> None:
        gc.collect()
        gc.freeze()
        gc.disable()
        self._count = 0

    def served(self) -> None:
        """Count one answer; schedule a collection where one is due. Must be called in the event loop."""
        self._count += 1
        if self._count % _EVERY == 0:
            generation = 2 if self._count % _FULL_EVERY == 0 else 1
            asyncio.get_running_loop().call_later(_LATER, _collect, generation)


def _collect(generation: int) -> None:
    began = perf_counter()
    gc.collect(generation)
    figures().collections.add(perf_counter() - began, str(generation))
