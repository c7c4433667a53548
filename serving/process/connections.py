"""HTTP/1.1 connections that end: a client that sends nothing, sends slowly or does not read is let go, the oldest first when there are too many."""

import asyncio
from collections import OrderedDict
from typing import Any, Literal, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from serving.problems import PROBLEM_TYPE, problem
from serving.process.limits import Limits, held

Stage = Literal["idle", "head", "body", "answer", "refused"]
_LINGER = 2.0
"""Seconds in which a refused client may read why, although it still sends."""


class Connections:
    """Hold the open connections of a worker: those that wait for their client in the order in which they began to, and the others.

    Calling it makes the protocol of a new connection, as uvicorn's `http` option needs.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits, self.most = limits, held(limits)
        self.waiting: OrderedDict[Connection, None] = OrderedDict()
        self.open: set[Connection] = set()

    def __call__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> "Connection":
        """Return the protocol of a new connection."""
        return Connection(self, config, server_state, app_state, _loop)

    def admit(self, one: "Connection") -> None:
        """Take a connection in; where there are too many, the one that has waited longest for its client goes, else this one."""
        self.open.add(one)
        if len(self.open) > self.most:
            gone = next(iter(self.waiting), one)
            self.forget(gone)
            gone.transport.abort()

    def forget(self, one: "Connection") -> None:
        """Drop a connection."""
        self.open.discard(one)
        self.waiting.pop(one, None)

    def sweep(self, now: float) -> None:
        """End every connection whose client has taken too long; `now` is the loop's time in seconds."""
        for one in list(self.open):
            one.end_if_late(now)


class Connection(H11Protocol):
    """Know what a connection waits for, and since when."""

    def __init__(
        self,
        all_of_them: Connections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._all, self._limits = all_of_them, all_of_them.limits
        self.stage: Stage = "head"
        self._since = self._unread_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Wait for the first request."""
        super().connection_made(transport)
        self._enter("head")
        self._all.admit(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._all.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client, and see what is waited for next."""
        if self.stage == "refused":
            return
        if self.stage == "idle":
            self._enter("head")
        super().data_received(data)
        if self.stage != "refused" and self.cycle and not self.cycle.response_complete:
            self._enter("body" if self.cycle.more_body else "answer")

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._enter("idle")
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Note that the client does not read."""
        self._unread_since = self.loop.time()
        super().pause_writing()

    def end_if_late(self, now: float) -> None:
        """End the connection where its client has taken too long: with a problem document (408) where it still waits for an answer."""
        waited = now - self._since
        unread = self.flow.write_paused and now - self._unread_since > self._limits.unread
        if unread or (self.stage == "refused" and waited > _LINGER):
            self.transport.abort()
        elif self.stage == "idle" and waited > self._limits.idle:
            self.timeout_keep_alive_handler()
        elif self.stage in {"head", "body"} and waited > (self._limits.head if self.stage == "head" else self._limits.body):
            self._refuse(408, "The request did not arrive in time.")

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem document."""
        self._refuse(400, "This is no HTTP/1.1 request.")

    def _enter(self, stage: Stage) -> None:
        if stage == self.stage and self._since:
            return
        self.stage, self._since = stage, self.loop.time()
        if stage == "answer":
            self._all.waiting.pop(self, None)
        else:
            self._all.waiting[self] = None
            self._all.waiting.move_to_end(self)

    def _refuse(self, status: int, detail: str) -> None:
        """Answer from here, then listen no more; whatever the application is doing for this connection has lost its client."""
        if self.cycle and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = problem(status, detail)
            headers = [
                (b"content-type", PROBLEM_TYPE.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
            ]
            parts = (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage())
            self.transport.write(b"".join(cast("bytes", self.conn.send(part)) for part in parts))
        self._enter("refused")
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()
