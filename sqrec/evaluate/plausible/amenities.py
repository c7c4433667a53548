"""What a community worker would say of a shop or service near home for a person.

Nothing that is closed for good, planned, outside its ages, for certain groups, or (for minors) not public: grade 0. Then the need and the way
on foot, minutes; not open within two hours or not quite for the age takes one off each:

| | up to 5 | 15 | 30 | 60 | farther | way unknown |
|---|---|---|---|---|---|---|
| answers a declared need | 3 | 3 | 2 | 1 | 0 | 3 |
| suits the situation (work station for those out of work, canteen and clinic for the old) | 3 | 3 | 2 | 0 | 0 | 2 |
| no need declared, of everyday use (class basic) | 3 | 2 | 1 | 0 | 0 | 2 |
| no need declared, public | 2 | 2 | 1 | 0 | 0 | 2 |
| no need declared, of use at times (quality, other, rare) | 2 (rare 1) | 1 | 1 | 0 | 0 | 1 |
| another need declared: everyday or public | 1 | 1 | 0 | 0 | 0 | 1 |
| another need declared: else | 0 | 0 | 0 | 0 | 0 | 0 |

Suits the situation counts as is where another need is declared, one lower. Childcare is for those who declare it: without any need told it is
grade 1 at most for those who may have small children (ages in rubric.json), else 0. A place for the old is 1 at most for their children.
Sources: classes by docs/tables.md, steps and types in rubric.json, 15 minutes by 商流通函〔2021〕176号, minors by the city's file.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sqrec.cities import City
from sqrec.contract import AMENITY_TYPES
from sqrec.evaluate.plausible import week
from sqrec.evaluate.plausible.cells import Row, live, members, number, text
from sqrec.evaluate.plausible.graded import Graded
from sqrec.evaluate.plausible.rubric import rubric
from sqrec.evaluate.plausible.trade import Trades
from sqrec.evaluate.plausible.who import SkillNames, Who

_GRADES = {
    "answers_need": (3, 3, 2, 1, 0, 3),
    "for_situation": (3, 3, 2, 0, 0, 2),
    "everyday": (3, 2, 1, 0, 0, 2),
    "public": (2, 2, 1, 0, 0, 2),
    "at_times": (2, 1, 1, 0, 0, 1),
    "rare": (1, 1, 1, 0, 0, 1),
    "other_need": (1, 1, 0, 0, 0, 1),
}
_WAYS = ("doorstep", "near", "walkable", "walk_long", "walk_too_far", None)
_TOLD = {"public": "everyday", "rare": "at_times"}


@dataclass(frozen=True, slots=True)
class Amenity:
    """Hold an amenity as the rubric sees it."""

    row: Row
    type: str
    domain: str
    group: str


def amenity_of(row: Row, city: City, trades: Trades, names: SkillNames) -> Amenity:
    """Read a row of `amenities`; a type that is none of the contract's counts as `other`."""
    kind = text(row, "type") or "other"
    domain, group = AMENITY_TYPES.get(kind, AMENITY_TYPES["other"])
    return Amenity(row, kind, domain, group)


def grade_amenity(who: Who, place: Amenity, minutes: float, at: int, city: City) -> Graded:
    """Grade an amenity for a person at a moment; `minutes` are the way on foot, NaN for unknown."""
    refused = _refused(who, place, at, city)
    if refused:
        return Graded(0, (refused,))
    use, less = _use(who, place)
    if use == "unneeded":
        return Graded(0, ("other_need",))
    step = _step(minutes)
    flaws = [*_age(who, place, use), *_closed(place, at, city)]
    grade = _GRADES[use][step] - less - len(flaws)
    way = _WAYS[step]
    return Graded(max(grade, 0), (_TOLD.get(use, use), *((way,) if way else ()), *flaws))


def _refused(who: Who, place: Amenity, at: int, city: City) -> str | None:
    if text(place.row, "status") in {"closed", "planned"} or not live(place.row, "amenities", city, at):
        return "not_open"
    if members(place.row, "audience"):
        return "by_rule"
    if who.under(city.gates.adult_from) and place.type not in city.gates.minors_amenities:
        return "not_for_minors"
    age = np.nan if who.age is None or place.type in rubric().amenities.bounds_of_others else who.age
    if age < number(place.row, "age_min") or age > number(place.row, "age_max"):
        return "age_bounds"
    return "needs_told" if _nobodys(who, place) else None


def _needed(who: Who, place: Amenity) -> bool:
    return not {f"type:{place.type}", f"domain:{place.domain}"}.isdisjoint(who.person.needs)


def _nobodys(who: Who, place: Amenity) -> bool:
    """Tell whether a place is for carers, or for the old, and the person is known to be neither."""
    ages = rubric().ages
    if _needed(who, place) or who.age is None:
        return False
    if place.type in rubric().amenities.told_only:
        return not ages.carers[0] <= who.age <= ages.carers[1]
    return place.type == "elder_care" and who.age < ages.elders_children


def _use(who: Who, place: Amenity) -> tuple[str, int]:
    """Return what the place is to the person (a row of the table), and how much lower it stands for another need declared."""
    types, needs = rubric().amenities, bool(who.person.needs)
    if _needed(who, place):
        return "answers_need", 0
    if _suits(who, place):
        return "for_situation", int(needs)
    plain = place.group in {"basic", "public"} and place.type not in {*types.rare, *types.told_only, "elder_care"}
    if needs:
        return ("other_need" if plain else "unneeded"), 0
    if place.type in {*types.rare, *types.told_only, "elder_care"}:
        return "rare", 0
    return ({"basic": "everyday", "public": "public"}.get(place.group, "at_times")), 0


def _suits(who: Who, place: Amenity) -> bool:
    types = rubric().amenities
    old = who.age is not None and who.age >= rubric().ages.elders
    return (place.type in types.seekers and who.person.employment == "unemployed") or (place.type in types.elders and old)


def _step(minutes: float) -> int:
    steps = rubric().reach
    if np.isnan(minutes):
        return 5
    return int(np.searchsorted([steps.doorstep, steps.near, steps.walkable, steps.far], minutes))


def _age(who: Who, place: Amenity, use: str) -> Iterator[str]:
    low, high = rubric().amenities.ages.get(place.type, (0, 200))
    if use != "answers_need" and who.age is not None and not low <= who.age <= high:
        yield "not_for_age"


def _closed(place: Amenity, at: int, city: City) -> Iterator[str]:
    hours = text(place.row, "hours")
    now = city.local(at)
    slot = now.weekday() * week.SLOTS_A_DAY + now.hour * 2 + now.minute // 30
    if hours is not None and week.week_of(hours) and not week.opens_within(hours, slot, rubric().hours.soon_hours):
        yield "closed_now"
