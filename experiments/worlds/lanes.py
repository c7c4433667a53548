"""A river town stretched along four lanes of buses: what is near depends on the lane and on stops, not on the straight line.

Jobs stand on a portal, fifteen a page, high wages on top; people apply where the wage after the rides exceeds what their
household wants, which falls by the week while somebody is without work, and rather where they have handled the tools.
Classes have few seats and form only when enough people enrol; people follow what they passed last. Errands are chained two at a
time on the way home, and go to the stall that last had what was wanted.
"""

import numpy as np

from experiments.worlds import lanes_courses as classes
from experiments.worlds import lanes_errands as errands
from experiments.worlds import lanes_jobs as vacancies
from experiments.worlds import lanes_people as homes
from experiments.worlds import lanes_places as stalls
from experiments.worlds import lanes_seen as seen
from experiments.worlds import lanes_town as town
from experiments.worlds.cells import Diary, Tables, sampled, with_log
from experiments.worlds.lanes_errands import Ways
from experiments.worlds.last_ground import visits_of
from experiments.worlds.unseen_ground import scaled


def make(people: int, seed: int, *, impressions: bool = True) -> Tables:
    """Return the tables of the world by name (arguments: `World` in folder.py)."""
    rng = np.random.default_rng(seed)
    where = town.river(rng)
    who = homes.folk(people, where, rng)
    jobs, facts = vacancies.jobs(scaled(780, people), where, rng)
    courses = classes.courses(scaled(200, people, 0.45), where, rng)
    places = stalls.places(scaled(620, people), where, rng)
    mind = classes.learning(who, courses, rng)
    ways, log = Ways(who.anchor.copy(), who.node, who.hour.copy()), Diary()
    applied, hired = vacancies.portal(who, jobs, where, log, rng)
    classes.study(who, mind, courses, where, log, rng)
    habits = errands.errands(who, ways, stalls.wanted(who, rng), places, hired, log, rng)
    tables = {
        "people": homes.told(who, classes.certificates(mind), where, rng),
        "jobs": vacancies.table(jobs, facts, rng),
        "courses": classes.table(courses, where, rng),
        "amenities": stalls.table(places, where, rng),
    }
    some = sampled(people, rng)
    told = seen.seen(who, some, tables["people"], where)
    went = seen.visited(visits_of(log), some, places)
    true = {
        "job": vacancies.promise(who, some, jobs, np.arange(len(jobs.trade)), where, rides=True) * ~applied[some],
        "course": classes.drawn_by(who, some, mind, courses, where),
        "amenity": errands.worth(
            ways.of(some), errands.chances(habits.rates[some], habits.often[some]), habits.last[some], places.stock, places
        ),
    }
    known = {
        "job": seen.of_jobs(told, jobs, tables["jobs"], where, applied[some]),
        "course": seen.of_courses(told, mind, courses, tables["courses"], where, some),
        "amenity": seen.of_places(told, seen.guessed(who, some, told), places, tables["amenities"], where, went),
    }
    live = {"job": jobs.live, "course": courses.live, "amenity": places.live}
    return with_log(tables, log, some, {kind: (live[kind], true[kind], known[kind]) for kind in live}, impressions=impressions)
