"""Time and memory of a store: import of a million events, 300,000 items read for serving, a few of them changed.

`python -m experiments.bench.store [--store URL] [--items N] [--events N]`. Each import runs in a process of its own, so that its
peak of memory is its own. Reading, changing and indexing run in one process, which has read the folder before to fit the profile;
its peak includes that. *Longest pause* is the longest wait of another thread of the same process: what a request waits at worst.
"""

import json
import multiprocessing
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import psutil
import typer
from rich.console import Console
from rich.table import Table

from features import PROFILE
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import TABLE_OF_KIND
from sqrec.store import Store, import_folder
from sqrec.store.state import State
from sqrec.synth import Demo, write_demo
from sqrec.tables import read_folder

_CHANGED = 100
_TICK = 0.001


@dataclass(frozen=True)
class Cost:
    """Hold the cost of one piece of work: seconds, MiB resident at its end and at most, longest pause of another thread in seconds."""

    what: str
    seconds: float
    resident: float
    peak: float
    pause: float


def main(
    store: Annotated[str | None, typer.Option(help="the store's address, a new one; default: a fresh SQLite file")] = None,
    items: Annotated[int, typer.Option(help="jobs, courses and amenities in all", min=30)] = 300_000,
    events: Annotated[int, typer.Option(help="events of the import", min=1)] = 1_000_000,
    people: Annotated[int, typer.Option(help="residents of the city", min=10)] = 2_000,
) -> None:
    """Invent a city, import it, read it for serving, change items; print a table."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    with tempfile.TemporaryDirectory(prefix="sqrec-store-") as place:
        url, city, happened = store or f"sqlite:///{Path(place) / 'store.db'}", Path(place) / "city", Path(place) / "events"
        _alone(_invent, city, people, items)
        _write_events(happened, events)
        table = Table("", "seconds", "MiB after", "peak MiB", "longest pause ms", title=f"{items} items, {events} events")
        for cost in (
            _alone(_import, url, happened, f"import of {events} events"),
            _alone(_import, url, city, f"import of a city with {items} items"),
            *_alone(_serve, url, city),
        ):
            table.add_row(
                cost.what, f"{cost.seconds:.1f}", f"{cost.resident:.0f}", f"{cost.peak:.0f}", f"{1000 * cost.pause:.0f}"
            )
        console.print(table)


def _alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function in a process of its own and return its result."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def _invent(folder: Path, people: int, items: int) -> None:
    write_demo(folder, Demo(people=people, seed=1, items=items), lambda _: None)
    for path in folder.glob("utilities.*"):  # known in invented cities alone
        path.unlink()


def _write_events(folder: Path, count: int) -> None:
    folder.mkdir()
    rng = np.random.default_rng(1)
    at = np.datetime64("2026-01-01T00:00:00", "us") + np.sort(rng.integers(0, 200 * 86_400, count)).astype("timedelta64[s]")
    frame = pd.DataFrame(
        {
            "event_id": [f"bench-{number}" for number in range(count)],
            "person_id": [f"b{number}" for number in rng.integers(0, 50_000, count)],
            "kind": "job",
            "item_id": [f"j{number}" for number in rng.integers(0, 20_000, count)],
            "event": rng.choice(["view", "save", "apply"], count),
            "at": [f"{moment}Z" for moment in at.astype(str)],
        }
    )
    frame.to_parquet(folder / "events.parquet")
    (folder / "folder.json").write_text(json.dumps({"city": "qingdao", "synthetic": True}), encoding="utf-8")


def _import(url: str, folder: Path, what: str) -> Cost:
    with Store.open(url) as store:
        return _timed(what, lambda: import_folder(store, folder))[0]


def _serve(url: str, city: Path) -> list[Cost]:
    """Read a state as a service does at its start, change a few jobs, and move on to them."""
    folder = read_folder(city, [*TABLE_OF_KIND.values(), "events"], write_rejected=False)
    profiler = PROFILE.fit({kind: folder.tables[table] for kind, table in TABLE_OF_KIND.items()})
    jobs = folder.tables["jobs"].head(_CHANGED).assign(title="社区食堂面点师傅")
    del folder
    with Store.open(url) as store:
        change, counted = store.catalogue_change(), store.change()
        read, state = _timed("read and encode the state that is served", lambda: State.read(store, profiler, change, counted))
        _, _ = _timed("", lambda: _indexed(state.snapshot))
        _change(store, jobs)
        after = store.catalogue_change()
        moved, newer = _timed(f"move on to {_CHANGED} changed jobs", lambda: state.moved(store, profiler, after))
        indexed, _ = _timed("make the indexes of the changed kind", lambda: _indexed(newer.snapshot))
    return [read, moved, indexed]


def _indexed(snapshot: Snapshot) -> None:
    """Build the indexes that a snapshot makes at first use."""
    for kind, index in snapshot.index.items():
        index.near(120.38, 36.07, 10)
        index.like(snapshot.items[kind].text.part(0, 1), 10)
        index.newest(10)
        index.anywhere(10)


def _change(store: Store, jobs: pd.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as place:
        jobs.to_parquet(Path(place) / "jobs.parquet")
        (Path(place) / "folder.json").write_text(
            json.dumps({"city": "qingdao", "synthetic": True, "crs": "GCJ02"}), encoding="utf-8"
        )
        import_folder(store, place)


def _timed(what: str, work: Callable[[], Any]) -> tuple[Cost, Any]:
    """Run a function while another thread reads the clock every millisecond; return its cost and result."""
    pauses, ended = [0.0], threading.Event()

    def tick() -> None:
        before = time.perf_counter()
        while not ended.wait(_TICK):
            now = time.perf_counter()
            pauses.append(now - before - _TICK)
            before = now

    ticking = threading.Thread(target=tick)
    ticking.start()
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    ended.set()
    ticking.join()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(what, seconds, psutil.Process().memory_info().rss / 2**20, peak, max(pauses)), result


if __name__ == "__main__":
    typer.run(main)
