"""A service that follows the pointer: promoted and rolled back fifty times while it is asked hundreds of times a second."""

import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest

from sqrec import bundle as bundles
from sqrec.bundle.pointer import Pointer, read_pointer, write_pointer
from tests.support import crowd
from tests.support.arena import RULES
from tests.support.server import Server, serving
from training.doors import Place
from training.promote import promote, roll_back

SWAPS = 50
EARLY = 10
"""After so many swaps memory is looked at first: by then every pool has its size."""
PAUSE = 0.01
"""Seconds between two requests: without one, loading waits for the interpreter behind the answers, ten times as long."""
AT = "2026-07-20T20:00:00+08:00"


class Asking(threading.Thread):
    """Ask again and again; keep every status, and the bundle of every answer."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server, self.stopped = server, threading.Event()
        self.statuses, self.bundles = Counter[int](), Counter[str]()

    def run(self) -> None:
        with httpx.Client(base_url=self.server.url, timeout=30) as client:
            while not self.stopped.is_set():
                answer = client.post("/v1/recommend", json={"person_id": "p01", "at": AT})
                self.statuses[answer.status_code] += 1
                self.bundles[answer.json().get("bundle", "none")] += 1
                self.stopped.wait(PAUSE)

    def until(self, bundle: str, seconds: float = 30) -> None:
        """Wait until an answer from now on comes from a bundle."""
        before, end = self.bundles[bundle], time.monotonic() + seconds
        while self.bundles[bundle] == before:
            assert time.monotonic() < end, f"{bundle} does not serve: {self.server.log.read_text()}"
            assert self.is_alive()
            time.sleep(0.005)


def resident(server: Server) -> int:
    """Return the bytes that the service's processes hold together."""
    process = psutil.Process(server.pid)
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))


def promoted(run: str, place: Place) -> Pointer:
    """Promote a run and return the pointer as it then stands."""
    promote(["job"], run, None, place, RULES)
    pointer = read_pointer(place.bundles)
    assert pointer is not None
    return pointer


def test_fifty_swaps_fail_no_request_and_keep_memory_flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQREC_POINTER_SECONDS", "0.05")
    data, place = crowd.write(tmp_path / "data"), Place.of(tmp_path / "var", None, "tester")
    good, folder = crowd.trained_on(data)
    crowd.enter(good, folder, tmp_path / "first")
    made = next((tmp_path / "first" / "bundles").iterdir())
    bundles.point_to(made.parent, made.name, promoted=False)
    with serving(place.var, data, made.parent) as server:
        assert server.bundles == place.bundles
        first, second = (crowd.enter(one, folder, place.var) for one in (good, crowd.otherwise_said(good)))
        asking, sizes = Asking(server), dict[int, int]()
        asking.start()
        pointers = [promoted(run, place) for run in (first, second)]
        assert roll_back(place).name == pointers[0].current.bundle
        for swap in range(1, SWAPS + 1):
            now = pointers[swap % 2]
            write_pointer(place.bundles, now)
            asking.until(now.current.bundle)
            sizes[swap] = resident(server)
        asking.stopped.set()
        asking.join()
    assert set(asking.statuses) == {200}
    assert len(asking.bundles) == 2
    assert min(asking.bundles.values()) >= SWAPS // 2
    assert sizes[SWAPS] < 1.15 * sizes[EARLY], sizes
