"""The keys and sessions that a worker holds: all of them in memory, at most a second old."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from serving.allowed import WRONG_KEY
from serving.problems import RefusedError, UnavailableError, unexpected
from sqrec.access import NOBODY, Asker, KeyRing, Organisation
from sqrec.access.sessions import SECOND, Session, id_of, is_token
from sqrec.errors import StoreError
from sqrec.store import Database, Keys, Sessions, Store
from sqrec.store.keys import day_of
from sqrec.store.organisation import organisation_change, organisation_of

OLDEST = 1.0
"""Seconds after which the keys are asked for again before one is believed: a revoked key is refused within them."""
_EVERY = 0.4
_NOTED_EVERY = 60 * SECOND
_MOST_NOTED = 10_000
_log = logging.getLogger("sqrec.serving")


class KeysHeld:
    """Hold the keys and sessions of a store (None: a folder, which has none), each read again whenever the store's change number and theirs moved.

    A thread looks often enough that no request has to; where it is late, the request looks first, beside the event loop.
    """

    def __init__(self, store: Store | None, pepper: bytes | None) -> None:
        self.ring, self.sessions = KeyRing.of((), pepper), dict[str, Session]()
        self._store, self._change = store, -1
        self._organised = -1, Organisation()
        self._of_keys: object = None
        self._of_sessions: object = None
        self._looked = 0.0
        self._noted: set[tuple[str, str]] = set()
        self._one, self._ended = threading.RLock(), threading.Event()
        if store:
            self.look()

    @property
    def there(self) -> bool:
        """Whether there can be keys: a store is served."""
        return self._store is not None

    @property
    def organisation(self) -> Organisation:
        """The organisation whose units the areas of keys and sessions are; without units where a folder is served."""
        return self._organised[1]

    async def asker(self, text: str) -> Asker:
        """Return who asks with a key. Raises RefusedError (401) for a key that does not hold, UnavailableError where none can be checked."""
        if not self.there:
            raise RefusedError(401, WRONG_KEY)
        await self._young(OLDEST)
        now = time.time_ns() // 1000
        key = self.ring.key_of(text, now)
        if key is None:
            raise RefusedError(401, WRONG_KEY)
        self._used(key.key_id, key.used_on, now)
        return self.ring.askers[key.key_id]

    async def session(self, token: str) -> Asker:
        """Return who asks in a session; nobody, where it has ended. One that another worker began just now is looked for."""
        if not is_token(token):
            return NOBODY
        session_id = id_of(token)
        await self._young(OLDEST if session_id in self.sessions else 0.0)
        found, now = self.sessions.get(session_id), time.time_ns() // 1000
        if found is None or not found.holds_at(now):
            return NOBODY
        if now - found.used_at > _NOTED_EVERY:
            self._once((session_id, str(now // _NOTED_EVERY)), lambda store: Sessions(store.database).used(session_id, now))
        return found.asker(self.organisation)

    async def _young(self, oldest: float) -> None:
        """Look first where that was longer ago than so many seconds, beside the event loop."""
        if self.there and time.monotonic() - self._looked > oldest:
            await asyncio.to_thread(self._look_if_older, oldest)

    def close(self) -> None:
        """Look no more."""
        self._ended.set()

    def look(self) -> None:
        """Read again what has changed of organisation, keys and sessions, one look at a time.

        Raises StoreError where the store cannot be reached, and where its organisation has a circle of parents.
        """
        if self._store is None:
            return
        with self._one:  # a look that began earlier and ends later would bring back what was revoked
            began, change = time.monotonic(), self._store.change()
            if change != self._change:
                self._read(self._store.database)
                self._change = change
            self._looked = began

    def _read(self, database: Database) -> None:
        """Read what has changed; where any of it cannot be read, all of it is tried again."""
        organised, of_keys, of_sessions = organisation_change(database), Keys(database).state(), Sessions(database).state()
        moved = organised != self._organised[0]
        if moved:
            self._organised = organised, organisation_of(database)
        if moved or of_keys != self._of_keys:
            self.ring = KeyRing.of(Keys(database).listed(), self.ring.pepper, self.organisation)
            self._of_keys = of_keys
        if of_sessions != self._of_sessions:
            self.sessions = {one.session_id: one for one in Sessions(database).listed()}
            self._of_sessions = of_sessions

    def watch(self) -> None:
        """Look every few tenths of a second, in a thread of its own."""
        if self.there:
            threading.Thread(target=self._watch, name="keys", daemon=True).start()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY):
            try:
                self.look()
            except StoreError:
                continue  # the next request that brings a key looks for itself, and says so
            except Exception as mistake:  # noqa: BLE001 (whoever stops looking believes old keys)
                unexpected(mistake)

    def _look_if_older(self, oldest: float) -> None:
        with self._one:
            if time.monotonic() - self._looked <= oldest:
                return
            try:
                self.look()
            except StoreError as problem:
                _log.error("Keys cannot be checked: %s", problem)
                raise UnavailableError("Keys cannot be checked now: the store cannot be reached.") from problem

    def _used(self, key_id: str, known: str | None, now: int) -> None:
        """Have it noted, once a day and beside the event loop, that a key was used."""
        day = day_of(now)
        if known != day:
            self._once((key_id, day), lambda store: Keys(store.database).used(key_id, day))

    def _once(self, what: tuple[str, str], write: Callable[[Store], None]) -> None:
        """Have something written beside the event loop, unless it was asked for before."""
        if what in self._noted or self._store is None:
            return
        if len(self._noted) > _MOST_NOTED:
            self._noted.clear()
        self._noted.add(what)
        asyncio.get_running_loop().run_in_executor(None, self._write, write, self._store)

    def _write(self, write: Callable[[Store], None], store: Store) -> None:
        try:
            write(store)
        except StoreError as problem:
            _log.error("The use of a key or session was not noted: %s", problem)
