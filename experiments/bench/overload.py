"""The service at twice what it can answer: who is answered, how fast the others are told, and whether memory stays flat.

`python -m experiments.bench.overload --data FOLDER [--seconds 60]`
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from experiments.bench.service import Target, ours_of, requests_of, served
from serving.deployment import Deployment
from serving.settings import Settings

ALONE = 1000
CLIENTS = 16
CALM = 5.0
LIFE = 0.1


@dataclass
class Seen:
    """Hold what came back: seconds by status, from the moment a request was due."""

    times: dict[int, list[float]] = field(default_factory=dict[int, list[float]])

    def note(self, status: int, seconds: float) -> None:
        """Note one answer."""
        self.times.setdefault(status, []).append(seconds)

    def row(self, statuses: Sequence[int]) -> list[str]:
        """Return count and quantiles (ms) of answers by status."""
        found = 1000 * np.array([one for status in statuses for one in self.times.get(status, [])])
        if not len(found):
            return ["0", *["–"] * 4]
        return [str(len(found)), *(f"{value:.1f}" for value in (*np.quantile(found, [0.5, 0.9, 0.99]), found.max()))]


class Client:
    """Ask over connections that are kept, as many as there are requests at once."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, head: bytes, body: bytes = b"") -> int:
        """Send one request; return the status, 0 where the connection was cut."""
        try:
            reader, writer = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self.target.port)
            writer.write(head + body)
            told = await reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in told.split(b"\r\n")[1:] if b": " in line)
            await reader.readexactly(int(fields[b"content-length"]))
        except (OSError, asyncio.IncompleteReadError):
            return 0
        if fields.get(b"connection") == b"close":
            writer.close()
        else:
            self._free.append((reader, writer))
        return int(told[9:12])

    async def list(self, number: int) -> int:
        """Ask for the lists of one person."""
        body = self.target.bodies[number % len(self.target.bodies)]
        head = f"POST {self.target.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        return await self.ask(head.encode(), body)

    async def live(self) -> int:
        """Ask whether the service lives."""
        return await self.ask(b"GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")


def main(
    data: Annotated[str, typer.Option(help="the data folder")],
    bundles: Annotated[Path, typer.Option(help="where the bundles and their pointer lie")] = Path("var/bundles"),
    seconds: Annotated[float, typer.Option(help="how long the overload lasts")] = 60.0,
    times: Annotated[float, typer.Option(help="how many times its capacity is asked for")] = 2.0,
) -> None:
    """Measure and print a table."""
    bodies = list(requests_of(Deployment.load(Settings(data=data, bundles=bundles))))
    with served("Sqrec", ours_of(data, bundles), "/v1/recommend", bodies) as target:
        asyncio.run(_measure(target, seconds, times))


async def _measure(target: Target, seconds: float, times: float) -> None:
    client, console = Client(target), Console(width=110)
    await _alone(client, 200)
    alone = await _alone(client, ALONE)
    capacity = await _capacity(client)
    before = target.memory()
    lists, lives = await _overload(client, capacity * times, seconds)
    after, later = target.memory(), await _after(client)
    table = Table(
        "",
        "n",
        "p50 ms",
        "p90 ms",
        "p99 ms",
        "max ms",
        title=f"{capacity:.0f} lists a second can be answered; {times:g} x asked for {seconds:g} s",
        title_justify="left",
    )
    table.add_row("one client alone", *alone.row([200]))
    table.add_row("answered (200)", *lists.row([200]))
    table.add_row("refused (429, 503)", *lists.row([429, 503]))
    table.add_row("anything else", *lists.row([status for status in lists.times if status not in {200, 429, 503}]))
    table.add_row("/livez meanwhile", *lives.row([200]))
    table.add_row(f"one client, {CALM:g} s later", *later.row([200]))
    console.print(table)
    console.print(
        f"statuses {dict(Counter({status: len(found) for status, found in lists.times.items()}))}; worker {before:.0f} MiB before, {after:.0f} after"
    )


async def _alone(client: Client, many: int) -> Seen:
    seen = Seen()
    for number in range(many):
        start = time.perf_counter()
        seen.note(await client.list(number), time.perf_counter() - start)
    return seen


async def _capacity(client: Client) -> float:
    """Return lists a second of `CLIENTS` that ask one after the other, for five seconds; refused ones are no lists."""
    end, answered = time.perf_counter() + 5.0, 0

    async def work(first: int) -> int:
        done, number = 0, first
        while time.perf_counter() < end:
            done += await client.list(number) == 200
            number += 1
        return done

    answered = sum(await asyncio.gather(*(work(97 * first) for first in range(CLIENTS))))
    return answered / 5.0


async def _overload(client: Client, rate: float, seconds: float) -> tuple[Seen, Seen]:
    """Ask at random moments, `rate` a second, whatever comes back; ask whether the service lives ten times a second besides."""
    lists, lives, rng = Seen(), Seen(), np.random.default_rng(1)
    start = time.perf_counter()
    tasks: set[asyncio.Task[None]] = set()

    async def one(number: int, due: float) -> None:
        lists.note(await client.list(number), time.perf_counter() - due)

    async def life(due: float) -> None:
        lives.note(await client.live(), time.perf_counter() - due)

    due, beat, number = start, start, 0
    while due < start + seconds:
        due += rng.exponential(1 / rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        number += 1
        tasks.add(asyncio.create_task(one(number, due)))
        if due - beat > LIFE:
            beat = due
            tasks.add(asyncio.create_task(life(due)))
        tasks -= {task for task in tasks if task.done()} if number % 100 == 0 else set()
    await asyncio.gather(*tasks)
    return lists, lives


async def _after(client: Client) -> Seen:
    await asyncio.sleep(CALM)
    return await _alone(client, ALONE)


if __name__ == "__main__":
    typer.run(main)
