"""Errands on the way home along the bus lanes, two in a chain, and the stalls to which people return.

For every type people keep to the stall that last had what they wanted; whoever knows none takes one that lies on the way. A stall
that is out of stock sends them to the next one of its type, and they come back to that one if it had it.
"""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import DAY, DAYS, NEVER, START, Array, Diary, drawn
from experiments.worlds.lanes_people import Folk
from experiments.worlds.lanes_places import TYPES, WEEK, Places
from experiments.worlds.lanes_town import RIDE
from experiments.worlds.last_ground import either, open_on

DETOUR, FARTHEST = 5.0, 35.0
"""Minutes of detour at which the weight of a stall falls to 1/e, and from which nobody goes."""
_NEXT = 30.0
"""The longest ride to the next stall, minutes."""
_OUTINGS = 0.17
_BEFORE = 45


@dataclass(frozen=True)
class Habits:
    """Hold errands a week (people by types), outings a day, and the stall of each type that last had what was wanted (-1: none)."""

    rates: Array
    often: Array
    last: Array


@dataclass
class Ways:
    """Hold the way home of people: from stop `anchor` to stop `home`, at an hour of the day."""

    anchor: Array
    home: Array
    hour: Array

    def of(self, rows: Array) -> "Ways":
        """Return the ways of some people (rows)."""
        return Ways(self.anchor[rows], self.home[rows], self.hour[rows])


def detours(ways: Ways, of: Places, these: Array) -> Array:
    """Return the detour from the way home to each of these places, minutes, people by places."""
    node = of.node[these]
    there = RIDE[ways.anchor[:, None], node] + 2 * of.away[these]
    return there + RIDE[ways.home[:, None], node] - RIDE[ways.anchor, ways.home][:, None]


def draws(detour: Array, there: Array) -> Array:
    """Return the weight of stalls for people who know none; 0 where the detour is too long or `there` is False."""
    return np.where(there & (detour < FARTHEST), np.exp(-detour / DETOUR), 0)


def returned(draw: Array, last: Array, these: Array) -> Array:
    """Return the weights with only the stall that last had what was wanted, where it can be reached; else unchanged."""
    known = (these == last[:, None]) & (draw > 0)
    return np.where(known.any(axis=1)[:, None], known, draw)


def next_stall(ways: Ways, at: Array, there: Array, of: Places, these: Array) -> Array:
    """Return the next of these stalls (index in `these`) after the one at which each person is; -1 if none is near.

    It has the shortest ride plus half of the ride home from it.
    """
    ride = RIDE[of.node[these[at]][:, None], of.node[these]] + of.away[these]
    ride = np.where(there & (np.arange(len(these)) != at[:, None]), ride, np.inf)
    way = np.where(ride < _NEXT, ride + 0.5 * RIDE[ways.home[:, None], of.node[these]], np.inf)
    found = way.argmin(axis=1)
    return np.where(np.isfinite(way[np.arange(len(at)), found]), found, NEVER)


def errands(who: Folk, ways: Ways, rates: Array, of: Places, hired: list[Array], log: Diary, rng: np.random.Generator) -> Habits:
    """Simulate errands day by day, from before the window; `hired` (by day) get the way home from their new work."""
    often = np.minimum(_OUTINGS * rng.gamma(4, 1 / 4, len(who.age)), 0.8)
    mine = Habits(rates, often, np.full(rates.shape, NEVER))
    for day in range(-_BEFORE, DAYS):
        if day >= 0:
            ways.anchor[hired[day]], ways.hour[hired[day]] = who.anchor[hired[day]], who.hour[hired[day]]
        goes = np.flatnonzero(rng.random(len(often)) < often)
        stocked = rng.random(len(of.type)) < of.stock
        _chain(goes, ways.of(goes), of, mine, stocked, day, log, rng)
    return mine


def _chain(
    goes: Array, ways: Ways, of: Places, mine: Habits, stocked: Array, day: int, log: Diary, rng: np.random.Generator
) -> None:
    """Simulate a chain of two errands of different types, the nearer to the start first; log the visits."""
    need = mine.rates[goes] * WEEK[:, day % 7]
    kinds = [drawn(need, rng)]
    need[np.arange(len(goes)), kinds[0]] = 0
    kinds.append(drawn(need, rng))
    stops = [_stalls(goes, ways, kind, of, mine, stocked, day, rng) for kind in kinds]
    ride = [np.where(first >= 0, RIDE[ways.anchor, of.node[first]], np.inf) for first, _ in stops]
    swaps = ride[1] < ride[0]
    ordered = [np.where(swaps, stops[1 - one][two], stops[one][two]) for one in (0, 1) for two in (0, 1)]
    at = START + day * DAY + ways.hour * 3600 + rng.integers(0, 900, len(goes))
    for place in ordered:
        went = place >= 0
        if day >= 0:
            log.note("amenity", "visit", goes[went], place[went], at[went])
        at = at + np.where(went, rng.integers(900, 1500, len(goes)), 0)


def _stalls(
    goes: Array, ways: Ways, kind: Array, of: Places, mine: Habits, stocked: Array, day: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Draw the stall to which people go and, where it is out of stock, the next one (-1: none); remember where they succeeded."""
    first, then = np.full((2, len(goes)), NEVER)
    here = np.flatnonzero(open_on(of.since, of.until, day))
    for one in np.unique(kind[kind >= 0]):
        rows, these = np.flatnonzero(kind == one), here[of.type[here] == one]
        if len(these) == 0:
            continue
        some = ways.of(rows)
        there = of.open(some.hour)[:, these]
        at = drawn(returned(draws(detours(some, of, these), there), mine.last[goes[rows], one], these), rng)
        rows, some, there, at = rows[at >= 0], some.of(at >= 0), there[at >= 0], at[at >= 0]
        onward = np.where(stocked[these[at]], NEVER, next_stall(some, at, there, of, these))
        first[rows], then[rows] = these[at], np.where(onward >= 0, these[onward], NEVER)
        found = np.where(stocked[these[at]], these[at], np.where((onward >= 0) & stocked[these[onward]], these[onward], NEVER))
        mine.last[goes[rows[found >= 0]], one] = found[found >= 0]
    return first, then


def chances(rates: Array, often: Array) -> Array:
    """Return the expected errands of each type in the coming week, two an outing; people by types."""
    days = [either(rates * WEEK[:, day]) for day in range(7)]
    return often[:, None] * np.sum(days, axis=0)


def finds(first: Array, ways: Ways, there: Array, stock: Array, of: Places, these: Array) -> Array:
    """Return the probability of success at each of these stalls, as the first one or as the next one; people by stalls."""
    found = first * stock[these]
    rows = np.arange(len(first))
    for stall in range(len(these)):
        onward = next_stall(ways, np.full(len(first), stall), there, of, these)
        goes = onward >= 0
        empty = first[:, stall] * (1 - stock[these[stall]])
        found[rows[goes], onward[goes]] += (empty * stock[these[onward]])[goes]
    return found


def worth(ways: Ways, week: Array, last: Array, stock: Array, of: Places) -> Array:
    """Return the utility of places: the expected successful errands there in the coming week, people by places."""
    expected = np.zeros((len(week), len(of.type)))
    for one in range(len(TYPES)):
        these = np.flatnonzero(of.live & (of.type == one))
        if len(these) == 0:
            continue
        there = of.open(ways.hour)[:, these]
        first = returned(draws(detours(ways, of, these), there), last[:, one], these)
        first = first / np.maximum(first.sum(axis=1, keepdims=True), 1e-12)
        expected[:, these] = week[:, [one]] * finds(first, ways, there, stock, of, these)
    return expected
