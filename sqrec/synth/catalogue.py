"""Items as arrays: what all three kinds share, and what the choice model reads of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.contract import Kind
from sqrec.synth.city import Communities, offset
from sqrec.synth.data import DAY, TIME_ZONE_SECONDS

OPEN_END = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Window:
    """Hold the period of the events: first second and the one after the last, since 1970 (UTC)."""

    start: int
    end: int


@dataclass
class Catalogue:
    """Hold the items of a kind, one entry each.

    `lon` and `lat` are WGS84 degrees. `group` is the occupation group or amenity type that hidden tastes refer to, `provider` the
    employer or school (-1: none). `opens` and `closes` are seconds since 1970 (UTC); `closes` moves forward when the item is full.
    `placed`: the table has its point; `bound`: one has to go there. `ranked`: it may stand in a ranked list (no public-welfare post,
    no `audience`, not closed). `minors`: minors may see it. `hours` is an index in `patterns`, -1 unknown. `capacity` is the
    number of people that it takes in all. `traits` holds the arrays of one kind alone, `table` the columns as they are written.
    """

    kind: Kind
    ids: Sequence[str]
    lon: FloatArray
    lat: FloatArray
    community: IntArray
    placed: BoolArray
    bound: BoolArray
    group: IntArray
    provider: IntArray
    opens: IntArray
    closes: IntArray
    ranked: BoolArray
    minors: BoolArray
    patterns: Sequence[str]
    hours: IntArray
    capacity: IntArray
    traits: dict[str, AnyArray]
    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.lon)

    def live(self, at: int) -> BoolArray:
        """Mark the items that may stand in a ranked list at a moment (seconds UTC), shape (items,)."""
        return self.ranked & (self.opens <= at) & (at < self.closes)

    def as_left(self) -> pd.DataFrame:
        """Return the table at the end of the window: `valid_to` of a filled item is the moment at which it was full."""
        frame = self.table.copy()
        last = pd.to_datetime(frame["valid_to"]).to_numpy().astype("datetime64[D]")
        filled = ~np.isnat(last) & (self.closes < day_start(last.astype(np.int64) + 1))
        moments = np.datetime_as_string(self.closes[filled].astype("datetime64[s]"), timezone="UTC")
        frame.loc[filled, "valid_to"] = [text.replace("Z", "+00:00") for text in moments]
        return frame


def scattered(places: Communities, home: IntArray, spread: float, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return points around the middles of communities, WGS84 degrees; `spread` is the standard deviation in metres."""
    size = len(home)
    return offset(places.lon[home], places.lat[home], rng.normal(0, spread, size), rng.normal(0, spread, size))


def opaque_ids(letter: str, size: int, rng: np.random.Generator) -> list[str]:
    """Return unique random ids behind a letter; nothing can be derived from them."""
    numbers = np.unique(rng.integers(0, 1 << 50, size + 8 + size // 1000))
    return [f"{letter}{number:013x}" for number in rng.permutation(numbers)[:size]]


def published(size: int, window: Window, old: float, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Return first and last day of items (local days since 1970).

    A share of `old` begins before the window; nine in ten end 60 to 180 days after it.
    """
    first, last = local_day(window.start), local_day(window.end)
    opened = np.where(rng.random(size) < old, first - rng.integers(1, 60, size), rng.integers(first, last, size))
    closed = last + rng.integers(60, 181, size)
    early = rng.random(size) < 0.1
    closed[early] = (opened + rng.integers(30, 110, size))[early]
    return opened, np.maximum(closed, opened + 14)


def local_day(moment: int) -> int:
    """Return the local day (since 1970) of a moment in seconds UTC."""
    return int(local_days(np.array(moment)))


def local_days(moments: IntArray) -> IntArray:
    """Return the local days (since 1970) of moments in seconds UTC."""
    return (moments + TIME_ZONE_SECONDS) // DAY


def day_start(day: IntArray) -> IntArray:
    """Return the moments at which local days (since 1970) begin, seconds UTC."""
    return day * DAY - TIME_ZONE_SECONDS


def iso_days(day: IntArray) -> list[str]:
    """Return days since 1970 as YYYY-MM-DD."""
    return np.datetime_as_string(day.astype("datetime64[D]")).tolist()


def some(rng: np.random.Generator, share: float, values: Sequence[str | None] | AnyArray) -> list[str | float | None]:
    """Return the values with a random `share` of them kept and the others None."""
    kept = rng.random(len(values)) < share
    return [value if keep else None for value, keep in zip(list(values), kept, strict=True)]
