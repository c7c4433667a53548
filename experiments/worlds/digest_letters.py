"""Digests of jobs and flyers of courses that the job centre sends, and what people do with them."""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import DAY, NEVER, START, Array, Diary, lowest
from experiments.worlds.digest_stock import Courses, Jobs
from experiments.worlds.digest_tastes import Likes, around, draws, may, suits
from experiments.worlds.digest_town import Folk

APPLIES = 3.7
"""The utility from which somebody applies for a job."""
_LOOKS = 5.7
_PUTS_OFF = 0.45  # how often somebody means to apply and never does
_DIGEST, _WANTED, _WEEKS, _BEFORE = 12, 6, 13, 3
_FLYER, _FLYERS = 10, range(-25, 90, 14)
_FIRST_FLYER = 1000  # flyers are numbered after so many weeks of digests
_GLANCE, _LOOKS_AT = 0.06, 2


@dataclass(frozen=True)
class Readers:
    """Hold people and their tastes; `circle` are the nearest people of each, `district` the index of the home's district."""

    who: Folk
    likes: Likes
    circle: Array
    district: Array


def digests(readers: Readers, jobs: Jobs, wish: Array, log: Diary, rng: np.random.Generator) -> Array:
    """Simulate a digest for every subscriber and week; log the events; mark the jobs that each has viewed, people by jobs."""
    who, count = readers.who, len(readers.who.age)
    views, can = suits(who, readers.likes, jobs), may(who, jobs)
    looked, applied = np.zeros(views.shape, bool), np.zeros(views.shape, bool)
    asks = (wish[:, :1] == jobs.trade) | (wish[:, 1:] == jobs.trade)
    since = np.where(rng.random(count) < 0.75, -_BEFORE, rng.integers(0, _WEEKS, count))
    reads = rng.random(count) < np.array([0.72, 0.96, 0.85, 0.7, 0.2])[who.work]
    for week in range(-_BEFORE, _WEEKS):
        sent = START + (7 * week + 2) * DAY + 9 * 3600
        mine = np.flatnonzero(reads & (since <= week))
        twelve = _composed(asks[mine], jobs, applied[mine], sent, rng)
        felt = np.where(looked[mine], -np.inf, views[mine] - 0.7 * ~can[mine])
        best = _looked_at(felt, twelve, rng)
        rows = np.flatnonzero(best >= 0)
        job, person = twelve[rows, best[rows]], mine[rows]
        looked[person, job] = True
        wants = views[person, job] - APPLIES > rng.logistic(0, 0.5, len(rows))
        applies = wants & can[person, job] & (rng.random(len(rows)) > _PUTS_OFF)
        applied[person[applies], job[applies]] = True
        arrives, asked = sent + rng.integers(0, 12 * 3600, len(mine)), week * count + mine
        at = arrives[rows] + rng.integers(20, 3 * 3600, len(rows))
        then = at + rng.integers(300, 2 * DAY, len(rows))
        known = then + rng.integers(0, DAY, len(rows))
        if week >= 0:
            _note_shown(log, "job", mine, twelve, arrives, asked)
            log.note("job", "view", person, job, at, asked[rows], best[rows] + 1)
            cells = (person, job, then, asked[rows], best[rows] + 1, known)
            log.note("job", "apply", *(cell[applies] for cell in cells))
    return looked


def _composed(asks: Array, jobs: Jobs, gone: Array, sent: int, rng: np.random.Generator) -> Array:
    """Draw twelve jobs a digest: up to half of wanted trades, then new ones, then any; none that the person applied for."""
    live = np.flatnonzero(jobs.live(sent, sent + 4 * DAY))
    new = jobs.since[live] > sent - 7 * DAY
    key, rows = rng.random((len(asks), len(live))) + 9 * gone[:, live], np.arange(len(asks))[:, None]
    half = lowest(key + 3 * ~asks[:, live], _WANTED)
    fits = asks[rows, live[half]] & ~gone[rows, live[half]]
    key[rows, half] += 9 * fits
    rest = lowest(key + 2 * ~new, _DIGEST)
    both, fits = np.hstack([half, rest]), np.hstack([fits, np.ones(rest.shape, bool)])
    first = np.argsort(~fits, axis=1, kind="stable")[:, :_DIGEST]
    return rng.permuted(live[np.take_along_axis(both, first, axis=1)], axis=1)


