"""What a condition of `sqrec.cities.language` means: three-valued logic after Kleene over what is known of a person.

A condition is true, false, or unknown (None). Filling in an unknown fact can turn unknown into true or false, never one of
these into the other. Nothing here guesses: a fact that cannot be compared (education 90 "other", a division given as a path)
is unknown.
"""

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self, TypeAlias

from sqrec.cities import City
from sqrec.cities.ages import age_at
from sqrec.cities.language import Age, And, Bounds, By, Condition, Has, In, Not, Number, Or, Since, Within, WorkingAge
from sqrec.codes.retirement import retirement
from sqrec.groups.restricted import RESTRICTED_FACTS, Restricted
from sqrec.profile.person import FACTS, Person

Truth: TypeAlias = bool | None
"""True, false, or None: unknown."""

ASKABLE = (*FACTS, *RESTRICTED_FACTS)
"""Every fact that a condition may ask, in the order of the tables."""

NOT_REGISTERED = "no"
_UNRANKED = "90"


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """Hold what is known of a person on a day of city time; a fact that is not in `values` is unknown."""

    values: Mapping[str, Any]
    day: date

    @classmethod
    def of(cls, person: Person, restricted: Restricted | None, city: City, at: int) -> Self:
        """Gather the facts of both tables at a moment (microseconds UTC); what changed later must be unknown in `person`."""
        open_facts = {name: getattr(person, name) for name in FACTS}
        closed_facts = {name: getattr(restricted, name) for name in RESTRICTED_FACTS} if restricted else {}
        told = {**open_facts, **closed_facts}
        told |= {name: city.present_area(told.get(name)) for name in ("area", "hukou_area")}
        told |= {"education": None} if told["education"] == _UNRANKED else {}
        known = {name: value for name, value in told.items() if value is not None and value != ()}
        return cls(known, city.local(at).date())

    def having(self, more: Mapping[str, Any]) -> Self:
        """Return the same facts with more."""
        return replace(self, values={**self.values, **more})

    @property
    def month(self) -> str:
        """The calendar month, YYYY-MM."""
        return f"{self.day:%Y-%m}"

    @property
    def age(self) -> int | None:
        """The whole years of age; None for an unknown birth month."""
        return age_at(self.values.get("birth_month"), self.day.year, self.day.month)


def holds(condition: Condition, facts: KnownFacts) -> Truth:
    """Tell whether a condition holds; None where the known facts do not decide it."""
    return _JUDGES[type(condition)](condition, facts)


def all_of(truths: Sequence[Truth]) -> Truth:
    """Return false if one is false, else unknown if one is unknown, else true."""
    return False if False in truths else None if None in truths else True


def any_of(truths: Sequence[Truth]) -> Truth:
    """Return true if one is true, else unknown if one is unknown, else false."""
    return True if True in truths else None if None in truths else False


def not_of(truth: Truth) -> Truth:
    """Return the opposite; of unknown, unknown."""
    return None if truth is None else not truth


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (earlier for negative ones), or the last of a month that lacks it."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def months_between(start: str, day: date) -> int:
    """Return how many whole months lie between a day (YYYY-MM-DD) and a later one."""
    first = date.fromisoformat(start)
    months = (day.year - first.year) * 12 + day.month - first.month
    return months - (months_after(first, months) > day)


def _and(condition: And, facts: KnownFacts) -> Truth:
    return all_of([holds(part, facts) for part in condition.parts])


def _or(condition: Or, facts: KnownFacts) -> Truth:
    return any_of([holds(part, facts) for part in condition.parts])


def _not(condition: Not, facts: KnownFacts) -> Truth:
    return not_of(holds(condition.part, facts))


def _by(condition: By, facts: KnownFacts) -> Truth:
    value = facts.values.get(condition.fact)
    if value is not None:
        return holds(condition.cases[value], facts)
    told = {holds(case, facts) for case in condition.cases.values()}
    return told.pop() if len(told) == 1 else None


def _in(condition: In, facts: KnownFacts) -> Truth:
    value = facts.values.get(condition.fact)
    return None if value is None else value in condition.values


def _number(condition: Number, facts: KnownFacts) -> Truth:
    return _between(facts.values.get(condition.fact), condition)


def _between(value: float | None, bounds: Bounds) -> Truth:
    if value is None:
        return None
    return (bounds.at_least is None or bounds.at_least <= value) and (bounds.at_most is None or value <= bounds.at_most)


def _within(condition: Within, facts: KnownFacts) -> Truth:
    value = facts.values.get(condition.fact)
    return None if value is None else value.startswith(condition.within)


def _has(condition: Has, facts: KnownFacts) -> Truth:
    value = facts.values.get(condition.fact)
    return None if value is None else condition.member in value


def _since(condition: Since, facts: KnownFacts) -> Truth:
    """Judge a day: one that lies ahead, or never was (`no`), is no months ago."""
    value = facts.values.get(condition.fact)
    if value is None:
        return None
    if value == NOT_REGISTERED:
        return False
    came = date.fromisoformat(value)
    if facts.day < months_after(came, condition.at_least):
        return False
    return condition.within is None or facts.day <= months_after(came, condition.within)


def _age(condition: Age, facts: KnownFacts) -> Truth:
    return _between(facts.age, condition.bounds)


def _working_age(condition: WorkingAge, facts: KnownFacts) -> Truth:
    """Judge the working age: it lasts through the month in which the statutory age is reached."""
    if facts.age is None or facts.age < condition.start:
        return None if facts.age is None else False
    told = facts.values
    end = retirement(told["birth_month"], told.get("sex"), told.get("post_type"))
    if end is None or end.earliest.month < facts.month <= end.latest.month:
        return None
    return facts.month <= end.earliest.month


_JUDGES: Mapping[type, Callable[[Any, KnownFacts], Truth]] = {
    And: _and,
    Or: _or,
    Not: _not,
    By: _by,
    In: _in,
    Number: _number,
    Within: _within,
    Has: _has,
    Since: _since,
    Age: _age,
    WorkingAge: _working_age,
}
