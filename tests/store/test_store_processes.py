"""Several processes at one store, and a writer that is killed: nobody meets a lock, nothing acknowledged is lost."""

import traceback
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from experiments.bench.kill_store import batch, fresh_processes, killed
from sqrec import read_source
from sqrec.store import Store, import_folder, importing
from tests.support import tiny


def append(store: Store, name: str, count: int) -> None:
    """Append batches of one's own, and batches that another one sends as well."""
    for number in range(count):
        assert store.append_events(batch(name, number)) == (7, 0)
        assert store.append_events(batch("both", number)) in {(7, 0), (0, 7)}
        assert store.person("nobody") is None


def import_twice(store: Store, folder: Path) -> None:
    importing.MOST_ROWS = 5
    for _ in range(2):
        import_folder(store, folder)


def run(work: Any, arguments: tuple[Any, ...], url: str, told: Connection) -> None:
    """Do something with a store once the signal comes, and tell what went wrong; a warning is wrong too."""
    warnings.simplefilter("error")
    try:
        with Store.open(url) as store:
            told.send("ready")
            told.recv()
            work(store, *arguments)
        told.send("done")
    except Exception:  # noqa: BLE001 (whatever it is, the test tells it)
        told.send(traceback.format_exc())


def together(url: str, *works: tuple[Any, ...]) -> list[str]:
    """Do several things in processes of their own from one moment on; return what each says at its end."""
    processes = fresh_processes()
    lines = [processes.Pipe() for _ in works]
    workers = [
        processes.Process(target=run, args=(work, arguments, url, there))
        for (work, *arguments), (_, there) in zip(works, lines, strict=True)
    ]
    for worker in workers:
        worker.start()
    assert [here.recv() for here, _ in lines] == ["ready"] * len(works)
    for here, _ in lines:
        here.send("go")
    told = [here.recv() if here.poll(120) else "still at work" for here, _ in lines]
    for worker in workers:
        worker.join(10)
        worker.close()
    for line in lines:
        for end in line:
            end.close()
    return told


def test_two_append_while_a_third_imports(store_url: str, tmp_path: Path) -> None:
    folder, count = tiny.write(tmp_path / "in"), 60
    Store.open(store_url).close()
    assert together(store_url, (append, "one", count), (append, "two", count), (import_twice, folder)) == ["done"] * 3
    events = read_source(store_url).tables["events"]
    assert len(events) == len(set(events["event_id"])) == 160 + 3 * 7 * count
    with Store.open(store_url) as store:
        assert all((one.new, one.changed) == (0, 0) for one in import_folder(store, folder).written.values())
        numbers = 1 + 40 // 5 + 3 + 160 // 5 + 3 * count
        assert store.change() == numbers  # one number a transaction that wrote, none left out


def test_several_make_a_new_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    assert together(url, *[(append, str(number), 1) for number in range(4)]) == ["done"] * 4


def test_a_killed_writer_loses_nothing_acknowledged(store_url: str) -> None:
    found = killed(store_url, 5, np.random.default_rng())
    assert found.acknowledged > 0
    assert (found.lost, found.twice, found.torn, found.integrity) == (0, 0, 0, "ok")