def _looked_at(felt: Array, twelve: Array, rng: np.random.Generator) -> Array:
    """Draw the position of the job that each views, by a logit with an outside option (-1: none)."""
    drawn = np.take_along_axis(felt, twelve, axis=1) + rng.gumbel(0, 1, twelve.shape)
    return np.where(drawn.max(axis=1) > _LOOKS + rng.gumbel(0, 1, len(drawn)), drawn.argmax(axis=1), NEVER)


def _note_shown(log: Diary, kind: str, people: Array, items: Array, at: Array, request: Array) -> None:
    """Log an impression for each item of each list."""
    row, place = np.nonzero(items >= 0)
    log.note(kind, "impression", people[row], items[row, place], at[row], request[row], place + 1)


def flyers(readers: Readers, courses: Courses, log: Diary, rng: np.random.Generator) -> Array:
    """Simulate flyers to all districts; log who joins; return when each person joined each course (-1: never)."""
    who, count = readers.who, len(readers.who.age)
    joined = np.full((count, len(courses.trade)), NEVER)
    reads = rng.beta(2.4, 1.9, count) * np.array([0.8, 1, 0.9, 0.7, 0.8])[who.work]
    for turn, day in enumerate(_FLYERS):
        sent = START + day * DAY
        mine = np.flatnonzero(rng.random(count) < reads)
        ten = rng.permuted(_printed(courses, readers.district.max() + 1, sent, rng)[readers.district[mine]], axis=1)
        value = draws(who, readers.likes, courses, around(joined, readers.circle, sent))[mine]
        value[joined[mine] >= 0] = -np.inf
        felt = np.take_along_axis(value, ten, axis=1) + rng.logistic(0, 0.045, ten.shape)
        at = sent + rng.integers(0, 3, len(mine)) * DAY + rng.integers(8 * 3600, 21 * 3600, len(mine))
        asked = (_FIRST_FLYER + turn) * count + mine
        if day >= 0:
            _note_shown(log, "course", mine, ten, at, asked)
        _answer(log, mine, ten, felt, at, asked, joined, rng, noted=day >= 0)
        _follow(log, readers, courses, joined, sent + 7 * DAY, rng)
    return joined


def _printed(courses: Courses, districts: int, sent: int, rng: np.random.Generator) -> Array:
    """Draw ten courses that begin soon for each district, those of the district more often."""
    soon = np.flatnonzero(courses.live(sent, sent + 5 * DAY) & (courses.until <= sent + 26 * DAY))
    own = courses.district[soon] == np.arange(districts)[:, None]
    key = rng.exponential(1, own.shape) / np.select([own, courses.online[soon]], [3, 2], 1.0)
    return soon[lowest(key, min(_FLYER, len(soon)))]


def _answer(
    log: Diary,
    mine: Array,
    ten: Array,
    felt: Array,
    at: Array,
    asked: Array,
    joined: Array,
    rng: np.random.Generator,
    *,
    noted: bool,
) -> None:
    """Simulate readers of a flyer: they view up to two courses, and join the better one if it is worth it."""
    order = np.argsort(-felt, axis=1)[:, :_LOOKS_AT]
    for turn in range(_LOOKS_AT):
        place = order[:, turn]
        rows = np.flatnonzero(felt[np.arange(len(mine)), place] > -_GLANCE)
        place = place[rows]
        course, then = ten[rows, place], at[rows] + (turn + 1) * rng.integers(30, 600, len(rows))
        later = then + rng.integers(600, 2 * DAY - 7200, len(rows))
        joins = (felt[rows, place] > 0) & (turn == 0)
        joined[mine[rows[joins]], course[joins]] = later[joins]
        if noted:
            log.note("course", "view", mine[rows], course, then, asked[rows], place + 1)
            cells = (mine[rows], course, later, asked[rows], place + 1)
            log.note("course", "enrol", *(cell[joins] for cell in cells))


def _follow(log: Diary, readers: Readers, courses: Courses, joined: Array, at: int, rng: np.random.Generator) -> None:
    """Simulate people who like company: some join what their neighbours joined."""
    others = around(joined, readers.circle, at)
    open_ = courses.live(at, at + 2 * DAY) & (joined < 0) & (others > 0)
    felt = draws(readers.who, readers.likes, courses, others) + rng.logistic(0, 0.045, others.shape)
    felt[~open_ | (readers.likes.company == 0)[:, None]] = -np.inf
    course = felt.argmax(axis=1)
    mine = np.flatnonzero((felt.max(axis=1) > 0) & (rng.random(len(felt)) < 0.6))
    when = at + rng.integers(9 * 3600, 40 * 3600, len(mine))
    joined[mine, course[mine]] = when
    inside = when >= START
    log.note("course", "enrol", mine[inside], course[mine][inside], when[inside])
