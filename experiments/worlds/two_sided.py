"""Two-sided: employers refuse, courses are full, places are crowded; what is good for a person depends on the others.

People apply where worth times a chance as they see it is highest; employers interview and hire up to headcount, and filled vacancies
close. Courses go to who comes first and meets the conditions. Who finds a place crowded never returns, else people do.
"""

from dataclasses import dataclass

import numpy as np

from experiments.worlds import two_sided_market as market
from experiments.worlds import two_sided_tables as tables
from experiments.worlds.cells import DAY, DAYS, END, START, Array, Diary, Tables, blocks, drawn, metres, sampled, with_log
from experiments.worlds.two_sided_hiring import Hiring
from experiments.worlds.two_sided_market import GROUP, PAY, Lessons, Rooms, Side

LISTED = 20
_SIGN_UP = 0.05


@dataclass
class Schools:
    """Hold the state of courses: seats left, moment at which each was full, marks of enrolments (people by courses)."""

    folk: Side
    courses: Lessons
    diary: Diary
    rng: np.random.Generator
    left: Array
    full: Array
    enrolled: Array

    def gain(self, who: Array, *, hidden: bool) -> Array:
        """Return the utility of courses: the step towards better pay; 0 without a seat, without the conditions, or once enrolled."""
        folk, courses = self.folk, self.courses
        trades = np.arange(len(GROUP))
        past, wish = folk.past[who][:, None], folk.wish[who][:, None]
        near = np.where(GROUP[past] == GROUP, 0.6, 0.05)
        reach = np.maximum(np.where(past == trades, 1, near), np.where(wish == trades, 0.9, 0))[:, courses.trade]
        step = np.log(PAY[courses.trade] * (1 + 0.12 * (5 - courses.level)) / folk.pay[who][:, None])
        held = folk.can[who][:, courses.trade]
        begins = (courses.level == 5) & (held == 0)
        follows = (held > 0) & (courses.level == held - 1)
        entry = (begins | follows) & (courses.rung <= folk.rung[who][:, None]) & (self.left > 0) & ~self.enrolled[who]
        liking = np.exp(0.7 * folk.taste[who][:, GROUP[courses.trade]]) if hidden else 1
        return np.maximum(step + 0.15, 0) * reach * entry * liking

    def search(self, who: Array, at: Array, request: Array) -> None:
        """Simulate lists of twenty open courses: the best are viewed, and joined while there are seats."""
        rng, courses = self.rng, self.courses
        for part in blocks(len(who), 500) if len(who) else []:
            one, now, asked = who[part], at[part], request[part]
            key = -PAY[courses.trade] / 3000 + rng.normal(0, 1.5, (len(one), len(courses.trade)))
            key[~((courses.since <= now[:, None]) & (self.full > now[:, None] + 7200))] = np.inf
            shown = key.argsort(axis=1)[:, :LISTED]
            there = np.isfinite(np.take_along_axis(key, shown, axis=1))
            row, column = np.nonzero(there)
            self.diary.note("course", "impression", one[row], shown[row, column], now[row], asked[row], column + 1)
            felt = np.where(there, np.take_along_axis(self.gain(one, hidden=True), shown, axis=1), 0)
            felt *= rng.lognormal(0, 0.3, felt.shape)
            row, column = np.nonzero(
                (felt > 0.01) & ((-felt).argsort(axis=1).argsort(axis=1) < rng.integers(1, 4, len(one))[:, None])
            )
            self.diary.note(
                "course",
                "view",
                one[row],
                shown[row, column],
                now[row] + 30 + rng.integers(0, 300, len(row)),
                asked[row],
                column + 1,
            )
            column = felt.argmax(axis=1)
            row = np.flatnonzero(felt.max(axis=1) > _SIGN_UP)
            self._enrol(
                one[row], shown[row, column[row]], now[row] + rng.integers(600, 7000, len(row)), asked[row], column[row] + 1
            )

    def _enrol(self, who: Array, item: Array, at: Array, request: Array, position: Array) -> None:
        """Enrol people in order of time while seats are left; a full course closes at the end of the day."""
        given: list[int] = []
        for one in np.argsort(at, kind="stable").tolist():
            course = item[one]
            if self.left[course] > 0:
                given.append(one)
                self.left[course] -= 1
                if not self.left[course]:
                    self.full[course] = min(self.full[course], START + ((at[one] - START) // DAY + 1) * DAY)
        who, item, at, request, position = (cells[given] for cells in (who, item, at, request, position))
        self.enrolled[who, item] = True
        self.diary.note("course", "enrol", who, item, at, request, position)
        done = self.rng.random(len(who)) < 0.5
        end = at[done] + self.rng.integers(20, 45, done.sum()) * DAY
        self.diary.note("course", "complete", who[done], item[done], end, recorded=end + 2 * DAY)


@dataclass
class Strolls:
    """Hold the experiences of people with places: number of good visits, marks of bad ones (people by places); `load` of the last week."""

    folk: Side
    rooms: Rooms
    diary: Diary
    rng: np.random.Generator
    good: Array
    banned: Array
    load: Array

    def liking(self, who: Array, *, hidden: bool) -> Array:
        """Return the liking of places by type, distance and quality, people by places; `hidden` False: by declared needs alone."""
        folk, rooms = self.folk, self.rooms
        fond = 12 * folk.fond[who] if hidden else 1.6 * folk.declared[who]
        felt = np.minimum(fond, 2.5)[:, rooms.sort] - metres(folk.lon[who], folk.lat[who], rooms.lon, rooms.lat) / 700
        return felt + (rooms.quality if hidden else 0)

    def crowded(self) -> Array:
        """Return the probability that each place is crowded, by the visits of the last week."""
        return 0.02 + 0.6 / (1 + np.exp(-3 * (self.load / self.rooms.bears - 1.4)))

    def gain(self, who: Array, *, hidden: bool) -> Array:
        """Return the utility of places: liking and good visits, times the probability that it is open and not crowded."""
        hour = self.folk.hour[who] if hidden else np.full(len(who), float(self.folk.hour.mean()))
        before, after = (1 / (1 + np.exp(-(limit[self.rooms.clock] - hour[:, None]))) for limit in (market.OPENS, market.SHUTS))
        value = np.logaddexp(0, 2 * (self.liking(who, hidden=hidden) + 0.9 * np.minimum(self.good[who], 3) - 0.5)) / 2
        value = value * (after - before) * (1 - self.crowded()) * ~self.banned[who]
        return np.where(value < 0.01, 0, value)

    def go(self, who: Array, day: int) -> None:
        """Simulate the outings of a day: six in ten go back to a good place; a crowded one is never visited again."""
        self.load *= 6 / 7
        for part in blocks(len(who), 500) if len(who) else []:
            self._go(who[part], START + day * DAY)

    def _go(self, who: Array, midnight: int) -> None:
        rng, rooms = self.rng, self.rooms
        hour = np.clip(self.folk.hour[who] + rng.normal(0, 1.5, len(who)), 6, 22.9)
        at = midnight + (hour * 3600).astype(np.int64)
        free = (rooms.since <= at[:, None]) & (rooms.until > at[:, None]) & ~self.banned[who]
        free &= (market.OPENS[rooms.clock] <= hour[:, None]) & (market.SHUTS[rooms.clock] > hour[:, None])
        back = drawn(self.good[who] * free, rng)
        returns = (back >= 0) & (rng.random(len(who)) < 0.6)
        fresh = np.where(free, self.liking(who, hidden=True) - 1.5 * self.crowded() + rng.gumbel(0, 0.6, free.shape), -np.inf)
        item = np.where(returns, back, fresh.argmax(axis=1))
        some = free.any(axis=1)
        who, item, at, new = who[some], item[some], at[some], ~returns[some]
        looked = new & (rng.random(len(who)) < 0.4)
        self.diary.note("amenity", "view", who[looked], item[looked], at[looked] - 900)
        self.diary.note("amenity", "visit", who, item, at)
        bad = rng.random(len(who)) < self.crowded()[item]
        self.banned[who[bad], item[bad]] = True
        told = bad & (rng.random(len(who)) < 0.35)
        self.diary.note("amenity", "dismiss", who[told], item[told], at[told] + 1800)
        self.good[who[bad], item[bad]] = 0
        self.good[who[~bad], item[~bad]] += 1
        np.add.at(self.load, item, 1)


def make(people: int, seed: int, *, impressions: bool = True) -> Tables:
    """Return the tables of the world by name (arguments: `World` in folder.py)."""
    rng = np.random.default_rng([seed, 404])
    wide = (people / 2000) ** 0.35
    counts = {"job": round(780 * wide), "course": round(160 * wide), "amenity": round(640 * wide)}
    crowd = people / 2000 / wide
    lon, lat, area = market.wards(rng)
    folk = market.side(people, lon, lat, rng)
    jobs = market.vacancies(counts["job"], lon, lat, crowd, rng)
    courses = market.lessons(counts["course"], lon, lat, 48 * crowd, rng)
    found = market.rooms(counts["amenity"], lon, lat, 2.2 * crowd, rng)
    diary = Diary()
    hiring = Hiring.of(folk, jobs, diary, rng)
    schools = Schools(
        folk, courses, diary, rng, courses.seats.copy(), courses.until.copy(), np.zeros((people, counts["course"]), bool)
    )
    good = np.zeros((people, counts["amenity"]), np.float32)
    strolls = Strolls(folk, found, diary, rng, good, np.zeros(good.shape, bool), np.zeros(counts["amenity"]))
    _days(people, hiring, schools, strolls)
    who = sampled(people, rng)
    stands = {"course": (courses.since <= END) & (schools.full > END), "amenity": (found.since <= END) & (found.until > END)}
    work = [hiring.worth(who, hidden=one) * hiring.chance(who, hidden=one) * ~hiring.applied[who] for one in (True, False)]
    gained = {
        "job": (hiring.live(), work[0], work[1]),
        "course": (stands["course"], schools.gain(who, hidden=True), schools.gain(who, hidden=False)),
        "amenity": (stands["amenity"], strolls.gain(who, hidden=True), strolls.gain(who, hidden=False)),
    }
    told = {
        "people": tables.people_table(folk, area, rng),
        "jobs": tables.jobs_table(jobs, hiring.filled, area, rng),
        "courses": tables.courses_table(courses, schools.full, area),
        "amenities": tables.amenities_table(found, area),
    }
    return with_log(told, diary, who, gained, impressions=impressions)


def _days(people: int, hiring: Hiring, schools: Schools, strolls: Strolls) -> None:
    """Simulate all days; employers decide once a week."""
    rng = hiring.rng
    lively = rng.gamma(2.2, 1 / 2.2, people) * (rng.random(people) > 0.12)
    comes = {
        kind: _calendar(lively * often, most, rng)
        for kind, often, most in (("job", 3.0, 6), ("course", 3.4, 5), ("amenity", 6.0, 16))
    }
    lists = 0
    for day in range(DAYS):
        for kind, search in (("job", hiring.search), ("course", schools.search)):
            who = np.flatnonzero(comes[kind][:, day])
            at = START + day * DAY + rng.integers(8 * 3600, 21 * 3600, len(who))
            search(who, at, lists + np.arange(len(who)))
            lists += len(who)
        strolls.go(np.flatnonzero(comes["amenity"][:, day]), day)
        if day % 7 == 6:
            hiring.decide(day)


def _calendar(often: Array, most: int, rng: np.random.Generator) -> Array:
    """Draw the days on which people come, `most` at most, by mean number `often`."""
    count = np.minimum(rng.poisson(often), most)
    return rng.random((len(often), DAYS)).argsort(axis=1) < count[:, None]
