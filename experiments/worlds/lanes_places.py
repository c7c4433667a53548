"""Stalls and other places of the river town, and the weekly rhythm of each type."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, START, Array, blanked, moments, numbered, read_rows
from experiments.worlds.lanes_people import RETIRED, STUDENT, Folk
from experiments.worlds.lanes_town import River

_RHYTHMS = read_rows("lanes_rhythms")
"""Columns: type, share of places, errands a week, weights of the weekdays (Monday first), hours, group of people, names."""
TYPES = np.array([row[0] for row in _RHYTHMS], object)
RATE = np.array([float(row[2]) for row in _RHYTHMS])
WEEK = np.array([[int(digit) for digit in row[3]] for row in _RHYTHMS], float)
WEEK = 7 * WEEK / WEEK.sum(axis=1, keepdims=True)
"""Factors of the weekdays, types by days, with mean 1."""
_OPENS, _CLOSES = np.array([[int(hour) for hour in row[4].split("-")] for row in _RHYTHMS]).T
_SIGN = np.array(["渡口", "柳堤", "老桥", "张家", "三闸", "白帆", "南岸", "北岸", "小码头", "鱼市街", "王婶", "顺河"], object)
STAYS = 2
"""The longest duration of a chain of errands, hours; a place that closes before its end is left out."""


@dataclass(frozen=True)
class Places:
    """Hold places.

    `node` is the stop, `away` the minutes on foot from it, `stock` the probability of having what is wanted (hidden), `opens` and
    `closes` hours of the day.
    """

    type: Array
    node: Array
    away: Array
    stock: Array
    opens: Array
    closes: Array
    lon: Array
    lat: Array
    since: Array
    until: Array

    @property
    def live(self) -> Array:
        """Mark the items that exist at the end of the window, shape (items,)."""
        return (self.since <= END) & (self.until > END)

    def open(self, hour: Array) -> Array:
        """Mark the places that are open during a chain that begins at each hour, shape (hours, places)."""
        return (self.opens <= hour[:, None]) & (self.closes >= hour[:, None] + STAYS)


def places(count: int, where: River, rng: np.random.Generator) -> Places:
    """Draw places: more where many live or work; one in twelve opens in the window, some close."""
    share = np.array([float(row[1]) for row in _RHYTHMS])
    kind = rng.permutation(
        np.r_[np.arange(len(TYPES)), rng.choice(len(TYPES), max(0, count - len(TYPES)), p=share / share.sum())]
    )
    node = rng.choice(len(where.homes), len(kind), p=0.5 * where.homes + 0.5 * where.works)
    lon, lat, away = where.around(node, rng)
    turn = rng.random(len(kind))
    since = START + np.where(turn < 0.08, rng.integers(0, DAYS, len(kind)), -rng.integers(50, 3000, len(kind))) * DAY
    until = np.where(turn > 0.95, START + rng.integers(5, DAYS, len(kind)) * DAY, END + 3000 * DAY)
    opens = (_OPENS[kind] + rng.choice([-1, 0, 0, 1], len(kind))).clip(0)
    closes = (_CLOSES[kind] + rng.choice([-1, 0, 0, 0], len(kind))).clip(None, 24)
    return Places(kind, node, away, rng.beta(6, 1.3, len(kind)), opens, closes, lon, lat, since, until)


def usual(who: Folk) -> Array:
    """Return the expected errands a week by work, age and children, people by types."""
    groups = {
        "all": np.ones(len(who.age), bool),
        "old": (who.work == RETIRED) | (who.age > 58),
        "young": (who.age < 42) | (who.work == STUDENT),
        "parent": who.parent,
    }
    return np.stack([rate * (0.12 + 0.88 * groups[row[5]]) for rate, row in zip(RATE, _RHYTHMS, strict=True)], axis=1)


def wanted(who: Folk, rng: np.random.Generator) -> Array:
    """Draw the true errands a week of each person, around `usual`, some 0; people by types."""
    rates = usual(who)
    return rates * rng.lognormal(-0.12, 0.5, rates.shape) * (rng.random(rates.shape) < 0.8)


def table(of: Places, where: River, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `amenities`; some have no hours or no coordinates."""
    count = len(of.type)
    names = [f"{rng.choice(_SIGN)}{rng.choice(_RHYTHMS[one][6].split(','))}" for one in of.type]
    clock = [f"{first:02d}:00-{last:02d}:00" for first, last in zip(of.opens.tolist(), of.closes.tolist(), strict=True)]
    here = rng.random(count) >= 0.04
    return pd.DataFrame({
        "amenity_id": numbered("k", count),
        "name": names,
        "type": TYPES[of.type],
        "hours": blanked(clock, 0.2, rng),
        "capacity": np.where(rng.random(count) < 0.4, np.nan, rng.integers(3, 90, count)),
        "phone": blanked([f"0532-8{number:07d}" for number in rng.integers(0, 10**7, count)], 0.35, rng),
        "status": blanked(np.full(count, "open"), 0.12, rng),
        "lon": np.where(here, of.lon, np.nan),
        "lat": np.where(here, of.lat, np.nan),
        "area": where.area[of.node],
        "published_at": moments(of.since),
        "valid_to": moments(np.where(of.until > END + 200 * DAY, -1, of.until)),
    })  # fmt: skip
