"""How what was said is checked against raw facts; none of it looks at a row."""

import math
import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from experiments.questions.reason_world import (
    Said,
    apart,
    code_of,
    coded,
    moment,
    monthly,
    named,
    official,
    shared_rungs,
    stem,
    week,
)
from sqrec.base.text import normal
from sqrec.cities.ages import age_of
from sqrec.codes.certificates import level_name
from sqrec.contract import AMENITY_TYPES


def has_occupation(texts: Iterable[str], code: str, rungs: int, said: Said) -> bool:
    """Tell whether one of the person's occupations shares so many rungs, and is named."""
    return any(shared_rungs(coded(text), code) >= rungs and said.names(named(text)) for text in texts)


def wanted(rungs: int) -> Callable[[Said], bool]:
    """Check that a wanted occupation shares so many rungs, and is named; "the very one" only by its official name or the title."""
    return lambda s: has_occupation(s.person.desired, s.code, rungs, s) and _very(s, s.person.desired)


def past(rungs: int) -> Callable[[Said], bool]:
    """Check that a past occupation shares so many rungs, and is named; "the very one" as `wanted` has it."""
    return lambda s: has_occupation(s.person.occupations, s.code, rungs, s) and _very(s, s.person.occupations)


def _very(s: Said, texts: Iterable[str]) -> bool:
    told = [normal(named(text)) for text in texts]
    very = [text for text in told if text in normal(s.item["title"]) or text == normal(named(s.code))]
    return "正是" not in s.text or any(text in normal(s.text) for text in very)


def asked(texts: Callable[[Said], Iterable[str]], *, lacking: bool) -> Callable[[Said], bool]:
    """Tell whether three vacancies of a named occupation's small class ask for a skill that the item names."""

    def check(s: Said) -> bool:
        for text in texts(s):
            jobs = s.world.alike.get(("job", stem(coded(text), 3)), ())
            for skill in s.skills if s.names(named(text)) else ():
                times = sum(skill in s.world.levels(job["skills"]) for job in jobs)
                if times >= 3 and times >= 0.1 * len(jobs) and not (lacking and skill in s.own) and named_skill(s, skill):
                    return True
        return False

    return check


def named_skill(s: Said, skill: str) -> bool:
    """Tell whether the sentence names a skill as the item writes it."""
    listed = (s.item["teaches" if s.kind == "course" else "skills"] or "").split("|")
    return any(skill in s.world.levels(one) and s.names(one.rpartition("@")[0] or one) for one in listed)


def earlier(alike: Callable[[Said, Mapping[str, Any]], bool], least: int = 1) -> Callable[[Said], bool]:
    """Tell whether another item that the person used is alike, and named."""
    return lambda s: any(
        grade >= least and alike(s, item) and s.names(item["name" if s.kind == "amenity" else "title"])
        for item, grade in s.others()
    )


def near_earlier(s: Said) -> bool:
    """Check that another item that the person used lies within the metres that are told."""
    told = re.search(r"不到(\d+)米", s.text)
    return told is not None and any(
        item["lon"] is not None
        and apart(item["lon"], item["lat"], s.item["lon"], s.item["lat"]) <= float(told[1]) + 1
        and s.names(item["name" if s.kind == "amenity" else "title"])
        for item, _ in s.others()
    )


def nearest(s: Said) -> bool:
    """Check that no live item of the same type or occupation is nearer (by more than half a metre)."""
    group = s.item["type"] if s.kind == "amenity" else stem(s.code, 4)
    rivals = [one for one in s.world.alike[s.kind, group] if s.world.live(one, s.kind, s.world.at)]
    own = s.world.metres(s.person, s.item)
    said = s.kind == "amenity" or s.names(official()[group])
    return said and all(not s.world.metres(s.person, one) < own - 0.5 for one in rivals)


def minutes(most: float) -> Callable[[Said], bool]:
    """Check the minutes that are told, and that they are few enough."""

    def check(s: Said) -> bool:
        told = re.search(r"约(\d+)分钟", s.text)
        return told is not None and s.minutes <= most + 1e-6 and abs(s.minutes - float(told[1])) <= 1.01

    return check


def division(s: Said) -> bool:
    """Check that home and item lie in one division of the size that is told."""
    home, place = s.person.area or "", s.item["area"] or ""
    if named_path := re.search("（(.*)）$", s.text):
        return bool(named_path[1]) and all(f"{normal(one)}/".startswith(f"{normal(named_path[1])}/") for one in (home, place))
    size = {"社区": 12, "街道": 9, "区": 6}.get(s.text.removeprefix("与您在同一"))
    return home[:size] == place[:size] != "" and (size is None or len(home) >= size <= len(place))


