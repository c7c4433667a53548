"""Working time as bits: the half hours of a week, Monday first."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil

from sqrec.profile.encoders import WeekSlots

SLOTS_A_DAY = 48
_SLOTS = 7 * SLOTS_A_DAY
_BITS = 384
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=10_000)
def week_of(text: str) -> int:
    """Return the half hours that clock ranges touch, bit i for the half hour i after Monday 00:00."""
    packed = int.from_bytes(WeekSlots().encode([text])[0].tobytes(), "big")
    bits = f"{packed:0{_BITS}b}"[:_SLOTS]
    return int(bits[::-1], 2)


@lru_cache(maxsize=10_000)
def days_of(text: str) -> tuple[int, ...]:
    """Return the same half hours day by day; days without any are left out."""
    week = week_of(text)
    day = (1 << SLOTS_A_DAY) - 1
    return tuple(part for number in range(7) if (part := week & (day << number * SLOTS_A_DAY)))


def names_days(text: str) -> bool:
    """Tell whether clock ranges name weekdays."""
    return any(day in text for day in _WEEKDAYS)


def share_outside(free: int, days: Sequence[int], wanted: int) -> float:
    """Return the mean share of working half hours outside the free ones, over the `wanted` days that fit best."""
    shares = sorted((day & ~free).bit_count() / day.bit_count() for day in days)[: max(wanted, 1)]
    return sum(shares) / len(shares)


def working_days(text: str, a_week: float | None, usual: int) -> int:
    """Return how many days a week are worked: as told, else all that are named, else the usual number."""
    if a_week is not None:
        return ceil(a_week)
    return 7 if names_days(text) else usual


def opens_within(text: str, slot: int, hours: int) -> bool:
    """Tell whether a place is open in a half hour of the week or within so many hours after it."""
    week = week_of(text)
    return any(week >> ((slot + step) % _SLOTS) & 1 for step in range(2 * hours + 1))
