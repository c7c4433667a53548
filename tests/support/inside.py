"""The application in this process: its routes, checks and answers without a server."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from serving.app import application
from serving.live import Live
from serving.settings import Settings
from sqrec.rank import Explore
from sqrec.source import is_store
from tests.support.keys import bearer, key_for


@dataclass(frozen=True)
class Inside:
    """Ask an application like a running service."""

    app: Starlette
    data: Path | str
    bundles: Path
    key: str | None = None

    def post(self, body: Any = None, path: str = "/v1/recommend", **more: Any) -> httpx.Response:
        """Ask for recommendations; `body` goes as JSON."""
        told = {"json": body} if body is not None else {}
        return self.request("POST", path, **told, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        more["headers"] = bearer(self.key) | dict(more.get("headers", {}))

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:3000") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())


@contextmanager
def inside(place: Path, data: Path | str, bundles: Path, explore: Explore | None = None) -> Iterator[Inside]:
    """Serve a data folder, or a store with a key, and a copy of a folder of bundles in this process until the block ends."""
    own = Path(shutil.copytree(bundles, place / "bundles"))
    key = key_for(str(data)) if is_store(data) else None
    live = Live(Settings(data=data, bundles=own, pointer_seconds=0.2, explore=explore))
    live.watch()
    yield Inside(application(live), data, own, key)
    live.close()
