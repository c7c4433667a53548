"""The audit of a worker: decisions written beside the request path, in order, each chained to the one before."""

import logging
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Sequence
from itertools import islice
from typing import Any

from serving.allowed import Decision
from serving.metrics import counter
from serving.problems import UnavailableError
from serving.purposes import PURPOSES
from sqrec.store import Store
from sqrec.store.database import Writing
from sqrec.store.trail import BEGUN, ENDED, Entry, Link, append, note

MOST_WAITING = 16_384
"""The most decisions that wait to be written."""
_GATHERING = 0.25
_AT_ONCE = 2_048
_PAUSE = 1.0
_LAST_TRIES = 30
"""How often an ending worker tries to write, a pause apart, before it gives up."""
_FULL = "The audit trail cannot be written now, and nobody's data is read without it. Try again later."
_log = logging.getLogger("sqrec.serving")


class AuditLog:
    """Write decisions to the audit trail of a store, in a thread of its own, in the order in which they were put.

    What was let in is never dropped: where `most` decisions wait, `put` refuses it (503), so nobody is read without a row. Refusals may
    fill half the queue, so that a flood of them keeps nobody else out; equal ones about nobody in particular, of one moment, become one
    row with their number, and what lies above is counted in a row of its own. A store that cannot be written is tried again. `close`
    writes everything that waits.
    """

    def __init__(self, store: Store, most: int = MOST_WAITING) -> None:
        self._store, self._most = store, most
        self.chain, self._link = f"worker {uuid.uuid4().hex[:16]}", Link()
        self._lock = threading.Lock()
        self._waiting: deque[tuple[int, Decision]] = deque()
        self._missing = 0
        self._something, self._closing = threading.Event(), threading.Event()
        self._written = counter("sqrec_audit_written", "Decisions that were written to the audit trail.")
        self._thread = threading.Thread(target=self._write, name="audit", daemon=True)
        self._thread.start()

    def put(self, decision: Decision) -> None:
        """Queue a decision, without waiting. Raises UnavailableError for one that lets in where too many wait."""
        now, refused = time.time_ns() // 1000, decision.status is not None
        with self._lock:
            if len(self._waiting) < (self._most // 2 if refused else self._most):
                self._waiting.append((now, decision))
            elif refused:
                self._missing += 1
            else:
                raise UnavailableError(_FULL)
        self._something.set()

    @property
    def waiting(self) -> int:
        """How many decisions wait to be written."""
        return len(self._waiting)

    def close(self) -> None:
        """Write everything that waits, and where the chain ends; then end the thread."""
        self._closing.set()
        self._something.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._closing.is_set():
            self._something.wait()
            self._something.clear()
            self._closing.wait(_GATHERING)
            while self._waits() and not self._closing.is_set():
                if not self._append():
                    self._closing.wait(_PAUSE)
        self._write_the_rest()

    def _write_the_rest(self) -> None:
        """Write what waits at the end, and where the chain ends; a store that cannot be written is tried for half a minute."""
        for _ in range(_LAST_TRIES):
            while self._waits() and self._append():
                pass
            if not self._waits() and self._ended():
                return
            time.sleep(_PAUSE)
        if waiting := self._waits():
            _log.critical("%d decisions are missing in the audit trail: the store could not be written", waiting)

    def _waits(self) -> int:
        with self._lock:
            return len(self._waiting) + self._missing

    def _append(self) -> bool:
        """Write the first decisions that wait; they stay in the queue until they are written. False where that fails."""
        with self._lock:
            some, missing = list(islice(self._waiting, _AT_ONCE)), self._missing
        try:
            entries = _entries(some)
            if missing:
                entries.append(Entry(time.time_ns() // 1000, "refusals not told", self.chain, {"times": missing}))
            link = self._store.database.write(lambda writing: self._appended(writing, entries))
        except Exception as problem:  # noqa: BLE001 (whatever it is, nothing is lost: it is tried again)
            _log.error("The audit trail cannot be written, and is tried again: %s", type(problem).__name__)
            return False
        with self._lock:
            self._link = link
            for _ in some:
                self._waiting.popleft()
            self._missing -= missing
        self._written.inc(len(some) + missing)
        return True

    def _appended(self, writing: Writing, entries: Sequence[Entry]) -> Link:
        if not self._link.place:
            note(writing, BEGUN, "system", {"chain": self.chain})
        return append(writing, entries, self.chain, self._link)

    def _ended(self) -> bool:
        """Note down where the chain ended; False where that fails."""
        if not self._link.place:
            return True
        told = {"chain": self.chain, "place": self._link.place, "digest": self._link.digest}
        try:
            self._store.audit(ENDED, "system", told)
        except Exception as problem:  # noqa: BLE001 (the rows themselves are there)
            _log.error("The end of the audit trail was not written: %s", type(problem).__name__)
            return False
        return True


def _entries(some: Sequence[tuple[int, Decision]]) -> list[Entry]:
    """Return what is noted down about decisions; equal refusals about nobody in particular are one entry, at their first place."""
    times = Counter(_alike(one) for _, one in some)
    told: set[Any] = set()
    found: list[Entry] = []
    for at, one in some:
        alike = _alike(one)
        if alike in told:
            continue
        if alike:
            told.add(alike)
        found.append(_entry(at, one, times[alike] if alike else 1))
    return found


def _alike(one: Decision) -> tuple[Any, ...] | None:
    """Return what equal refusals about nobody in particular have in common; None for every other decision."""
    return None if one.status is None or one.person_id is not None else (one.who.name, one.route, one.scope, one.status)


def _entry(at: int, one: Decision, times: int) -> Entry:
    who = one.who
    details = {
        "route": one.route,
        "scope": one.scope,
        "role": who.role,
        "area": who.area,
        "purpose": PURPOSES.get(one.route),
        "fields": list(one.fields),
        "status": one.status,
    }
    what = "refused" if one.status is not None else "read" if one.fields and not one.writes else "written"
    told = {name: value for name, value in details.items() if value not in (None, [])} | ({"times": times} if times > 1 else {})
    return Entry(at, what, who.name, told, one.person_id)
