"""The keys that a worker holds: all of them in memory, at most a second old."""

import asyncio
import logging
import threading
import time

from serving.allowed import WRONG_KEY
from serving.problems import RefusedError, UnavailableError, unexpected
from sqrec.access import Asker, KeyRing
from sqrec.errors import StoreError
from sqrec.store import Keys, Store
from sqrec.store.keys import day_of

OLDEST = 1.0
"""Seconds after which the keys are asked for again before one is believed: a revoked key is refused within them."""
_EVERY = 0.4
_log = logging.getLogger("sqrec.serving")


class KeysHeld:
    """Hold the keys of a store (None: a folder, which has none), read again whenever the store's change number moves.

    A thread looks often enough that no request has to; where it is late, the request looks first, beside the event loop.
    """

    def __init__(self, store: Store | None, pepper: bytes | None) -> None:
        self.ring = KeyRing.of((), pepper)
        self._store, self._change = store, -1
        self._looked = 0.0
        self._noted: set[tuple[str, str]] = set()
        self._one, self._ended = threading.Lock(), threading.Event()
        if store:
            self.look()

    @property
    def there(self) -> bool:
        """Whether there can be keys: a store is served."""
        return self._store is not None

    async def asker(self, text: str) -> Asker:
        """Return who asks with a key. Raises RefusedError (401) for a key that does not hold, UnavailableError where none can be checked."""
        if not self.there:
            raise RefusedError(401, WRONG_KEY)
        if time.monotonic() - self._looked > OLDEST:
            await asyncio.to_thread(self._look_if_old)
        now = time.time_ns() // 1000
        key = self.ring.key_of(text, now)
        if key is None:
            raise RefusedError(401, WRONG_KEY)
        self._used(key.key_id, key.used_on, now)
        return self.ring.askers[key.key_id]

    def close(self) -> None:
        """Look no more."""
        self._ended.set()

    def look(self) -> None:
        """Read the keys again if anything in the store has changed. Raises StoreError where it cannot be reached."""
        if self._store is None:
            return
        began, change = time.monotonic(), self._store.change()
        if change != self._change:
            self.ring = KeyRing.of(Keys(self._store.database).listed(), self.ring.pepper)
            self._change = change
        self._looked = began

    def watch(self) -> None:
        """Look every few tenths of a second, in a thread of its own."""
        if self.there:
            threading.Thread(target=self._watch, name="keys", daemon=True).start()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY):
            try:
                with self._one:
                    self.look()
            except StoreError:
                continue  # the next request that brings a key looks for itself, and says so
            except Exception as mistake:  # noqa: BLE001 (whoever stops looking believes old keys)
                unexpected(mistake)

    def _look_if_old(self) -> None:
        with self._one:
            if time.monotonic() - self._looked <= OLDEST:
                return
            try:
                self.look()
            except StoreError as problem:
                _log.error("Keys cannot be checked: %s", problem)
                raise UnavailableError("Keys cannot be checked now: the store cannot be reached.") from problem

    def _used(self, key_id: str, known: str | None, now: int) -> None:
        """Have it noted, once a day and beside the event loop, that a key was used."""
        day = day_of(now)
        if known == day or (key_id, day) in self._noted:
            return
        self._noted.add((key_id, day))
        asyncio.get_running_loop().run_in_executor(None, self._note, key_id, day)

    def _note(self, key_id: str, day: str) -> None:
        try:
            if self._store:
                Keys(self._store.database).used(key_id, day)
        except StoreError as problem:
            _log.error("The use of the key %s was not noted: %s", key_id, problem)
