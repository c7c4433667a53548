"""How a recommender is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from sqrec.cities import Capacity, City
from sqrec.contract import Kind
from sqrec.errors import RequestError

SPREAD_OVER: Mapping[Kind, str] = {"job": "employer", "course": "provider", "amenity": "type"}
"""The family of groups over which each kind is spread."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Allow at most `most` items of one group of the kind (`SPREAD_OVER`) among the `first` shown."""

    most: int = 3
    first: int = 10


@dataclass(frozen=True, slots=True)
class Explore:
    """Try something else in one place of a list now and then, so that logged lists tell what other orders would be worth.

    With probability `epsilon` the item at `position` (1 = top) changes places with one of the next `pool` items, each as
    likely as the others. The probability of what is shown is known exactly and logged (`rankings.propensity`).
    """

    position: int = 5
    epsilon: float = 0.1
    pool: int = 10

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read `position=5,epsilon=0.1,pool=10`; what is not named takes its default, an empty text is no exploration.

        Raises RequestError for another name or a number out of bounds: position and pool from 1, epsilon above 0 up to 1/2.
        """
        if not text.strip():
            return None
        named = [part.strip().partition("=") for part in text.split(",")]
        try:
            told: dict[str, Any] = {name: (float if name == "epsilon" else int)(value) for name, _, value in named}
            found = cls(**told)
        except (TypeError, ValueError):
            raise RequestError(f"{text!r} is no exploration. {_EXPLORED}") from None
        if found.position < 1 or found.pool < 1 or not 0 < found.epsilon <= MOST_EXPLORED:
            raise RequestError(f"{text!r} is out of bounds. {_EXPLORED}")
        return found


MOST_EXPLORED = 0.5
_EXPLORED = f"Write position=5,epsilon=0.1,pool=10: position and pool from 1, epsilon above 0 up to {MOST_EXPLORED}."


@dataclass(frozen=True, slots=True)
class Policy:
    """Say how a list is to be made.

    `reach` is the circle in minutes, widened in the city's steps when it holds too little (None: everything competes);
    `exclude_seen` leaves out all that is not new to the person (False: what was dismissed stays out, and in kinds that do not
    repeat what was applied to; what was looked at there stands lower); `spread` limits one group's share (None: pure score
    order); `widest` are the minutes beyond which an item stands behind all others (None: it stands where its score puts it);
    `wish` are those within which what answers the person's wish comes first (None: it stands where its score puts it);
    `max_candidates` bounds what is scored (None: the whole live catalogue); `explore` tries other items in one place
    of personal lists (None: lists are deterministic); `capacity` tempers scores by the attention that items had for their
    openings (None: it does not); `once` leaves an offer's further ids out (False: each stands where its score puts it).
    """

    reach: float | None = None
    exclude_seen: bool = False
    spread: Spread | None = Spread()
    widest: float | None = None
    wish: float | None = None
    max_candidates: int | None = 300
    explore: Explore | None = None
    capacity: Capacity | None = None
    once: bool = True


SERVED = Policy()
"""What a request gets that does not ask otherwise, in a city without circles or a rule for capacity; see `Recommender.served`."""

WHOLE = Policy(reach=None, exclude_seen=True, spread=None, max_candidates=None, once=False)
"""What reports ask for: score order over the whole catalogue."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Say how the rules of a city are applied to one kind's lists, fitted to its ranker and catalogue (docs/spread.md).

    `temperature` and `strength` are those of the price of attention, `most` of a group may stand among the first (None: as many
    as there are), `explores` whether a service that is set to explore may, `circle` whether what lies beyond the city's widest circle
    stands behind.
    """

    temperature: float
    strength: float
    most: int | None = 3
    explores: bool = True
    circle: bool = True

    def applied(self, policy: Policy, kind: Kind) -> Policy:
        """Return a policy by these numbers."""
        fitted = {"temperature": self.temperature, "strength": {kind: self.strength}}
        return replace(
            policy,
            capacity=policy.capacity and policy.capacity.model_copy(update=fitted),
            spread=None if self.most is None or policy.spread is None else replace(policy.spread, most=self.most),
            explore=policy.explore if self.explores else None,
            widest=policy.widest if self.circle else None,
        )


def served_in(city: City) -> Policy:
    """Return what a request gets that does not ask otherwise, where nothing is fitted: `SERVED`, by the city's rules."""
    widest = max(city.circle_steps)
    return replace(SERVED, capacity=city.capacity, widest=widest, wish=widest)
