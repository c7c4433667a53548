"""A city where people type what they want and take the best of what the search finds.

Every visit begins with a query in official or everyday words. Found items are ordered by match, then by newness; of the first
fifteen the person leaves out what is impossible and compares the rest by one attribute, then by another.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from experiments.worlds import searching_town as town
from experiments.worlds import unseen_ground as ground
from experiments.worlds.searching_town import Folk, Words
from experiments.worlds.unseen_ground import DAY, Array, Items
from sqrec.contract import KINDS, Kind

_DAYS = 91
_FOUND, _SEEN = 30, 15
_MATCHES = 0.5  # of a query's characters and pairs of characters
_AROUND = 4000  # metres on streets in which places are searched
_OFTEN = {"job": 3.6, "course": 5.0, "amenity": 7.0}  # visits of a person
_RETURNS = 0.43  # of visits to places by those who know one
_AT_WORK = 0.35
_TOPICS = (0.4, 0.25, 0.2, 0.15)  # how often a person's topics are asked for
_HOURS = (8, 22)
_HOUR = 3600


@dataclass
class World:
    """Hold one kind of items; `match` is the match of queries with items, 0 to 1, `parts` the events so far."""

    kind: Kind
    folk: Folk
    items: Items
    words: Words
    match: Array
    parts: list[pd.DataFrame] = field(default_factory=list)

    def topics(self, who: Array) -> Array:
        """Return the topics that people search for, shape (people, topics)."""
        return self.folk.facts["place topics" if self.kind == "amenity" else "work topics"][who]

    def passes(self, who: Array, what: Array, *, known: bool = False) -> Array:
        """Mark the items within people's hard limits, opening hours aside; `known` leaves out the hidden budget."""
        mine, its = self.folk.facts, self.items.facts
        if self.kind == "amenity":
            return (mine["age"][who] >= its["youngest"][what]) & (mine["age"][who] < its["oldest"][what] + 1)
        able = mine["level"][who] >= its["least"][what]
        if self.kind == "job":
            return able & (its["pay"][what] >= mine["floor"][who])
        return able & (mine["age"][who] < its["oldest"][what] + 1) & (known | (its["fee"][what] <= mine["budget"][who]))

    def value(self, who: Array, what: Array, person_type: Array) -> Array:
        """Return a value by which jobs or courses are ordered: by the first attribute of the type of person, then by the second."""
        mine, its = self.folk.facts, self.items.facts
        far = ground.metres(mine["lon"][who], mine["lat"][who], self.items.lon[what], self.items.lat[what])
        money = its["pay"][what] // 500 if self.kind == "job" else 60 - np.minimum(its["fee"][what] // 200, 60)
        way, stable = 40 - np.minimum(far // 1500, 40), its["stable"][what]
        first = np.choose(person_type, [money, way, np.broadcast_to(stable, way.shape)])
        return first * 100 + np.where(person_type == 0, way, money)

    def away(self, who: Array, what: Array, at_work: Array) -> Array:
        """Return the metres to items from home or, where `at_work`, from the workplace."""
        mine = self.folk.facts
        lon = np.where(at_work, mine["office lon"][who], mine["lon"][who])
        lat = np.where(at_work, mine["office lat"][who], mine["lat"][who])
        return ground.metres(lon, lat, self.items.lon[what], self.items.lat[what])


@dataclass(frozen=True)
class Visits:
    """Hold visits in order of person and time.

    `turn` numbers a person's visits from 0, `at` is seconds from as_of (negative), `text` the query, `at_work` whether it is asked
    from the workplace.
    """

    who: Array
    turn: Array
    at: Array
    text: Array
    at_work: Array


def make(people: int, seed: int, *, impressions: bool = True) -> dict[str, pd.DataFrame]:
    """Return the tables of the world by name (arguments: `World` in folder.py)."""
    rng = np.random.default_rng(seed)
    places = ground.communities(ground.scaled(45, people, 0.5), rng)
    folk = town.folk(people, places, rng)
    items: dict[Kind, Items] = {
        "job": town.jobs(ground.scaled(850, people), places, rng),
        "course": town.courses(ground.scaled(190, people), places, rng),
        "amenity": town.amenities(ground.scaled(800, people), places, rng),
    }
    worlds = [_world(kind, folk, items[kind]) for kind in KINDS]
    request = 0
    for world in worlds:
        visits = _visits(world, rng)
        _happen(world, visits, _listed(world, visits)[:, :_SEEN], request, rng)
        request += len(visits.who)
    parts = [part for world in worlds for part in world.parts]
    ids = folk.table["person_id"].to_numpy(object)
    return {
        "people": folk.table,
        "jobs": items["job"].table,
        "courses": items["course"].table,
        "amenities": items["amenity"].table,
        "events": ground.logged(parts, ids, items, impressions=impressions),
        "utilities": _utilities(worlds, ids, rng),
    }


def _world(kind: Kind, folk: Folk, items: Items) -> World:
    words = town.PLACE_WORDS if kind == "amenity" else town.WORK_WORDS
    title, more = {"job": ("title", "skills"), "course": ("title", "teaches"), "amenity": ("name", "services")}[kind]
    texts = [items.table[name].fillna("").astype(str).tolist() for name in (title, more)]
    return World(kind, folk, items, words, np.maximum(*(_matches(words.texts, each) for each in texts)))


def _matches(queries: list[str], texts: list[str]) -> Array:
    """Return the share of each query's characters and pairs of characters (weight 2) in each text, queries by texts."""
    grams = sorted({gram for query in queries for gram in _grams(query)})
    weight = np.array([len(gram) for gram in grams], np.float32)
    asked = np.array([[gram in query for gram in grams] for query in queries], np.float32) * weight
    there = np.array([[gram in text for gram in grams] for text in texts], np.float32)
    return asked @ there.T / asked.sum(axis=1, keepdims=True)


def _grams(text: str) -> list[str]:
    return [*text, *(text[place : place + 2] for place in range(len(text) - 1))]


def _visits(world: World, rng: np.random.Generator) -> Visits:
    people = len(world.folk.facts["age"])
    often = rng.gamma(2.0, 0.5, people) * _OFTEN[world.kind] * (rng.random(people) < 0.93)
    if world.kind != "amenity":
        often *= np.where(world.folk.facts["age"] > 64, 0.2, 1.1)
    many = np.minimum(rng.poisson(often), 20)
    who = np.repeat(np.arange(people), many)
    at = rng.integers(-_DAYS, 0, len(who)) * DAY + rng.integers(_HOURS[0] * _HOUR, _HOURS[1] * _HOUR, len(who))
    at = at[np.lexsort((at, who))]
    turn = np.arange(len(who)) - np.repeat(many.cumsum() - many, many)
    topic = world.topics(who)[np.arange(len(who)), ground.drawn(len(who), _TOPICS, rng)]
    at_work = world.folk.facts["employed"][who] & (rng.random(len(who)) < _AT_WORK)
    return Visits(who, turn, at, world.words.asked(topic, rng), at_work)


def _listed(world: World, visits: Visits) -> Array:
    """Return the items that each visit's search finds: best match first, then newest; -1 where there are no more."""
    listed = np.full((len(visits.who), _FOUND), -1, np.int32)
    newest = np.argsort(-world.items.opens, kind="stable")
    day = visits.at // DAY
    for text in np.unique(visits.text):
        match = world.match[text, newest]
        best = newest[np.argsort(-match, kind="stable")][: (match >= _MATCHES).sum()]
        mine = np.flatnonzero(visits.text == text)
        for some in np.array_split(mine, max(1, len(mine) * len(best) // 2_000_000)):
            there = (world.items.opens[best] <= day[some, None]) & (world.items.closes[best] > day[some, None])
            if world.kind == "amenity":
                there &= world.away(visits.who[some, None], best, visits.at_work[some, None]) <= _AROUND
            place = there.cumsum(axis=1) - 1
            row, column = np.nonzero(there & (place < _FOUND))
            listed[some[row], place[row, column]] = best[column]
    return listed


def _happen(world: World, visits: Visits, listed: Array, request: int, rng: np.random.Generator) -> None:
    """Simulate the visits of everybody in their order, and log the events; `request` numbers the lists from there."""
    returns = (rng.random(len(visits.who)) < _RETURNS) & (world.kind == "amenity")
    taken = np.full((len(world.folk.facts["age"]), 2 * int(visits.turn.max(initial=0)) + 2), -1)
    for turn in range(visits.turn.max(initial=-1) + 1):
        now = np.flatnonzero(visits.turn == turn)
        back = returns[now] & (taken[visits.who[now]] >= 0).any(axis=1)
        if back.any():
            _go_back(world, visits, now[back], taken, rng)
        asks = now[~back]
        _show(world, visits, asks, listed, request)
        first, second = _best_two(world, visits, asks, listed, taken)
        second = np.where(rng.random(len(asks)) < 0.45, second, -1)
        for some, place in enumerate((first, second)):
            found = place >= 0
            what = listed[asks[found], place[found]]
            _take(world, visits, asks[found], what, (request + asks[found], place[found] + 1), some == 0, rng)
            if world.kind != "amenity" or some == 0:
                taken[visits.who[asks[found]], 2 * turn + some] = what


def _go_back(world: World, visits: Visits, now: Array, taken: Array, rng: np.random.Generator) -> None:
    """Log visits to places used before, at hours in which they are open."""
    known = taken[visits.who[now]]
    place = (rng.random(known.shape) * (known >= 0)).argmax(axis=1)
    what = known[np.arange(len(now)), place]
    opens, closes = world.items.facts["opens"][what], world.items.facts["closes"][what]
    at = visits.at[now] // DAY * DAY + (opens + (closes - opens) * rng.uniform(0.05, 0.95, len(now))) * _HOUR
    none = np.full(len(now), -1)
    world.parts.append(ground.part("amenity", "visit", visits.who[now], what, at, none, none))


def _show(world: World, visits: Visits, asks: Array, listed: Array, request: int) -> None:
    row, place = np.nonzero(listed[asks] >= 0)
    shown = asks[row]
    what = listed[shown, place]
    world.parts.append(
        ground.part(world.kind, "impression", visits.who[shown], what, visits.at[shown], request + shown, place + 1)
    )


def _best_two(world: World, visits: Visits, asks: Array, listed: Array, taken: Array) -> tuple[Array, Array]:
    """Return the positions of the best and the second best possible item in each list, -1 for none."""
    what, who = listed[asks], visits.who[asks, None]
    can = (what >= 0) & world.passes(who, what)
    if world.kind == "amenity":
        value = -world.away(who, what, visits.at_work[asks, None])
        hour = visits.at[asks, None] % DAY / _HOUR
        can &= (world.items.facts["opens"][what] <= hour) & (hour < world.items.facts["closes"][what])
    else:
        value = world.value(who, what, world.folk.facts["type"][who])
        can &= ~(what[:, :, None] == taken[visits.who[asks]][:, None, :]).any(axis=2)
    value = np.where(can, value, -np.inf)
    two = np.argsort(-value, axis=1, kind="stable")[:, :2]
    worth = np.take_along_axis(value, two, axis=1)
    first, second = np.where(np.isfinite(worth), two, -1).T
    return first, second


def _take(
    world: World,
    visits: Visits,
    asks: Array,
    what: Array,
    shown: tuple[Array, Array],
    best: bool,  # noqa: FBT001 (told beside what it judges)
    rng: np.random.Generator,
) -> None:
    """Log uses of shown items: the best place is visited, the second viewed; jobs and courses are viewed and often applied to."""
    who, at = visits.who[asks], visits.at[asks] + rng.integers(10, 200, len(asks))
    if world.kind == "amenity":
        soon = np.minimum(at + rng.integers(300, 1500, len(asks)), -1) if best else at
        world.parts.append(ground.part("amenity", "visit" if best else "view", who, what, soon, *shown))
        return
    more = rng.random(len(asks)) < (0.6 if best else 0.35)
    event = "apply" if world.kind == "job" else "enrol"
    world.parts.append(ground.part(world.kind, "view", who, what, at, *shown))
    request, position = shown
    world.parts.append(ground.part(world.kind, event, who[more], what[more], at[more] + 300, request[more], position[more]))


def _utilities(worlds: list[World], ids: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `utilities`: some people and all live items at `as_of`."""
    who = np.sort(rng.choice(len(ids), min(ground.JUDGED, len(ids)), replace=False))
    tables: list[pd.DataFrame] = []
    for world in worlds:
        live = world.items.live(0, 0)
        gains = (_places_gain if world.kind == "amenity" else _work_gain)(world, who, live)
        tables.append(ground.told(world.kind, ids[who], world.items.ids[live], *gains))
    return pd.concat(tables, ignore_index=True)


def _fits(world: World, who: Array, live: Array) -> Array:
    """Mark the items that any of a person's possible queries finds, people by items."""
    by_topic = np.zeros((world.words.topics.max() + 1, len(live)), bool)
    np.logical_or.at(by_topic, world.words.topics, world.match[:, live] >= _MATCHES)
    return np.asarray(by_topic[world.topics(who)].any(axis=1))


def _work_gain(world: World, who: Array, live: Array) -> tuple[Array, Array]:
    mine, its = who[:, None], live[None, :]
    fits = _fits(world, who, live)
    gain = _scaled(world.value(mine, its, world.folk.facts["type"][mine]), fits & world.passes(mine, its))
    can = fits & world.passes(mine, its, known=True)
    known = [_scaled(world.value(mine, its, np.full(mine.shape, each)), can) for each in range(3)]
    return gain, np.mean(known, axis=0)


def _places_gain(world: World, who: Array, live: Array) -> tuple[Array, Array]:
    """Return utility and observable utility of places: the expectation over place and hour of a visit; observable from home alone."""
    mine, its = who[:, None], live[None, :]
    can = _fits(world, who, live) & world.passes(mine, its)
    away = [world.away(mine, its, np.full(mine.shape, at_work)) for at_work in (False, True)]
    home, work = (_scaled(-each, can & (each <= _AROUND)) for each in away)
    opens, closes = world.items.facts["opens"][live].clip(*_HOURS), world.items.facts["closes"][live].clip(*_HOURS)
    is_open = (closes - opens) / (_HOURS[1] - _HOURS[0])
    share = np.where(world.folk.facts["employed"][who], _AT_WORK, 0.0)[:, None]
    return is_open * ((1 - share) * home + share * work), is_open * home


def _scaled(value: Array, can: Array) -> Array:
    """Return for each possible item the share of possible items that it is at least as good as; 0 for impossible ones."""
    value = np.where(can, value, -np.inf)
    ordered, number = np.sort(value, axis=1), can.sum(axis=1, keepdims=True)
    upto = np.stack([np.searchsorted(row, mine, side="right") for row, mine in zip(ordered, value, strict=True)])
    return np.where(can, (upto - (value.shape[1] - number)) / np.maximum(number, 1), 0.0)
