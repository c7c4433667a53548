"""What an operator asks of a running worker: how old its data are, who waits, what is open. Set once a second and when metrics are read."""

import os
import time

from serving.live import Live
from serving.metrics import figures, gauge, set_all
from sqrec.version import VERSION

STARTS = "SQREC_WORKER_STARTS"
"""The variable by which the supervisor tells a worker how many were started before it."""


def note(live: Live) -> None:
    """Set the gauges of a worker, and hand over what it has counted. Called in the event loop."""
    now = time.time()
    waiting = {
        "turns": live.turns.waiting,
        "rankings": live.log.waiting if live.log else 0,
        "audit": live.trail.waiting if live.trail else 0,
    }
    set_all(
        "sqrec_waiting", "What waits: answers for a turn, lists for the log, decisions for the audit.", "livesum", "what", waiting
    )
    gauge("sqrec_connections_open", "Open connections.", "livesum").set(live.connections())
    gauge("sqrec_ready", "1 where the service can answer everything, else 0.", "livemin").set(live.ready)
    gauge("sqrec_worker_starts", "Workers started since the service began.", "livemax").set(int(os.environ.get(STARTS, "1")))
    age = "Seconds since it was last seen that nothing newer than what serves is there."
    gauge("sqrec_snapshot_age_seconds", age, "livemax").set(now - live.looked if live.follows else 0)
    _note_deployment(live, now)
    figures().hand_over()


def _note_deployment(live: Live, now: float) -> None:
    serves = live.deployment
    bundle = gauge(
        "sqrec_bundle_info", "1 for the bundle that serves, with the version of sqrec.", "livemax", ("bundle", "version")
    )
    for name in live.served_bundles:
        bundle.labels(name, VERSION).set(name == serves.bundle.name)
    if serves.midnight is not None:
        counted = "Seconds since the midnight up to which events count."
        gauge("sqrec_counts_age_seconds", counted, "livemax").set(now - serves.midnight / 1e6)
    shown = {kind: one.shown for kind, one in serves.overrides.items()}
    unsuitable = {kind: one.unsuitable for kind, one in serves.overrides.items()}
    set_all("sqrec_shown_items", "Items shown on the days whose lists count, as far as they count.", "livemax", "kind", shown)
    set_all("sqrec_unsuitable_items", "Of them, how often an adviser said: not suitable.", "livemax", "kind", unsuitable)
