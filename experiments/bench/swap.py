"""Failures, latency and memory of a service while its bundle is swapped fifty times, printed every ten swaps.

The current bundle and a copy with one reason less become current in turn, while one client sends requests without a pause.
"""

import http.client
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from experiments.bench.service import Target, ours_of, requests_of, served
from serving.deployment import Deployment
from serving.settings import Settings
from sqrec import bundle as bundles
from sqrec import load

EVERY = 10
"""The number of swaps in a line of the table."""
WAIT = 60
QUICK = {"SQREC_POINTER_SECONDS": "0.05"}


class Asking(threading.Thread):
    """Send one request after the other until stopped, and keep latencies and failures."""

    def __init__(self, target: Target) -> None:
        super().__init__(daemon=True)
        self.target, self.stopped = target, threading.Event()
        self.times, self.failed, self.latest = list[float](), 0, b""

    def run(self) -> None:
        """Send requests; any answer but status 200 counts as failed."""
        connection = self.target.connect()
        while not self.stopped.is_set():
            start = time.perf_counter()
            try:
                status, self.latest = self.target.answer(connection, len(self.times))
            except (OSError, http.client.HTTPException):
                status, connection = 0, self.target.connect()
            self.times.append(time.perf_counter() - start)
            self.failed += status != 200

    def until(self, bundle: str) -> None:
        """Wait until an answer names the bundle."""
        end = time.monotonic() + WAIT
        while bundle.encode() not in self.latest:
            if time.monotonic() > end:
                sys.exit(f"{bundle} did not serve within {WAIT} s.")
            time.sleep(0.005)


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    folder: Annotated[Path, typer.Option("--bundles", help="where the bundles and their pointer lie")] = Path("var/bundles"),
    swaps: Annotated[int, typer.Option(help="how often another bundle becomes current")] = 50,
) -> None:
    """Measure and print a table."""
    with TemporaryDirectory() as place:
        names = _twins(bundles.current(folder), Path(place))
        settings = Settings(data=data, bundles=Path(place))
        bodies = list(requests_of(Deployment.load(settings)))
        with served("Sqrec", ours_of(data, Path(place)), "/v1/recommend", bodies, QUICK) as target:
            asking = Asking(target)
            asking.start()
            _swap(asking, Path(place), names, swaps)
            asking.stopped.set()
            asking.join()


def _twins(current: Path, place: Path) -> Sequence[str]:
    """Copy a bundle to `place`, and write one that ranks alike under another name beside it; return both names."""
    one = load(Path(copytree(current, place / current.name)))
    kind, parts = next(iter(one.kinds.items()))
    fewer = replace(parts, reasons=parts.reasons[:-1])
    bundles.point_to(place, current.name, promoted=True)
    return current.name, bundles.save_by_hash(replace(one, kinds={**one.kinds, kind: fewer}), place).name


def _swap(asking: Asking, place: Path, names: Sequence[str], swaps: int) -> None:
    console, heads = Console(), ("swaps", "requests", "failed", "p50 ms", "p99 ms", "max ms", "worker MiB")
    table, before = Table(*heads, title="one client, while the bundle is swapped", title_justify="left"), 0
    for swap in range(1, swaps + 1):
        bundles.point_to(place, names[swap % 2], promoted=True)
        asking.until(names[swap % 2])
        if swap % EVERY == 0:
            times = 1000 * np.array(asking.times[before:])
            before += len(times)
            shares = (f"{value:.1f}" for value in (*np.quantile(times, [0.5, 0.99]), times.max()))
            table.add_row(str(swap), str(len(times)), str(asking.failed), *shares, f"{asking.target.memory():.0f}")
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
