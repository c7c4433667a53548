"""Prometheus metrics of a worker, counted in plain numbers and handed over once a second. Labels come from closed sets: no request makes one.

A histogram of prometheus_client takes 10 microseconds an observation where several processes share a folder; a tally takes half of one. All
that is counted here is counted in the thread of the event loop; other threads use `counter`.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from time import perf_counter
from typing import Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_SHORT = (0.0001, 0.0002, 0.0005, *SECONDS[:-3])
_MANY = (0, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
Stage = Literal["person", "wait", "profile", "rank", "programmes", "answer", "log"]


class _Histogram(Histogram):
    """Take many observations at once; a child of labels is of this class, too."""

    def take(self, counts: Sequence[int], total: float) -> None:
        """Add observations, counted by bucket, and their sum."""
        self._sum.inc(total)
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)


class Tallies:
    """Count values in buckets, by labels."""

    def __init__(self, name: str, meaning: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        self._metric, self._bounds = _Histogram(name, meaning, labels, buckets=bounds), bounds
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._totals: dict[tuple[str, ...], float] = {}

    def add(self, value: float, *labels: str) -> None:
        """Count one value."""
        counts = self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = [0] * (len(self._bounds) + 1)
            self._totals[labels] = 0.0
        counts[bisect_left(self._bounds, value)] += 1
        self._totals[labels] += value

    def hand_over(self) -> None:
        """Give to Prometheus what was counted since the last time."""
        counts, self._counts = self._counts, {}
        totals, self._totals = self._totals, {}
        for labels, counted in counts.items():
            self._metric.labels(*labels).take(counted, totals[labels])


class Counts:
    """Count how often something happened, by labels."""

    def __init__(self, name: str, meaning: str, labels: Sequence[str] = ()) -> None:
        self._metric = Counter(name, meaning, labels)
        self._counts: dict[tuple[str, ...], int] = {}

    def add(self, *labels: str) -> None:
        """Count once."""
        self._counts[labels] = self._counts.get(labels, 0) + 1

    def hand_over(self) -> None:
        """Give to Prometheus what was counted since the last time."""
        counts, self._counts = self._counts, {}
        for labels, count in counts.items():
            (self._metric.labels(*labels) if labels else self._metric).inc(count)


def _requests() -> Counts:
    return Counts("sqrec_requests", "Answers by route and status.", ("route", "status"))


def _seconds() -> Tallies:
    return Tallies("sqrec_request_seconds", "Seconds from a read head to a ready answer, by route.", ("route",), SECONDS)


def _stages() -> Tallies:
    return Tallies("sqrec_stage_seconds", "Seconds of one stage of an answer about a person.", ("stage", "kind"), _SHORT)


def _candidates() -> Tallies:
    return Tallies("sqrec_candidates", "Items that were ranked for one list.", ("kind",), _MANY)


def _lists() -> Counts:
    return Counts("sqrec_lists", "Lists by ranker, and whether their circle was widened.", ("kind", "ranker", "widened"))


def _too_often() -> Counts:
    return Counts("sqrec_too_often", "Requests refused (429) by how the asker is known.", ("how",))


def _turns_refused() -> Counts:
    return Counts("sqrec_turns_refused", "Requests refused (503), as their turn would have come too late.")


def _collections() -> Tallies:
    return Tallies("sqrec_collection_seconds", "Seconds of one garbage collection.", ("generation",), _SHORT)


@dataclass(frozen=True)
class Figures:
    """Hold what the event loop of a worker counts."""

    requests: Counts = field(default_factory=_requests)
    seconds: Tallies = field(default_factory=_seconds)
    stages: Tallies = field(default_factory=_stages)
    candidates: Tallies = field(default_factory=_candidates)
    lists: Counts = field(default_factory=_lists)
    too_often: Counts = field(default_factory=_too_often)
    turns_refused: Counts = field(default_factory=_turns_refused)
    collections: Tallies = field(default_factory=_collections)

    def hand_over(self) -> None:
        """Give to Prometheus what was counted since the last time."""
        for one in vars(self).values():
            one.hand_over()


@cache
def figures() -> Figures:
    """Return the process's figures. Made at the first call."""
    return Figures()


@cache
def counter(name: str, meaning: str) -> Counter:
    """Return the process's counter of a name, for any thread; `meaning` is its help text. Made at the first call."""
    return Counter(name, meaning)


@cache
def gauge(name: str, meaning: str, of_workers: str, labels: tuple[str, ...] = ()) -> Gauge:
    """Return the process's gauge of a name; `of_workers` (`livesum`, `livemax`, `livemin`) says how those of running workers become one."""
    mode: Any = of_workers
    return Gauge(name, meaning, labels, multiprocess_mode=mode)


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
        figures().requests.add(path, str(outcome.status))
        figures().seconds.add(perf_counter() - began, path)


class Laps:
    """Time the stages of one answer, each from the end of the one before; `of` None times nothing."""

    __slots__ = ("_last", "_of")

    def __init__(self, of: Figures | None = None) -> None:
        self._of, self._last = of, perf_counter()

    def lap(self, stage: Stage, kind: str = "") -> None:
        """End a stage."""
        if self._of:
            now = perf_counter()
            self._of.stages.add(now - self._last, stage, kind)
            self._last = now

    def listed(self, kind: str, ranker: str, candidates: int, *, widened: bool) -> None:
        """Count one list, and end its stage `rank`."""
        self.lap("rank", kind)
        if self._of:
            self._of.lists.add(kind, ranker, "yes" if widened else "no")
            self._of.candidates.add(candidates, kind)


UNTIMED = Laps()
"""For answers that nobody waits for."""


def exposed() -> bytes:
    """Return all metrics of the process in Prometheus' text format; of all workers where `PROMETHEUS_MULTIPROC_DIR` is set."""
    figures().hand_over()
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ and "prometheus_multiproc_dir" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)


def set_all(name: str, meaning: str, of_workers: str, label: str, values: Mapping[str, float]) -> None:
    """Set a gauge for every value of one label."""
    found = gauge(name, meaning, of_workers, (label,))
    for told, value in values.items():
        found.labels(told).set(value)
