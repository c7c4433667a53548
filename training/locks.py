"""File locks that the system releases when their process ends (`flock`)."""

import fcntl
import os
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqrec.errors import SqrecError
from training.doors import now

_PAUSE = 0.05
POINTER_SECONDS = 30.0
"""Seconds that a move of the pointer waits for another one to end."""


class Held(SqrecError):
    """Raised where another process holds a lock; the message names it."""


@contextmanager
def held(path: Path, what: str, seconds: float = 0.0) -> Generator[None]:
    """Hold the advisory lock of a file for the block; wait up to `seconds` for it.

    The system releases it when the process ends, however it ends. Raises Held, naming the holder, where the lock is taken.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        until = time.monotonic() + seconds
        while not _taken(file.fileno()):
            if time.monotonic() >= until:
                raise Held(f"{path} is held by {_holder(path)}: try again when that has ended.")
            time.sleep(_PAUSE)
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()} ({what}, since {now()})\n")
        file.flush()
        yield


@contextmanager
def pointer_held(var: Path) -> Generator[None]:
    """Hold the lock under which the pointer in `var` is moved."""
    with held(var / "pointer.lock", "moving the pointer", POINTER_SECONDS):
        yield


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() or "another process"
