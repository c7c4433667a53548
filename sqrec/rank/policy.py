"""How a recommender is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqrec.cities import Capacity, City
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
    order); `max_candidates` bounds what is scored (None: the whole live catalogue); `capacity` tempers scores by the attention
    that items had for their openings (None: it does not).
    """

    reach: float | None = 15.0
    exclude_seen: bool = True
    spread: Spread | None = Spread()
    max_candidates: int | None = 300
    capacity: Capacity | None = None


SERVED = Policy()
"""What a request gets that does not ask otherwise, in a city without a rule for capacity; see `served_in`."""

WHOLE = Policy(reach=None, exclude_seen=True, spread=None, max_candidates=None)
"""What reports ask for: score order over the whole catalogue."""


def served_in(city: City) -> Policy:
    """Return what a request gets that does not ask otherwise: `SERVED`, by the city's rule for capacity."""
    return replace(SERVED, capacity=city.capacity)
