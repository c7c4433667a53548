"""A store that somebody else holds: who reads is answered, who writes is told, and what was acknowledged is stored, nothing else."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from serving import live as serving_live
from serving.app import application
from serving.live import Live
from serving.problems import UnavailableError
from serving.settings import Settings
from serving.writers import Writers
from sqrec.store import Database, Store, import_folder, read_store
from tests.support import tiny
from tests.support.keys import bearer, key_for

MANY = 12
EVENT = {"person_id": "p01", "kind": "job", "item_id": "j11", "event": "view", "at": "2026-08-01T00:00:00Z"}


@dataclass(frozen=True)
class Kept:
    """Hold a served store."""

    live: Live
    url: str
    key: str

    def run(self, work: Callable[[Callable[..., Awaitable[httpx.Response]]], Awaitable[Any]]) -> Any:
        """Let `work` send requests side by side, on one loop as a worker has it."""

        async def inside() -> Any:
            transport = httpx.ASGITransport(application(self.live), raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost:3000", headers=bearer(self.key)
            ) as client:
                return await work(lambda path, body: client.post(path, json=body))

        return asyncio.run(inside())

    def stored(self) -> set[str]:
        return {str(one) for one in read_store(self.url, ["events"]).tables["events"]["event_id"] if str(one).startswith("new")}


@pytest.fixture(params=[0.5])
def kept(
    store_url: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Kept]:
    """Serve a store whose requests wait for locks for some seconds."""
    monkeypatch.setattr(serving_live, "PATIENCE", request.param)
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "data"))
    live = Live(Settings(data=store_url, bundles=small / "var" / "bundles"))
    key = key_for(store_url)
    live.keys.look()
    yield Kept(live, store_url, key)
    live.close()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Hold the lock that every writer needs."""
    with Database(url) as database, database.engine.execution_options(sqrec_writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE changes SET change = change"))
        yield


def event(number: int) -> dict[str, Any]:
    return {"events": [EVENT | {"event_id": f"new{number}"}]}


@pytest.mark.parametrize("kept", [20.0], indirect=True)
def test_readers_do_not_wait_behind_writers(kept: Kept) -> None:
    async def work(post: Callable[..., Awaitable[httpx.Response]]) -> None:
        with locked(kept.url):
            writes = [asyncio.create_task(post("/v1/events", event(number))) for number in range(MANY)]  # pyright: ignore[reportArgumentType]
            await asyncio.sleep(0.1)
            reads = await asyncio.gather(*(post("/v1/recommend", {"person_id": f"p0{number}"}) for number in range(1, 6)))
            assert [one.status_code for one in reads] == [200] * 5
            assert not any(task.done() for task in writes)
            assert kept.stored() == set()
        assert [one.status_code for one in await asyncio.gather(*writes)] == [200] * MANY

    kept.run(work)
    assert len(kept.stored()) == MANY


def test_what_is_sent_is_stored_or_refused(kept: Kept) -> None:
    """The lock goes while some wait and others have given up."""

    async def work(post: Callable[..., Awaitable[httpx.Response]]) -> list[httpx.Response]:
        held = threading.Event()

        def hold() -> None:
            with locked(kept.url):
                held.wait(20)

        holding = asyncio.create_task(asyncio.to_thread(hold))
        await asyncio.sleep(0.1)
        writes = [asyncio.create_task(post("/v1/events", event(number))) for number in range(3 * MANY)]  # pyright: ignore[reportArgumentType]
        await asyncio.wait(writes, return_when=asyncio.FIRST_COMPLETED)
        held.set()
        await holding
        return list(await asyncio.gather(*writes))

    told = kept.run(work)
    accepted = {f"new{number}" for number, one in enumerate(told) if one.status_code == 200}
    assert {one.status_code for one in told} == {200, 503}
    assert {one.headers["retry-after"] for one in told if one.status_code == 503} == {"5"}
    assert {one.headers["content-type"] for one in told if one.status_code == 503} == {"application/problem+json"}
    assert kept.stored() == accepted


def test_no_more_writes_wait_than_can_be_done() -> None:
    go_on, done = threading.Event(), list[int]()

    def work(number: int) -> None:
        go_on.wait(20)
        done.append(number)

    async def inside() -> None:
        writers = Writers(threads=1, most=3)
        tasks = [asyncio.create_task(writers.run(work, number)) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError):
            await writers.run(work, 3)
        go_on.set()
        await asyncio.gather(*tasks)
        await writers.run(work, 4)
        writers.close()

    asyncio.run(inside())
    assert done == [0, 1, 2, 4]
