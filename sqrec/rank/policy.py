"""How a recommender is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqrec.columns import Kind

SPREAD_OVER: Mapping[Kind, str] = {"job": "employer", "course": "provider", "amenity": "type"}
"""The family of groups over which each kind is spread."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Allow at most `most` items of one group of the kind (`SPREAD_OVER`) among the `first` shown."""

    most: int = 3
    first: int = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """Say how a list is to be made.

    `reach` is the circle in minutes, widened in the city's steps when it holds too little (None: no circle);
    `exclude_seen` leaves out what the person used or dismissed; `spread` limits one group's share (None: pure score
    order); `max_candidates` bounds what is scored (None: the whole live catalogue).
    """

    reach: float | None = 15.0
    exclude_seen: bool = True
    spread: Spread | None = Spread()
    max_candidates: int | None = 300


SERVED = Policy()
"""What a request gets that does not ask otherwise."""

WHOLE = Policy(reach=None, exclude_seen=True, spread=None, max_candidates=None)
"""What reports ask for: score order over the whole catalogue."""