def coverage(s: Said) -> list[float]:
    """Return for each skill asked for 1 where the person has it at the level, 1/2 at another, 0 where not at all."""
    return [has(s.own.get(skill), level) for skill, levels in s.skills.items() for level in levels]


def has(held: list[int | None] | None, asked: int | None) -> float:
    """Return 1 where a skill is held at the level asked for, 1/2 at another, 0 where not at all."""
    if held is None:
        return 0.0
    return 1.0 if asked is None or any(level is not None and level <= asked for level in held) else 0.5


def most(s: Said) -> float:
    """Return the highest wage by the month."""
    return monthly(s.item, s.item["wage_max"] if s.item["wage_max"] is not None else s.item["wage_min"])


def least(s: Said) -> float:
    """Return the lowest wage by the month."""
    return monthly(s.item, s.item["wage_min"] if s.item["wage_min"] is not None else s.item["wage_max"])


def wages_named(s: Said) -> bool:
    """Check that the wages are told as they are written, and by the month within five yuan."""
    told = [wage for wage in (s.item["wage_min"], s.item["wage_max"]) if wage is not None]
    by_month = re.search(r"约(\d+)元", s.text)
    return s.names(*(f"{wage:g}" for wage in told)) and (by_month is None or abs(float(by_month[1]) - most(s)) <= 5.01)


def above_usual(s: Said) -> bool:
    """Check that the highest wage is above the median of the live vacancies of the small class."""
    jobs = [one for one in s.world.alike["job", stem(s.code, 3)] if s.world.live(one, "job", s.world.midnight)]
    wages = [wage for one in jobs if not math.isnan(wage := most(Said(s.world, s.person, "job", one, "")))]
    return wages_named(s) and len(wages) >= 5 and most(s) > statistics.median(wages)


def popular(s: Said) -> bool:
    """Check that ten people or more used it in 30 days, which a tenth of its live kin at most reaches."""
    group = s.item["type"] if s.kind == "amenity" else stem(s.code, 3)
    alike = [one for one in s.world.alike[s.kind, group] if s.world.live(one, s.kind, s.world.midnight)]
    return _among_the_first(s, s.world.people_of, [s.world.people_of.get((s.kind, one[f"{s.kind}_id"]), 0) for one in alike], 10)


def popular_of_all(s: Said) -> bool:
    """Check that ten people or more ever used it, which a hundredth of all live items of the kind at most reaches."""
    return _among_the_first(s, s.world.people_ever, s.world.ever_of_all[s.kind], 100)


def _among_the_first(s: Said, people_of: Mapping[tuple[str, str], int], people: Sequence[int], part: int) -> bool:
    own = people_of.get((s.kind, s.item[f"{s.kind}_id"]), 0)
    return own >= 10 and sum(one >= own for one in people) <= len(people) / part and s.names(f"有{own}位")


def free(column: str) -> Callable[[Said], bool]:
    """Check that the person is free in every half hour of the item."""
    return lambda s: bool(week(s.person.hours)) and bool(week(s.item[column])) and week(s.item[column]) <= week(s.person.hours)


def free_on_the_ways(s: Said) -> bool:
    """Check that the person is free on the ways to and from every shift."""
    busy, steps = week(s.item["hours"]), min(math.ceil(s.minutes / 30), 6)
    ways = {(slot - back) % 336 for slot in busy if (slot - 1) % 336 not in busy for back in range(1, steps + 1)}
    ways |= {(slot + on) % 336 for slot in busy if (slot + 1) % 336 not in busy for on in range(1, steps + 1)}
    return bool(busy) and bool(week(s.person.hours)) and ways - busy <= week(s.person.hours)


def open_then(s: Said) -> bool:
    """Check that the place is open at the moment."""
    local = s.world.city.local(s.world.at)
    return local.weekday() * 48 + local.hour * 2 + local.minute // 30 in week(s.item["hours"])


def next_above(s: Said) -> bool:
    """Tell whether the course teaches a skill at the level above the person's highest certificate in it."""
    for skill, levels in s.skills.items():
        held = [level for level in s.own.get(skill, ()) if level is not None]
        for level in levels:
            taught = level or (int(s.item["level"]) if s.item["level"] is not None else None)
            if held and taught == min(held) - 1 and named_skill(s, skill) and s.names(level_name(taught or 0)):
                return True
    return False


def first_one(s: Said) -> bool:
    """Check that the person told skills and no certificate, and that the course is of a wanted or past small class."""
    trades = {stem(coded(text), 3) for text in (*s.person.desired, *s.person.occupations)} - {""}
    none = bool(s.person.skills) and not any(level for levels in s.own.values() for level in levels)
    return none and s.item["level"] == 5 and stem(s.code, 3) in trades


