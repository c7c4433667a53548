"""Readers of opening hours: 24/7, Mo-Fr 10:30-13:00; Sa off, 周一至周五 8:30-17:00，07:30-17:30（工作日）."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from sqrec.mapping.readers.how import How, Unread, data, folded

_TO = r"(?:-|~|—|–|―|至|到)+"
_CLOCK = r"(上午|早上|早|凌晨|下午|晚上|晚|傍晚|中午|am|pm)?(\d{1,2})(?:[:点时](\d{2}|半)?分?)?(am|pm)?"
_RANGE = re.compile(rf"{_CLOCK}{_TO}(?:次日|第二天)?{_CLOCK}")
_MONTH = re.compile(r"\d月|(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
_LATE = ("下午", "晚上", "晚", "傍晚", "pm")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY = tuple(range(7))
_LATEST = "48:00"


@dataclass(frozen=True)
class _Rule:
    """Hold one rule: the days it names (0 is Monday; None: it names none), its clock ranges (none: closed), whether a comma joins it."""

    days: tuple[int, ...] | None
    ranges: tuple[str, ...]
    joined: bool


def read_hours(text: str, how: How) -> str:
    """Read clock ranges, by day where days are told; a day that is closed is left away.

    As in OpenStreetMap's opening_hours a later rule replaces the days that it names. Raises Unread where any part is not
    understood, and where nothing is open.
    """
    plain = folded(text)
    if plain in data("hours")["always"]:
        return "00:00-24:00"
    if _MONTH.search(plain) or any(season in plain for season in data("hours")["seasons"]):
        raise Unread("hours of one season; the contract has the same ones all year")
    bracketed, between = _between()
    pieces = [";", *between.split(bracketed.sub(r";\1;", plain))]
    rules = [_rule(part, joined=mark in {",", "、"}) for mark, part in zip(pieces[::2], pieces[1::2], strict=True) if part]
    week = _week(rules)
    if not week:
        raise Unread("no hours")
    return _written(week) if any(rule.days for rule in rules) else ",".join(week[0])


def _week(rules: Sequence[_Rule]) -> dict[int, tuple[str, ...]]:
    """Return the ranges of each day that is open.

    A rule that names no days, or the same days as the one before it, goes on with it. A day that was closed stays so under a rule
    for every day or without days (周一闭馆；每天9:00-17:00), until one names it. Raises Unread where ranges without days overlap
    what they go on with: nothing says which of the two holds.
    """
    week: dict[int, tuple[str, ...]] = {}
    closed: set[int] = set()
    before = _EVERY
    for rule in rules:
        days = before if rule.days is None else rule.days
        if not rule.ranges:
            closed.update(days)
            week = {day: ranges for day, ranges in week.items() if day not in days}
            continue
        if rule.days is None or len(days) == len(_EVERY):
            days = tuple(day for day in days if day not in closed) or days
        if rule.days is None and any(_meet(week.get(day, ()), rule.ranges) for day in days):
            raise Unread("ranges without days overlap")
        adds = rule.joined or rule.days in {None, before}
        week |= {day: _together(week.get(day, ()), rule.ranges, adds=adds) for day in days}
        before = before if rule.days is None else rule.days
    return week


def _together(there: tuple[str, ...], more: tuple[str, ...], *, adds: bool) -> tuple[str, ...]:
    """Return a day's ranges after a further rule: the new ones alone, unless it adds and none of them meets one that is there."""
    return (*there, *more) if adds and not _meet(there, more) else more


def _meet(there: tuple[str, ...], more: tuple[str, ...]) -> bool:
    """Tell whether any two ranges overlap; one that ends before it begins runs into the next day."""
    ranges = [
        [(first, last if last > first else _LATEST) for first, last in (text.split("-") for text in told)]
        for told in (there, more)
    ]
    return any(first < end and start < last for first, last in ranges[0] for start, end in ranges[1])


def _written(week: Mapping[int, tuple[str, ...]]) -> str:
    """Write a week as the contract has it, days on end with the same ranges together."""
    runs = [(ranges, list(days)) for ranges, days in groupby(range(7), week.get)]
    spans = [("-".join(dict.fromkeys((_WEEK[days[0]], _WEEK[days[-1]]))), ranges) for ranges, days in runs if ranges]
    return "; ".join(f"{span} {','.join(ranges)}" for span, ranges in spans)


def _rule(part: str, *, joined: bool) -> _Rule:
    """Read one rule: spans of days, told before or behind, with their ranges, or that those days are closed."""
    ranges = list(_RANGE.finditer(part))
    days = _RANGE.sub("", part)
    rest = re.sub(r"[()（）,、:和及]+$|^[()（）,、:和及]+", "", days).strip("(),、:")
    rest = rest.removeprefix("营业时间").strip(":")
    closed = next((word for word in data("hours")["closed"] if rest.endswith(word)), "")
    names = rest.removesuffix(closed).strip("(),、:") if closed else rest
    if bool(ranges) == bool(closed):
        raise Unread("no clock range")
    return _Rule(_days(names), tuple(_range(found) for found in ranges), joined)


def _days(names: str) -> tuple[int, ...] | None:
    """Return days of the week; None where no day is told, none for days that no week has (holidays)."""
    if not names:
        return None
    if names in data("hours")["unkept"]:
        return ()
    days: list[int] = []
    for name in re.split(r"[,、和及]", names):
        ends = [_known().get(end, "") for end in re.split(_TO, name)]
        if "" in ends or len(ends) > 2 or (len(ends) == 2 and not set(ends) <= set(_WEEK)):
            raise Unread("an unknown day")
        first, last = (_WEEK.index(day) for day in (ends[0].partition("-")[0], ends[-1].rpartition("-")[2]))
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return tuple(dict.fromkeys(days))


def _range(found: "re.Match[str]") -> str:
    first, last = found.groups()[:4], found.groups()[4:]
    if (first[0] or first[3]) in _LATE and not (last[0] or last[3]) and int(last[1]) < 12:
        last = (first[0] or first[3], *last[1:])  # 下午1:30-5:00: the afternoon goes on
    return f"{_clock(*first)}-{_clock(*last)}"


def _clock(before: str | None, hour: str, minute: str | None, after: str | None) -> str:
    number, half = int(hour), before or after
    if half in _LATE and number < 12:
        number += 12
    minutes = 30 if minute == "半" else int(minute or 0)
    if number > 24 or minutes > 59 or (number == 24 and minutes):
        raise Unread("no time of day")
    return f"{number:02}:{minutes:02}"


@cache
def _between() -> tuple["re.Pattern[str]", "re.Pattern[str]"]:
    """Return what knows a closing part in brackets (周一闭馆), and what stands between rules."""
    closed = data("hours")["closed"]
    behind = "|".join(f"(?<={re.escape(word)})" for word in closed)
    return (
        re.compile(rf"\(([^()]*(?:{'|'.join(map(re.escape, closed))}))\)"),
        re.compile(rf"([;。|]+|(?:(?<=\d{{2}})|(?<=[点时半分]))[,、](?=\D)|(?:(?<=\))|{behind})[,、])"),
    )


@cache
def _known() -> dict[str, str]:
    told = data("hours")
    return {word: day for group in (told["days"], told["spans"]) for day, words in group.items() for word in (day, *words)}
