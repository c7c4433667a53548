"""Clock ranges as half hours of a week, and the overlap of two."""

import re
from collections.abc import Sequence

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray
from sqrec.synth.data import read

SLOTS = 336
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def slots(text: str) -> BoolArray:
    """Mark the half hours of a week that clock ranges touch, shape (336,), from Monday 00:00."""
    week = np.zeros(SLOTS, dtype=bool)
    for part in text.split(";"):
        named = re.match(r"\s*(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))?\s", part)
        first = _DAYS.index(named[1]) if named else 0
        last = _DAYS.index(named[2] or named[1]) if named else 6
        for start, end in re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", part):
            begins, ends = _half_hour(start), _half_hour(end)
            ends += 48 if ends <= begins else 0
            for day in range(first, last + 1):
                week[np.arange(day * 48 + begins, day * 48 + ends) % SLOTS] = True
    return week


def _half_hour(clock: str) -> int:
    return (int(clock[:2]) * 60 + int(clock[3:])) // 30


def free_patterns() -> list[str]:
    """Return the clock ranges in which residents are free."""
    return [text for text, _ in read("hours")["free"].values()]


def free_shares() -> FloatArray:
    """Return the share of residents with each of `free_patterns`."""
    return np.array([share for _, share in read("hours")["free"].values()], dtype=np.float64)


def overlap(patterns: Sequence[str]) -> AnyArray:
    """Return the share of each pattern's half hours that lies in each free pattern, float32, shape (free + 1, patterns + 1).

    The last row is for a resident of unknown hours (the mean over residents), the last column for an item of unknown hours (the
    mean over items), so that index -1 finds them.
    """
    free, asked = np.array([slots(text) for text in free_patterns()]), np.array([slots(text) for text in patterns])
    shared = (free[:, None] & asked[None]).sum(axis=2) / asked.sum(axis=1)
    rows = np.vstack([shared, np.average(shared, axis=0, weights=free_shares())])
    return np.column_stack([rows, rows.mean(axis=1)]).astype(np.float32)


def open_share(patterns: Sequence[str]) -> AnyArray:
    """Return the share of the week's half hours from 7:00 to 22:00 that each pattern covers, float32, shape (patterns + 1,).

    The last entry, at index -1, is the mean, for unknown hours.
    """
    day = slots("07:00-22:00")
    shares = np.array([(slots(text) & day).sum() / day.sum() for text in patterns])
    return np.append(shares, shares.mean()).astype(np.float32)


def next_open(patterns: Sequence[str]) -> AnyArray:
    """Return the half hours until each pattern next holds, int16, shape (patterns + 1, 336); 0 for unknown hours (-1)."""
    table = np.zeros((len(patterns) + 1, SLOTS), dtype=np.int16)
    for row, text in enumerate(patterns):
        week = np.flatnonzero(np.tile(slots(text), 2))
        table[row] = week[np.searchsorted(week, np.arange(SLOTS))] - np.arange(SLOTS)
    return table
