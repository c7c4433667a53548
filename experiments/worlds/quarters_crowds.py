"""Visits of places in the mining city: people avoid crowds, and use health places by appointment.

People avoid a place, and an hour for a type of places, that was full when they were there last. Older people walk half as far;
families go at weekends.
"""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import DAY, DAYS, NEVER, START, Array, Diary, drawn, metres
from experiments.worlds.last_ground import either, open_on
from experiments.worlds.quarters_people import EMPLOYED, OLD, Folk
from experiments.worlds.quarters_places import HEALTH, SLOTS, TYPES, Places

WALK = 800.0
"""The scale of distance, metres; half of it for people from the age `OLD`."""
_FAR = 2.2
SHUN = 0.12
"""The factor of a place, and of an hour, that was full at the last visit."""
_OUTINGS, _BEFORE = 0.42, 40
_PERIODS, _ODDS = np.array([14, 21, 28, 42]), np.array([0.2, 0.2, 0.4, 0.2])
_SOON = 7.0
"""Days to an appointment at which its utility falls to 1/e."""
_BUSY = np.array([False, False, False, False, True, True])
"""Marks of the slots that workers have free on weekdays."""


@dataclass
class Crowds:
    """Hold the habits and the memory of people.

    `rates` are needs a week (people by types), `often` outings a day, `near` the factor of distance (people by places). `full` (people by
    places) and `hours` (people by types and slots) mark what was full at the last visit. `next`, `every` and `own` are the day of the next
    appointment, the days between two (0: none) and their place, people by types; `slot` is their slot.
    """

    rates: Array
    often: Array
    near: Array
    full: Array
    hours: Array
    next: Array
    every: Array
    own: Array
    slot: Array


def limit(age: Array) -> Array:
    """Return the scale of distance by age, metres."""
    return np.where(age >= OLD, WALK / 2, WALK)


def near(far: Array, limits: Array) -> Array:
    """Return the factor of distance, 0 beyond what anybody walks; people by places."""
    share = far / limits[:, None]
    return np.where(share < _FAR, np.exp(-(share**1.5)), 0)


def free(work: Array, family: Array, weekday: int) -> Array:
    """Mark the free slots of people on a weekday (Monday 0): workers have evenings, families only weekends; people by slots."""
    if weekday > 4:
        return np.ones((len(work), len(SLOTS)), bool)
    return np.where((work == EMPLOYED)[:, None], _BUSY, True) & ~family[:, None]


def draws(pull: Array, full: Array, hours: Array, can: Array) -> Array:
    """Return the weights of places and slots, shape (people, places, slots): 0 where people cannot go, little where it was full."""
    shun = np.where(full[:, :, None], SHUN, 1.0) * np.where(hours[:, None, :], SHUN, 1.0)
    return pull[:, :, None] * shun * can


def crowds(who: Folk, rates: Array, of: Places, log: Diary, rng: np.random.Generator) -> Crowds:
    """Simulate outings and appointments day by day, from before the window; log the visits within it."""
    count = len(who.age)
    close = near(metres(who.lon, who.lat, of.lon, of.lat), limit(who.age))
    often = np.minimum(_OUTINGS * rng.gamma(4, 1 / 4, count), 0.9)
    every = _appointments(who, rng)
    mine = Crowds(
        rates,
        often,
        close,
        np.zeros(close.shape, bool),
        np.zeros((count, len(TYPES), len(SLOTS)), bool),
        -_BEFORE + (rng.random(every.shape) * every).astype(int),
        every,
        np.full(every.shape, NEVER),
        rng.integers(1, 4, every.shape),
    )
    for day in range(-_BEFORE, DAYS):
        there = open_on(of.since, of.until, day)
        _keep(mine, of, there, day, log, rng)
        goes = np.flatnonzero(rng.random(count) < often)
        trips = [_trips(who, goes, kind, mine, of, there, day, rng) for kind in _wanted(who, goes, mine, day, rng)]
        went, place, slot = (np.concatenate(column) for column in zip(*trips, strict=True))
        _remember(mine, of, went, place, slot)
        if day >= 0:
            log.note("amenity", "visit", went, place, START + day * DAY + SLOTS[slot] * 3600 + rng.integers(0, 7000, len(went)))
    return mine


def _appointments(who: Folk, rng: np.random.Generator) -> Array:
    """Draw the days between appointments, people by types; 0 for none."""
    chance = np.interp(who.age, [20, 45, 60, 80], [0.12, 0.25, 0.6, 0.85])[:, None] * HEALTH
    return np.where(rng.random(chance.shape) < chance, rng.choice(_PERIODS, chance.shape, p=_ODDS), 0)


def _wanted(who: Folk, goes: Array, mine: Crowds, day: int, rng: np.random.Generator) -> list[Array]:
    """Draw the types of an outing: one, or two for families at weekends (-1: none)."""
    need = mine.rates[goes].copy()
    kinds = [drawn(need, rng)]
    need[np.arange(len(goes)), kinds[0]] = 0
    second = drawn(need * who.family[goes][:, None], rng) if day % 7 > 4 else np.full(len(goes), NEVER)
    return [*kinds, second]


