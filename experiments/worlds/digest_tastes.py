"""Tastes of the digest town in jobs and courses: on average, and of each person."""

from dataclasses import dataclass

import numpy as np

from experiments.worlds import digest_town as town
from experiments.worlds.cells import DAY, Array, metres
from experiments.worlds.digest_stock import Courses, Jobs
from experiments.worlds.digest_town import DAYTIME, LATE, NIGHT, PART, Folk

_COMPANY, _LATELY = 0.3, 21 * DAY


@dataclass(frozen=True)
class Likes:
    """Hold the coefficients of each person in the utilities of jobs and courses; `shift` has a column for each shift and for unknown."""

    pay: Array
    way: Array
    shift: Array
    size: Array
    match: Array
    outside: Array
    company: Array
    learning: Array


def usual(who: Folk) -> Likes:
    """Return the mean coefficients of people of the same age, work and household."""
    count, works = len(who.age), who.work == town.AT_WORK
    shift = np.where(town.SUITS[who.free], 0.0, -1.7)
    shift[:, NIGHT] -= 0.9 + 0.012 * (who.age - 35)
    shift[:, LATE] -= 0.3 + 0.9 * who.child
    shift[:, DAYTIME] += 0.3 + 0.5 * who.child
    shift[:, PART] += np.where(np.isin(who.work, (3, 4)), 0.5, -0.6)
    shift = np.column_stack([shift, shift.mean(axis=1)])
    return Likes(
        2.6 + 0.7 * works - 0.015 * (who.age - 35),
        0.4 + 0.008 * (who.age - 35) + 0.2 * who.child,
        shift,
        np.where(who.age < 34, 0.35, -0.15),
        2.3 + 0.02 * (who.age - 35),
        0.5 * works,
        np.full(count, 0.3),
        0.19 + 0.002 * (who.age - 35),
    )


def own(who: Folk, rng: np.random.Generator) -> Likes:
    """Draw the coefficients of each person around `usual`."""
    mean, count = usual(who), len(who.age)
    return Likes(
        mean.pay * rng.lognormal(-0.06, 0.35, count),
        mean.way.clip(0.1) * rng.lognormal(-0.08, 0.4, count),
        mean.shift + rng.normal(0, 0.55, mean.shift.shape),
        mean.size + rng.normal(0, 0.4, count),
        mean.match * rng.lognormal(-0.04, 0.3, count),
        mean.outside + rng.normal(0, 0.5, count),
        (rng.random(count) < 0.3).astype(float),
        mean.learning + rng.normal(0, 0.07, count),
    )


def suits(who: Folk, likes: Likes, jobs: Jobs) -> Array:
    """Return the utility of each job over none, people by jobs."""
    minutes = np.where(jobs.remote, 0, 6 + 1.3 * metres(who.lon, who.lat, jobs.lon, jobs.lat) / 260)
    words = jobs.says.sum(axis=1)
    match = np.where(words > 0, who.able.astype(np.float32) @ jobs.says.T.astype(np.float32) / np.maximum(words, 1), 0.3)
    pays = np.log(jobs.pay / who.pay[:, None]).clip(-0.8, 0.6)
    return (
        likes.pay[:, None] * pays
        - likes.way[:, None] * minutes / 10
        + likes.shift[:, jobs.shift]
        + likes.size[:, None] * (jobs.size - 1)
        + likes.match[:, None] * match
        - likes.outside[:, None]
        + 3.4
    ).astype(np.float32)


def may(who: Folk, jobs: Jobs) -> Array:
    """Mark the jobs that people could take, by education and accepted forms of work; people by jobs."""
    return (jobs.rung <= who.rung[:, None]) & town.forms(who)[:, jobs.form]


def leads(who: Folk, likes: Likes, courses: Courses) -> Array:
    """Return the value of each course: the step from a person's skills to better pay, at their level and in free hours."""
    rise = (np.log(town.PAY[courses.trade] / who.pay[:, None]) / 0.5).clip(0, 1)
    kin = np.where((who.done >= 0)[..., None], town.KIN[who.done][..., courses.trade], 0).max(axis=1)
    level = who.rung + 0.03 * (who.age - 20).clip(0, 20)
    gap = town.ASKED[courses.trade] + 0.6 * (5 - courses.level) - level[:, None]
    fits = (1 - np.maximum(0, np.abs(gap + 0.2) - 1.4)).clip(0, 1)
    brings = kin * (rise > 0) * (0.35 + 0.65 * rise) * fits * has_hours(who, courses) * ~knows_all(who, courses)
    return brings - 0.05 * courses.fee / 1000 - likes.learning[:, None]


def knows_all(who: Folk, courses: Courses) -> Array:
    """Mark the courses whose skills a person has already, people by courses."""
    known = who.able.astype(np.float32) @ courses.teaches.T.astype(np.float32)
    return known > 0.99 * courses.teaches.sum(axis=1)


def has_hours(who: Folk, courses: Courses) -> Array:
    """Return how well lessons fit a person's work, 0 to 1: workers have evenings and weekends; the last column is for unknown lessons."""
    working, resting = np.array([0, 0, 1, 0.85, 0.5]), np.array([1, 0.95, 0.6, 0.6, 0.8])
    busy = np.isin(who.work, (0, 2, 3))[:, None]
    return np.where(busy, working[courses.lessons], resting[courses.lessons])


def draws(who: Folk, likes: Likes, courses: Courses, company: Array) -> Array:
    """Return the utility of each course: its value, and for people who like company the neighbours who joined it."""
    beside, hours = _COMPANY * likes.company[:, None] * np.minimum(company, 3) / 2, has_hours(who, courses)
    return np.where(hours > 0, leads(who, likes, courses) + beside * hours, -1)


def around(joined: Array, circle: Array, at: int) -> Array:
    """Return the number of neighbours who joined each course in the three weeks before a moment, people by courses."""
    return ((joined > at - _LATELY) & (joined < at))[circle].sum(axis=1)
