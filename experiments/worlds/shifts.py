"""A city of shift workers: people have a daily rhythm and a means of travel, which the tables mostly do not have.

Jobs are on a portal, newest first, twenty a page; people scroll until they are tired. Courses are in a list of fifteen by first day.
Places are visited in chains between home, work and school, without any list.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from experiments.worlds import shifts_courses, shifts_jobs, shifts_people, shifts_places, shifts_town
from experiments.worlds.cells import DAY, DAYS, END, START, Array, Diary, Tables, gains, lowest, sampled
from experiments.worlds.shifts_chains import Lessons, place_gains, visits
from experiments.worlds.shifts_courses import Courses, Learning
from experiments.worlds.shifts_jobs import Jobs
from experiments.worlds.shifts_people import Folk

_SIZES = {"job": 1150, "course": 250, "amenity": 960}
_PAGE, _MOST, _LIST = 20, 60, 15
_ONLINE = np.array([20.4, 17.2, 10.6, 14.8, 11.5])
"""The mean hour at which people of each rhythm look at lists."""
_SEARCHES = np.array([2.2, 5.5, 4.0, 3.0, 0.5])
_LEARNS = 6.0
"""Sessions in the window: for jobs by work status, and for courses."""
_LOOKS, _JOINS, _DONE = 0.2, 0.26, 0.88
_WARY = 0.12


@dataclass
class Run:
    """Hold the state of the simulation: log, number of requests, marks of viewed, applied, joined and finished items (people by items).

    `wary` marks people who distrust repeated postings, `lessons` holds person, course and day of enrolments.
    """

    diary: Diary
    rng: np.random.Generator
    viewed: Array
    applied: Array
    wary: Array
    joined: Array
    finished: Array
    requests: int = 0
    lessons: list[tuple[Array, Array, Array]] = field(default_factory=list[tuple[Array, Array, Array]])

    def asked(self, count: int) -> Array:
        """Return the numbers of `count` new requests."""
        self.requests += count
        return np.arange(self.requests - count, self.requests)


def make(people: int, seed: int, *, impressions: bool = True) -> Tables:
    """Return the tables of the world by name (arguments: `World` in folder.py)."""
    rng = np.random.default_rng(seed)
    town = shifts_town.quarters(rng)
    folk = shifts_people.residents(people, town, rng)
    job, course, amenity = (round(number * (people / 2000) ** 0.3) for number in _SIZES.values())
    jobs, courses = shifts_jobs.jobs(job, town, rng), shifts_courses.courses(course, town, rng)
    places = shifts_places.places(amenity, town, rng)
    mind = shifts_courses.learning(folk, rng)
    table = shifts_courses.certified(folk, mind)
    viewed, applied = np.zeros((2, people, len(jobs.ids)), bool)
    joined, finished = np.zeros((2, people, len(courses.ids)), bool)
    run = Run(Diary(), rng, viewed, applied, rng.random(people) < _WARY, joined, finished)
    _portal(jobs, folk, run)
    _study(courses, folk, mind, run)
    habits = visits(places, folk, _lessons(courses, run), run.diary, rng)
    who = sampled(people, rng)
    told = [_job_gains(jobs, folk, run, who), _course_gains(courses, folk, mind, run, who)]
    been = pd.concat([part for part in run.diary.parts if part["kind"].iloc[0] == "amenity"])
    told.append(place_gains(places, shifts_places.as_told(places, town), folk, habits, who, been))
    ids = {"job": jobs.ids, "course": courses.ids, "amenity": places.ids}
    return {
        "people": table,
        "jobs": jobs.table,
        "courses": courses.table,
        "amenities": places.table,
        "events": run.diary.frame(folk.ids, ids, impressions=impressions),
        "utilities": pd.concat(told, ignore_index=True),
    }


def _sessions(often: Array, folk: Folk, day: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw the people who look at a list on a day, and their moments."""
    who = np.flatnonzero(rng.random(len(often)) < often / DAYS)
    hour = (_ONLINE[folk.rhythm[who]] + rng.normal(0, 1.8, len(who))).clip(6, 22.7)
    return who, START + day * DAY + (hour * 3600).astype(np.int64)


