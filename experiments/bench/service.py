"""`make bench`: latency of the service beside an empty endpoint of the same server, in one run, and seconds by stage.

Closed loop: one client, one connection, blocks of both endpoints in turn. Open loop: requests are sent at fixed moments, at half
of what the closed loop reached, over four connections; a latency counts from the moment at which the request was due.
"""

import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil
import typer
from rich.console import Console
from rich.table import Table

from experiments.bench.stages import stages
from serving.deployment import Deployment
from serving.settings import Settings

BLOCKS, BLOCK = 8, 250
OPEN_SECONDS, CONNECTIONS = 20, 4
WAIT = 120
_HEADERS = {"content-type": "application/json"}
_QUIET = {"BENTOML_DO_NOT_TRACK": "True", "DO_NOT_TRACK": "1"}


@dataclass(frozen=True)
class Target:
    """Hold a running service: its port, its address, its process, and the bodies to send in turn."""

    name: str
    port: int
    path: str
    process: psutil.Process
    bodies: Sequence[bytes]

    def connect(self) -> http.client.HTTPConnection:
        """Open a connection that stays open."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, connection: http.client.HTTPConnection, number: int) -> bytes:
        """Send one request (`number` chooses the body) and return the body of the answer."""
        status, body = self.answer(connection, number)
        if status != 200:
            sys.exit(f"{self.name} answered {status}: {body[:500]!r}")
        return body

    def answer(self, connection: http.client.HTTPConnection, number: int) -> tuple[int, bytes]:
        """Send one request; return status and body, errors included."""
        connection.request("POST", self.path, self.bodies[number % len(self.bodies)], _HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def memory(self) -> float:
        """Return the resident MiB of the largest process of the service: the worker."""
        family = [self.process, *self.process.children(recursive=True)]
        return max(one.memory_info().rss for one in family) / 2**20


def main(
    data: Annotated[Path, typer.Option(help="the data folder")],
    bundles: Annotated[Path, typer.Option(help="where the bundles and their pointer lie")] = Path("var/bundles"),
    bundle: Annotated[Path | None, typer.Option(help="one bundle folder instead of the current one")] = None,
) -> None:
    """Measure latencies, memory and stages, and print tables."""
    settings = Settings(data=data, bundles=bundles, bundle=bundle)
    deployment = Deployment.load(settings)
    people = list(requests_of(deployment))
    console = Console(width=None if sys.stdout.isatty() else 110)
    with ExitStack() as running:
        empty = running.enter_context(served("Empty", EMPTY, "/v1/empty", [b"{}"]))
        ours = running.enter_context(served("Sqrec", ours_of(data, bundles, bundle), "/v1/recommend", people))
        closed = _closed([empty, ours])
        show(console, "closed loop, one client", closed)
        ratio = np.quantile(closed[ours.name], 0.5) / np.quantile(closed[empty.name], 0.5)
        console.print(f"p50 of ours is {ratio:.2f} times the empty endpoint's\n")
        rate = 0.5 / float(np.mean(closed[ours.name]))
        before = ours.memory()
        show(console, f"open loop at {rate:.0f} requests a second for {OPEN_SECONDS} s", {ours.name: _open(ours, rate)})
        console.print(f"resident memory of the worker: {before:.0f} MiB before, {ours.memory():.0f} MiB after the open loop\n")
    _show_stages(console, stages(deployment, people))


def requests_of(deployment: Deployment) -> Iterator[bytes]:
    """Return 200 people of the folder as requests: half by their id (a demo asks for no key), half with occupations, wishes and area in the request."""
    ids = list(deployment.snapshot.people)[:: max(1, len(deployment.snapshot.people) // 200)][:200]
    for number, person_id in enumerate(ids):
        person = deployment.snapshot.people[person_id]
        facts = {"desired": list(person.desired), "occupations": list(person.occupations), "area": person.area}
        yield json.dumps({"person_id": person_id} if number % 2 and deployment.synthetic else {"person": facts}).encode()


def _closed(targets: Sequence[Target]) -> dict[str, np.ndarray]:
    """Return the latencies of every target in the closed loop, seconds; the first block is left out."""
    connections = {target.name: target.connect() for target in targets}
    found: dict[str, list[float]] = {target.name: [] for target in targets}
    for block in range(BLOCKS + 1):
        for target in targets:
            for number in range(BLOCK):
                start = time.perf_counter()
                target.ask(connections[target.name], number)
                found[target.name] += [time.perf_counter() - start] if block else []
    return {name: np.array(times) for name, times in found.items()}


def _open(target: Target, rate: float) -> np.ndarray:
    """Return latencies in the open loop at `rate` requests a second, seconds from the moment each request was due."""
    due: queue.SimpleQueue[tuple[int, float] | None] = queue.SimpleQueue()
    times: list[float] = []

    def work() -> None:
        connection = target.connect()
        while (one := due.get()) is not None:
            target.ask(connection, one[0])
            times.append(time.perf_counter() - one[1])

    workers = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for worker in workers:
        worker.start()
    start = time.perf_counter()
    for number in range(int(rate * OPEN_SECONDS)):
        moment = start + number / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        due.put((number, moment))
    for _ in workers:
        due.put(None)
    for worker in workers:
        worker.join()
    return np.array(times)


EMPTY = ("bentoml", "serve", "experiments.bench.empty:Empty")


def ours_of(data: Path | str, bundles: Path, bundle: Path | None = None) -> tuple[str, ...]:
    """Return the module and arguments that start the service."""
    return ("serving", "--data", str(data), "--bundles", str(bundles), *(("--bundle", str(bundle)) if bundle else ()))


@contextmanager
def served(
    name: str, module: Sequence[str], path: str, bodies: Sequence[bytes], environment: Mapping[str, str] | None = None
) -> Iterator[Target]:
    """Run a module with its arguments as a service on a free port until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", *module, "--host", "127.0.0.1", "--port", str(port)]
    own = os.environ | {"OMP_NUM_THREADS": "1"} | _QUIET | dict(environment or {})
    process = subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    target = Target(name, port, path, psutil.Process(process.pid), bodies)
    try:
        _wait(target)
        yield target
    finally:
        process.terminate()
        process.wait(30)


def _wait(target: Target) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            connection = target.connect()
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    sys.exit(f"{target.name} was not ready within {WAIT} s.")


def show(console: Console, title: str, found: dict[str, np.ndarray]) -> None:
    """Print quantiles of latency, a line an endpoint; `found` holds seconds."""
    grid = Table("endpoint", "n", "p50 ms", "p90 ms", "p99 ms", "max ms", "requests/s", title=title, title_justify="left")
    for name, times in found.items():
        shares = [f"{1000 * value:.2f}" for value in (*np.quantile(times, [0.5, 0.9, 0.99]), times.max())]
        grid.add_row(name, str(len(times)), *shares, f"{1 / times.mean():.0f}")
    console.print(grid)


def _show_stages(console: Console, found: dict[str, np.ndarray]) -> None:
    grid = Table("stage", "p50 ms", "p99 ms", title="stages of one request, in process", title_justify="left")
    for name, times in found.items():
        grid.add_row(name, *(f"{1000 * value:.3f}" for value in np.quantile(times, [0.5, 0.99])))
    console.print(grid)


if __name__ == "__main__":
    typer.run(main)
