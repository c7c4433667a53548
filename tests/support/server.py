"""Start the real service for tests: its own process, on loopback, on a free port."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from serving.__main__ import server_of
from serving.schemas.answers import EventsResponse, Problem
from serving.settings import Settings
from sqrec.source import is_store
from tests.support.keys import bearer, key_for

ROOT = Path(__file__).parents[2]
SECONDS = 90


@dataclass(frozen=True)
class Server:
    """Hold a running service: where it listens, what it serves and what it logged; of a store the headers with a key."""

    url: str
    data: Path | str
    bundles: Path
    log: Path
    pid: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def post(self, body: Any = None, **more: Any) -> httpx.Response:
        """Ask for recommendations; `body` goes as JSON."""
        told = {"json": body} if body is not None else {}
        headers = {**self.headers, **more.pop("headers", {})}
        return httpx.post(f"{self.url}/v1/recommend", timeout=30, headers=headers, **told, **more)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=30)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def serving(place: Path, data: Path | str, bundles: Path, *, door: bool = False) -> Iterator[Server]:
    """Serve a data folder and a copy of a folder of bundles until the block ends.

    With `door` by `python -m serving`, as everybody does; else by the server that it becomes once it has read all that is served.
    """
    own = Path(shutil.copytree(bundles, place / "bundles"))
    port, log = free_port(), place / "server.log"
    command, environment = server_of(replace(Settings.from_environment(), data=data, bundles=own, host="127.0.0.1"), port)
    if door:
        command = [sys.executable, "-m", "serving", "--data", str(data), "--bundles", str(own), "--port", str(port)]
        environment = dict(os.environ)
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, env=environment
        )
    headers = bearer(key_for(str(data))) if is_store(data) else {}
    server = Server(f"http://127.0.0.1:{port}", data, own, log, process.pid, headers)
    try:
        _wait(server, process)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait(server: Server, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if server.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"The service did not start:\n{server.log.read_text()}")


def problem(answer: Any, status: int) -> list[tuple[str, str]]:
    """Check that an answer is a problem document and return its fields and rules."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = Problem.model_validate(answer.json(), strict=True)
    assert told.status == status
    assert told.detail
    return [(one.field, one.rule) for one in told.problems]


def refused(answer: Any) -> list[tuple[str, str]]:
    """Check that a batch of events was answered, and return fields and rules of those that were refused."""
    assert answer.status_code == 200, answer.text
    told = EventsResponse.model_validate(answer.json(), strict=True)
    return [(one.field, one.rule) for event in told.refused for one in event.problems]
