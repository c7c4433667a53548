"""A service whose store keeps nothing any more: nothing is acknowledged, no old key holds, and `/readyz` says so."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event as happening

from serving import worker
from serving.keyring import OLDEST
from sqrec.errors import StoreError
from sqrec.store import Store
from tests.support.doorway import Kept, event
from tests.support.server import problem


def file_of(kept: Kept) -> Path:
    file = kept.service.app.state.live.store.database.file
    if file is None:
        pytest.skip("A PostgreSQL store is no file.")
    return file


def replaced(file: Path, moved: Path) -> None:
    file.rename(moved)
    with Store.open(f"sqlite:///{file}"):
        pass


def taken_away(file: Path, moved: Path) -> None:
    file.rename(moved)


@pytest.mark.parametrize("how", [replaced, taken_away])
def test_nothing_is_acknowledged_into_a_file_that_is_gone(kept: Kept, how: Callable[[Path, Path], None], tmp_path: Path) -> None:
    """Neither events nor any other writing; no key of the old file is believed after a second; /readyz says so at once."""
    file, live = file_of(kept), kept.service.app.state.live
    asker = kept.by(kept.key("platform", None, ("rights", "restricted")))
    assert asker.post({"events": [event(1)]}, "/v1/events").json()["new"] == 1
    assert asker.get("/readyz").status_code == 200
    live.keeping._at = 0.0
    how(file, tmp_path / "moved.db")
    problem(asker.post({"events": [event(2)]}, "/v1/events"), 503)
    problem(asker.post({"personalised": False}, "/v1/residents/p01/switch"), 503)
    problem(asker.post({"person_id": "p01"}), 503)
    problem(asker.get("/readyz"), 503)
    time.sleep(OLDEST)
    problem(asker.get("/"), 503)  # a key that cannot be checked
    assert kept.by(None).post({"person": {}}).status_code == 200
    assert kept.by(None).get("/livez").status_code == 200
    live.follow()
    assert not live.ready
    (tmp_path / "moved.db").replace(file)  # for the end of the test, which writes the audit


def test_readiness_tries_a_write(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """On both databases: one that reads and keeps nothing is not ready, for BentoML's own address either."""
    import asyncio

    live, asker = kept.service.app.state.live, kept.by(None)
    assert asker.get("/readyz").status_code == 200
    assert asyncio.run(worker.proves(live))
    statement = "PRAGMA query_only = {}" if live.store.database.file else "SET TRANSACTION READ ONLY"

    def only_read(connection: object) -> None:
        connection.exec_driver_sql(statement.format("ON"))  # type: ignore[attr-defined]

    happening.listen(live.store.database.engine, "begin", only_read)
    live.keeping._at = 0.0
    problem(asker.get("/readyz"), 503)
    assert not asyncio.run(worker.proves(live))
    assert asker.post({"person": {}}).status_code == 200
    happening.remove(live.store.database.engine, "begin", only_read)
    if live.store.database.file:
        with live.store.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
    live.keeping._at = 0.0
    assert asker.get("/readyz").status_code == 200


def test_readiness_writes_at_most_once_a_second_and_takes_no_number(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask: it is open to everybody, and a write waits for the disk."""
    live, tried = kept.service.app.state.live, list[int]()
    monkeypatch.setattr(live.store.database, "prove", lambda: tried.append(1))
    before = live.store.change()
    for _ in range(20):
        assert kept.by(None).get("/readyz").status_code == 200
    assert len(tried) <= 2
    live.keeping._at = 0.0
    kept.by(None).get("/readyz")
    assert 2 <= len(tried) <= 3
    assert live.store.change() == before


def test_a_failed_try_is_told_to_everybody_who_waits_for_it(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    live = kept.service.app.state.live

    def fails() -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(live.store.database, "prove", fails)
    assert [kept.by(None).get("/readyz").status_code for _ in range(3)] == [503] * 3