def looked_at(rungs: int) -> Callable[[Said], bool]:
    """Check that a vacancy that the person used shares so many rungs, and is named."""
    return lambda s: any(
        shared_rungs(code_of(job), s.code) >= rungs and s.names(job["title"]) for job, _ in s.world.uses(s.person, "job")
    )


def room(s: Said) -> bool:
    """Check that the size is half as much again as the median of type and unit."""
    alike = [
        one["capacity"]
        for one in s.world.alike["amenity", s.item["type"]]
        if one["capacity_unit"] == s.item["capacity_unit"] and (one["capacity"] or 0) > 0
    ]
    return s.item["capacity"] >= 1.5 * statistics.median(alike) - 1e-9


def itself(least: int) -> Callable[[Said], bool]:
    """Check that the person used this very item."""
    key = "{}_id"
    return lambda s: any(
        grade >= least and item[key.format(s.kind)] == s.item[key.format(s.kind)]
        for item, grade in s.world.uses(s.person, s.kind)
    )


def same(column: str) -> Callable[[Said, Mapping[str, Any]], bool]:
    """Compare a column of two items, folded."""
    return lambda s, item: item[column] is not None and normal(str(item[column])) == normal(str(s.item[column]))


def same_code(rungs: int) -> Callable[[Said, Mapping[str, Any]], bool]:
    """Compare the occupations of two items."""
    return lambda s, item: shared_rungs(code_of(item), s.code) >= rungs


def same_domain(s: Said, item: Mapping[str, Any]) -> bool:
    """Compare the domains of two places."""
    return AMENITY_TYPES[item["type"]][0] == AMENITY_TYPES[s.item["type"]][0]


def same_skills(s: Said, item: Mapping[str, Any]) -> bool:
    """Tell whether two items share a skill that is named."""
    theirs = s.world.levels(item["teaches" if s.kind == "course" else "skills"])
    return any(skill in theirs and named_skill(s, skill) for skill in s.skills)


def same_region(s: Said, item: Mapping[str, Any]) -> bool:
    """Tell whether two items lie in one division of the largest size, named where it has a name."""
    one, other = (str(row["area"] or "") for row in (s.item, item))
    if one.isdigit():
        return s.text.endswith("在同一区") and one[:6] == other[:6] and len(one) >= 6
    largest, theirs = one.split("/")[0], other.split("/")[0]
    return largest != "" and normal(largest) == normal(theirs) and s.text.endswith(f"在同一地区（{largest}）")


def unasked(s: Said) -> bool:
    """Check that nothing is asked for."""
    facts = ("education_min", "age_min", "age_max") if s.kind == "course" else ("education_min", "experience_min_years", "skills")
    return all(s.item[fact] is None for fact in facts) and (s.kind != "course" or not s.skills)


def age_days(s: Said) -> float:
    """Return the days since publication."""
    return (s.world.at - moment(s.item["published_at"])) / 86_400_000_000 if s.item["published_at"] is not None else math.nan


def lacking(s: Said) -> bool:
    """Tell whether skills are missing, and exactly these are named."""
    parts = [(skill, has(s.own.get(skill), level)) for skill, levels in s.skills.items() for level in levels]
    return (
        bool(s.own) and any(part < 1 for _, part in parts) and all((part < 1) == named_skill(s, skill) for skill, part in parts)
    )


def outside(s: Said) -> bool:
    """Tell whether the person's age lies outside the item's bounds."""
    age = age_of(s.person.birth_month, s.world.at, s.world.city)
    low, high = s.item["age_min"], s.item["age_max"]
    return age is not None and ((low is not None and age < low) or (high is not None and age > high))


def hours_clash(s: Said) -> bool:
    """Tell whether more than half of the working time is not free, on the days that fit best, and "夜班" is said of nights alone."""
    busy, own = week(s.item["hours"]), week(s.person.hours)
    days = [{slot for slot in busy if slot // 48 == day} for day in {slot // 48 for slot in busy}]
    worked = math.ceil(s.item["days_per_week"] or (7 if re.search("mon|tue|wed|thu|fri|sat|sun", s.item["hours"] or "") else 5))
    shares = sorted(len(day - own) / len(day) for day in days)[:worked]
    nights = sum(not 12 <= slot % 48 < 44 for slot in busy)
    loose = s.item["form"] == "flexible" or s.item["mode"] == "online_order"
    said_truly = ("夜班" in s.text or "Night" in s.text) == (2 * nights >= len(busy))
    clash = min(shares, default=0.0) >= 1 if loose else sum(shares) > len(shares) / 2
    return bool(busy and own) and clash and said_truly