def _portal(jobs: Jobs, folk: Folk, run: Run) -> None:
    """Simulate the job portal day by day."""
    count = len(folk.trade)
    often = _SEARCHES[folk.employment] * run.rng.gamma(2.5, 1 / 2.5, count)
    tired = run.rng.lognormal(np.log(23), 0.55, count)
    for day in range(DAYS):
        who, at = _sessions(often, folk, day, run.rng)
        if len(who):
            _scroll(jobs, folk, run, who, at, tired[who] * run.rng.lognormal(0, 0.2, len(who)))


def _scroll(jobs: Jobs, folk: Folk, run: Run, who: Array, at: Array, tired: Array) -> None:
    """Simulate sessions on the portal: people view several of the jobs that they reach, and apply to the best one or two."""
    rng, place = run.rng, np.arange(_MOST)
    live = jobs.live(at[:, None])
    shown = lowest(np.where(live, -jobs.since, 0), _MOST)
    pages = np.ceil(np.maximum(tired, 1) / _PAGE)[:, None]
    listed = np.take_along_axis(live, shown, axis=1) & (place < pages * _PAGE)
    request = run.asked(len(who))
    row, column = np.nonzero(listed)
    run.diary.note("job", "impression", who[row], shown[row, column], at[row] + column // _PAGE * 300, request[row], column + 1)
    gain = np.take_along_axis(jobs.worth(folk.true, who, wary=run.wary[who], hidden=True), shown, axis=1)
    felt = gain * rng.lognormal(0, 0.3, gain.shape) + 0.35 * (rng.random(gain.shape) < 0.01)
    felt[~listed | (place >= tired[:, None]) | run.viewed[who[:, None], shown] | (felt < _LOOKS)] = 0
    viewed = _best(felt, rng.choice([2, 3, 4, 5], len(who)))
    row, column = np.nonzero(viewed)
    when = at + 360 * (pages[:, 0].astype(np.int64) - 1)
    run.diary.note("job", "view", who[row], shown[row, column], when[row] + 15 * (column + 1), request[row], column + 1)
    run.viewed[who[row], shown[row, column]] = True
    taken = _best(np.where(viewed & (gain > _LOOKS), gain, 0), rng.choice([1, 2], len(who), p=[0.62, 0.38]))
    saved = viewed & ~taken & (gain > _LOOKS) & (rng.random(gain.shape) < 0.2)
    for name, chosen in (("save", saved), ("apply", taken)):
        row, column = np.nonzero(chosen)
        later = when[row] + 1000 + 10 * column
        run.diary.note("job", name, who[row], shown[row, column], later, request[row], column + 1)
    run.applied[who[row], shown[row, column]] = True
    row, column = np.nonzero(viewed)
    met = (jobs.again & (jobs.repeats > 0))[shown[row, column]]
    run.wary[who[row[met]]] = True


def _best(worth: Array, most: Array) -> Array:
    """Mark the `most` highest values of each row, none that is 0."""
    rank = (-worth).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    return (worth > 0) & (rank < most[:, None])


def _study(courses: Courses, folk: Folk, mind: Learning, run: Run) -> None:
    """Simulate the search for courses day by day, and the completion of most of them."""
    often = _LEARNS * run.rng.gamma(2.5, 1 / 2.5, len(folk.trade))
    ends: dict[int, list[tuple[Array, Array]]] = {}
    for day in range(DAYS):
        for who, what in ends.pop(day, []):
            _finish(courses, mind, run, who, what, day)
        who, at = _sessions(often, folk, day, run.rng)
        if len(who) == 0:
            continue
        who, what = _choose(courses, folk, mind, run, (who, at), day)
        for last in np.unique(courses.over[what]):
            mine = courses.over[what] == last
            ends.setdefault(int((last - START) // DAY) + 1, []).append((who[mine], what[mine]))


def _choose(
    courses: Courses, folk: Folk, mind: Learning, run: Run, sessions: tuple[Array, Array], day: int
) -> tuple[Array, Array]:
    """Simulate lists of the fifteen courses that begin next: people view up to three, and join the best if it is worth it.

    Returns the people who joined and their courses.
    """
    (who, at), rng = sessions, run.rng
    live = courses.live(at[:, None])
    shown = lowest(np.where(live, courses.until, np.iinfo(np.int64).max), _LIST)
    listed = np.take_along_axis(live, shown, axis=1)
    request = run.asked(len(who))
    row, column = np.nonzero(listed)
    run.diary.note("course", "impression", who[row], shown[row, column], at[row], request[row], column + 1)
    worth = mind.worth(courses, folk.true, who, mind.renewable(who, day))
    gain = np.take_along_axis(worth, shown, axis=1) * (listed & ~run.joined[who[:, None], shown])
    felt = gain * rng.lognormal(0, 0.25, gain.shape)
    viewed = _best(np.where(felt > 0.6 * _JOINS, felt, 0), rng.choice([1, 2, 3], len(who)))
    row, column = np.nonzero(viewed)
    run.diary.note("course", "view", who[row], shown[row, column], at[row] + 40 + 20 * column, request[row], column + 1)
    row, column = np.nonzero(_best(np.where(viewed & (gain > _JOINS), gain, 0), np.ones(len(who))))
    one, what = who[row], shown[row, column]
    run.diary.note("course", "enrol", one, what, at[row] + rng.integers(700, 2400, len(row)), request[row], column + 1)
    run.joined[one, what] = True
    mind.known[one, courses.school[what]] = 1
    steps = courses.hobby[what] < 0
    mind.busy[one[steps], courses.ladder[what[steps]]] = True
    run.lessons.append((one, what, np.full(len(one), day)))
    return one, what


def _finish(courses: Courses, mind: Learning, run: Run, who: Array, what: Array, day: int) -> None:
    """Log completions and raise or renew the certificates of those who finish."""
    done = run.rng.random(len(who)) < _DONE
    run.finished[who[done], what[done]] = True
    ladder, step = courses.ladder[what], courses.hobby[what] < 0
    mind.busy[who[step], ladder[step]] = False
    at = np.full(done.sum(), START + day * DAY + 9 * 3600)
    recorded = at + run.rng.integers(0, 3 * DAY, len(at))
    run.diary.note("course", "complete", who[done], what[done], at, recorded=recorded)
    climbed = done & step & ~courses.renewal[what]
    mind.rung[who[climbed], ladder[climbed]] = np.eye(4)[courses.step[what[climbed]] + 1]
    again = done & courses.renewal[what]
    mind.due[who[again], ladder[again]] += 1460


def _lessons(courses: Courses, run: Run) -> Lessons:
    """Return the lessons of all enrolments: school and days of the window."""
    who, what, _ = (np.concatenate(column) for column in zip(*run.lessons, strict=True))
    first, last = ((moment[what] - START) // DAY for moment in (courses.until, courses.over))
    return Lessons(who, courses.lon[what], courses.lat[what], first, last)


def _job_gains(jobs: Jobs, folk: Folk, run: Run, who: Array) -> pd.DataFrame:
    """Return the table `utilities` for jobs, 0 where people applied; observable: wary is who viewed a repeated posting."""
    met = (run.viewed & jobs.again & (jobs.repeats > 0)).any(axis=1)
    known = np.where(met, 1.0, _WARY)
    left = ~run.applied[who]
    true = jobs.worth(folk.true, who, wary=run.wary[who], hidden=True)
    told = jobs.worth(folk.told, who, wary=known[who], hidden=False)
    return gains(folk.ids[who], "job", jobs.ids, jobs.live(END), true * left, told * left)


def _course_gains(courses: Courses, folk: Folk, mind: Learning, run: Run, who: Array) -> pd.DataFrame:
    """Return the table `utilities` for courses, 0 where people joined."""
    every, ladders = np.arange(len(folk.trade)), mind.busy.shape
    done, again = np.zeros(ladders, bool), np.zeros(ladders, bool)
    for marked, sort in ((done, courses.hobby < 0), (again, courses.renewal)):
        one, what = np.nonzero(run.finished & sort)
        marked[one, courses.ladder[what]] = True
    one, what = np.nonzero(run.joined)
    told = shifts_courses.expected(mind, folk, (one, courses.school[what]), done)
    renewable = mind.renewable(every, DAYS)
    held = 1 - told.rung[:, :, 0]
    usual = held * renewable.sum(axis=0) / np.maximum(1 - mind.rung[:, :, 0], 0).sum(axis=0).clip(1) * ~again
    left = ~run.joined[who]
    true = mind.worth(courses, folk.true, who, renewable[who]) * left
    known = told.worth(shifts_courses.as_told(courses), folk.told, who, usual[who]) * left
    return gains(folk.ids[who], "course", courses.ids, courses.live(END), true, known)
