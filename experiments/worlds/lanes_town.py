"""The river town: four bus lanes with stops, travel times, and trades with their tools.

Time to a place depends on the lane and on how many stops lie between, not on the straight line: the next lane may be seen
from the window and still be a ride to the next crossing and back.
"""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import Array, read_rows

LANES, STOPS = 4, 22
CROSSINGS = np.array([2, 8, 14, 19])
"""The stops of each lane at which all lanes meet; the first two lanes lie south of the river, the others north of it."""
WAIT, STOP, CHANGE, BRIDGE = 4.0, 2.1, 3.0, 6.0
"""Minutes of waiting, from stop to stop, of changing the lane at a crossing, and over the river."""
_OFFSETS = np.array([-0.0125, -0.0055, 0.0055, 0.0125])
_LEAST = 0.25
TRADES = read_rows("lanes_trades")
"""Columns: title, code, usual monthly wage, education, tools; only the first three tools may stand in tables."""
TITLE = np.array([row[0] for row in TRADES], object)
CODE = np.array([None if row[1] == "-" else row[1] for row in TRADES], object)
PAY, RUNG = (np.array([int(row[place]) for row in TRADES]) for place in (2, 3))
TOOLS = np.array(list(dict.fromkeys(tool for row in TRADES for tool in row[4].split(","))), object)
HANDLES = np.array([np.isin(TOOLS, row[4].split(",")) for row in TRADES])
WRITTEN = np.array([np.isin(TOOLS, row[4].split(",")[:3]) for row in TRADES])
"""Marks of the tools of each trade, and of those that may stand in tables; trades by tools."""


@dataclass(frozen=True)
class River:
    """Hold stops, lane by lane: points, areas, shares of homes and of work; `matters` has the weight of each tool."""

    lon: Array
    lat: Array
    area: Array
    homes: Array
    works: Array
    matters: Array

    def around(self, node: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
        """Draw points near stops: degrees, and the minutes on foot from the stop."""
        off = np.clip(rng.normal(0, 1, (2, len(node))), -2, 2) * np.array([[0.0012], [0.0008]])
        away = np.hypot(off[0] * 90_000, off[1] * 111_000) / 75
        return (self.lon[node] + off[0]).round(6), (self.lat[node] + off[1]).round(6), away


def river(rng: np.random.Generator) -> River:
    """Draw the town: lanes along the river, work at few stops, and more homes at every fifth stop of a lane."""
    lane, stop = np.divmod(np.arange(LANES * STOPS), STOPS)
    along = stop / (STOPS - 1)
    lon = 119.98 + 0.2 * along
    lat = 36.34 + 0.045 * along + 0.018 * np.sin(4 * along) + _OFFSETS[lane]
    area = [f"370283{1 + bank * STOPS // 2 + two:03d}" for bank, two in zip(lane // 2, stop // 2, strict=True)]
    homes = rng.gamma(1.6, 1, len(lane)) * np.where(stop % 5 == 1, 2.5, 1)
    works = rng.gamma(0.5, 1, len(lane)) + 0.05 + 0.8 * np.isin(stop, CROSSINGS)
    matters = rng.gamma(1.5, 1, len(TOOLS)) + _LEAST
    return River(lon.round(6), lat.round(6), np.array(area, object), homes / homes.sum(), works / works.sum(), matters)


def ridden() -> Array:
    """Return the minutes by bus between all stops, along the lane or by the best crossing; shape (stops, stops)."""
    lane, stop = np.divmod(np.arange(LANES * STOPS), STOPS)
    apart = np.abs(stop[:, None] - stop)
    same = (apart > 0) * WAIT + STOP * apart
    to = np.abs(stop[:, None] - CROSSINGS)
    cost = (to > 0) * WAIT + STOP * to
    over = CHANGE + BRIDGE * (lane[:, None] // 2 != lane // 2)
    other = (cost[:, None, :] + cost[None, :, :]).min(axis=2) + over
    return np.where(lane[:, None] == lane, same, other)


RIDE = ridden()


def nearest_stop(lon: Array, lat: Array, where: River) -> Array:
    """Return the nearest stop of each point."""
    return np.hypot((lon[:, None] - where.lon) * 90_000, (lat[:, None] - where.lat) * 111_000).argmin(axis=1)


def minutes(node: Array, away: Array, to: Array, to_away: Array) -> Array:
    """Return the minutes from each first point to each second one: on foot, by bus, on foot; shape (first, second)."""
    return RIDE[node[:, None], to] + away[:, None] + to_away


def strange(handled: Array, matters: Array, handles: Array = HANDLES) -> Array:
    """Return the strangeness of trades to people, 0 to 1: the weighted share of tools never handled; people by trades."""
    return 1 - (handled * matters) @ handles.T / (handles @ matters)
