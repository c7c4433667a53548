"""What a service leaves behind when it ends."""

import threading
from pathlib import Path

from serving.live import Live
from serving.settings import Settings


def test_nothing_follows_the_pointer_of_a_service_that_has_ended(small: Path) -> None:
    before = set(threading.enumerate())
    live = Live(Settings(data=small / "data", bundles=small / "var" / "bundles", pointer_seconds=0.01))
    live.watch()
    assert {thread.name for thread in set(threading.enumerate()) - before} == {"live"}
    live.close()
    assert set(threading.enumerate()) <= before
