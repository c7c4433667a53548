"""Half hours of a week: whether a place is open, whether shifts can be walked to and from.

A week is packed into 48 bytes, bit i (from the left) for the half hour i after Monday 00:00, as `WeekSlots` encodes it.
"""

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray

SLOT = 1_800_000_000
"""Half an hour, microseconds."""
WEEK = 336
LONGEST_WAY = 6
"""Half hours of a way that are looked at; who walks longer is judged by the first and last three hours."""
NIGHT = 44, 12
"""The half hours of a day from which, and before which, it is night: 22:00 to 06:00."""
_DAY = 48 * SLOT


def slot_of(at: IntArray, midnight: IntArray) -> IntArray:
    """Return the half hour of the week (Monday 00:00 is 0) of moments, from the local midnights before them.

    A local midnight plus twelve hours lies, in UTC, on the local day in every zone up to twelve hours from Greenwich.
    The first of January 1970 was a Thursday.
    """
    weekday = ((midnight + _DAY // 2) // _DAY + 3) % 7
    return (weekday * 48 + np.minimum((at - midnight) // SLOT, 47)).astype(np.int64)


def open_at(hours: AnyArray, slot: IntArray) -> FloatArray:
    """Return 1.0 where week i is open in half hour `slot[i]`, else 0.0; NaN where nothing is known of the week."""
    bit = hours[np.arange(len(slot)), slot >> 3] >> (7 - (slot & 7)).astype(np.uint8) & 1
    return np.where(known(hours), bit.astype(np.float64), np.nan)


def free_on_the_ways(free: AnyArray, busy: AnyArray, minutes: FloatArray) -> FloatArray:
    """Return what share of the half hours before and after every shift, as long as the way takes, somebody is free.

    `free` and `busy` are packed weeks, shape (pairs, 48), `minutes` one way. A way that falls into the next shift of the same
    job is no way. 1.0 where there is no way to go; NaN where either week or the minutes are unknown.
    """
    found = np.full(len(minutes), np.nan)
    told = np.flatnonzero(known(free) & known(busy) & ~np.isnan(minutes))
    if len(told):
        slots = np.minimum(np.ceil(minutes[told] / 30.0), LONGEST_WAY)
        found[told] = _share(_unpacked(free[told]), _unpacked(busy[told]), slots)
    return found


def at_night(busy: AnyArray) -> bool:
    """Tell whether half of a packed week's half hours or more lie between ten in the evening and six in the morning."""
    slots = np.flatnonzero(np.unpackbits(busy)[:WEEK]) % 48
    return len(slots) > 0 and 2 * int(np.count_nonzero((slots >= NIGHT[0]) | (slots < NIGHT[1]))) >= len(slots)


def known(hours: AnyArray) -> AnyArray:
    """Tell which packed weeks say anything."""
    return np.asarray(np.ascontiguousarray(hours).view(np.uint64).any(axis=1))


def _share(free: AnyArray, busy: AnyArray, slots: FloatArray) -> FloatArray:
    first, last = busy & ~np.roll(busy, 1, axis=1), busy & ~np.roll(busy, -1, axis=1)
    ways = np.zeros_like(busy)
    for step in range(1, int(slots.max()) + 1):
        ways |= (np.roll(first, -step, axis=1) | np.roll(last, step, axis=1)) & (slots >= step)[:, None]
    ways &= ~busy
    asked, met = ways.sum(axis=1), (ways & free).sum(axis=1)
    return np.where(asked > 0, met / np.maximum(asked, 1), 1.0)


def _unpacked(hours: AnyArray) -> AnyArray:
    return np.unpackbits(np.ascontiguousarray(hours), axis=1)[:, :WEEK].astype(bool)
