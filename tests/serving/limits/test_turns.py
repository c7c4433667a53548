"""Turns: one at a time, in order, with sockets looked at between two; refused where a turn would come too late."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from serving.limits.turns import PATIENCE, STANDING, Turns
from serving.problems import RefusedError


class Clock:
    """Tell the time that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def waits(turns: Turns, many: int, done: list[int], *, later: bool = False) -> list[asyncio.Task[None]]:
    """Let `many` come at once, each of which notes its number in its turn."""

    async def one(number: int) -> None:
        async with turns.later() if later else turns.one():
            done.append(number)

    tasks = [asyncio.create_task(one(number)) for number in range(many)]
    await asyncio.sleep(0)
    return tasks


def run(work: Callable[[Turns, Clock], Awaitable[None]]) -> None:
    clock = Clock()

    async def inside() -> None:
        await work(Turns(clock), clock)

    asyncio.run(inside())


def test_turns_come_in_order_and_the_loop_goes_round_between_two() -> None:
    async def work(turns: Turns, _: Clock) -> None:
        done: list[int] = []
        rounds = 0
        tasks = await waits(turns, 6, done)
        seen = [tuple(done)]
        while len(done) < 6:
            await asyncio.sleep(0)
            rounds += 1
            seen.append(tuple(done))
        await asyncio.gather(*tasks)
        assert done == [0, 1, 2, 3, 4, 5]
        assert all(len(after) - len(before) <= 1 for before, after in pairwise(seen))
        assert rounds >= 10

    run(work)


def test_people_of_a_batch_get_every_fourth_turn_while_others_wait() -> None:
    async def work(turns: Turns, _: Clock) -> None:
        done: list[int] = []
        async with turns.one():
            tasks = await waits(turns, 4, done, later=True)
            others: list[int] = []
            tasks += await waits(turns, 7, others)
        order: list[str] = []
        while not all(task.done() for task in tasks):
            before = len(done), len(others)
            await asyncio.sleep(0)
            order += ["batch"] * (len(done) - before[0]) + ["one"] * (len(others) - before[1])
        assert order == ["one", "one", "one", "batch", "one", "one", "one", "batch", "one", "batch", "batch"]

    run(work)


def test_whoever_would_wait_too_long_is_refused() -> None:
    async def work(turns: Turns, clock: Clock) -> None:
        turns.cost = 0.01
        most = int(PATIENCE / turns.cost)
        done: list[int] = []
        async with turns.one():
            tasks = await waits(turns, most, done)
            turns.admit()
            tasks += await waits(turns, 1, done)
            with pytest.raises(RefusedError) as refused:
                turns.admit()
            assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "1"})
        turns.cost = 0.01
        while turns.waiting > STANDING:
            with pytest.raises(RefusedError):
                turns.admit()
            turns.cost = 0.01
            await asyncio.sleep(0)
        turns.admit()
        with pytest.raises(RefusedError):
            turns.admit(batch=True)
        clock.now += 1.01
        turns.admit(batch=True)
        await asyncio.gather(*tasks)
        assert len(done) == most + 1

    run(work)


def test_four_batches_are_in_progress_at_most() -> None:
    async def work(turns: Turns, _: Clock) -> None:
        with turns.batch(), turns.batch(), turns.batch():
            turns.admit(batch=True)
            with turns.batch(), pytest.raises(RefusedError):
                turns.admit(batch=True)

    run(work)


@pytest.mark.parametrize("rounds", range(4))
def test_who_gives_up_waiting_takes_nobody_s_turn(rounds: int) -> None:
    async def work(turns: Turns, _: Clock) -> None:
        done: list[int] = []
        async with turns.one():
            tasks = await waits(turns, 3, done)
        for _round in range(rounds):
            await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert done == ([0, 1, 2] if tasks[0].cancelled() is False else [1, 2])
        async with asyncio.timeout(5), turns.one():
            done.append(3)

    run(work)


def test_the_cost_of_a_turn_is_learnt() -> None:
    async def work(turns: Turns, clock: Clock) -> None:
        for _ in range(200):
            async with turns.one():
                clock.now += 0.02
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert turns.cost == pytest.approx(0.02, rel=0.01)

    run(work)


def test_who_was_let_in_is_refused_where_others_came_meanwhile() -> None:
    """A body takes time to arrive: the wait is bounded when the turn is asked for, too."""

    async def work(turns: Turns, _: Clock) -> None:
        turns.cost = 0.2
        done: list[int] = []
        async with turns.one():
            tasks = await waits(turns, 1, done)
            tasks += await waits(turns, 1, done)
            with pytest.raises(RefusedError):
                await tasks[1]
        await tasks[0]
        assert done == [0]

    run(work)
