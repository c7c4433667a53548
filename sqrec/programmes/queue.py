"""The queue for public-welfare posts, by the city's published order; no ranker and no score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqrec.base.arrays import key_of
from sqrec.cities import City
from sqrec.cities.rules import Welfare
from sqrec.errors import DataError
from sqrec.groups.conditions import NOT_REGISTERED, KnownFacts, holds
from sqrec.groups.needs import needed
from sqrec.groups.restricted import Restricted
from sqrec.profile.person import Person

_LAST = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Hold one person who waits: an id, and what is known of the person."""

    person_id: str
    person: Person
    restricted: Restricted | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Hold a place in the queue, 1 first, and the class of the rule that gave it (None: none of them).

    `needs` are the missing facts that could move the person into an earlier class.
    """

    person_id: str
    position: int
    step: str | None
    clause: str | None
    needs: tuple[str, ...]


def welfare_queue(people: Sequence[Waiting], city: City, at: int) -> tuple[Place, ...]:
    """Return the order in which people are offered a public-welfare post, at a moment (microseconds UTC).

    By class of the city's rule, an unknown fact placing nobody in a class; inside a class those of a zero-employment
    household first, then the older, then the longer registered, unknown ones last; equal ones by a hash of the id. Who may
    wait at all is for the caller to say: the rule orders, it admits nobody. Raises DataError where the city has no rule.
    """
    rule = city.welfare
    if rule is None:
        raise DataError(f"The city {city.name} has no rule for public-welfare posts: give its city file a part `welfare`.")
    judged = [(one, KnownFacts.of(one.person, one.restricted, city, at)) for one in people]
    ordered = sorted(judged, key=lambda told: _rank(told[0].person_id, told[1], rule))
    return tuple(_place(one.person_id, facts, rule, position) for position, (one, facts) in enumerate(ordered, start=1))


def _rank(person_id: str, facts: KnownFacts, rule: Welfare) -> tuple[Any, ...]:
    registered = facts.values.get("registered_unemployed_on", NOT_REGISTERED)
    return (
        _step(facts, rule),
        holds(rule.first, facts) is not True,
        facts.values.get("birth_month", _LAST),
        _LAST if registered == NOT_REGISTERED else registered,
        key_of(person_id),
        person_id,
    )


def _step(facts: KnownFacts, rule: Welfare) -> int:
    """Return the number of the first class that holds; that behind the last where none does."""
    held = (place for place, step in enumerate(rule.queue) if holds(step.condition, facts))
    return next(held, len(rule.queue))


def _place(person_id: str, facts: KnownFacts, rule: Welfare, position: int) -> Place:
    step = _step(facts, rule)
    at, before = rule.queue[step : step + 1], [one.condition for one in rule.queue[:step]]
    needs = needed(before, facts, lambda truths: True in truths)
    return Place(person_id, position, at[0].id if at else None, at[0].clause if at else None, needs)
