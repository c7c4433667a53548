"""Prometheus metrics by row of the table of routes; an unknown path makes no label."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


@dataclass(slots=True)
class Outcome:
    """Hold the HTTP status of an answer; 500 until it is known."""

    status: int = 500


@contextmanager
def measured(path: str) -> Iterator[Outcome]:
    """Count one answer of a route, with the status that the block sets, and its duration in seconds."""
    outcome, began = Outcome(), perf_counter()
    try:
        yield outcome
    finally:
        _requests().labels(path, str(outcome.status)).inc()
        _seconds().labels(path).observe(perf_counter() - began)


def exposed() -> bytes:
    """Return all metrics of the process in Prometheus' text format; of all workers where `PROMETHEUS_MULTIPROC_DIR` is set."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ and "prometheus_multiproc_dir" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)


@cache
def counter(name: str, meaning: str) -> Counter:
    """Return the process's counter of a name; `meaning` is its help text. Made at the first call."""
    return Counter(name, meaning)


@cache
def _requests() -> Counter:
    return Counter("sqrec_requests", "Answers by route and status.", ("route", "status"))


@cache
def _seconds() -> Histogram:
    return Histogram(
        "sqrec_request_seconds", "Seconds from a read head to a ready answer, by route.", ("route",), buckets=_BUCKETS
    )
