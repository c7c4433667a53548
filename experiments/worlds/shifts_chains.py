"""Errands of the city of shifts: chains of places between home, work and school, favourites, and new openings."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import AS_OF, DAY, DAYS, END, START, Array, Diary, drawn, gains, metres
from experiments.worlds.shifts_people import TYPES, Folk, averaged
from experiments.worlds.shifts_places import Places
from experiments.worlds.shifts_town import SPEED, apart, minutes
from sqrec.contract import AMENITY_TYPES

_TRENDY = np.array([AMENITY_TYPES[name][1] == "quality" for name in TYPES])
_OUT = np.array([17.8, 14.6, 10.2, 15.2, 9.8])
"""The hour at which people of each rhythm run errands on a working day."""
_FREE = 10.6
_PATIENCE, _FAVOURITE, _FRESH = 26, 22, 14
"""The detour from which nobody goes, and the detour that a favourite and a fashionable place are allowed more, minutes."""
_NEW = 110
_PEAK, _SEASON = 280, 24
_BEFORE = 40
_OUTINGS = 13
_STOPS = [0.32, 0.36, 0.21, 0.11]
_KEEPS = 0.45
_TO_SCHOOL = 0.35


@dataclass(frozen=True)
class Habits:
    """Hold favourites and the day until which they last (people by types), curiosity (0 to 1) and the share of working days."""

    favourite: Array
    until: Array
    curious: Array
    works: Array


@dataclass(frozen=True)
class Lessons:
    """Hold lessons: person, point of the school, first and last day of the window."""

    person: Array
    lon: Array
    lat: Array
    first: Array
    last: Array


@dataclass
class Chain:
    """Hold people on a chain of errands: present point, end point, and hour of the day."""

    who: Array
    lon: Array
    lat: Array
    end_lon: Array
    end_lat: Array
    hour: Array


def fashion(places: Places, day: int) -> Array:
    """Return the fashion of each place on a day of the window, 0 or more: of lately opened places, highest in autumn."""
    of_year = (START // DAY + day - int(np.datetime64("2026-01-01", "D").astype(int))) % 365
    season = np.exp(-(((of_year - _PEAK) / _SEASON) ** 2))
    return season * _TRENDY[places.type] * (places.since > START + (day - _NEW) * DAY)


def _weekday(day: int) -> int:
    """Return the day of the week of a day of the window, Monday 0."""
    return (AS_OF.toordinal() - 1 - (DAYS - day)) % 7


def visits(places: Places, folk: Folk, lessons: Lessons, diary: Diary, rng: np.random.Generator) -> Habits:
    """Simulate errands day by day; log the visits within the window."""
    shape = (len(folk.trade), len(TYPES))
    works = np.array([0.72, 0.05, 0.55, 0.7, 0.02])[folk.employment]
    mine = Habits(np.full(shape, -1), np.zeros(shape), rng.beta(1.5, 1.5, shape[0]), works)
    often = _OUTINGS / DAYS * rng.gamma(5, 1 / 5, shape[0])
    for day in range(-_BEFORE, DAYS):
        who = np.flatnonzero(rng.random(shape[0]) < often)
        if len(who):
            _outing(places, folk, mine, _chain(folk, mine, lessons, who, day, rng), day, diary, rng)
    return mine


def _chain(folk: Folk, mine: Habits, lessons: Lessons, who: Array, day: int, rng: np.random.Generator) -> Chain:
    """Return the chains of a day at their start: from work or home, to home or school."""
    works = rng.random(len(who)) < mine.works[who]
    home_lon, home_lat = folk.true.lon[who], folk.true.lat[who]
    lon, lat = np.where(works, folk.work_lon[who], home_lon), np.where(works, folk.work_lat[who], home_lat)
    end_lon, end_lat = home_lon.copy(), home_lat.copy()
    on = (lessons.first <= day) & (day <= lessons.last) & (rng.random(len(lessons.first)) < _TO_SCHOOL)
    place = pd.Series(np.flatnonzero(on), index=lessons.person[on]).groupby(level=0).first().reindex(who).to_numpy()
    studies = ~np.isnan(place)
    end_lon[studies], end_lat[studies] = (side[place[studies].astype(int)] for side in (lessons.lon, lessons.lat))
    hour = np.where(works, _OUT[folk.rhythm[who]], _FREE) + rng.normal(0, 0.8, len(who))
    return Chain(who, lon, lat, end_lon, end_lat, hour)


def _outing(places: Places, folk: Folk, mine: Habits, chain: Chain, day: int, diary: Diary, rng: np.random.Generator) -> None:
    """Simulate one to four stops of each chain, each at the place with the least detour."""
    at = START + day * DAY
    stops = 1 + rng.choice(4, len(chain.who), p=_STOPS)
    needs = folk.needs[chain.who].copy()
    there = places.live(at) & places.live(at + DAY) & ~(places.rests & (_weekday(day) > 4))
    fresh = fashion(places, day)
    for stop in range(4):
        on = np.flatnonzero((stops > stop) & (chain.hour < 23) & (needs.sum(axis=1) > 0))
        if len(on) == 0:
            break
        kind = drawn(needs[on], rng)
        needs[on, kind] = 0
        detour, way = _detours(places, folk, chain, on)
        old = np.where(mine.until[chain.who[on], kind] > day, mine.favourite[chain.who[on], kind], -1)
        felt = detour * rng.lognormal(0, 0.12, detour.shape) - _FRESH * mine.curious[chain.who[on]][:, None] * fresh
        felt -= _FAVOURITE * (old[:, None] == np.arange(len(fresh)))
        felt[~(there & places.open(chain.hour[on]) & (places.type == kind[:, None]))] = np.inf
        place = felt.argmin(axis=1)
        goes = felt[np.arange(len(on)), place] < _PATIENCE
        on, place, kind, way = on[goes], place[goes], kind[goes], way[goes, place[goes]]
        if day >= 0:
            diary.note("amenity", "visit", chain.who[on], place, at + (chain.hour[on] * 3600).astype(np.int64))
        _keep(mine, chain.who[on], kind, place, day, rng)
        chain.lon[on], chain.lat[on] = places.lon[place], places.lat[place]
        chain.hour[on] += way / 60 + rng.uniform(0.15, 0.6, len(on))


def _detours(places: Places, folk: Folk, chain: Chain, on: Array) -> tuple[Array, Array]:
    """Return the detour to each place and the travel time to it, minutes, chains by places."""
    way, pace = folk.way[chain.who[on]], folk.true.pace[chain.who[on]]
    there = minutes(metres(chain.lon[on], chain.lat[on], places.lon, places.lat), way, pace)
    back = minutes(metres(chain.end_lon[on], chain.end_lat[on], places.lon, places.lat), way, pace)
    straight = apart(chain.lon[on], chain.lat[on], chain.end_lon[on], chain.end_lat[on])
    return (there + back - minutes(straight[:, None], way, pace)).clip(0), there


def _keep(mine: Habits, who: Array, kind: Array, place: Array, day: int, rng: np.random.Generator) -> None:
    """Make some visited places favourites for two to seven months, where people have none of the type."""
    new = (mine.until[who, kind] <= day) & (rng.random(len(who)) < _KEEPS)
    mine.favourite[who[new], kind[new]] = place[new]
    mine.until[who[new], kind[new]] = day + rng.integers(60, 210, new.sum())


def place_gains(places: Places, told: Places, folk: Folk, mine: Habits, who: Array, visited: pd.DataFrame) -> pd.DataFrame:
    """Return the table `utilities` for places on a usual day.

    `told` are places as the table describes them, `visited` the logged visits. A place counts as open or closed at the hour at which
    the person usually runs errands.
    """
    ids = folk.ids[who]
    true, known = _true(places, folk, mine, who), _known(told, folk, mine, who, visited)
    return gains(ids, "amenity", places.ids, places.live(END), true, known)


def _true(places: Places, folk: Folk, mine: Habits, who: Array) -> Array:
    still = mine.until[who][:, places.type] > DAYS
    bend = _FAVOURITE * (still & (mine.favourite[who][:, places.type] == np.arange(len(places.type))))
    bend = bend + _FRESH * mine.curious[who][:, None] * fashion(places, DAYS)
    home = folk.true.lon[who], folk.true.lat[who]
    free, busy = (
        _worth(_detours(places, folk, Chain(who, *start, *home, np.zeros(0)), np.arange(len(who)))[0] - bend)
        for start in (home, (folk.work_lon[who], folk.work_lat[who]))
    )
    share = mine.works[who][:, None]
    usual = share * busy * places.open(_OUT[folk.rhythm[who]]) + (1 - share) * free * places.open(np.full(len(who), _FREE))
    return _wanted(places, folk.needs[who], usual, 0.5)


def _known(places: Places, folk: Folk, mine: Habits, who: Array, visited: pd.DataFrame) -> Array:
    """Return the observable utility of places, by home, needs of the age, declared needs and logged visits; people by places."""
    been = np.zeros((len(folk.trade), len(places.type)))
    np.add.at(been, (visited["person"].to_numpy(), visited["item"].to_numpy()), 1)
    by_type = been[who] @ (places.type[:, None] == np.arange(len(TYPES)))
    usual = averaged(folk.needs, folk.band)[who] * (1 + folk.needs_told[who])
    share = (by_type + 8 * usual / usual.sum(axis=1, keepdims=True)) / (by_type.sum(axis=1, keepdims=True) + 8)
    bend = _FAVOURITE * 0.7 * (been[who] > 1) + _FRESH * mine.curious.mean() * fashion(places, DAYS)
    ways = [
        folk.told.way[who, way][:, None] * _worth(2 * folk.told.minutes(way, who, places.lon, places.lat) - bend)
        for way in range(len(SPEED))
    ]
    works = mine.works.mean()
    opened = works * folk.told.rhythm[who] @ places.open(_OUT) + (1 - works) * places.open(np.array([_FREE]))
    return _wanted(places, share * folk.needs.sum(axis=1).mean(), np.sum(ways, axis=0) * opened, 0.25)


def _worth(detour: Array) -> Array:
    return (1 - detour / _PATIENCE).clip(0, 1.4)


def _wanted(places: Places, needs: Array, usual: Array, least: float) -> Array:
    """Return utilities weighted by needs; 0 below the share `least` of the best place of the type."""
    usual = usual * places.live(END)
    best = np.zeros((len(usual), len(TYPES)))
    for kind in range(len(TYPES)):
        best[:, kind] = usual[:, places.type == kind].max(axis=1, initial=0)
    gain = (needs / (needs + 1))[:, places.type] * usual
    return np.where((usual < least * best[:, places.type]) | (gain < 0.02), 0, gain)
