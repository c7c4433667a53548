"""Satisficing: people go down a list and take the first item that is good enough.

The aspiration begins high and falls with every item passed; an item's worth is the least of its part-worths, each from 0 to 1. Who has
taken something stops, who has passed 25 leaves. Jobs are ordered by wage, courses and places by distance, both with noise. Half of
the visits to places are returns, chosen in proportion to how satisfied the person was.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds import satisficing_stock as town
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
    gains,
    lowest,
    metres,
    numbered,
    sampled,
    waking,
)
from experiments.worlds.satisficing_stock import Offers, Seekers

FATIGUE = 25
_KIN = town.kinship()


@dataclass(frozen=True)
class Shop:
    """Hold one kind: its items, their worth to people, the key by which lists ascend, and the event that ends a list (`deed`)."""

    kind: str
    deed: str
    offers: Offers
    worth: Judged
    key: Callable[[Array], Array]


@dataclass
class Shopping:
    """Hold the log, the number of lists so far, and for each person the last places with the satisfaction there (`joy`)."""

    rng: np.random.Generator
    diary: Diary
    place: Array
    joy: Array
    lists: int = 0


def make(people: int, seed: int, *, impressions: bool = True) -> Tables:
    """Return the tables of the world by name (arguments: `World` in folder.py)."""
    rng = np.random.default_rng([seed, 202])
    grown = (people / 2000) ** 0.3
    lon, lat, area = town.blocks_of_town(rng)
    folk = town.seekers(people, lon, lat, rng)
    kinds = {"job": 640, "course": 170, "amenity": 760}
    stock = {kind: town.stock(int(count * grown), kind, lon, lat, rng) for kind, count in kinds.items()}
    run = Shopping(rng, Diary(), np.full((people, 16), NEVER), np.zeros((people, 16)))
    jobs = Shop(
        "job", "apply", stock["job"], _job_worth(folk, stock["job"]), lambda _: -3.2 * np.log(stock["job"].price)[None, :]
    )
    courses = Shop(
        "course",
        "enrol",
        stock["course"],
        _course_worth(folk, stock["course"]),
        lambda who: _way(folk, stock["course"], who) / 1500,
    )
    shops = Shop(
        "amenity",
        "visit",
        stock["amenity"],
        _place_worth(folk, stock["amenity"]),
        lambda who: _way(folk, stock["amenity"], who) / 350,
    )
    eager = rng.gamma(2, 0.5, people) * (rng.random(people) > 0.1)
    for shop, often in ((jobs, 5.6), (courses, 5.2), (shops, 6.2)):
        _season(shop, folk, np.minimum(rng.poisson(eager * often), 12), run)
    names = numbered("r", people)
    ids = {shop.kind: numbered(letter, len(shop.offers.sort)) for shop, letter in ((jobs, "v"), (courses, "t"), (shops, "s"))}
    who = sampled(people, rng)
    told = [_gains(shop, folk, who, names[who], ids[shop.kind], run) for shop in (jobs, courses, shops)]
    return {
        "people": town.people_table(folk, area, rng),
        "jobs": town.jobs_table(stock["job"], area, rng),
        "courses": town.courses_table(stock["course"], area, rng),
        "amenities": town.amenities_table(stock["amenity"], area),
        "events": run.diary.frame(names, ids, impressions=impressions),
        "utilities": pd.concat(told, ignore_index=True),
    }


def _way(folk: Seekers, offers: Offers, who: Array) -> Array:
    return np.where(offers.anywhere, 0, metres(folk.lon[who], folk.lat[who], offers.lon, offers.lat))


def _job_worth(folk: Seekers, jobs: Offers) -> Judged:
    def worth(who: Array, *, hidden: bool) -> Array:
        trade = np.maximum(_KIN[folk.wish[who]], 0.8 * _KIN[folk.past[who]])[:, jobs.sort]
        wage = np.clip((jobs.price / folk.wage[who][:, None] - 0.6) / 0.4, 0, 1)
        patience = folk.patience[who] if hidden else np.full(len(who), 60.0)
        way = np.clip(1.25 - (5 + _way(folk, jobs, who) / 260) / patience[:, None], 0, 1)
        return _least(trade, wage, way, town.FITS[folk.clock[who]][:, jobs.clock], _met(folk.school[who], jobs.school))

    return worth


def _course_worth(folk: Seekers, courses: Offers) -> Judged:
    def worth(who: Array, *, hidden: bool) -> Array:
        purse = folk.purse[who] if hidden else np.full(len(who), 2400.0)
        fee = np.clip(1.1 - courses.price / purse[:, None], 0, 1)
        way = np.clip(
            1.2 - (5 + _way(folk, courses, who) / 260) / (folk.patience[who] if hidden else np.full(len(who), 60.0))[:, None],
            0,
            1,
        )
        way = np.where(courses.anywhere, 1, way)
        hours = town.FITS[folk.clock[who]][:, courses.clock] ** 0.5
        return _least(_KIN[folk.wish[who]][:, courses.sort], fee, way, hours, _met(folk.school[who], courses.school))

    return worth


def _place_worth(folk: Seekers, shops: Offers) -> Judged:
    usual = folk.daily.mean(axis=0)

    def worth(who: Array, *, hidden: bool) -> Array:
        wanted = folk.daily[who] if hidden else np.where(folk.needs[who], 1, usual)
        stroll = folk.stroll[who] if hidden else np.full(len(who), 21.0)
        way = np.clip(1.15 - _way(folk, shops, who) * 1.25 / 78 / stroll[:, None], 0, 1)
        return _least(wanted[:, shops.sort], way, np.broadcast_to(shops.price if hidden else 0.67, way.shape))

    return worth


def _met(have: Array, asked: Array) -> Array:
    return np.where(have[:, None] >= asked, 1, np.where(have[:, None] + 1 == asked, 0.35, 0.0))


def _least(*parts: Array) -> Array:
    return np.minimum.reduce([np.asarray(part, np.float32) for part in parts])


def _season(shop: Shop, folk: Seekers, visits: Array, run: Shopping) -> None:
    """Simulate the visits of people (`visits` each): each is a return to a known place or a new list."""
    turns = visits.max(initial=0)
    when = np.sort(np.where(np.arange(turns) < visits[:, None], run.rng.random((len(visits), turns)), 2), axis=1)
    for turn in range(turns):
        who = np.flatnonzero(visits > turn)
        at = waking(START + when[who, turn] * DAYS * DAY)
        if shop.kind == "amenity":
            who, at = _returned(shop, who, at, run)
        for part in blocks(len(who)):
            if len(part):
                _walk_down(shop, folk, who[part], at[part], run)


def _returned(shop: Shop, who: Array, at: Array, run: Shopping) -> tuple[Array, Array]:
    """Simulate returns of half of the people who know a place; return the other people and their moments."""
    back = (run.rng.random(len(who)) < 0.5) & (run.joy[who].sum(axis=1) > 0)
    person, moment = who[back], at[back]
    item = run.place[person, drawn(run.joy[person], run.rng)]
    there = (shop.offers.opened[item] <= moment) & (shop.offers.shut[item] > moment)
    person, item = person[there], item[there]
    run.diary.note(shop.kind, "visit", person, item, moment[there])
    quality = shop.offers.price[item]
    _remember(person, item, quality, run)
    return who[~back], at[~back]


def _remember(person: Array, item: Array, joy: Array, run: Shopping) -> None:
    known = run.place[person] == item[:, None]
    slot = np.where(known.any(axis=1), known.argmax(axis=1), (run.place[person] < 0).argmax(axis=1))
    run.place[person, slot] = item
    run.joy[person, slot] += np.clip(joy + run.rng.normal(0, 0.1, len(joy)), 0.01, 1.2)


def _walk_down(shop: Shop, folk: Seekers, who: Array, at: Array, run: Shopping) -> None:
    """Simulate lists: people take the first item that reaches their aspiration, and stop there or after `FATIGUE` items."""
    rng = run.rng
    key = shop.key(who) + rng.normal(0, 1, (len(who), len(shop.offers.sort)))
    key[~(shop.offers.live(at) & shop.offers.live(at + 7200))] = np.inf
    order = lowest(key, FATIGUE)
    worth = np.take_along_axis(shop.worth(who, hidden=True), order, axis=1)
    good = (worth >= folk.aspiration(who, FATIGUE)[:, : order.shape[1]]) & np.isfinite(np.take_along_axis(key, order, axis=1))
    last = np.where(good.any(axis=1), good.argmax(axis=1), order.shape[1] - 1)
    request = run.lists + np.arange(len(who))
    run.lists += len(who)
    seen = (np.arange(order.shape[1]) <= last[:, None]) & np.isfinite(np.take_along_axis(key, order, axis=1))
    row, column = np.nonzero(seen)
    run.diary.note(shop.kind, "impression", who[row], order[row, column], at[row] + 4 * column, request[row], column + 1)
    row = np.flatnonzero(good.any(axis=1))
    item, place, felt = order[row, last[row]], last[row] + 1, worth[row, last[row]]
    moment = at[row] + 4 * place + rng.integers(5, 60, len(row))
    run.diary.note(shop.kind, "view", who[row], item, moment, request[row], place)
    deed = rng.random(len(row)) < 0.3 + 0.5 * felt
    after = moment[deed] + rng.integers(60, 3600, deed.sum())
    run.diary.note(shop.kind, shop.deed, who[row][deed], item[deed], after, request[row][deed], place[deed])
    if shop.kind == "amenity":
        _remember(who[row][deed], item[deed], shop.offers.price[item[deed]], run)


def _gains(shop: Shop, folk: Seekers, who: Array, names: Array, ids: Array, run: Shopping) -> pd.DataFrame:
    """Return the table `utilities` of a kind: worth times the share of positions at which an item would be taken.

    Places also have the person's share of returns.
    """
    true, known = shop.worth(who, hidden=True), shop.worth(who, hidden=False)
    level = folk.aspiration(who, FATIGUE)
    plain = np.clip(folk.start.mean() - folk.fall.mean() * np.arange(FATIGUE), 0.05, 1)[None, :]
    true = true * (true[:, :, None] >= level[:, None, :]).mean(axis=2)
    known = known * (known[:, :, None] >= plain[:, None, :]).mean(axis=2)
    if shop.kind == "amenity":
        again = _share_of_returns(who, len(ids), run)
        true, known = true + again, known + again
    return gains(names, shop.kind, ids, shop.offers.live(np.array([END]))[0], true, known)


def _share_of_returns(who: Array, items: int, run: Shopping) -> Array:
    found = np.zeros((len(who), items + 1))
    np.put_along_axis(found, run.place[who], run.joy[who], axis=1)
    return found[:, :-1] / np.maximum(found[:, :-1].sum(axis=1, keepdims=True), 1e-9)
