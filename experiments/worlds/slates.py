"""Slates: another platform orders lists by a score of its own, people examine some places and choose by a multinomial logit.

Jobs are ordered by popularity and newness, courses by popularity and district, amenities by distance; twenty are shown. A place is
examined with a chance falling like position^-0.7. Four in ten visits go to a place where the person has been before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from experiments.worlds import slates_town as home
from experiments.worlds.cells import (
    DAY,
    DAYS,
    END,
    NEVER,
    SAMPLE,
    START,
    Array,
    Diary,
    Judged,
    Tables,
    blocks,
    drawn,
    gains,
    lowest,
    metres,
    numbered,
    sampled,
)
from experiments.worlds.slates_town import FAMILY, TRADES, People, Things

SHOWN = 20
HABIT = 0.4
_OUTSIDE = {"job": 0.8, "course": 0.8, "amenity": 0.6}
_PER_METRE = {"ride": 1.3 / 260, "walk": 1.3 / 75}
_DEED = {"job": "apply", "course": "enrol", "amenity": "visit"}


@dataclass(frozen=True)
class Market:
    """Hold one kind: its items, their utility to people, and the score by which the platform orders lists."""

    kind: str
    items: Things
    worth: Judged
    score: Callable[[Array, Array, int, np.random.Generator], Array]


@dataclass
class Memory:
    """Hold the places that each person visited, at most 24, and the number of visits; people by slots, -1: free."""

    place: Array
    times: Array

    @classmethod
    def of(cls, people: int) -> "Memory":
        """Return an empty memory of so many people."""
        return cls(np.full((people, 24), NEVER), np.zeros((people, 24)))

    def add(self, person: Array, item: Array) -> None:
        """Add one visit for each person; nobody may occur twice."""
        known = self.place[person] == item[:, None]
        slot = np.where(known.any(axis=1), known.argmax(axis=1), (self.place[person] < 0).argmax(axis=1))
        self.place[person, slot] = item
        self.times[person, slot] += 1

    def counts(self, person: Array, items: int) -> Array:
        """Return the number of visits of these people to each place, people by places."""
        found = np.zeros((len(person), items + 1), np.float32)
        np.put_along_axis(found, self.place[person], self.times[person].astype(np.float32), axis=1)
        return found[:, :-1]


@dataclass
class Run:
    """Hold the state of the simulation: log, number of lists, uses of each item by kind, visited places."""

    rng: np.random.Generator
    diary: Diary
    memory: Memory
    used: dict[str, Array]
    requests: int = 0
    left: Array = field(default_factory=lambda: np.zeros(0, np.int64))


def make(people: int, seed: int, *, impressions: bool = True, told: int = SAMPLE) -> Tables:
    """Return the tables of the world by name (arguments: `World` in folder.py); `told` is the number of people in `utilities`."""
    rng = np.random.default_rng([seed, 101])
    scale = (people / 2000) ** 0.35
    employers = round(110 * scale)
    where = home.town(rng)
    folk = home.residents(people, employers, where, rng)
    jobs = home.vacancies(round(720 * scale), employers, where, rng)
    courses = home.trainings(round(150 * scale), where, rng)
    found = home.places(round(700 * scale), where, rng)
    tables = {
        "people": home.people_table(folk, where, rng),
        "jobs": home.jobs_table(jobs, where, rng),
        "courses": home.courses_table(courses, where, rng),
        "amenities": home.amenities_table(found, where),
    }
    run = Run(rng, Diary(), Memory.of(people), {})
    markets = [_job_market(folk, jobs, run), _course_market(folk, courses, run), _amenity_market(folk, found, run)]
    activity = rng.gamma(1.6, 1 / 1.6, people) * (rng.random(people) > 0.12)
    for market, visits in zip(markets, (6.2, 5.6, 7.0), strict=True):
        _live(market, _calendar(activity * visits, rng), run)
    ids = {
        "job": numbered("j", len(jobs.what)),
        "course": numbered("k", len(courses.what)),
        "amenity": numbered("a", len(found.what)),
    }
    names = numbered("p", people)
    tables["events"] = run.diary.frame(names, ids, impressions=impressions)
    who = sampled(people, rng, told)
    tables["utilities"] = pd.concat([_gains(market, who, names[who], ids[market.kind]) for market in markets], ignore_index=True)
    return tables


def _job_market(folk: People, jobs: Things, run: Run) -> Market:
    wanted, had = _towards(folk.wanted, 3, 1.2), _towards(folk.had, 1.5, 0.7)

    def worth(who: Array, *, hidden: bool) -> Array:
        value = (wanted[who] + had[who])[:, jobs.what] + np.log(jobs.worth / folk.wage[who][:, None])
        value -= 1.5 * (folk.rung[who][:, None] < jobs.rung) + np.where(folk.forms[who][:, jobs.form], 0, 1)
        value -= 0.03 * metres(folk.lon[who], folk.lat[who], jobs.lon, jobs.lat) * _PER_METRE["ride"]
        return value + folk.taste[who][:, FAMILY[jobs.what]] + folk.employer[who][:, jobs.who] if hidden else value

    def score(who: Array, live: Array, at: int, rng: np.random.Generator) -> Array:
        popular, new = _ranked(run.used["job"], live), _ranked(jobs.since.astype(float), live)
        return 0.6 * popular + 0.4 * new + rng.normal(0, 0.3, (len(who), len(live)))

    return Market("job", jobs, worth, score)


def _course_market(folk: People, courses: Things, run: Run) -> Market:
    wanted = _towards(folk.wanted, 2, 0.8)
    known = _towards(folk.had, 1, 0) > 0

    def worth(who: Array, *, hidden: bool) -> Array:
        step = np.where(known[who][:, courses.what], 4, 5)
        value = wanted[who][:, courses.what] - 0.3 * np.abs(step - courses.rung) - courses.worth / 4000
        busy, taught = folk.hours[who][:, None], courses.hours
        value -= 0.9 * ((busy != 2) & (taught != 2) & (busy != taught))
        return value + folk.taste[who][:, FAMILY[courses.what]] if hidden else value

    def score(who: Array, live: Array, at: int, rng: np.random.Generator) -> Array:
        near = (folk.home[who] // 8)[:, None] == courses.place // 8
        return _ranked(run.used["course"], live) + 0.5 * near + rng.normal(0, 0.3, (len(who), len(live)))

    return Market("course", courses, worth, score)


def _amenity_market(folk: People, found: Things, run: Run) -> Market:
    def worth(who: Array, *, hidden: bool) -> Array:
        minutes = metres(folk.lon[who], folk.lat[who], found.lon, found.lat) * _PER_METRE["walk"]
        value = 2 * folk.needs[who][:, found.what] - 0.12 * minutes
        value += 0.7 * np.log1p(run.memory.counts(who, len(found.what)))
        return value + found.worth + folk.types[who][:, found.what] if hidden else value

    def score(who: Array, live: Array, at: int, rng: np.random.Generator) -> Array:
        minutes = metres(folk.lon[who], folk.lat[who], found.lon, found.lat) * _PER_METRE["walk"]
        return rng.normal(0, 5, minutes.shape) - minutes

    return Market("amenity", found, worth, score)


def _towards(trades: Array, same: float, kin: float) -> Array:
    """Return for each person and trade `same` where it is one of theirs, `kin` where it is of one of their families, else 0."""
    named = np.arange(len(TRADES))
    is_same = (trades[:, :, None] == named).any(axis=1)
    is_kin = ((FAMILY[trades][:, :, None] == FAMILY) & (trades[:, :, None] >= 0)).any(axis=1)
    return np.where(is_same, same, np.where(is_kin, kin, 0)).astype(np.float32)


def _ranked(values: Array, live: Array) -> Array:
    """Return the ranks of live items, 0 to 1, highest value 1."""
    order = np.where(live, values, -np.inf).argsort(kind="stable").argsort(kind="stable")
    return order / len(order)


def _calendar(visits: Array, rng: np.random.Generator) -> Array:
    """Draw the visits of people: seconds of the day, -1: none, shape (days, people); at most one a day and nine in all."""
    count = np.minimum(rng.poisson(visits), 9)
    order = rng.random((len(visits), DAYS)).argsort(axis=1).argsort(axis=1)
    comes = (order < count[:, None]).T
    return np.where(comes, rng.integers(7 * 3600, 22 * 3600, comes.shape), NEVER)


def _live(market: Market, calendar: Array, run: Run) -> None:
    """Simulate the days of the calendar; uses count in popularity from the next day on."""
    run.used[market.kind] = run.rng.exponential(0.5, len(market.items.what))
    for day, seconds in enumerate(calendar):
        who = np.flatnonzero(seconds >= 0)
        used: list[Array] = []
        for part in blocks(len(who), 500):
            one = who[part]
            if len(one):
                used.append(_visits(market, one, START + day * DAY + seconds[one], run))
        for items in used:
            run.used[market.kind] += np.bincount(items, minlength=len(market.items.what))


def _visits(market: Market, who: Array, at: Array, run: Run) -> Array:
    """Simulate the visits of one day; return the used items."""
    parts: list[Array] = []
    back = np.zeros(len(who), bool)
    if market.kind == "amenity":
        back = (run.rng.random(len(who)) < HABIT) & (run.memory.times[who].sum(axis=1) > 0)
        slot = drawn(run.memory.times[who[back]], run.rng)
        place = run.memory.place[who[back], slot]
        still = market.items.live(int(at.min()))[place]
        parts.append(place[still])
        run.diary.note("amenity", "visit", who[back][still], place[still], at[back][still])
        run.memory.add(who[back][still], place[still])
    who, at = who[~back], at[~back]
    live = market.items.live(int(at.min())) & market.items.live(int(at.max()) + DAY // 8) if len(who) else np.zeros(0, bool)
    return np.concatenate([*parts, _list(market, who, at, live, run)]) if len(who) else np.concatenate(parts)


def _list(market: Market, who: Array, at: Array, live: Array, run: Run) -> Array:
    """Simulate lists: people view up to three of the examined items and act on one; return the used items."""
    rng = run.rng
    score = np.where(live, market.score(who, live, int(at[0]), rng), -np.inf)
    shown = lowest(-score, SHOWN)
    request = run.requests + np.arange(len(who))
    run.requests += len(who)
    row = np.repeat(np.arange(len(who)), SHOWN)
    place = np.tile(np.arange(1, SHOWN + 1), len(who))
    run.diary.note(market.kind, "impression", who[row], shown.ravel(), at[row], request[row], place)
    examined = rng.random(shown.shape) < np.arange(1, SHOWN + 1) ** -0.7
    felt = np.take_along_axis(market.worth(who, hidden=True), shown, axis=1)
    thrill = np.where(examined, felt, -np.inf) + rng.gumbel(size=shown.shape)
    outside = _OUTSIDE[market.kind] + rng.gumbel(size=len(who))
    most = rng.choice([1, 2, 3], len(who), p=[0.5, 0.3, 0.2])
    rank = (-thrill).argsort(axis=1).argsort(axis=1)
    viewed = (thrill > outside[:, None]) & (rank < most[:, None])
    row, column = np.nonzero(viewed)
    seen = at[row] + 20 + 45 * rank[row, column] + rng.integers(0, 40, len(row))
    run.diary.note(market.kind, "view", who[row], shown[row, column], seen, request[row], column + 1)
    stay = np.exp(np.where(viewed, felt, -np.inf) - _OUTSIDE[market.kind])
    picked = drawn(np.concatenate([stay, np.full((len(who), 1), 0.8)], axis=1), rng)
    row = np.flatnonzero(picked < SHOWN)
    items, when = shown[row, picked[row]], at[row] + 240 + rng.integers(0, 1200, len(row))
    deed = rng.random(len(row)) < (0.8 if market.kind == "amenity" else 0.6)
    for name, mask in ((_DEED[market.kind], deed), ("save", ~deed)):
        run.diary.note(market.kind, name, who[row][mask], items[mask], when[mask], request[row][mask], picked[row][mask] + 1)
    if market.kind == "amenity":
        run.memory.add(who[row][deed], items[deed])
    return np.concatenate([shown[viewed], items])


def _gains(market: Market, who: Array, names: Array, ids: Array) -> pd.DataFrame:
    """Return the table `utilities` of a kind: the expected surplus of an item over the outside option."""
    true, known = (np.logaddexp(0, market.worth(who, hidden=hidden) - _OUTSIDE[market.kind]) for hidden in (True, False))
    return gains(
        names, market.kind, ids, market.items.live(END), np.where(true < 0.02, 0, true), np.where(known < 0.02, 0, known)
    )
