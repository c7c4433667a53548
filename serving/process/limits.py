"""What one connection may cost: seconds for each part of a request, and how many connections there may be."""

import resource
from dataclasses import dataclass

_RESERVED = 200
"""Descriptors that stay free for files, databases and threads."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold the limits of connections; at most `connections` are held at once.

    Seconds: `head` until a request's head is whole, `body` until its body is, `idle` between two requests, `unread` while the client
    does not read the answer, `stop` for requests in progress when the service stops.
    """

    head: float = 10.0
    body: float = 30.0
    idle: float = 60.0
    unread: float = 30.0
    stop: float = 10.0
    connections: int = 1000


def held(limits: Limits) -> int:
    """Return how many connections may be open, after the process's limit of descriptors was raised as far as it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = hard if hard != resource.RLIM_INFINITY else max(soft, 1 << 20)
    return max(1, min(limits.connections, most - _RESERVED))
