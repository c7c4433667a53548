"""Whether anything can be kept: a write that is tried when somebody asks, at most once a second however many ask."""

import asyncio
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from sqrec.store import Store

_OLDEST = 1.0
"""Seconds for which an answer holds."""


class Keeping:
    """Try to write to a store (None: a folder, which keeps nothing), in a thread of its own."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._tried: Future[None] | None = None
        self._at = 0.0
        self._thread = ThreadPoolExecutor(1, "ready") if store else None

    async def prove(self) -> None:
        """Return where the store keeps what is written to it. Raises StoreError where it does not."""
        if self._store is None or self._thread is None:
            return
        with self._lock:
            old = time.monotonic() - self._at > _OLDEST
            if self._tried is None or (self._tried.done() and old):
                self._tried, self._at = self._thread.submit(self._store.database.prove), time.monotonic()
            tried = self._tried
        await asyncio.shield(asyncio.wrap_future(tried))

    def close(self) -> None:
        """Try no more."""
        if self._thread:
            self._thread.shutdown(wait=True, cancel_futures=True)
