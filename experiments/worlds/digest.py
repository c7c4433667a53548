"""A town whose job centre writes to people.

A digest of twelve jobs comes once a week and is mostly put away; a flyer of ten courses comes to every district once a fortnight;
places need no list, for needs come up by themselves and people go where it draws them.
"""

from dataclasses import dataclass

import numpy as np

from experiments.worlds import digest_letters as letters
from experiments.worlds import digest_stock as stock
from experiments.worlds import digest_tastes as tastes
from experiments.worlds import digest_town as town
from experiments.worlds import digest_walks as walks
from experiments.worlds.cells import END, Array, Diary, Tables, sampled, with_log
from experiments.worlds.digest_letters import Readers
from experiments.worlds.digest_stock import Courses, Jobs
from experiments.worlds.digest_tastes import Likes
from experiments.worlds.digest_town import Folk, Shore
from experiments.worlds.digest_walks import Spots, Walks
from experiments.worlds.unseen_ground import scaled


@dataclass(frozen=True)
class Told:
    """Hold the tables by name, and the people as the tables describe them."""

    tables: Tables
    who: Folk
    where: Shore


def make(people: int, seed: int, *, impressions: bool = True) -> Tables:
    """Return the tables of the world by name (arguments: `World` in folder.py)."""
    rng = np.random.default_rng(seed)
    where = town.shore(max(10, scaled(27, people)), rng)
    who = town.folk(people, where, rng)
    jobs, jobs_table = stock.jobs(scaled(1250, people), where, rng)
    courses, courses_table = stock.courses(scaled(260, people, 0.2), where, rng)
    spots, spots_table = walks.spots(scaled(1120, people), where, rng)
    rates = walks.needed(who, rng)
    people_table = town.told(who, where, walks.declared(rates, rng), rng)
    tables = {"people": people_table, "jobs": jobs_table, "courses": courses_table, "amenities": spots_table}
    log, likes = Diary(), tastes.own(who, rng)
    readers = Readers(who, likes, town.neighbours(who, min(8, people - 1)), where.district[who.place])
    wish = np.where(people_table["desired"].isna().to_numpy()[:, None], who.done, who.wanted)
    looked = letters.digests(readers, jobs, wish, log, rng)
    joined = letters.flyers(readers, courses, log, rng)
    near = walks.reach(who, spots, walks.tolerance(who.age) * rng.lognormal(0, 0.2, people))
    went = walks.walked(who, spots, rates, near, log, rng)
    told = Told(tables, town.known(who, people_table, where), where)
    gained = {
        "job": (jobs.live(END, END), *_of_jobs(readers, told, jobs, looked)),
        "course": (courses.live(END, END), *_of_courses(readers, told, courses, joined)),
        "amenity": (spots.live(END), *_of_spots(who, told, spots, rates, near, went)),
    }
    some = sampled(people, rng)
    of_some = {kind: (live, true[some], known[some]) for kind, (live, true, known) in gained.items()}
    return with_log(tables, log, some, of_some, impressions=impressions)


def _of_jobs(readers: Readers, told: Told, jobs: Jobs, looked: Array) -> tuple[Array, Array]:
    """Return utility and observable utility of jobs: the gain over what people have; 0 where they looked before or may not."""

    def gain(who: Folk, likes: Likes, of: Jobs) -> Array:
        return np.maximum(tastes.suits(who, likes, of) - letters.APPLIES, 0) * tastes.may(who, of) * ~looked

    shown = stock.known_jobs(jobs, told.tables["jobs"])
    return gain(readers.who, readers.likes, jobs), gain(told.who, tastes.usual(told.who), shown)


def _of_courses(readers: Readers, told: Told, courses: Courses, joined: Array) -> tuple[Array, Array]:
    """Return utility and observable utility of courses: the gain beyond their cost; 0 where people have joined."""
    others = tastes.around(joined, readers.circle, END)
    new = (joined < 0) | (joined >= END)

    def gain(who: Folk, likes: Likes, of: Courses) -> Array:
        return np.maximum(tastes.draws(who, likes, of, others), 0) * new

    shown = stock.known_courses(courses, told.tables["courses"])
    return gain(readers.who, readers.likes, courses), gain(told.who, tastes.usual(told.who), shown)


def _of_spots(who: Folk, told: Told, spots: Spots, rates: Array, near: Array, went: Walks) -> tuple[Array, Array]:
    """Return utility and observable utility of places for a week from the end of the window."""
    true = walks.worth(rates, near * spots.pull, spots.quality, went.back(), walks.usually(who, spots), spots.type)
    seen, people, places = told.who, told.tables["people"], told.tables["amenities"]
    far = _averaged(walks.reach(seen, spots, walks.tolerance(seen.age)), people["lon"].isna().to_numpy(), who.place, told.where)
    says = np.stack([people["needs"].fillna("").str.contains(f"type:{one}\\b") for one in walks.TYPES], axis=1)
    often = walks.shown(walks.likely(seen) * np.where(says, 1.7, 1), went.noted, spots.type)
    room = np.where(places["capacity"].isna(), 25, spots.room)
    hours = walks.usually(seen, spots)
    hours = np.where(places["hours"].isna(), hours.mean(axis=1, keepdims=True), hours)
    back = went.expected(spots.type, near > 0)
    return true, walks.worth(often, far * walks.drawing(room), spots.quality.mean(), back, hours, spots.type)


def _averaged(near: Array, coarse: Array, place: Array, where: Shore) -> Array:
    """Return `near` with the mean of the district for people who told the district alone (`coarse`)."""
    near = near.copy()
    for district in np.unique(where.district):
        of = where.district[place] == district
        if (of & ~coarse).any():
            near[of & coarse] = near[of & ~coarse].mean(axis=0)
    return near
