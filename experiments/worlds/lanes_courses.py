"""Courses of the river town: few seats, courses that take place only when enough enrol, and learners who follow a sequence.

People drop what they failed, go on to what their last passed class leads to, and parents take evening classes alone.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, NEVER, START, Array, Diary, blanked, moments, numbered, read_rows
from experiments.worlds.lanes_people import STUDENT, Folk
from experiments.worlds.lanes_town import CODE, TITLE, TOOLS, WRITTEN, River, minutes, strange
from experiments.worlds.last_ground import LEVELS, days_of, open_on, turn

_SUBJECTS = read_rows("lanes_subjects")
SUBJECT = np.array([row[0] for row in _SUBJECTS], object)
TRADE = np.array([int(np.flatnonzero(row[1] == TITLE)[0]) for row in _SUBJECTS])
_LEVEL, _FEE = (np.array([int(row[place]) for row in _SUBJECTS]) for place in (2, 3))
LEADS = np.array([np.isin(SUBJECT, row[4].split(",")) for row in _SUBJECTS])
"""Marks of the subjects (columns) to which a passed one (row) leads."""
SLOTS = np.array(["mon-fri 18:30-20:30", "mon-fri 09:00-11:30", "mon-fri 14:00-17:00", "sat-sun 09:00-16:00"], object)
EVENING = 0
_FOLLOWS, _NEAR, _RIDE, _COST = 2.8, 1.8, 0.05, 0.4
_STAYS = 25.0
"""The weight of the outside option, before division by it."""
_LOOKS, _PASSES = 0.02, 0.74
_FORMS = 0.4
"""The share of its seats that a course must fill to take place."""
_SCHOOLS = np.array(["渡口夜校", "南岸技校", "北岸职校", "长桥培训站", "三闸社区学校", "河湾工会学堂", "金口农民学校"], object)


@dataclass(frozen=True)
class Courses:
    """Hold courses.

    `begins` and `ends` are days of the window; `until` is when it begins or, if earlier, when the last seat is taken. `node` is
    the stop, `away` the minutes on foot from it.
    """

    subject: Array
    slot: Array
    fee: Array
    seats: Array
    school: Array
    node: Array
    away: Array
    begins: Array
    ends: Array
    since: Array
    until: Array

    @property
    def live(self) -> Array:
        """Mark the courses that can be joined at the end of the window, shape (courses,)."""
        return (self.since <= END) & (self.until > END)


@dataclass
class Learning:
    """Hold the progress of people.

    `last` is the subject passed last (-1: none), `passed` and `failed` mark subjects, `taste` is hidden, `joined` marks courses,
    `busy` is the day until which a person is in one. `before` and `had` are `last` and `passed` when the window begins.
    """

    last: Array
    before: Array
    passed: Array
    had: Array
    failed: Array
    taste: Array
    joined: Array
    busy: Array


def learning(who: Folk, of: Courses, rng: np.random.Generator) -> Learning:
    """Draw the subjects passed before the window: one for two people in five, more often near their trade."""
    count, near = len(who.age), 1 - strange(who.handled, np.ones(len(TOOLS)))[:, TRADE]
    first = (np.log(0.03 + near) + rng.gumbel(0, 1, near.shape)).argmax(axis=1)
    last = np.where(rng.random(count) < 0.4, first, NEVER)
    passed = (np.arange(len(SUBJECT)) == last[:, None]) & (last >= 0)[:, None]
    return Learning(
        last,
        last.copy(),
        passed,
        passed.copy(),
        np.zeros(passed.shape, bool),
        rng.normal(0, 0.7, passed.shape),
        np.zeros((count, len(of.subject)), bool),
        np.full(count, -DAYS),
    )


def courses(count: int, where: River, rng: np.random.Generator) -> Courses:
    """Draw courses at seven schools, of one to four weeks."""
    seat = rng.choice(len(where.homes), len(_SCHOOLS), p=where.homes)
    _, _, away = where.around(seat, rng)
    subject = rng.permutation(np.arange(count) % len(SUBJECT))
    school = rng.integers(0, len(_SCHOOLS), count)
    begins = rng.integers(-10, DAYS + 45, count)
    since = START + (begins - rng.integers(30, 76, count)) * DAY
    return Courses(
        subject,
        rng.choice(len(SLOTS), count, p=[0.4, 0.25, 0.15, 0.2]),
        (_FEE[subject] * rng.choice([0, 0.7, 1, 1.2], count, p=[0.25, 0.2, 0.4, 0.15])).round(-1),
        rng.integers(6, 15, count),
        school,
        seat[school],
        away[school],
        begins,
        begins + rng.choice([7, 14, 21, 28], count),
        since,
        START + begins * DAY,
    )


def weight(open_to: Array, follows: Array, near: Array, taste: Array, ride: Array, fee: Array) -> Array:
    """Return the weight of courses in a logit whose outside option has weight 1; 0 where `open_to` is False.

    `ride` is minutes, `fee` yuan.
    """
    value = _FOLLOWS * follows + _NEAR * near + taste - _RIDE * ride - _COST * fee / 1000
    return np.where(open_to, np.exp(value) / _STAYS, 0)


def drawn_by(who: Folk, mine: Array, mind: Learning, of: Courses, where: River) -> Array:
    """Return the weights of all courses for some people (`mine`), people by courses."""
    gone = mind.failed[mine] | mind.passed[mine]
    may = ~gone[:, of.subject] & ~mind.joined[mine] & (~who.parent[mine][:, None] | (of.slot == EVENING))
    follows = (LEADS[mind.last[mine]] & (mind.last[mine] >= 0)[:, None])[:, of.subject]
    near = 1 - strange(who.handled[mine], where.matters)[:, TRADE[of.subject]]
    ride = minutes(who.node[mine], who.away[mine], of.node, of.away)
    return weight(may, follows, near, mind.taste[mine][:, of.subject], ride, of.fee)


def study(who: Folk, mind: Learning, of: Courses, where: River, log: Diary, rng: np.random.Generator) -> None:
    """Simulate the search for courses day by day, from before the window; log only the events within it."""
    count, often = len(who.age), rng.gamma(2, 1 / 2, len(who.age)) * np.where(who.work == STUDENT, 0.5, 1.0)
    able = rng.beta(8, 8 * (1 - _PASSES) / _PASSES, count)
    for day in range(-25, DAYS):
        if day == 0:
            mind.before, mind.had = mind.last.copy(), mind.passed.copy()
        _begin(mind, of, day)
        _end(mind, of, able, day, log, rng)
        mine = np.flatnonzero((rng.random(count) < _LOOKS * often) & (mind.busy < day))
        draws = drawn_by(who, mine, mind, of, where) * open_on(of.since, of.until, day)
        felt = np.log(np.where(draws > 0, draws, 1e-300)) + rng.gumbel(0, 1, draws.shape)
        course, stays = felt.argmax(axis=1), rng.gumbel(0, 1, len(mine))
        best = felt[np.arange(len(mine)), course]
        at = START + day * DAY + np.sort(rng.integers(8 * 3600, 20 * 3600, len(mine)))
        looks, joins = best > stays - 1, best > stays
        joins[joins] = turn(course[joins]) < (of.seats - mind.joined.sum(axis=0))[course[joins]]
        _join(mind, of, mine[joins], course[joins], day)
        if day >= 0:
            log.note("course", "view", mine[looks], course[looks], at[looks])
            log.note("course", "enrol", mine[joins], course[joins], at[joins] + 900)


def _join(mind: Learning, of: Courses, mine: Array, course: Array, day: int) -> None:
    """Give seats; a full course cannot be joined from the next day on."""
    mind.joined[mine, course] = True
    mind.busy[mine] = of.ends[course]
    full = mind.joined.sum(axis=0) >= of.seats
    of.until[full] = np.minimum(of.until[full], START + (day + 1) * DAY)


def forms(enrolled: Array, seats: Array) -> Array:
    """Mark the courses that take place: those with enough enrolments for their seats."""
    return enrolled >= np.ceil(_FORMS * seats)


def _begin(mind: Learning, of: Courses, day: int) -> None:
    """Remove people from courses that would begin on a day and do not take place."""
    off = (of.begins == day) & ~forms(mind.joined.sum(axis=0), of.seats)
    mine, _ = np.nonzero(mind.joined & off)
    mind.joined[:, off] = False
    mind.busy[mine] = day - 1


def _end(mind: Learning, of: Courses, able: Array, day: int, log: Diary, rng: np.random.Generator) -> None:
    """Draw who passes a course that ends on a day; a failed subject is never taken again."""
    mine, course = np.nonzero(mind.joined & (of.ends == day))
    good = rng.random(len(mine)) < able[mine]
    mind.passed[mine[good], of.subject[course[good]]] = True
    mind.failed[mine[~good], of.subject[course[~good]]] = True
    mind.last[mine[good]] = of.subject[course[good]]
    if day >= 0:
        at = np.full(good.sum(), START + day * DAY + 16 * 3600)
        log.note("course", "complete", mine[good], course[good], at, recorded=at + rng.integers(0, 4 * DAY, len(at)))


def certificates(mind: Learning) -> list[str | None]:
    """Return cells with the certificate that people held before the window, with its level; None without one."""
    return [f"{SUBJECT[one]}@{_LEVEL[one]}" if one >= 0 else None for one in mind.before]


def table(of: Courses, where: River, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `courses`; `teaches` has the subject and those tools of its trade that any table names."""
    count, trade = len(of.subject), TRADE[of.subject]
    taught = [f"{SUBJECT[one]}|{'|'.join(TOOLS[WRITTEN[TRADE[one]]][:2])}" for one in of.subject]
    starts, ends = START + of.begins * DAY, START + of.ends * DAY
    free = of.fee == 0
    here = rng.random(count) >= 0.06
    return pd.DataFrame({
        "course_id": numbered("c", count),
        "title": SUBJECT[of.subject] + np.array(["班", "培训", "课程"], object)[rng.integers(0, 3, count)],
        "teaches": blanked(taught, 0.15, rng),
        "occupation": blanked(CODE[trade], 0.15, rng),
        "level": pd.Series(blanked(_LEVEL[of.subject], 0.18, rng), dtype="Int64"),
        "provider": _SCHOOLS[of.school],
        "fee": np.where(rng.random(count) < 0.12, np.nan, of.fee),
        "subsidised": blanked(np.where(free, "true", "false"), 0.12, rng),
        "education_min": blanked(LEVELS[(5 - _LEVEL[of.subject]).clip(0, 2)], 0.4, rng),
        "capacity": np.where(rng.random(count) < 0.12, np.nan, of.seats),
        "start_on": days_of(starts),
        "end_on": blanked(days_of(ends), 0.15, rng),
        "lesson_hours": np.where(rng.random(count) < 0.2, np.nan, (of.ends - of.begins) * 2.0),
        "schedule": blanked(SLOTS[of.slot], 0.12, rng),
        "lon": np.where(here, where.lon[of.node], np.nan),
        "lat": np.where(here, where.lat[of.node], np.nan),
        "area": where.area[of.node],
        "published_at": moments(of.since),
        "valid_to": moments(of.until),
    })  # fmt: skip
