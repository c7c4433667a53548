"""Retries of transactions that meet a lock, with exponential pauses and jitter; here and nowhere else."""

import time
from collections.abc import Callable
from secrets import SystemRandom
from typing import TypeVar

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from sqrec.errors import StoreError

MOST_SECONDS = 60.0
"""Seconds for which a transaction is retried; our own transactions hold a lock for a fraction of a second."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.5
_OF_SQLITE = {5, 6, 15}
"""Busy, locked, and the race for the write-ahead log (SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL)."""
_OF_POSTGRESQL = {"40001", "40P01", "55P03"}
"""Serialization failure, deadlock, lock not available."""
_OUR_MISTAKES = (DataError, IntegrityError, NotSupportedError, ProgrammingError)

T = TypeVar("T")


def retried(work: Callable[[], T], name: str, patience: float = MOST_SECONDS) -> T:
    """Run `work`, a whole transaction, again until no lock stops it, and return its result.

    `name` is the store's name in messages. Raises StoreError, in one sentence, where the database cannot be used, or stays
    locked for `patience` seconds.
    """
    until, pause, jitter = time.monotonic() + patience, _FIRST_PAUSE, SystemRandom()
    while True:
        try:
            return work()
        except DBAPIError as problem:
            if not passes(problem):
                raise told(problem, name) from None
            if time.monotonic() > until:
                raise StoreError(
                    f"The store {name} has been locked for {patience:g} s by somebody else; try again later."
                ) from problem
        time.sleep(jitter.uniform(pause / 2, pause))
        pause = min(2 * pause, _LONGEST_PAUSE)


def passes(problem: DBAPIError) -> bool:
    """Tell whether a database error is a transient lock."""
    code = getattr(problem.orig, "sqlite_errorcode", None)
    return (code is not None and code & 0xFF in _OF_SQLITE) or getattr(problem.orig, "sqlstate", None) in _OF_POSTGRESQL


def told(problem: DBAPIError, name: str) -> StoreError:
    """Return a StoreError with the first line of a database error, where that quotes no value: the other lines may quote a row."""
    lines = str(problem.orig).strip().splitlines()
    quotes = isinstance(problem, DataError)  # it names the value
    said = lines[0].rstrip(".") if lines and not quotes else type(problem.orig).__name__
    ours = isinstance(problem, _OUR_MISTAKES)
    return StoreError(f"The store {name} {'refuses this' if ours else 'cannot be used'}: {said}.")
