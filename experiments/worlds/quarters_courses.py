"""Retraining in the mining city: vouchers by trade and age, what former workmates took, and skills neither too near nor too far."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, START, Array, Diary, blanked, moments, numbered
from experiments.worlds.last_ground import LEVELS, days_of, open_on, turn
from experiments.worlds.quarters_people import RETIRED, Folk, Word
from experiments.worlds.quarters_town import CODE, CURRENT, GROUP, MACHINES, PIT, SKILLS, TITLE, USES, City, gap

_VOUCHER = {PIT: (22, 58), MACHINES: (30, 55), CURRENT: (35, 55)}
"""The ages (from, below) at which people of a group of trades have a voucher."""
LESSONS = np.array(["mon-fri 08:30-16:30", "mon-fri 18:30-20:30", "sat-sun 09:00-16:00"], object)
MATES, FAR, FEE = 1.0, 3.4, 1.7
"""Coefficients of log(1 + workmates), of the distance of skills (`bump`), and of the fee in 1,000 yuan."""
BEST, WIDE, STEP = 0.45, 0.17, 0.07
"""The best distance of skills, its tolerance, and the distance that each level above the lowest adds."""
_STAYS = 160.0
"""The weight of the outside option, before division by it."""
_LOOKS, _LOOKS_UP = 0.02, 0.06
_PASSES = 0.85
_SCHOOLS = np.array(["矿务技校", "再就业培训中心", "新城职校", "工会夜校", "机电实训基地", "矿区社区学院"], object)


@dataclass(frozen=True)
class Courses:
    """Hold courses.

    `teaches` marks skills, `voucher` whether vouchers are taken; `begins` and `ends` are days of the window; `until` is when the
    course begins or, if earlier, is full.
    """

    trade: Array
    level: Array
    teaches: Array
    fee: Array
    voucher: Array
    seats: Array
    school: Array
    lessons: Array
    quarter: Array
    lon: Array
    lat: Array
    begins: Array
    ends: Array
    since: Array
    until: Array

    @property
    def live(self) -> Array:
        """Mark the courses that can be joined at the end of the window, shape (courses,)."""
        return (self.since <= END) & (self.until > END)


@dataclass
class Taken:
    """Hold enrolments (people by courses), their number by last employer and trade (`crowd`), hidden tastes, and until when people are busy."""

    joined: Array
    crowd: Array
    taste: Array
    busy: Array

    def mates(self, who: Folk, mine: Array, of: Courses) -> Array:
        """Return the number of former workmates who took a course of the same trade, people by courses."""
        own = np.zeros((len(mine), self.crowd.shape[1]))
        row, course = np.nonzero(self.joined[mine])
        np.add.at(own, (row, of.trade[course]), 1)
        return (self.crowd[who.employer[mine]] - own)[:, of.trade]


def courses(count: int, where: City, rng: np.random.Generator) -> Courses:
    """Draw courses of six schools; three in five take vouchers."""
    often = np.where(GROUP == PIT, 0.15, 1.0) * rng.gamma(3, 1, len(TITLE))
    trade, level = rng.choice(len(TITLE), count, p=often / often.sum()), rng.choice([5, 4, 3], count, p=[0.55, 0.3, 0.15])
    teaches = USES[trade] & (rng.random((count, len(SKILLS))) < 0.85)
    teaches[~teaches.any(axis=1)] = USES[trade][~teaches.any(axis=1)]
    school, begins = rng.integers(0, len(_SCHOOLS), count), rng.integers(-20, DAYS + 45, count)
    quarters = rng.choice(len(where.homes), len(_SCHOOLS))
    lon, lat = where.around(quarters, rng)
    return Courses(
        trade,
        level,
        teaches,
        (rng.gamma(2.5, 380, count) * (1 + 0.3 * (5 - level)) * (rng.random(count) > 0.12)).round(-1),
        rng.random(count) < 0.6,
        rng.integers(14, 45, count),
        school,
        rng.choice(len(LESSONS), count, p=[0.4, 0.35, 0.25]),
        quarters[school],
        lon[school],
        lat[school],
        begins,
        begins + rng.integers(10, 50, count),
        START + (begins - rng.integers(30, 71, count)) * DAY,
        START + begins * DAY,
    )


def vouchers(trade: Array, age: Array) -> Array:
    """Mark the people who have a voucher, by group of the last trade and age."""
    has = np.zeros(len(age), bool)
    for group, (first, last) in _VOUCHER.items():
        has |= (GROUP[trade] == group) & (age >= first) & (age < last)
    return has


def bump(far: Array) -> Array:
    """Return the factor of a distance of skills: 1 at `BEST`, less for nearer and farther ones."""
    return np.exp(-(((far - BEST) / WIDE) ** 2))


def weight(mates: Array, far: Array, fee: Array, taste: Array) -> Array:
    """Return the weight of courses in a logit whose outside option has weight 1; `fee` is what people would pay, yuan."""
    return np.exp(MATES * np.log1p(mates) + FAR * bump(far) - FEE * fee / 1000 + taste) / _STAYS


def farther(level: Array) -> Array:
    """Return the distance that a level (5 lowest) adds to that of skills."""
    return STEP * (5 - level)


def drawn_by(who: Folk, mine: Array, taken: Taken, of: Courses, where: City) -> Array:
    """Return the weights of all courses for some people (`mine`), people by courses; 0 for those they joined."""
    far = gap(who.done[mine], who.able[mine], of.teaches, where.apart) + farther(of.level)
    pays = np.where(vouchers(who.done[mine, 0], who.age[mine])[:, None] & of.voucher, 0, of.fee)
    draws = weight(taken.mates(who, mine, of), far, pays, taken.taste[mine][:, of.trade])
    return draws * ~taken.joined[mine]


def study(who: Folk, heard: Word, of: Courses, where: City, log: Diary, rng: np.random.Generator) -> Taken:
    """Simulate the search for courses day by day, from before the window; people who hear of layoffs search more often."""
    count, employers = len(who.age), int(who.employer.max()) + 1
    taken = Taken(
        np.zeros((count, len(of.trade)), bool),
        np.zeros((employers, len(TITLE))),
        rng.normal(0, 0.6, (count, len(TITLE))),
        np.full(count, -DAYS),
    )
    for day in range(-45, DAYS):
        _finish(taken, of, day, log, rng)
        looks = np.where(heard.out(who.done[:, 0], day) | who.out_of_work(day), _LOOKS_UP, _LOOKS) * (who.work != RETIRED)
        mine = np.flatnonzero((rng.random(count) < looks) & (taken.busy < day))
        live = open_on(of.since, of.until, day)
        if len(mine) and live.any():
            _choose(who, mine, taken, of, where, live, day, log, rng)
    return taken


def _choose(
    who: Folk, mine: Array, taken: Taken, of: Courses, where: City, live: Array, day: int, log: Diary, rng: np.random.Generator
) -> None:
    """Draw for each person a course to view, by a logit, and whether they join it; log both."""
    draws = drawn_by(who, mine, taken, of, where) * live
    felt = np.log(np.where(draws > 0, draws, 1e-300)) + rng.gumbel(0, 1, draws.shape)
    course = felt.argmax(axis=1)
    best, stays = felt[np.arange(len(mine)), course], rng.gumbel(0, 1, len(mine))
    looks, joins = best > stays - 1, best > stays
    joins[joins] = turn(course[joins]) < (of.seats - taken.joined.sum(axis=0))[course[joins]]
    at = START + day * DAY + rng.integers(8 * 3600, 20 * 3600, len(mine))
    if day >= 0:
        log.note("course", "view", mine[looks], course[looks], at[looks])
        log.note("course", "enrol", mine[joins], course[joins], at[joins] + 1200)
    one, what = mine[joins], course[joins]
    taken.joined[one, what], taken.busy[one] = True, of.ends[what]
    np.add.at(taken.crowd, (who.employer[one], of.trade[what]), 1)
    full = taken.joined.sum(axis=0) >= of.seats
    of.until[full] = np.minimum(of.until[full], START + (day + 1) * DAY)


def _finish(taken: Taken, of: Courses, day: int, log: Diary, rng: np.random.Generator) -> None:
    """Log the completion of most enrolments of courses that end on a day."""
    mine, course = np.nonzero(taken.joined & (of.ends == day))
    done = rng.random(len(mine)) < _PASSES
    if day >= 0:
        at = np.full(done.sum(), START + day * DAY + 15 * 3600)
        log.note("course", "complete", mine[done], course[done], at, recorded=at + rng.integers(0, 4 * DAY, len(at)))


def table(of: Courses, where: City, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `courses`; those that take vouchers are `subsidised`."""
    count = len(of.trade)
    here = rng.random(count) >= 0.08
    level = np.array(["", "", "", "高级", "中级", "初级"], object)[of.level]
    title = np.where(rng.random(count) < 0.5, TITLE[of.trade] + level + "班", "转岗培训：" + TITLE[of.trade])
    return pd.DataFrame({
        "course_id": numbered("x", count),
        "title": title,
        "teaches": blanked([f"{'|'.join(SKILLS[row])}" for row in of.teaches], 0.14, rng),
        "occupation": blanked(CODE[of.trade], 0.15, rng),
        "level": pd.Series(blanked(of.level, 0.16, rng), dtype="Int64"),
        "provider": _SCHOOLS[of.school],
        "fee": np.where(rng.random(count) < 0.12, np.nan, of.fee),
        "subsidised": blanked(np.where(of.voucher, "true", "false"), 0.12, rng),
        "education_min": blanked(LEVELS[(5 - of.level).clip(0, 2)], 0.4, rng),
        "capacity": np.where(rng.random(count) < 0.15, np.nan, of.seats),
        "start_on": days_of(START + of.begins * DAY),
        "end_on": blanked(days_of(START + of.ends * DAY), 0.15, rng),
        "lesson_hours": np.where(rng.random(count) < 0.2, np.nan, (of.ends - of.begins) * 3.0),
        "schedule": blanked(LESSONS[of.lessons], 0.14, rng),
        "lon": np.where(here, of.lon, np.nan),
        "lat": np.where(here, of.lat, np.nan),
        "area": where.area[of.quarter],
        "published_at": moments(of.since),
        "valid_to": moments(of.until),
    })  # fmt: skip
