"""Who goes where and when in the mining city: places compete by crowding, and health places are used on appointment.

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
"""Metres that people mind; those who are older, half of it."""
_FAR = 2.2
SHUN = 0.12
"""What is left of the draw of a place, or of an hour, that was full last time."""
_OUTINGS, _BEFORE = 0.42, 40
_PERIODS, _ODDS = np.array([14, 21, 28, 42]), np.array([0.2, 0.2, 0.4, 0.2])
_SOON = 7.0
"""Days to an appointment by which its worth falls to a third."""
_BUSY = np.array([False, False, False, False, True, True])
"""Slots that who works has free on weekdays."""


@dataclass
class Crowds:
    """Hold needs a week, outings a day, how places draw by the walk alone, and what was full the last time.

    `full` has people by places, `hours` people by types and slots; `next`, `every` and `own` are the day of the next appointment,
    the days between appointments (0 for nobody's) and the place of them, people by types.
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
    """Return how many metres people of an age walk before they mind."""
    return np.where(age >= OLD, WALK / 2, WALK)


def near(far: Array, limits: Array) -> Array:
    """Return how the draw of places falls with the walk; nothing beyond what anybody walks."""
    share = far / limits[:, None]
    return np.where(share < _FAR, np.exp(-(share**1.5)), 0)


def free(work: Array, family: Array, weekday: int) -> Array:
    """Tell which slots of a day of the week people have: those who work the evening ones, families weekends alone."""
    if weekday > 4:
        return np.ones((len(work), len(SLOTS)), bool)
    return np.where((work == EMPLOYED)[:, None], _BUSY, True) & ~family[:, None]


def draws(pull: Array, full: Array, hours: Array, can: Array) -> Array:
    """Return how much places (and slots of them) draw people: nothing where they cannot go, little where it was full."""
    shun = np.where(full[:, :, None], SHUN, 1.0) * np.where(hours[:, None, :], SHUN, 1.0)
    return pull[:, :, None] * shun * can


def crowds(who: Folk, rates: Array, of: Places, log: Diary, rng: np.random.Generator) -> Crowds:
    """Let people go out day by day, from before the window on."""
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
    """Draw how many days lie between the appointments of people with health places; 0 for none."""
    chance = np.interp(who.age, [20, 45, 60, 80], [0.12, 0.25, 0.6, 0.85])[:, None] * HEALTH
    return np.where(rng.random(chance.shape) < chance, rng.choice(_PERIODS, chance.shape, p=_ODDS), 0)


def _wanted(who: Folk, goes: Array, mine: Crowds, day: int, rng: np.random.Generator) -> list[Array]:
    """Return what people go out for: one type, or two of them for families at weekends."""
    need = mine.rates[goes].copy()
    kinds = [drawn(need, rng)]
    need[np.arange(len(goes)), kinds[0]] = 0
    second = drawn(need * who.family[goes][:, None], rng) if day % 7 > 4 else np.full(len(goes), NEVER)
    return [*kinds, second]


def _trips(
    who: Folk, goes: Array, kind: Array, mine: Crowds, of: Places, there: Array, day: int, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Return who goes to which place in which slot."""
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
    """Note what was full: more people in a place and slot than fit; and what no longer was."""
    inside = np.zeros((len(of.type), len(SLOTS)), int)
    np.add.at(inside, (place, slot), 1)
    was = inside[place, slot] > of.room[place]
    mine.full[went, place] = was
    mine.hours[went, of.type[place], slot] = was


def _keep(mine: Crowds, of: Places, there: Array, day: int, log: Diary, rng: np.random.Generator) -> None:
    """Let people keep their appointments, at the place of the last one as long as it is there."""
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
    """Return how likely an outing on a day of the week is for each type; families have two at weekends."""
    total = rates.sum(axis=1, keepdims=True)
    one = np.divide(rates, total, out=np.zeros(rates.shape), where=total > 0)
    return np.where(family[:, None], either(rates), one) if weekday > 4 else one


def worth(who: Folk, some: Array, mine: Crowds, of: Places) -> Array:
    """Return how often some people will go to every place in the coming week, as things stand at the end of the window."""
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
    """Return what the next appointments of some people are worth: all the more the sooner, at the place that they keep to."""
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
    """Return what an appointment in so many days is worth; nothing for those who have none."""
    return np.where(every > 0, np.exp(-np.maximum(wait, 0) / _SOON), 0)
