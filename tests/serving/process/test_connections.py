"""Connections end: idle, half-sent, slow and unread ones, and the oldest that waits where there are too many."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn

from serving.process.connections import Connections
from serving.process.limits import Limits
from serving.process.server import Server

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
HALF = b"POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345"
LARGE = 40 * 2**20


@dataclass
class Asked:
    """Run a small application behind the connections that a service has."""

    limits: Limits
    server: Server = field(init=False)
    port: int = field(init=False)
    each_second: Callable[[], None] | None = None
    lost: list[str] = field(default_factory=list[str])
    working: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b"x" * LARGE if scope["path"] == "/large" else b"ok"
        if scope["path"] == "/slow":
            self.working.set()
            while not self.go_on.is_set():
                await asyncio.sleep(0.01)
        while (message := await receive())["type"] == "http.request" and message["more_body"]:
            pass
        if message["type"] == "http.disconnect":
            self.lost.append(scope["path"])
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body[:1000], "more_body": True})
        await send({"type": "http.response.body", "body": body[1000:]})
        self.lost += [scope["path"]] if await self._gone(receive, scope["path"]) else []

    async def _gone(self, receive: Any, path: str) -> bool:
        return path == "/large" and (await receive())["type"] == "http.disconnect"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, request: bytes = GET) -> bytes:
        with self.connect() as connection:
            connection.sendall(request)
            return answer(connection)


@contextmanager
def asked(each_second: Callable[[], None] | None = None, **limits: Any) -> Iterator[Asked]:
    """Serve until the block ends."""
    short: dict[str, Any] = {"head": 0.5, "body": 0.5, "idle": 0.5, "unread": 0.5, "stop": 5.0}
    found = Asked(Limits(**short | limits), each_second=each_second)
    connections = Connections(found.limits)
    config = uvicorn.Config(found.app, http=connections, ws="none", interface="asgi3", log_config=None, timeout_keep_alive=99)  # pyright: ignore[reportArgumentType]
    ours, theirs = socket.socketpair()
    with ours, theirs, socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        listening.setblocking(False)
        found.port = listening.getsockname()[1]
        found.server = Server(config, connections, theirs, found.each_second)
        thread = threading.Thread(target=found.server.run, args=[[listening]])
        thread.start()
        try:
            ours.settimeout(20)
            assert ours.recv(1) == b"."
            yield found
        finally:
            found.go_on.set()
            found.server.should_exit = True
            thread.join(20)
    assert not thread.is_alive()


def answer(connection: socket.socket) -> bytes:
    """Return one answer: all that comes until a body is whole or the other end closes."""
    got = b""
    while part := connection.recv(65536):
        got += part
        if got.endswith(b"ok"):
            break
    return got


def told(got: bytes) -> tuple[int, Any]:
    """Return status and problem document of an answer."""
    head, _, body = got.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    return int(head.split()[1]), json.loads(body)["detail"]


LATE = (408, "The request did not arrive in time.")


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nhos", HALF], ids=["nothing", "half a head", "half a body"])
def test_what_does_not_arrive_is_refused(sent: bytes) -> None:
    with asked() as service, service.connect() as connection:
        connection.sendall(sent)
        assert told(answer(connection)) == LATE
        until(lambda: service.lost == (["/body"] if sent == HALF else []))


def test_drops_of_a_head_do_not_prolong_it() -> None:
    with asked() as service, service.connect() as connection:
        began = time.monotonic()
        for letter in GET[:-4] * 9:
            try:
                connection.sendall(bytes([letter]))
            except OSError:
                break
            time.sleep(0.1)
        assert time.monotonic() - began < 8


def test_an_idle_connection_is_closed_without_a_word() -> None:
    with asked(head=30.0) as service, service.connect() as connection:
        connection.sendall(GET)
        assert answer(connection).startswith(b"HTTP/1.1 200")
        connection.sendall(GET)
        assert answer(connection).startswith(b"HTTP/1.1 200")
        assert connection.recv(1) == b""


def test_an_unread_answer_is_given_up() -> None:
    with asked() as service, service.connect() as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        until(lambda: service.lost == ["/large"])


def test_a_working_application_is_waited_for() -> None:
    with asked(head=0.1, body=0.1, idle=0.1, unread=0.1) as service, service.connect() as connection:
        connection.sendall(GET.replace(b"/ ", b"/slow "))
        time.sleep(1.5)
        service.go_on.set()
        assert answer(connection).startswith(b"HTTP/1.1 200")


def test_where_there_are_too_many_the_oldest_that_waits_goes() -> None:
    with asked(head=60.0, connections=20) as service, service.connect() as busy:
        busy.sendall(GET.replace(b"/ ", b"/slow "))
        assert service.working.wait(20)
        waiting = [service.connect() for _ in range(60)]
        assert service.ask().startswith(b"HTTP/1.1 200")
        assert closed(waiting[0])
        waiting[-1].sendall(GET)
        assert answer(waiting[-1]).startswith(b"HTTP/1.1 200")
        service.go_on.set()
        assert answer(busy).startswith(b"HTTP/1.1 200")
        for one in waiting:
            one.close()


def closed(connection: socket.socket) -> bool:
    connection.settimeout(10)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_figures_that_cannot_be_written_end_nothing() -> None:
    tried: list[int] = []

    def breaks() -> None:
        tried.append(1)
        raise OSError(28, "no space left")

    with asked(breaks, head=30.0) as service:
        until(lambda: len(tried) > 1)
        assert service.ask().startswith(b"HTTP/1.1 200")


def test_what_is_no_http_is_a_problem() -> None:
    with asked() as service:
        assert told(service.ask(b"HELO x\r\n\r\n")) == (400, "This is no HTTP/1.1 request.")
        assert told(service.ask(b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 400_000 + b"\r\n\r\n"))[0] == 400


def test_a_stop_answers_who_is_there_already() -> None:
    with asked(head=30.0, idle=30.0) as service, service.connect() as kept, service.connect() as slow:
        kept.sendall(GET)
        answer(kept)
        slow.sendall(GET.replace(b"/ ", b"/slow "))
        service.server.should_exit = True
        time.sleep(0.3)
        kept.sendall(GET)
        last = answer(kept)
        assert last.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in last
        with pytest.raises(ConnectionRefusedError):
            service.connect()
        service.go_on.set()
        assert answer(slow).startswith(b"HTTP/1.1 200")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
