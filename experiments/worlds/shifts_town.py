"""The town of shifts: quarters along a bay, trades with their shifts, rhythms, families and ways of travelling."""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import Array, read_rows

SHIFTS = np.array(
    [
        *("mon-fri 08:30-17:30", "06:00-14:00", "14:00-22:00", "22:00-06:00"),
        *("10:00-14:00; 17:00-21:00", "18:00-22:00", "sat-sun 09:00-18:00", "08:00-20:00"),
    ],
    object,
)
LENGTH = np.array([8, 8, 8, 8, 8, 4, 8, 11])
WEEK = np.array([5, 6, 6, 5, 6, 5, 2, 4])
"""Hours of a shift, and shifts of a week."""
DAY, EARLY, LATE, NIGHT, NONE = range(5)
LIVED = np.array([DAY, EARLY, LATE, NIGHT, LATE, NONE, NONE, DAY])
"""The rhythm of who works a shift."""
FIT = np.array(
    [
        [1.0, 0.7, 0.35, 0.0, 0.4, 0.5, 0.4, 0.6],
        [0.8, 1.0, 0.2, 0.0, 0.3, 0.4, 0.3, 0.6],
        [0.4, 0.2, 1.0, 0.5, 0.8, 0.7, 0.4, 0.3],
        [0.15, 0.2, 0.6, 1.0, 0.3, 0.2, 0.3, 0.2],
        [0.85, 0.6, 0.6, 0.3, 0.6, 0.8, 0.8, 0.4],
    ]
)
"""How well every shift goes with every rhythm."""
CLASH = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 1, 1, 0, 1],
        [0, 0, 1, 1, 0, 1, 0, 1],
        [0, 1, 0, 1, 0, 0, 0, 1],
        [0, 0, 0, 0, 1, 0, 1, 1],
    ]
)
"""Which shifts clash with a family: nobody, a child at school, a small child, parents in need, weekends together."""
QUARTERS = 22
FOOT, BIKE, BUS, CAR = range(4)
SPEED, WAIT = np.array([75, 270, 235, 460]), np.array([0, 3, 11, 8])
"""Metres a minute by every way, and minutes of waiting and parking."""
_CROOKED = 1.3
TRADES = read_rows("shifts_trades")
TITLE = np.array([row[0] for row in TRADES], object)
CODE = np.array([None if row[1] == "-" else row[1] for row in TRADES], object)
PAY, LEAST = (np.array([int(row[place]) for row in TRADES]) for place in (2, 3))
KIN_NAMES = "PFCKSGDTM"
KIN, _BESIDE = (np.array([KIN_NAMES.index(row[place]) for row in TRADES]) for place in (4, 5))
ON_SHIFT = np.array([[str(shift) in row[6] for shift in range(8)] for row in TRADES], float)
SKILLS = [row[7].split(",") for row in TRADES]
_MEET = (_BESIDE[:, None] == KIN) | (KIN[:, None] == _BESIDE)
NEXT = np.where(np.eye(len(TRADES), dtype=bool), 1.0, np.where(KIN[:, None] == KIN, 0.78, np.where(_MEET, 0.5, 0.05)))
"""How near every trade is to every other one."""


@dataclass(frozen=True)
class Quarters:
    """Hold quarters along the bay: middles, codes, how wide, how many live there and how many work there."""

    lon: Array
    lat: Array
    area: Array
    wide: Array
    homes: Array
    works: Array

    def around(self, quarter: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return a point in each of the given quarters."""
        off = np.clip(rng.standard_t(4, (2, len(quarter))), -4, 4) * self.wide[quarter]
        return (self.lon[quarter] + off[0] * 1.1).round(6), (self.lat[quarter] + off[1] * 0.8).round(6)


def minutes(far: Array, way: Array, pace: Array) -> Array:
    """Return minutes for metres in a straight line (rows of people); who would be slower by their way walks."""
    road = far * _CROOKED
    return np.minimum(road / pace[:, None], WAIT[way][:, None] + road / SPEED[way][:, None])


def apart(lon: Array, lat: Array, to_lon: Array, to_lat: Array) -> Array:
    """Return how far each second point is from its first: one number for every pair, in metres."""
    return np.hypot((to_lon - lon) * (111_320 * np.cos(np.radians(36.12))), (to_lat - lat) * 110_950)


def quarters(rng: np.random.Generator) -> Quarters:
    """Lay 22 quarters along a bay: every third lives on work, the others are for living."""
    along = np.sort(rng.uniform(0, np.pi, QUARTERS))
    deep = rng.uniform(0.035, 0.085, QUARTERS)
    works = np.where(np.arange(QUARTERS) % 3 == 1, rng.uniform(2, 6, QUARTERS), rng.uniform(0.1, 0.8, QUARTERS))
    return Quarters(
        120.2 - np.cos(along) * deep * 1.2,
        35.93 + np.sin(along) * deep,
        np.array([f"370211{number + 1:03d}" for number in range(QUARTERS)], object),
        rng.uniform(0.0012, 0.0048, QUARTERS),
        rng.gamma(1.4, 1, QUARTERS) / np.sqrt(works),
        works,
    )
