"""Readers of opening hours: 24/7, Mo-Fr 10:30-13:00; Sa off, 周一至周五 8:30-17:00，07:30-17:30（工作日）."""

import re
from functools import cache

from sqrec.mapping.readers.how import How, Unread, data, folded

_TO = r"(?:-|~|—|–|―|至|到)+"
_CLOCK = r"(上午|早上|早|凌晨|下午|晚上|晚|傍晚|中午|am|pm)?(\d{1,2})(?:[:点时](\d{2}|半)?分?)?(am|pm)?"
_RANGE = re.compile(rf"{_CLOCK}{_TO}(?:次日|第二天)?{_CLOCK}")
_LATE = ("下午", "晚上", "晚", "傍晚", "pm")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_hours(text: str, how: How) -> str:
    """Read clock ranges, by day where days are told; a day that is closed is left away.

    Raises Unread where any part is not understood, and where nothing is open.
    """
    plain = re.sub(r"(?<=\d{2})[,、](?=[^\d])", ";", folded(text))
    if plain in data("hours")["always"]:
        return "00:00-24:00"
    parts = [part for part in re.split(r"[;。\n|]+", plain) if part]
    by_span: dict[str, list[str]] = {}
    for span, clocks in (rule for part in parts for rule in _rule(part)):
        by_span.setdefault(span, []).append(clocks)
    if not by_span:
        raise Unread("no hours")
    return "; ".join(f"{span} {','.join(clocks)}".strip() for span, clocks in by_span.items())


def _rule(part: str) -> list[tuple[str, str]]:
    """Read one rule: spans of days, told before or behind, with their ranges; none where those days are closed or are no days of the week."""
    ranges = list(_RANGE.finditer(part))
    days = _RANGE.sub("", part)
    rest = re.sub(r"[()（）,、:和及]+$|^[()（）,、:和及]+", "", days).strip("(),、:")
    rest = rest.removeprefix("营业时间").strip(":")
    closed = next((word for word in data("hours")["closed"] if rest.endswith(word)), "")
    names = rest.removesuffix(closed).strip("(),、:") if closed else rest
    if closed and not ranges:
        _days(names)
        return []
    if not ranges or closed:
        raise Unread("no clock range")
    clocks = ",".join(_range(found) for found in ranges)
    return [(span, clocks) for span in _days(names)]


def _days(names: str) -> list[str]:
    """Return spans of days; one empty span where no day is told, none for days that no week has (holidays)."""
    if not names:
        return [""]
    if names in data("hours")["unkept"]:
        return []
    spans: list[str] = []
    for name in re.split(r"[,、和及]", names):
        ends = [_known().get(end) for end in re.split(_TO, name)]
        if None in ends or len(ends) > 2 or (len(ends) == 2 and not set(ends) <= set(_WEEK)):
            raise Unread("an unknown day")
        spans.append("-".join(str(end) for end in dict.fromkeys(ends)))
    return spans


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
def _known() -> dict[str, str]:
    told = data("hours")
    return {word: day for group in (told["days"], told["spans"]) for day, words in group.items() for word in (day, *words)}
