"""Threads for what writes to the store: where they wait for a lock, nobody who reads waits with them."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from serving.problems import UnavailableError

THREADS = 4
MOST = 64
"""How many writes may be in progress or wait; our own take milliseconds, so that more only wait for somebody else's lock."""
PATIENCE = 5.0
"""Seconds for which a write of a request waits for a lock."""
_FULL = "The store is busy, and nothing was kept. Try again later."

P = ParamSpec("P")
T = TypeVar("T")


class Writers:
    """Run blocking writes in threads of their own, `most` at once or waiting."""

    def __init__(self, threads: int = THREADS, most: int = MOST) -> None:
        self._pool, self._most = ThreadPoolExecutor(threads, "writes"), most
        self._open, self._lock = 0, threading.Lock()

    async def run(self, work: Callable[P, T], *told: P.args, **named: P.kwargs) -> T:
        """Return what `work` returns. Raises UnavailableError where too many writes wait already, and what `work` raises."""
        if not self._count(1):
            raise UnavailableError(_FULL)
        done = self._pool.submit(work, *told, **named)
        done.add_done_callback(lambda _: self._count(-1))
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Finish what is in progress, and begin nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _count(self, by: int) -> bool:
        with self._lock:
            if self._open + by > self._most:
                return False
            self._open += by
            return True
