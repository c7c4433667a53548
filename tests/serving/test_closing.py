"""What a service leaves behind when it ends."""

import threading
from pathlib import Path

import pytest

from serving.live import Live
from serving.settings import Settings
from sqrec.errors import AccessError
from sqrec.store import Database, Store, import_folder


def test_nothing_follows_the_pointer_of_a_service_that_has_ended(small: Path) -> None:
    before = set(threading.enumerate())
    live = Live(Settings(data=small / "data", bundles=small / "var" / "bundles", pointer_seconds=0.01))
    live.watch()
    assert {thread.name for thread in set(threading.enumerate()) - before} == {"live"}
    live.close()
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("step", ["Deployment.load", "admit", "KeysHeld", "warm_up", "RankingLog", "AuditLog"])
def test_a_service_that_refuses_to_start_leaves_nothing_open(
    store_url: str, small: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Neither a connection nor a thread, whichever step refuses: who tries again and again would run out of both."""
    with Store.open(store_url) as store:
        import_folder(store, small / "data")
    settings, closed, close = Settings(data=store_url, bundles=small / "var" / "bundles"), list[str](), Database.close
    monkeypatch.setattr(Database, "close", lambda self: (closed.append(self.name), close(self))[1])

    def refuses(*_: object, **__: object) -> None:
        raise AccessError("not today")

    before = set(threading.enumerate())
    monkeypatch.setattr(f"serving.live.{step}", refuses)
    with pytest.raises(AccessError, match="not today"):
        Live(settings)
    assert len(closed) == 2  # that of requests, and that of what is written behind them
    assert set(threading.enumerate()) <= before
