"""What one worker of the service holds: the application, what stands before it, and the data and bundle that serve."""

from starlette.types import ASGIApp

from serving.app import ROUTES, application
from serving.collector import Collector
from serving.doors import Doors
from serving.live import Live
from serving.problems import Shaped, UnavailableError, refusal
from serving.settings import Settings
from sqrec.errors import SqrecError

APP = application()


def fronted(app: ASGIApp) -> ASGIApp:
    """Return BentoML's application behind our doors, which guard its own addresses too; its errors become problem documents."""
    return Shaped(Doors(app, live=lambda: APP.state.live, routes=ROUTES))


async def proves(live: Live) -> bool:
    """Tell whether everything can be answered and kept now; the log says why not."""
    try:
        await live.prove()
    except (UnavailableError, SqrecError) as problem:
        refusal(problem)
        return False
    return True


def begin() -> Live:
    """Load what serves, as the environment says, and follow it; what this process has loaded already is returned. Raises as `Live` does."""
    found: Live | None = getattr(APP.state, "live", None)
    if found is None:
        found = APP.state.live = Live(Settings.from_environment(), Collector())
        found.watch()
    return found
