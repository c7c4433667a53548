"""Dates as people and programs write them, read into their parts."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqrec.mapping.readers.how import How, Unread, data

_TIME = (
    r"(?:[T\s]*(?P<half>上午|下午|晚上|am|pm)?\s*(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2}))分?"
    r"(?:[:分](?P<second>\d{1,2})(?:\.(?P<part>\d{1,9}))?秒?)?\s*(?P<after>am|pm)?\s*(?P<zone>z|utc|[+-]\d\d:?\d\d)?)?"
)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})(?:[-/.月](?P<d>\d{1,2})[日号]?|月)?|年)" + _TIME, re.IGNORECASE)
_LOST_ZERO = re.compile(r"\d{4}\.1")
"""January, or what a spreadsheet makes of 1990.10: a number has no zero at its end."""
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})" + _TIME, re.IGNORECASE)
_NAMED = re.compile(
    r"(?:(?P<d>\d{1,2})[-\s])?(?P<name>[a-z]{3})[a-z]*\.?[-\s,]+(?:(?P<e>\d{1,2}),?[-\s]+)?(?P<y>\d{4}|\d\d)", re.IGNORECASE
)
_DIGITS = re.compile(r"(\d+)(?:\.(\d+))?")
_EPOCHS = {10: 1, 13: 1_000, 16: 1_000_000}


@dataclass(frozen=True)
class When:
    """Hold what a text tells of a moment: year, perhaps month, day and time of day, and the zone where one is told."""

    year: int
    month: int | None = None
    day: int | None = None
    clock: time | None = None
    moment: datetime | None = None

    def on(self) -> date:
        """Return the day. Raises Unread where it is not told, or is none."""
        if self.month is None or self.day is None:
            raise Unread("the day is not told")
        return date(self.year, self.month, self.day)


def read_when(text: str, how: How) -> When:
    """Read a text. Raises Unread where it is no date, Asks where two dates are meant by it."""
    text = unicodedata.normalize("NFKC", text).strip()
    try:
        if (found := _DIGITS.fullmatch(text)) and not (len(found[1]) == 4 and found[2]):
            return _of_digits(found[1], found[2] or "", how)
        if found := _YEAR_FIRST.fullmatch(text):
            month, day = (int(found[name]) if found[name] else None for name in ("m", "d"))
            if _LOST_ZERO.fullmatch(text):
                month = 10 if how.answer("lost_zero") == "october" else 1
            return _checked(int(found["y"]), month, day, found, how)
        if found := _YEAR_LAST.fullmatch(text):
            month, day = _ordered(int(found["a"]), int(found["b"]), how)
            return _checked(int(found["y"]), month, day, found, how)
        if found := _NAMED.fullmatch(text):
            return _of_names(found, how)
    except (ValueError, OverflowError) as problem:
        if isinstance(problem, ValueError) and type(problem) is not ValueError:
            raise
        raise Unread(str(problem)) from problem
    raise Unread("no date")


def order_of(text: str) -> str | None:
    """Return the one order of day and month (`day_first`, `month_first`) in which a text is a date; None where both are, or none is."""
    found = _YEAR_LAST.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return _order(int(found["a"]), int(found["b"])) if found else None


def _order(first: int, second: int) -> str | None:
    if (first > 12) == (second > 12):
        return None
    return "day_first" if first > 12 else "month_first"


def _ordered(first: int, second: int, how: How) -> tuple[int, int]:
    """Return month and day of two numbers; where both could be either, the mapping decides.

    Raises Unread where the mapping decides for the order that a text cannot have: one of the two is wrong.
    """
    order = _order(first, second)
    made = {"day_first", "month_first"} & how.chosen
    if order and len(made) == 1 and order not in made:
        raise Unread(f"no month {max(first, second)}: is this column {order}?")
    if order is None and first != second and first <= 12:
        order = how.answer("order")
    return (second, first) if order == "day_first" else (first, second)


def _checked(year: int, month: int | None, day: int | None, found: "re.Match[str] | None", how: How) -> When:
    if month is not None:
        date(year, month, day or 1)
    clock = _clock(found) if found else None
    if found is None or clock is None or not found["zone"] or month is None or day is None:
        return When(year, month, day, clock)
    zone = found["zone"].replace(":", "")
    offset = (
        timedelta(0)
        if zone[0] in "zZuU"
        else timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) * (-1 if zone[0] == "-" else 1)
    )
    return _at(datetime.combine(date(year, month, day), clock, UTC) - offset, how)


def _at(moment: datetime, how: How) -> When:
    """Return a moment with the day and time of day that it is in the city."""
    there = moment.astimezone(how.city.zone)
    return When(there.year, there.month, there.day, there.time(), moment)


def _clock(found: "re.Match[str]") -> time | None:
    if found["hour"] is None:
        return None
    hour = int(found["hour"])
    half = (found["half"] or found["after"] or "").casefold()
    if half in {"下午", "晚上", "pm"} and hour < 12:
        hour += 12
    if half in {"am", "上午"} and hour == 12:
        hour = 0
    part = int((found["part"] or "").ljust(6, "0")[:6] or 0)
    return time(hour, int(found["minute"] or 0), int(found["second"] or 0), part)


def _of_digits(whole: str, part: str, how: How) -> When:
    """Read nothing but digits: a day, a moment, seconds or milliseconds since 1970, or a spreadsheet's count of days."""
    told, number = data("dates"), int(whole)
    first, last = told["years"]
    fraction = float(f"0.{part}") if part else 0.0
    if len(whole) == 5 and told["serial_from"] <= number <= told["serial_to"]:
        there = datetime.fromisoformat(told["serial_zero"]) + timedelta(seconds=round((number + fraction) * 86_400))
        return When(there.year, there.month, there.day, there.time() if fraction else None)
    if len(whole) in {4, 6, 8, 12, 14} and not fraction and first <= int(whole[:4]) <= last:
        month = int(whole[4:6]) if len(whole) > 4 else None
        day = int(whole[6:8]) if len(whole) > 6 else None
        clock = time.fromisoformat(f"T{whole[8:]}") if len(whole) > 8 else None
        dated = _checked(int(whole[:4]), month, day, None, how)
        return When(dated.year, dated.month, dated.day, clock)
    if len(whole) in _EPOCHS:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / _EPOCHS[len(whole)])
        if first <= moment.year <= last:
            return _at(moment, how)
    raise Unread("no date that digits can tell")


def _of_names(found: "re.Match[str]", how: How) -> When:
    """Read the English names of months: May-88, 17 May 1988, May 17, 1988."""
    months = data("dates")["months"]
    if found["name"].casefold() not in months:
        raise Unread("no month")
    year = int(found["y"]) if len(found["y"]) == 4 else _century(int(found["y"]), how)
    day = found["d"] or found["e"]
    return _checked(year, months.index(found["name"].casefold()) + 1, int(day) if day else None, None, how)


def _century(short: int, how: How) -> int:
    """Return the one year that two digits can mean; Unread where there are two."""
    told = data("dates")
    low, high = how.today.year - told["behind"], how.today.year + told["ahead"]
    years = [century + short for century in (1900, 2000) if low < century + short <= high]
    if len(years) != 1:
        raise Unread("two centuries fit")
    return years[0]
