"""The city of shifts: quarters along a bay, trades with their shifts, rhythms, families and means of travel."""

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
"""Hours of each shift, and shifts a week."""
DAY, EARLY, LATE, NIGHT, NONE = range(5)
LIVED = np.array([DAY, EARLY, LATE, NIGHT, LATE, NONE, NONE, DAY])
"""The rhythm of people who work each shift."""
FIT = np.array(
    [
        [1.0, 0.7, 0.35, 0.0, 0.4, 0.5, 0.4, 0.6],
        [0.8, 1.0, 0.2, 0.0, 0.3, 0.4, 0.3, 0.6],
        [0.4, 0.2, 1.0, 0.5, 0.8, 0.7, 0.4, 0.3],
        [0.15, 0.2, 0.6, 1.0, 0.3, 0.2, 0.3, 0.2],
        [0.85, 0.6, 0.6, 0.3, 0.6, 0.8, 0.8, 0.4],
    ]
)
"""The fit of shifts (columns) to rhythms (rows), 0 to 1."""
CLASH = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 1, 1, 0, 1],
        [0, 0, 1, 1, 0, 1, 0, 1],
        [0, 1, 0, 1, 0, 0, 0, 1],
        [0, 0, 0, 0, 1, 0, 1, 1],
    ]
)
"""Marks of the shifts (columns) that clash with a family: none, a child at school, a small child, parents in need, weekends."""
QUARTERS = 22
FOOT, BIKE, BUS, CAR = range(4)
SPEED, WAIT = np.array([75, 270, 235, 460]), np.array([0, 3, 11, 8])
"""Metres a minute by each means of travel, and minutes of waiting and parking."""
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
"""The nearness of trades, 0 to 1."""


@dataclass(frozen=True)
class Quarters:
    """Hold quarters along the bay: middles, area codes, width in degrees, weights of homes and of work."""

    lon: Array
    lat: Array
    area: Array
    wide: Array
    homes: Array
    works: Array

    def around(self, quarter: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return a random point in each of the given quarters (indices), degrees."""
        off = np.clip(rng.standard_t(4, (2, len(quarter))), -4, 4) * self.wide[quarter]
        return (self.lon[quarter] + off[0] * 1.1).round(6), (self.lat[quarter] + off[1] * 0.8).round(6)


def minutes(far: Array, way: Array, pace: Array) -> Array:
    """Return the travel minutes for distances in a straight line (metres, people by points); who would be faster on foot walks."""
    road = far * _CROOKED
    return np.minimum(road / pace[:, None], WAIT[way][:, None] + road / SPEED[way][:, None])


def apart(lon: Array, lat: Array, to_lon: Array, to_lat: Array) -> Array:
    """Return the distance of each second point from its first one, metres, shape of the inputs."""
    return np.hypot((to_lon - lon) * (111_320 * np.cos(np.radians(36.12))), (to_lat - lat) * 110_950)


def quarters(rng: np.random.Generator) -> Quarters:
    """Draw 22 quarters along a bay: every third has much work, the others have homes."""
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
