"""The missing facts that could still decide an answer.

For every fact there are finitely many values that conditions tell apart: the two sides of each bound. Trying them finds
exactly the facts that matter.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import combinations, product
from typing import Any

from sqrec.cities.language import Age, Bounds, By, Condition, Has, In, Number, Since, Within, WorkingAge
from sqrec.codes.retirement import retirement
from sqrec.contract import TABLES, Column
from sqrec.groups.conditions import ASKABLE, NOT_REGISTERED, KnownFacts, Truth, holds, months_after
from sqrec.profile.person import FACTS

_YOUNGEST, _OLDEST = 40, 80
"""Ages, years, between which every statutory retirement age lies."""


def needed(conditions: Sequence[Condition], facts: KnownFacts, decided: Callable[[Sequence[Truth]], bool]) -> tuple[str, ...]:
    """Return the missing facts, in the order of the tables, whose value could decide an undecided answer.

    `decided` tells from the truths of the conditions whether they decide it. Those of which one value alone decides it;
    where no single fact can, the facts of every smallest set that can. Empty where the answer is decided.
    """
    now = [holds(condition, facts) for condition in conditions]
    if decided(now):
        return ()
    asked = [condition.reads if truth is None else frozenset[str]() for condition, truth in zip(conditions, now, strict=True)]
    missing = sorted(frozenset[str]().union(*asked) - facts.values.keys(), key=ASKABLE.index)
    values = {
        fact: telling_values(fact, [conditions[place] for place, names in enumerate(asked) if fact in names], facts.day)
        for fact in missing
    }

    def decides(some: tuple[str, ...]) -> bool:
        """Tell whether some values of these facts decide it; only what asks for them is judged again."""
        again = [(place, conditions[place]) for place, names in enumerate(asked) if names.intersection(some)]
        for told in product(*(values[fact] for fact in some)):
            known = facts.having(dict(zip(some, told, strict=True)))
            then = now.copy()
            for place, condition in again:
                then[place] = holds(condition, known)
            if decided(then):
                return True
        return False

    for size in range(1, len(missing) + 1):
        if sets := [some for some in combinations(missing, size) if decides(some)]:
            found = {fact for some in sets for fact in some}
            return tuple(fact for fact in missing if fact in found)
    return ()


def telling_values(fact: str, conditions: Iterable[Condition], day: date) -> tuple[Any, ...]:
    """Return values of a fact such that any other value is judged, by all conditions on this day, like one of these."""
    asking = [part for condition in conditions for part in condition.every]
    members = list(dict.fromkeys(part.member for part in asking if isinstance(part, Has) and part.fact == fact))
    lists = (some or ("",) for size in range(len(members) + 1) for some in combinations(members, size))
    values = (value for part in asking for value in _values(fact, part, day))
    return tuple(dict.fromkeys((*(lists if members else ()), *values)))


def _values(fact: str, condition: Condition, day: date) -> Iterable[Any]:
    found: Iterable[Any] = ()
    match condition:
        case Age() if fact == "birth_month":
            found = [_born(day, int(age)) for age in _around(condition.bounds)]
        case WorkingAge():
            found = _of_working_age(fact, condition.start, day)
        case By() | In() | Number() | Within() | Since() if condition.fact == fact:
            found = _of_own_fact(condition, day)
        case _:
            pass
    return found


def _of_own_fact(condition: By | In | Number | Within | Since, day: date) -> Iterable[Any]:
    match condition:
        case By() | In():
            return _words(condition.fact)
        case Number():
            return _around(condition)
        case Within():
            return (condition.within.ljust(6, "0"), "000000")
        case Since():
            return _days(condition, day)


def _around(bounds: Bounds) -> list[float]:
    """Return numbers on both sides of every bound, none below 0."""
    low = [] if bounds.at_least is None else [bounds.at_least - 1, bounds.at_least]
    high = [] if bounds.at_most is None else [bounds.at_most, bounds.at_most + 1]
    return [number for number in (*low, *high) if number >= 0]


def _days(condition: Since, day: date) -> list[str]:
    """Return days on both sides of every bound; a month's end may move a bound by three days."""
    near = [timedelta(days=days) for days in range(-3, 4)]
    one = timedelta(days=1)
    last = max(
        came for shift in near if months_after(came := months_after(day, -condition.at_least) + shift, condition.at_least) <= day
    )
    found = [last, last + one]
    if condition.within is not None:
        months = condition.within
        first = min(came for shift in near if day <= months_after(came := months_after(day, -months) + shift, months))
        found += [first - one, first]
    never = [NOT_REGISTERED] if _column(condition.fact).type == "date_or_no" else []
    return [*never, *(came.isoformat() for came in found)]


def _of_working_age(fact: str, start: int, day: date) -> Iterable[Any]:
    if fact in {"sex", "post_type"}:
        return _words(fact)
    if fact != "birth_month":
        return ()
    return (_born(day, start - 1), _born(day, start), *_around_retirement(f"{day:%Y-%m}"))


@cache
def _around_retirement(month: str) -> tuple[str, ...]:
    """Return birth months on both sides of every limit of the statutory age in a month."""
    year, number = (int(part) for part in month.split("-"))
    born = [f"{place // 12:04d}-{place % 12 + 1:02d}" for place in range((year - _OLDEST) * 12, (year - _YOUNGEST) * 12 + number)]
    found: dict[str, None] = {}
    for sex, post_type in product(_words("sex"), _words("post_type")):
        ends = [retirement(one, str(sex), str(post_type)) for one in born]
        working = [end is not None and month <= end.latest.month for end in ends]
        for place in range(1, len(born)):
            if working[place] != working[place - 1]:
                found |= dict.fromkeys(born[place - 1 : place + 1])
    return tuple(found)


def _born(day: date, age: int) -> str:
    """Return the latest birth month that is so many years of age on a day (see `age_at`)."""
    place = day.year * 12 + day.month - 2 - 12 * age
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def _words(fact: str) -> tuple[bool | str, ...]:
    return _column(fact).words or (True, False)


def _column(fact: str) -> Column:
    return TABLES["people" if fact in FACTS else "restricted"].column(fact)
