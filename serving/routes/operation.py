"""Liveness, readiness and metrics for operators."""

from serving.live import Live
from serving.metrics import exposed
from serving.operating import note
from sqrec.access import Asker


async def livez(live: Live, asked: None, who: Asker) -> bytes:
    """Say that the process answers."""
    return b"\n"


async def readyz(live: Live, asked: None, who: Asker) -> bytes:
    """Say that a bundle is loaded and warmed up, and that the data can be reached and written; else 503."""
    await live.prove()
    return b"\n"


async def metrics(live: Live, asked: None, who: Asker) -> bytes:
    """Return the metrics of the service in Prometheus' text format."""
    note(live)
    return exposed()
