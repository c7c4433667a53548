"""Nearest: no platform and no lists; people know what is around them and around the places where they have been.

Of jobs they take the first, in order of distance, that meets hard thresholds and is not farther than they go this time; of courses
whatever teaches the next level of what they can or what their wish needs; places are visited in chains of errands within a day. Nobody
takes the same job or course twice.
"""

from dataclasses import dataclass

import numpy as np

from experiments.worlds import nearest_ground as land
from experiments.worlds.cells import (
    DAY,
    DAYS,
    END,
    NEVER,
    START,
    Array,
    Diary,
    Judged,
    Tables,
    blocks,
    drawn,
    metres,
    sampled,
    waking,
    with_log,
)
from experiments.worlds.nearest_ground import CLAN, SORTS, Folk, Spots

IGNORED = 0.15
OWN_SHARE = 2 / 3
OWN = np.flatnonzero(np.isin(SORTS, ("pharmacy", "bank", "market", "gym")))
_BLOCK = 400
_NEAREST = 4
"""The exponent of distance in the probability of a place among those of its type."""
_HOURS = (7, 9, 12, 14, 18, 22)
"""Hours at which morning, forenoon, noon, afternoon and evening begin, and the end of the day."""
_ERRANDS = (
    "breakfast 8 bakery 2 market 4 parcel_locker 1 convenience_store 2",
    "market 4 bank 3 pharmacy 2 clinic 2 post_express 1 supermarket 3 community_centre 1 hairdresser 1 fresh_store 2 repair 1",
    "canteen 7 restaurant 3 cafe 1 convenience_store 2 breakfast 1",
    "bank 3 supermarket 2 pharmacy 2 culture 1 bookshop 1 cafe 1 laundry 1 print_shop 1 employment_station 1 hairdresser 1 clinic 1",
    "restaurant 4 gym 3 supermarket 3 parcel_locker 2 convenience_store 2 wellness 1 fresh_store 1 pet_service 1",
)


@dataclass
class Walkers:
    """Hold the state of the simulation.

    `work` is the last job that each person applied for, `last` the place of the last errand, `own` the places that they keep to,
    `been` marks which of those they have visited.
    """

    rng: np.random.Generator
    diary: Diary
    work: Array
    last: Array
    own: Array
    been: Array


def make(people: int, seed: int, *, impressions: bool = True) -> Tables:
    """Return the tables of the world by name (arguments: `World` in folder.py); it has no impressions either way."""
    rng = np.random.default_rng([seed, 303])
    more = (people / 2000) ** 0.32
    where = land.ground(rng)
    folk = land.people(people, where, rng)
    jobs, courses, found = (
        land.spots(kind, int(size * more), where, rng) for kind, size in (("job", 820), ("course", 200), ("amenity", 620))
    )
    run = Walkers(
        rng, Diary(), np.full(people, NEVER), np.full(people, NEVER), _own(folk, found, rng), np.zeros((people, len(OWN)), bool)
    )
    busy = rng.weibull(1.6, people) * 1.1 * (rng.random(people) > 0.1)
    took = {
        "job": _search(folk, jobs, _job_chance(folk, jobs), "job", np.minimum(rng.poisson(busy * 5.0), 13), run),
        "course": _search(folk, courses, _course_chance(folk, courses), "course", np.minimum(rng.poisson(busy * 5.5), 10), run),
    }
    _errands(folk, found, np.minimum(rng.poisson(busy * 2.9), 7), run)
    who = sampled(people, rng)
    chances = {"job": _job_chance(folk, jobs), "course": _course_chance(folk, courses)}

    def gained(kind: str, spots: Spots, *, hidden: bool) -> Array:
        if kind == "amenity":
            return _visited(folk, found, who, run, hidden=hidden)
        return _nearby(folk, spots, who, chances[kind], run, took[kind], hidden=hidden)

    pairs = {
        kind: (one.live(np.array([END]))[0], gained(kind, one, hidden=True), gained(kind, one, hidden=False))
        for kind, one in (("job", jobs), ("course", courses), ("amenity", found))
    }
    tables = {
        "people": land.people_table(folk, where, rng),
        "jobs": land.jobs_table(jobs, where, rng),
        "courses": land.courses_table(courses, where, rng),
        "amenities": land.amenities_table(found, where),
    }
    return with_log(tables, run.diary, who, pairs, impressions=impressions)


def _job_chance(folk: Folk, jobs: Spots) -> Judged:
    """Return the probability of taking a job that is reached: 1 if it meets all thresholds, small if it misses one, else 0."""

    def chance(who: Array, *, hidden: bool) -> Array:
        trade = CLAN[folk.wish[who]][:, None] == CLAN[jobs.what]
        if hidden:
            trade |= (CLAN[folk.second[who]][:, None] == CLAN[jobs.what]) & (folk.second[who] >= 0)[:, None]
        wage, grade = jobs.value >= 0.9 * folk.wage[who][:, None], jobs.grade <= folk.grade[who][:, None]
        missed = 3 - trade.astype(int) - wage - grade
        return np.where(missed == 0, 1, np.where(missed == 1, IGNORED / 3, 0.0))

    return chance


