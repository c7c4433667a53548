"""Is an acknowledged event ever lost? `python -m experiments.bench.kill_store [--store URL] [--rounds 200]`.

Each round starts a process that appends events batch by batch and reports each batch once `append_events` has returned; kills it
(SIGKILL) at a random moment; and appends its last batches again, as a client without an answer would. At the end the events
are counted, and the database checks its own integrity (PostgreSQL by amcheck, which needs a superuser).
"""

import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import sqlalchemy as sa
import typer

from sqrec.store import Store
from sqrec.store.schema import STORED

BATCH = 7
LONGEST_SECONDS = 0.5


@dataclass(frozen=True)
class Kills:
    """Hold the result of all rounds.

    `acknowledged` is the number of acknowledged events, `lost` of those not in the store, `twice` of surplus rows of one event id,
    `torn` of events missing from batches that are there in part; `integrity` is the database's own check.
    """

    rounds: int
    acknowledged: int
    lost: int
    twice: int
    torn: int
    integrity: str


def main(
    store: Annotated[str | None, typer.Option(help="the store's address; default: a fresh SQLite file")] = None,
    rounds: Annotated[int, typer.Option(help="how often a writer is killed", min=1)] = 200,
    seed: Annotated[int, typer.Option(help="of the moments")] = 1,
) -> None:
    """Kill writers, count what is lost, and print the result."""
    with tempfile.TemporaryDirectory(prefix="sqrec-kill-") as place:
        found = killed(store or f"sqlite:///{Path(place) / 'store.db'}", rounds, np.random.default_rng(seed))
    typer.echo(
        f"{found.rounds} writers killed; {found.acknowledged} events acknowledged, {found.lost} of them lost, {found.twice} there "
        f"more than once, {found.torn} batches torn; integrity: {found.integrity}"
    )
    raise typer.Exit(int(found.lost + found.twice + found.torn > 0 or found.integrity != "ok"))


def batch(round_: str, number: int) -> list[dict[str, Any]]:
    """Return batch `number` of the events of a round."""
    at = 1_700_000_000_000_000 + number
    return [
        {
            "event_id": f"{round_}-{number}-{place}",
            "person_id": f"p{place}",
            "kind": "job",
            "item_id": f"j{number % 97}",
            "event": "view",
            "at": at,
        }
        for place in range(BATCH)
    ]


def killed(url: str, rounds: int, rng: np.random.Generator) -> Kills:
    """Kill a writer `rounds` times; return what is in the store and the database's integrity check."""
    mark, acknowledged = str(rng.integers(10**9)), list[str]()
    with Store.open(url) as store:
        for number in range(rounds):
            name = f"{mark}-{number}"
            last = _killed_once(url, name, float(rng.uniform(0, LONGEST_SECONDS)))
            acknowledged += [event["event_id"] for place in range(last + 1) for event in batch(name, place)]
            for place in range(max(last, 0), last + 2):  # the last one, and the one that nobody has heard of
                store.append_events(batch(name, place))
        return _counted(store, rounds, mark, acknowledged)


def _killed_once(url: str, name: str, seconds: float) -> int:
    """Run a writer, kill it `seconds` after its first batch, and return the number of its last acknowledged batch."""
    processes = fresh_processes()
    here, there = processes.Pipe(duplex=False)
    writer = processes.Process(target=_append, args=(url, name, there))
    writer.start()
    there.close()
    with here:
        last = int(here.recv())
        time.sleep(seconds)
        writer.kill()
        writer.join()
        with suppress(EOFError):  # what was said before it died
            while True:
                last = int(here.recv())
    return last


def _append(url: str, name: str, acknowledged: Connection) -> None:
    """Append batches without end; send the number of each once it is in the store."""
    with Store.open(url) as store:
        for number in count():
            store.append_events(batch(name, number))
            acknowledged.send(number)


def fresh_processes() -> ForkServerContext:
    """Return a context whose processes begin with the store loaded and nothing else of this process."""
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["sqrec.store", "typer"])
    return processes


def _counted(store: Store, rounds: int, mark: str, acknowledged: Sequence[str]) -> Kills:
    event_id = STORED["events"].sql.c.event_id
    with store.database.reading() as connection:
        there = connection.execute(sa.select(event_id).where(event_id.startswith(f"{mark}-"))).scalars().all()
    known = set(there)
    integrity = store.database.alone(_integrity)
    batches = {one.rpartition("-")[0] for one in known}
    return Kills(
        rounds=rounds,
        acknowledged=len(acknowledged),
        lost=len(set(acknowledged) - known),
        twice=len(there) - len(known),
        torn=len(batches) * BATCH - len(known),
        integrity=integrity,
    )


def _integrity(connection: sa.Connection) -> str:
    """Return the database's check of its pages and indexes: `ok`, or its first complaint."""
    if connection.dialect.name == "sqlite":
        return str(connection.exec_driver_sql("PRAGMA integrity_check").scalar())
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
    ours = "relnamespace = 'public'::regnamespace"
    connection.exec_driver_sql(f"SELECT bt_index_check(oid, true) FROM pg_class WHERE relkind = 'i' AND {ours}")
    heap = f"SELECT msg FROM pg_class, verify_heapam(pg_class.oid) WHERE relkind = 'r' AND {ours}"
    return str(connection.exec_driver_sql(heap).scalar() or "ok")


if __name__ == "__main__":
    typer.run(main)
