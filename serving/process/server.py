"""uvicorn's server with our connections: it tells the supervisor that it turns, and stops without cutting anybody off."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Callable

import uvicorn
from uvicorn.protocols.http.flow_control import CLOSE_HEADER

from serving.problems import unexpected
from serving.process.connections import Connections

_LAST_REQUESTS = 0.5
"""Seconds in which open connections may still send a request after the port is closed."""


class Server(uvicorn.Server):
    """Serve on one listening socket until a signal, or until the supervisor's line ends: then it was `left_alone`.

    `each_second` is called by the loop about once a second; what it raises is logged.
    """

    def __init__(
        self, config: uvicorn.Config, connections: Connections, line: socket.socket, each_second: Callable[[], None] | None = None
    ) -> None:
        super().__init__(config)
        self._connections, self._line, self._each_second = connections, line, each_second
        self.left_alone = False

    def follow_supervisor(self) -> None:
        """Start a thread that stops this server when the supervisor is gone, and ends the process where that takes too long."""
        threading.Thread(target=self._until_gone, name="supervisor", daemon=True).start()

    def _until_gone(self) -> None:
        with contextlib.suppress(OSError):
            while self._line.recv(1):
                pass
        self.left_alone = self.should_exit = True
        threading.Event().wait(3 * self._connections.limits.stop)
        os._exit(1)

    async def on_tick(self, counter: int) -> bool:
        """Once a second: tell the supervisor that the loop turns, and end connections whose clients take too long."""
        if counter % 10 == 0:
            with contextlib.suppress(OSError):
                self._line.send(b".", socket.MSG_DONTWAIT)
            self._connections.sweep(asyncio.get_running_loop().time())
            self._note()
        return await super().on_tick(counter)

    def _note(self) -> None:
        if self._each_second is None:
            return
        try:
            self._each_second()
        except Exception as mistake:  # noqa: BLE001 (figures that cannot be written end no service)
            unexpected(mistake)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take what has already connected, close the port, answer what still comes on open connections, then end."""
        loop = asyncio.get_running_loop()
        for listening in sockets or []:
            await self._take_waiting(loop, listening)
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE_HEADER]
        await asyncio.sleep(_LAST_REQUESTS)
        await super().shutdown(sockets)

    async def _take_waiting(self, loop: asyncio.AbstractEventLoop, listening: socket.socket) -> None:
        config = self.config
        while True:
            try:
                connected, _ = listening.accept()
            except OSError:
                return
            connected.setblocking(False)
            await loop.connect_accepted_socket(
                lambda: self._connections(config, self.server_state, self.lifespan.state, loop), connected, ssl=config.ssl
            )