def _course_chance(folk: Folk, courses: Spots) -> Judged:
    """Return the probability of taking a course: the next level of an ability, or the first level of one that a wanted job needs."""

    def chance(who: Array, *, hidden: bool) -> Array:
        has = folk.level[who][:, courses.what]
        needed = land.NEEDED[folk.wish[who]]
        if hidden:
            needed = needed | (land.NEEDED[folk.second[who]] & (folk.second[who] >= 0)[:, None])
        deepen = folk.deepen[who] if hidden else np.full(len(who), folk.deepen.mean())
        further = np.where((has > 0) & (courses.value == has - 1), deepen[:, None], 0)
        return np.where((has == 0) & needed[:, courses.what] & (courses.value == 5), 1 - 0.4 * deepen[:, None], further)

    return chance


def _search(folk: Folk, spots: Spots, chance: Judged, kind: str, times: Array, run: Walkers) -> Array:
    """Simulate the searches of people (`times` each); log the events; mark what each has taken, people by items."""
    took = np.zeros((len(times), len(spots.what)), bool)
    turns = times.max(initial=0)
    when = np.sort(np.where(np.arange(turns) < times[:, None], run.rng.random((len(times), turns)), 2), axis=1)
    for turn in range(turns):
        everybody = np.flatnonzero(times > turn)
        for part in blocks(len(everybody), _BLOCK):
            who = everybody[part]
            at = waking(START + when[who, turn] * (DAYS - 3) * DAY)
            open_to = run.rng.random((len(who), len(spots.what))) < chance(who, hidden=True)
            open_to &= spots.live(at) & spots.live(at + DAY) & ~took[who]
            far = _around(folk, spots, who, kind, run)
            far[~open_to | (far > run.rng.exponential(folk.far[who])[:, None])] = np.inf
            item = far.argmin(axis=1)
            found = np.isfinite(far.min(axis=1, initial=np.inf))
            _take(kind, who[found], item[found], at[found], run)
            took[who[found], item[found]] = True
    return took


def _around(folk: Folk, spots: Spots, who: Array, kind: str, run: Walkers) -> Array:
    """Return the metres to items from home or, half of the times, from the last job applied for; people by items."""
    lon, lat = folk.lon[who].copy(), folk.lat[who].copy()
    if kind == "job":
        there = (run.work[who] >= 0) & (run.rng.random(len(who)) < 0.5)
        lon[there], lat[there] = spots.lon[run.work[who][there]], spots.lat[run.work[who][there]]
    return np.where(spots.nowhere, run.rng.uniform(0, 400, len(spots.what)), metres(lon, lat, spots.lon, spots.lat))


def _take(kind: str, who: Array, item: Array, at: Array, run: Walkers) -> None:
    """Log a view and, for 6 in 10, an application or enrolment; some complete a course."""
    run.diary.note(kind, "view", who, item, at)
    deed = run.rng.random(len(who)) < 0.6
    after = at[deed] + run.rng.integers(300, DAY, deed.sum())
    run.diary.note(kind, "apply" if kind == "job" else "enrol", who[deed], item[deed], after)
    if kind == "job":
        run.work[who[deed]] = item[deed]
        return
    done = run.rng.random(deed.sum()) < 0.4
    finished = after[done] + run.rng.integers(15, 40, done.sum()) * DAY
    run.diary.note(kind, "complete", who[deed][done], item[deed][done], finished, recorded=finished + DAY)


def _own(folk: Folk, found: Spots, rng: np.random.Generator) -> Array:
    """Draw the own pharmacy, bank, market and gym of each person: near home, not always the nearest."""
    own = np.full((len(folk.age), len(OWN)), NEVER)
    steady = (found.first < START) & (found.last > END)
    for place, sort in enumerate(OWN):
        these = np.flatnonzero((found.what == sort) & steady)
        for who in blocks(len(own), _BLOCK) if len(these) else []:
            far = metres(folk.lon[who], folk.lat[who], found.lon[these], found.lat[these])
            own[who, place] = these[(far * rng.lognormal(0, 0.6, far.shape)).argmin(axis=1)]
    return own


def _wanted(folk: Folk, who: Array, slot: Array | int, *, hidden: bool) -> Array:
    """Return the weight of each type at a time of the day, people by types; `hidden` False: with mean shares of children and old people."""
    table = np.zeros((5, len(SORTS)))
    for row, words in zip(table, _ERRANDS, strict=True):
        told = words.split()
        row[[int(np.flatnonzero(name == SORTS)[0]) for name in told[::2]]] = [int(one) for one in told[1::2]]
    wanted = np.broadcast_to(table[slot], (len(who), len(SORTS))).copy()
    share_small, share_old = (folk.small[who], folk.old[who]) if hidden else (np.full(len(who), 0.2), np.full(len(who), 0.3))
    for name, small, old in (
        ("childcare", 4, 0),
        ("culture", 1, 1),
        ("elder_care", 0, 3),
        ("clinic", 1, 2),
        ("canteen", 0, 2),
        ("bakery", 2, 0),
    ):
        wanted[:, name == SORTS] += (small * share_small + old * share_old)[:, None]
    return wanted / wanted.sum(axis=1, keepdims=True)


