"""The BentoML service: mounts the application, reports readiness, and writes the log's queue when it ends."""

from typing import Any

import bentoml

from serving.app import ROUTES, application
from serving.collector import Collector
from serving.doors import Doors
from serving.live import Live
from serving.problems import Shaped
from serving.settings import Settings

APP = application()
_SHAPED: Any = Shaped
_DOORS: Any = Doors
"""BentoML takes ASGI classes; its hints name narrower types. The doors stand before its own addresses too."""


@bentoml.asgi_app(APP, path="/")
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
        self.live = APP.state.live = Live(Settings.from_environment(), Collector())
        self.live.watch()

    @bentoml.on_shutdown
    def close(self) -> None:
        """Write the queued rows of the log."""
        self.live.close()

    async def __is_ready__(self) -> bool:
        """Tell whether a bundle is loaded and warmed up, and the data can be reached."""
        return self.live.ready


Sqrec.add_asgi_middleware(_SHAPED)
Sqrec.add_asgi_middleware(_DOORS, live=lambda: APP.state.live, routes=ROUTES)