def _trips(
    who: Folk, goes: Array, kind: Array, mine: Crowds, of: Places, there: Array, day: int, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Draw place and slot of each outing for a type; return people, places and slots of those who go."""
    people, places, slots = [], [], []
    for one in np.unique(kind[kind >= 0]):
        rows, these = goes[kind == one], np.flatnonzero(there & (of.type == one))
        if len(these) == 0:
            continue
        can = free(who.work[rows], who.family[rows], day % 7)[:, None, :] & of.opens[these, day % 7]
        pull = mine.near[np.ix_(rows, these)] * of.pull[these]
        weights = draws(pull, mine.full[np.ix_(rows, these)], mine.hours[rows, one], can)
        found = drawn(weights.reshape(len(rows), -1), rng)
        went = found >= 0
        people.append(rows[went])
        places.append(these[found[went] // len(SLOTS)])
        slots.append(found[went] % len(SLOTS))
    if not people:
        return np.zeros(0, int), np.zeros(0, int), np.zeros(0, int)
    return np.concatenate(people), np.concatenate(places), np.concatenate(slots)


def _remember(mine: Crowds, of: Places, went: Array, place: Array, slot: Array) -> None:
    """Remember which places and slots were full on the visit: more people than fit."""
    inside = np.zeros((len(of.type), len(SLOTS)), int)
    np.add.at(inside, (place, slot), 1)
    was = inside[place, slot] > of.room[place]
    mine.full[went, place] = was
    mine.hours[went, of.type[place], slot] = was


def _keep(mine: Crowds, of: Places, there: Array, day: int, log: Diary, rng: np.random.Generator) -> None:
    """Simulate the appointments of a day, at the place of the last one as long as it exists."""
    for one in np.flatnonzero(HEALTH):
        rows = np.flatnonzero((mine.every[:, one] > 0) & (mine.next[:, one] == day))
        these = np.flatnonzero(there & (of.type == one))
        old = mine.own[rows, one]
        keeps = (old >= 0) & there[old]
        new = drawn(mine.near[np.ix_(rows, these)] * of.pull[these], rng) if len(these) else np.full(len(rows), NEVER)
        place = np.where(keeps, old, np.where(new >= 0, these[new] if len(these) else NEVER, NEVER))
        mine.own[rows, one], mine.next[rows, one] = place, day + mine.every[rows, one]
        went = place >= 0
        at = START + day * DAY + SLOTS[mine.slot[rows, one]] * 3600 + rng.integers(0, 1800, len(rows))
        if day >= 0:
            log.note("amenity", "visit", rows[went], place[went], at[went])


def chances(rates: Array, family: Array, weekday: int) -> Array:
    """Return the probability that an outing on a weekday is for each type, people by types; families have two at weekends."""
    total = rates.sum(axis=1, keepdims=True)
    one = np.divide(rates, total, out=np.zeros(rates.shape), where=total > 0)
    return np.where(family[:, None], either(rates), one) if weekday > 4 else one


def worth(who: Folk, some: Array, mine: Crowds, of: Places) -> Array:
    """Return the utility of places: expected visits of some people in the week after the window, without health places."""
    expected = np.zeros((len(some), len(of.type)))
    work, family = who.work[some], who.family[some]
    for one in range(len(TYPES)):
        these = np.flatnonzero(of.live & (of.type == one))
        if len(these) == 0 or HEALTH[one]:
            continue
        pull, full = mine.near[np.ix_(some, these)] * of.pull[these], mine.full[np.ix_(some, these)]
        for day in range(7):
            can = free(work, family, day)[:, None, :] & of.opens[these, day]
            weights = draws(pull, full, mine.hours[some, one], can).sum(axis=2)
            total = weights.sum(axis=1, keepdims=True)
            share = np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)
            expected[:, these] += (mine.often[some] * chances(mine.rates[some], family, day)[:, one])[:, None] * share
    return expected


def due(some: Array, mine: Crowds, of: Places) -> Array:
    """Return the utility of health places for some people: higher the sooner the next appointment, at the place of the last one."""
    expected = np.zeros((len(some), len(of.type)))
    for one in np.flatnonzero(HEALTH):
        these = np.flatnonzero(of.live & (of.type == one))
        if len(these) == 0:
            continue
        own = (these == mine.own[some, one][:, None]).astype(float)
        pull = mine.near[np.ix_(some, these)] * of.pull[these]
        pull = np.where(own.any(axis=1)[:, None], own, pull)
        total = pull.sum(axis=1, keepdims=True)
        share = np.divide(pull, total, out=np.zeros(pull.shape), where=total > 0)
        expected[:, these] = soon(mine.next[some, one] - DAYS, mine.every[some, one])[:, None] * share
    return expected


def soon(wait: Array | float, every: Array) -> Array:
    """Return the utility of an appointment in `wait` days; 0 for people without any."""
    return np.where(every > 0, np.exp(-np.maximum(wait, 0) / _SOON), 0)
