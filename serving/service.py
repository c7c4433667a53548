"""The BentoML service: mounts the application, reports readiness, and writes the log's queue when it ends.

The server's supervisor imports this file as well, only to start workers: whatever is ours is loaded by a worker (`serving.worker`).
"""

from importlib import import_module
from typing import Any

import bentoml
from starlette.types import ASGIApp, Receive, Scope, Send


def _worker() -> Any:
    return import_module("serving.worker")


async def _application(scope: Scope, receive: Receive, send: Send) -> None:
    await _worker().APP(scope, receive, send)


def _fronted(app: ASGIApp) -> ASGIApp:
    return _worker().fronted(app)


_MIDDLEWARE: Any = _fronted
"""BentoML takes whatever wraps an ASGI application; its hints name classes alone."""


@bentoml.asgi_app(_application, path="/")
@bentoml.service(
    name="sqrec",
    workers=1,
    traffic={"timeout": 60},
    logging={"access": {"enabled": False}},
    metrics={"enabled": False},
    endpoints={"livez": "/livez", "readyz": "/readyz"},
)
class Sqrec:
    """Jobs, courses and services near home, ranked with reasons; and what people did with them."""

    def __init__(self) -> None:
        self.live = _worker().begin()

    @bentoml.on_shutdown
    def close(self) -> None:
        """Write the queued rows of the log."""
        self.live.close()

    async def __is_ready__(self) -> bool:
        """Tell whether a bundle is loaded and warmed up, and the data can be reached and written."""
        return await _worker().proves(self.live)


Sqrec.add_asgi_middleware(_MIDDLEWARE)
