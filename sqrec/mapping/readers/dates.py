"""Readers of days, months and moments."""

from datetime import date, datetime, time, timedelta

from sqrec.contract.words import word_list
from sqrec.mapping.readers.how import How, Unread, data, folded
from sqrec.mapping.readers.when import When, read_when


def read_month(text: str, how: How) -> str:
    """Read a month; of a full date the day is left away."""
    when = read_when(text, how)
    if when.month is None:
        raise Unread("the month is not told")
    return f"{when.year:04}-{when.month:02}"


def read_date(text: str, how: How) -> str:
    """Read a day; a time of day is left away, a month or a year alone asks for its first or last day."""
    return _day(read_when(text, how), how).isoformat()


def read_registered(text: str, how: How) -> str:
    """Read the day of a registration, or that there is none; a mere yes has no day and stays unread."""
    code = word_list("registered").code(text)
    return read_date(text, how) if code is None else code


def read_moment(text: str, how: How) -> str:
    """Read a moment, or where the column allows a day, a day; an open end is empty."""
    if how.column.type == "closing" and folded(text) in data("dates")["open_ended"]:
        return ""
    when = read_when(text, how)
    if when.moment is not None:
        return when.moment.isoformat()
    if when.clock is None:
        return _without_time(when, how)
    if when.clock == time() and how.column.type == "opening":
        return when.on().isoformat()
    if when.clock == time() and how.column.type == "closing" and how.answer("midnight") == "whole_day":
        return when.on().isoformat()
    return datetime.combine(when.on(), when.clock, how.city.zone).isoformat()


def read_age(text: str, how: How) -> str:
    """Read an age in full years on the day of the data as a month of birth, the youngest or oldest that it allows.

    As everywhere (sqrec.cities.ages), a year counts from the month after that of the birthday: the youngest had theirs last month, and
    the oldest have theirs in this one.
    """
    digits = folded(text).removesuffix("周岁").removesuffix("岁").removesuffix(".0")
    if not digits.isdigit() or not 0 < int(digits) < 120:
        raise Unread("no age")
    years = int(digits)
    if how.answer("age") == "nearly_older":
        return f"{how.today.year - years - 1:04}-{how.today.month:02}"
    last_month = how.today.replace(day=1) - timedelta(days=1)
    return f"{last_month.year - years:04}-{last_month.month:02}"


def _without_time(when: When, how: How) -> str:
    day = _day(when, how)
    if how.column.type != "instant":
        return day.isoformat()
    clock = time(23, 59, 59) if how.answer("unsaid_time") == "end_of_day" else time()
    return datetime.combine(day, clock, how.city.zone).isoformat()


def _day(when: When, how: How) -> date:
    if when.month is not None and when.day is not None:
        return when.on()
    last = how.answer("unsaid_day") == "last_day"
    try:
        if not last:
            return date(when.year, when.month or 1, 1)
        after = date(when.year + (when.month or 12) // 12, (when.month or 12) % 12 + 1, 1)
        return after - timedelta(days=1)
    except (ValueError, OverflowError) as problem:  # 0000年, 9999-12: the calendar ends there
        raise Unread("a year outside the calendar") from problem
