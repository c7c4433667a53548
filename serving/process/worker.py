"""One worker: `python -m serving.process.worker PORT_FD LINE_FD`, started by the supervisor. Loads what serves, then answers."""

import logging
import socket
import sys

import uvicorn

from serving.live import Live
from serving.operating import note
from serving.process.connections import Connections
from serving.process.limits import Limits
from serving.process.logs import configure
from serving.process.server import Server
from serving.process.supervisor import tidy
from serving.service import Sqrec
from serving.worker import begin
from sqrec.errors import SqrecError

_log = logging.getLogger("sqrec.process")


def main(listening: int, line: int) -> int:
    """Answer on a listening socket until the line ends or a signal comes; return 1, with the reason said, where nothing can be served."""
    configure()
    try:
        live = begin()
    except SqrecError as problem:
        _log.critical("%s", problem)
        return 1
    port = socket.socket(fileno=listening)
    port.setblocking(False)
    server = server_of(live, socket.socket(fileno=line))
    server.follow_supervisor()
    server.run(sockets=[port])
    if server.left_alone:
        tidy()
    return 0


def server_of(live: Live, line: socket.socket) -> Server:
    """Return the server of a worker: BentoML's application on connections with limits, `line` to the supervisor."""
    settings, limits = live.settings, Limits()
    connections = Connections(limits)
    live.connections = lambda: len(connections.open)
    config = uvicorn.Config(
        app=Sqrec.to_asgi(is_main=True),
        http=connections,  # pyright: ignore[reportArgumentType] (uvicorn calls it, whatever makes a protocol)
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=[] if settings.proxy else None,
        timeout_keep_alive=int(limits.idle) + 1,
        timeout_graceful_shutdown=int(limits.stop),
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )
    return Server(config, connections, line, each_second=lambda: note(live))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
