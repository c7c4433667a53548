"""Half hours of a week, by hand: what is open, which shifts can be walked to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.profile.encoders import WeekSlots
from sqrec.profile.hours import free_on_the_ways, open_at, slot_of
from tests.support import tiny


def weeks(*texts: str | None) -> np.ndarray:
    """Return packed weeks."""
    return WeekSlots().encode(texts)


def test_half_hours_of_the_week() -> None:
    at = np.array([tiny.micros("2026-07-20T16:00"), tiny.micros("2026-07-20T15:59")])
    midnight = np.array([tiny.micros("2026-07-20T16:00"), tiny.micros("2026-07-19T16:00")])
    assert slot_of(at, midnight).tolist() == [48, 47]


def test_open_in_a_half_hour() -> None:
    hours = weeks("mon 08:00-09:00", "mon 08:00-09:00", "mon 08:00-09:00", None)
    assert np.array_equal(open_at(hours, np.array([15, 16, 18, 16])), [0.0, 1.0, 0.0, np.nan], equal_nan=True)


@pytest.mark.parametrize(
    ("free", "shift", "minutes", "share"),
    [
        ("mon 08:00-18:00", "mon 09:00-17:00", 20.0, 1.0),  # half an hour before and after, both free
        ("mon 09:00-18:00", "mon 09:00-17:00", 20.0, 0.5),  # the way there is not
        ("mon 09:00-17:00", "mon 09:00-17:00", 20.0, 0.0),
        ("mon 08:00-18:00", "mon 09:00-17:00", 90.0, 2 / 3),  # 07:30 and 18:00 are not free, of six half hours
        ("mon 09:00-17:00", "mon 09:00-17:00", 0.0, 1.0),  # no way at all
        ("mon 00:00-24:00", "00:00-24:00", 20.0, 1.0),  # never off, so never on the way
        ("mon 00:00-01:00; sun 23:00-24:00", "mon 00:00-00:30", 30.0, 1.0),  # Sunday's last half hour leads to Monday
        ("mon 09:00-12:00", "mon 09:00-11:00; mon 11:30-12:00", 60.0, 1 / 5),  # 07–09 apart, the break once, 12–13
        (None, "mon 09:00-17:00", 20.0, np.nan),
        ("mon 09:00-17:00", None, 20.0, np.nan),
        ("mon 09:00-17:00", "mon 09:00-17:00", np.nan, np.nan),
    ],
)
def test_ways_to_and_from_shifts(free: str | None, shift: str | None, minutes: float, share: float) -> None:
    found = free_on_the_ways(weeks(free), weeks(shift), np.array([minutes]))
    assert np.array_equal(found, [share], equal_nan=True)


@given(
    st.lists(st.tuples(st.binary(min_size=42, max_size=42), st.floats(0, 400)), min_size=1, max_size=6),
    st.binary(min_size=42, max_size=42),
)
def test_a_pair_has_the_same_share_alone_and_among_others(pairs: list[tuple[bytes, float]], free: bytes) -> None:
    busy = np.array([[*hours, *bytes(6)] for hours, _ in pairs], np.uint8)
    mine = np.array([[*free, *bytes(6)]] * len(pairs), np.uint8)
    minutes = np.array([way for _, way in pairs])
    together = free_on_the_ways(mine, busy, minutes)
    alone = [free_on_the_ways(mine[:1], busy[row : row + 1], minutes[row : row + 1])[0] for row in range(len(pairs))]
    assert np.array_equal(together, alone, equal_nan=True)
    assert np.all(np.isnan(together) | ((together >= 0) & (together <= 1)))
