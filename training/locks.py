"""Locks that die with the process that holds them."""

import fcntl
import os
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqrec.errors import SqrecError

_PAUSE = 0.05
POINTER_SECONDS = 30.0
"""How long a move of the pointer waits for another one, which takes a moment."""


class Held(SqrecError):
    """Say that another process holds a lock, and which."""


@contextmanager
def held(path: Path, what: str, seconds: float = 0.0) -> Generator[None]:
    """Hold the advisory lock of a file while the block runs; waits up to `seconds` for it.

    The system lets go of it when the process ends, however it ends. Raises Held, naming the holder, where it is taken.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        until = time.monotonic() + seconds
        while not _taken(file.fileno()):
            if time.monotonic() >= until:
                raise Held(f"{path} is held by {_holder(path)}: try again when that has ended.")
            time.sleep(_PAUSE)
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()} ({what}, since {_now()})\n")
        file.flush()
        yield


@contextmanager
def pointer_held(var: Path) -> Generator[None]:
    """Hold the right to move the pointer under `var`."""
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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