def _errands(folk: Folk, found: Spots, days: Array, run: Walkers) -> None:
    """Simulate chains of errands: from home or from the end of the last chain, each place near the one before."""
    turns = days.max(initial=0)
    order = run.rng.random((len(days), DAYS)).argsort(axis=1)[:, :turns]
    order = np.sort(np.where(np.arange(turns) < days[:, None], order, DAYS), axis=1)
    for turn in range(turns):
        everybody = np.flatnonzero(days > turn)
        for part in blocks(len(everybody), _BLOCK):
            who = everybody[part]
            left = run.rng.choice([1, 2, 3, 4], len(who), p=[0.25, 0.3, 0.25, 0.2])
            second = run.rng.integers(7 * 3600, 20 * 3600, len(who))
            back = (run.last[who] >= 0) & (run.rng.random(len(who)) < 0.25)
            here = np.where(back, run.last[who], NEVER)
            for step in range(4):
                on = (left > step) & (second < 22 * 3600)
                here[on] = _next(folk, found, who[on], here[on], START + order[who[on], turn] * DAY, second[on], run)
                second = second + run.rng.integers(1200, 6000, len(who))


def _next(folk: Folk, found: Spots, who: Array, here: Array, day: Array, second: Array, run: Walkers) -> Array:
    """Simulate one visit to a place of a type that the hour suggests, the own one or a near one; return the places."""
    slot = np.clip(np.searchsorted(_HOURS, second // 3600, side="right") - 1, 0, 4)
    live = found.live(day) & found.live(day + DAY)
    there = np.zeros((len(who), len(SORTS)), bool)
    row, item = np.nonzero(live)
    there[row, found.what[item]] = True
    sort = drawn(_wanted(folk, who, slot, hidden=True) * there, run.rng)
    lon, lat = (np.where(here >= 0, ours[here], home[who]) for ours, home in ((found.lon, folk.lon), (found.lat, folk.lat)))
    far = np.log(metres(lon, lat, found.lon, found.lat) + 30) - run.rng.gumbel(size=live.shape) / _NEAREST
    goal = np.where(live & (found.what == sort[:, None]), far, np.inf).argmin(axis=1)
    for place, one in enumerate(OWN):
        loyal = (sort == one) & (run.own[who, place] >= 0) & (run.rng.random(len(who)) < OWN_SHARE)
        goal[loyal] = run.own[who[loyal], place]
        run.been[who[loyal], place] = True
    run.diary.note("amenity", "visit", who, goal, day + second)
    run.last[who] = goal
    return goal


def _nearby(folk: Folk, spots: Spots, who: Array, chance: Judged, run: Walkers, took: Array, *, hidden: bool) -> Array:
    """Return the utility of jobs or courses: the probability of being taken, which falls with distance; 0 for what was taken."""
    reach = (folk.far[who] if hidden else np.full(len(who), folk.far.mean()))[:, None]
    far = np.where(spots.nowhere, 0, metres(folk.lon[who], folk.lat[who], spots.lon, spots.lat))
    near = np.exp(-far / reach)
    if spots.value.max() > 5:
        work = np.exp(-metres(spots.lon[run.work[who]], spots.lat[run.work[who]], spots.lon, spots.lat) / reach)
        near = np.where((run.work[who] >= 0)[:, None], 0.5 * near + 0.5 * work, near)
    return chance(who, hidden=hidden) * near * ~took[who]


def _visited(folk: Folk, found: Spots, who: Array, run: Walkers, *, hidden: bool) -> Array:
    """Return the utility of places: the weight of the type times the place's share within its type."""
    rate = np.mean([_wanted(folk, who, slot, hidden=hidden) for slot in range(5)], axis=0)
    ends = np.where(run.last[who] >= 0, run.last[who], NEVER)
    home = _share(found, metres(folk.lon[who], folk.lat[who], found.lon, found.lat))
    after = _share(found, metres(found.lon[ends], found.lat[ends], found.lon, found.lat))
    share = np.where((ends >= 0)[:, None], 0.6 * home + 0.4 * after, home)
    for place, one in enumerate(OWN):
        known = (run.own[who, place] >= 0) & (hidden | run.been[who, place])
        share[np.ix_(known, found.what == one)] *= 1 - OWN_SHARE
        share[np.flatnonzero(known), run.own[who[known], place]] += OWN_SHARE
    return np.where(rate[:, found.what] * share < 1e-4, 0, 10 * rate[:, found.what] * share)


def _share(found: Spots, far: Array) -> Array:
    weight = (far.astype(float) + 30) ** -_NEAREST * found.live(np.array([END]))
    total = np.zeros((len(far), len(SORTS)))
    for sort in range(len(SORTS)):
        total[:, sort] = weight[:, found.what == sort].sum(axis=1)
    return weight / np.maximum(total[:, found.what], 1e-30)
