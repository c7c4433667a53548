"""The mining city: quarters of different age, bus stops, trades with their skills."""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import Array, read_rows

QUARTERS = 14
TRADES = read_rows("quarters_trades")
"""Columns: title, code, usual monthly wage, education, group, floor (groups on neighbouring floors are near), skills."""
TITLE = np.array([row[0] for row in TRADES], object)
CODE = np.array([None if row[1] == "-" else row[1] for row in TRADES], object)
PAY, RUNG, _FLOOR = (np.array([int(row[place]) for row in TRADES]) for place in (2, 3, 5))
GROUP = np.array(["矿机电运建安食店护纺文".index(row[4]) for row in TRADES])
PIT, MACHINES, CURRENT = 0, 1, 2
SKILLS = np.array(list(dict.fromkeys(skill for row in TRADES for skill in row[6].split(","))), object)
USES = np.array([np.isin(SKILLS, row[6].split(",")) for row in TRADES])
"""Marks of the skills of each trade, trades by skills."""
_SAME = GROUP[:, None] == GROUP
_BESIDE = np.abs(_FLOOR[:, None] - _FLOOR) <= 1
NEAR = np.where(np.eye(len(TRADES), dtype=bool), 1.0, np.where(_SAME, 0.6, np.where(_BESIDE, 0.25, 0.0)))
"""The nearness of trades by which the agency draws sheets, 0 to 1."""
_APART = np.where(np.eye(len(TRADES), dtype=bool), 0.0, np.where(_SAME, 0.4, np.where(_BESIDE, 0.65, 1.0)))
EASY = np.isin(GROUP, [5, 6, 7]) | (RUNG == 0)


@dataclass(frozen=True)
class City:
    """Hold quarters and bus stops: `built` is the age of a quarter (0 new, 1 oldest), `homes` and `works` are weights.

    `apart` is the distance of trades, 0 to 1, shape (trades, trades).
    """

    lon: Array
    lat: Array
    area: Array
    built: Array
    homes: Array
    works: Array
    stop_lon: Array
    stop_lat: Array
    apart: Array

    def around(self, quarter: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw a point in each of the given quarters, degrees; old quarters are narrow."""
        wide = (0.006 - 0.003 * self.built)[quarter]
        off = np.clip(rng.normal(0, 1, (2, len(quarter))), -2.2, 2.2) * wide
        return (self.lon[quarter] + 1.1 * off[0]).round(6), (self.lat[quarter] + 0.9 * off[1]).round(6)


def city(rng: np.random.Generator) -> City:
    """Draw quarters, of which new ones have more homes, with three to six bus stops each."""
    lon, lat = 120.02 + 0.13 * rng.random(QUARTERS), 36.80 + 0.1 * rng.random(QUARTERS)
    built = rng.permutation(np.linspace(0, 1, QUARTERS))
    of = np.repeat(np.arange(QUARTERS), rng.integers(3, 7, QUARTERS))
    noise = rng.uniform(0.85, 1.15, _APART.shape)
    return City(
        lon.round(6),
        lat.round(6),
        np.array([f"370283{101 + number:03d}" for number in range(QUARTERS)], object),
        built,
        rng.gamma(3, 1, QUARTERS) * (1.4 - 0.7 * built),
        rng.gamma(0.8, 1, QUARTERS) + 0.1,
        lon[of] + rng.normal(0, 0.0035, len(of)),
        lat[of] + rng.normal(0, 0.003, len(of)),
        (_APART * (noise + noise.T) / 2).clip(0, 1),
    )


def to_stop(lon: Array, lat: Array, where: City) -> Array:
    """Return the metres from each point to its nearest bus stop."""
    east, north = (lon[:, None] - where.stop_lon) * 89_000, (lat[:, None] - where.stop_lat) * 111_000
    return np.hypot(east, north).min(axis=1)


def gap(done: Array, able: Array, wanted: Array, apart: Array) -> Array:
    """Return the mean distance of a course's skills from people, 0 to 1, people by courses.

    A skill that a person has is at 0; another is at the distance of the nearest trade that uses it from a past trade.
    """
    reach = np.array([apart[:, USES[:, skill]].min(axis=1) for skill in range(len(SKILLS))]).T
    far = np.where(able, 0, np.minimum.reduce([np.where((one >= 0)[:, None], reach[one], 1.0) for one in done.T]))
    return far @ wanted.T / np.maximum(wanted.sum(axis=1), 1)
