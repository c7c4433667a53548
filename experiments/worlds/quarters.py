"""A mining city in decline, with quarters that differ in age, where word of layoffs makes whole trades look for work at once.

Jobs come on a sheet of twelve from an agency, and one survives the comparison of neighbours on it. Retraining is chosen by what
former workmates took, by vouchers, and by skills that are neither too near nor too far. Places compete by crowding: what was
full last time is avoided; older people walk half as far, families go at weekends, health places are used on appointment.
"""

import numpy as np

from experiments.worlds import quarters_courses as retraining
from experiments.worlds import quarters_crowds as crowds
from experiments.worlds import quarters_jobs as vacancies
from experiments.worlds import quarters_people as folk
from experiments.worlds import quarters_places as spots
from experiments.worlds import quarters_seen as seen
from experiments.worlds import quarters_town as town
from experiments.worlds.cells import Array, Diary, Tables, sampled, with_log
from experiments.worlds.last_ground import visits_of
from experiments.worlds.quarters_jobs import Jobs
from experiments.worlds.quarters_people import OLDER, Folk
from experiments.worlds.unseen_ground import scaled


def make(people: int, seed: int, *, impressions: bool = True) -> Tables:
    """Return the tables of the world by name (arguments: `World` in folder.py)."""
    rng = np.random.default_rng(seed)
    where, groups = town.city(rng), vacancies.employers(scaled(190, people), rng)
    who = folk.folk(people, where, groups, rng)
    heard, log = folk.word(who, rng), Diary()
    jobs = vacancies.jobs(scaled(820, people), groups, where, rng)
    courses = retraining.courses(scaled(180, people, 0.35), where, rng)
    places = spots.places(scaled(640, people), people, where, rng)
    asked = vacancies.sheets(who, heard, jobs, log, rng)
    taken = retraining.study(who, heard, courses, where, log, rng)
    full = crowds.crowds(who, spots.needed(who, rng), places, log, rng)
    tables = {
        "people": folk.told(who, rng, where),
        "jobs": vacancies.table(jobs, where, rng),
        "courses": retraining.table(courses, where, rng),
        "amenities": spots.table(places, where, rng),
    }
    some = sampled(people, rng)
    told, visits = seen.seen(who, some, tables["people"], where), visits_of(log)
    mates = taken.mates(who, some, courses)
    true = {
        "job": job_gains(who, some, jobs) * ~asked[some],
        "course": retraining.drawn_by(who, some, taken, courses, where),
        "amenity": crowds.worth(who, some, full, places) + crowds.due(some, full, places),
    }
    known = {
        "job": seen.of_jobs(told, jobs, tables["jobs"], where, asked[some]),
        "course": seen.of_courses(told, taken, courses, tables["courses"], where, mates, some),
        "amenity": seen.of_places(told, some, full, places, tables["amenities"], visits, where),
    }
    live = {"job": jobs.live, "course": courses.live, "amenity": places.live}
    return with_log(tables, log, some, {kind: (live[kind], true[kind], known[kind]) for kind in live}, impressions=impressions)


def job_gains(who: Folk, mine: Array, of: Jobs) -> Array:
    """Return the utility of vacancies: the strength in a comparison (logit); 0 where they never get on the person's sheet."""
    trusts = (who.age[mine] >= OLDER)[:, None] * vacancies.knows(who, mine, of)
    worth = vacancies.value(who.taste[mine], who.shift[mine], who.pay[mine], trusts, of)
    return np.exp(worth) * (vacancies.sheet_odds(who.done[mine, 0], of.trade, of.commission) > 0)
