"""Whose turn it is: one answer is computed at a time, and between two of them the loop takes whatever has come.

Computing an answer holds the event loop. Under more requests than it can compute, every waiting request would make all the others later, and each
would be answered too late to be of use. So waits are bounded: up to `PATIENCE` seconds in a rush; once that was not enough, nobody joins who
is not the next (`STANDING` others wait) until a second has passed without a refusal (the idea of controlled delay: a queue that stands is no buffer, only a delay).
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from serving.metrics import figures
from serving.problems import RefusedError

PATIENCE = 0.1
STANDING = 0
CALM = 1.0
_BATCHES = 4
_ROUNDS = 3
_SHARE = 4
_WEIGHT = 0.05


class Turns:
    """Give turns to compute: first come, first served; people of a batch every fourth turn at most while others wait."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self.cost = 0.005
        self.refused = 0
        self._refused_at = -CALM
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._later: deque[asyncio.Future[None]] = deque()
        self._taken, self._in_a_row, self._batches = False, 0, 0

    @property
    def waiting(self) -> int:
        """How many wait for a turn, batches left out."""
        return len(self._waiting)

    def expected(self) -> float:
        """Return the seconds that whoever comes now would wait, as far as is known."""
        return len(self._waiting) * self.cost

    def admit(self, *, batch: bool = False) -> None:
        """Raise RefusedError (503, with Retry-After) where a turn would come too late, or where four batches are in progress."""
        now = self.clock()
        standing = now - self._refused_at < CALM
        most = STANDING * self.cost if standing else PATIENCE
        if self.expected() <= most and not (batch and (standing or self._batches >= _BATCHES)):
            return
        self._refused_at = now
        self.refused += 1
        figures().turns_refused.add()
        raise RefusedError(503, "Too many ask at once. Try again later.", headers={"Retry-After": "1"})

    def one(self) -> "Turn":
        """Return a block that waits for a turn, in which one answer is computed. Entering it raises as `admit`."""
        return Turn(self, self._waiting, hurried=True)

    def later(self) -> "Turn":
        """Return the same for one person of a batch."""
        return Turn(self, self._later, hurried=False)

    def batch(self) -> "Batch":
        """Return a block in which the people of one batch are answered."""
        return Batch(self)

    async def take(self, queue: "deque[asyncio.Future[None]]") -> None:
        """Wait for a turn."""
        if not self._taken:
            self._taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(None)
            raise

    def give_back(self, seconds: float | None) -> None:
        """End a turn that took `seconds` (None: nothing was computed).

        The next begins after the loop has read its sockets, and let in or refused whoever came: three rounds.
        """
        if seconds is not None:
            self.cost += _WEIGHT * (seconds - self.cost)
        self._after(_ROUNDS)

    def begin_batch(self, by: int) -> None:
        """Count a batch in (1) or out (-1)."""
        self._batches += by

    def _after(self, rounds: int) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(self._after, rounds - 1) if rounds else self._next()

    def _next(self) -> None:
        while turn := self._popped():
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False

    def _popped(self) -> "asyncio.Future[None] | None":
        if self._waiting and (self._in_a_row < _SHARE - 1 or not self._later):
            self._in_a_row += 1
            return self._waiting.popleft()
        self._in_a_row = 0
        return self._later.popleft() if self._later else None


class Turn:
    """Hold a turn from its beginning to its end, and tell how long it took."""

    __slots__ = ("_began", "_hurried", "_queue", "_turns")

    def __init__(self, turns: Turns, queue: "deque[asyncio.Future[None]]", *, hurried: bool) -> None:
        self._turns, self._queue, self._hurried, self._began = turns, queue, hurried, 0.0

    async def __aenter__(self) -> Self:
        if self._hurried:
            self._turns.admit()  # others may have come while the body was read
        await self._turns.take(self._queue)
        self._began = self._turns.clock()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._turns.give_back(self._turns.clock() - self._began)


class Batch:
    """Count a batch while it is in progress."""

    __slots__ = ("_turns",)

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        self._turns.begin_batch(1)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._turns.begin_batch(-1)
