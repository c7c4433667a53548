"""A city where people hear of jobs, courses and places from the people they know.

Friends are of one community, one former trade or one age. Every week a person hears of what friends used lately, of a few things
by chance and of the district's bulletin, and takes what suits best if it suits well enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds import unseen_ground as ground
from experiments.worlds import word_of_mouth_town as town
from experiments.worlds.unseen_ground import DAY, Array, Items
from experiments.worlds.word_of_mouth_town import Folk
from sqrec.contract import KINDS, Kind

_WEEKS, _BEFORE = 13, 3  # weeks that are logged, and weeks before them that are not
_ENOUGH: Mapping[Kind, float] = {"job": 0.12, "course": 0.3, "amenity": 0.23}
_NEVER: Mapping[Kind, float] = {"job": 0.12, "course": 0.15, "amenity": 0.04}
_FROM_FRIENDS, _BY_CHANCE, _BULLETIN = 8, 6, 10
_LATELY = 28  # days
_CLIFF = {"job": 40, "amenity": 20}  # minutes


class Memory:
    """Hold the uses of one kind: marks of all (people by items), and the last six of each person with their days."""

    def __init__(self, people: int, items: int) -> None:
        self.took = np.zeros((people, items), bool)
        self.last = np.full((people, 6), -1, np.int32)
        self.day = np.full((people, 6), -10_000, np.int32)

    def add(self, who: Array, what: Array, day: int) -> None:
        """Add uses of a day, at most one for each person."""
        self.took[who, what] = True
        self.last[who] = np.column_stack([what, self.last[who, :-1]])
        self.day[who] = np.column_stack([np.full(len(who), day), self.day[who, :-1]])


@dataclass(frozen=True)
class World:
    """Hold one kind of items among residents; `active` is the probability of a use in a week."""

    kind: Kind
    folk: Folk
    items: Items
    memory: Memory
    active: Array

    def gain(self, who: Array, what: Array, *, known: bool = False) -> Array:
        """Return the utility of items to people, 0 below the threshold of the kind; `known` leaves out hidden tastes."""
        suits = {"job": self._job, "course": self._course, "amenity": self._amenity}[self.kind](who, what, known)
        return np.where(suits >= _ENOUGH[self.kind], suits, 0.0)

    def _job(self, who: Array, what: Array, known: bool) -> Array:  # noqa: FBT001 (three of one shape, called by name of the kind)
        mine, job = self.folk.facts, self.items.facts
        trade = job["trade"][what]
        kin = np.maximum(_KIN[mine["wanted"][who], trade], 0.85 * _KIN[mine["trade"][who], trade])
        pay = 1 / (1 + np.exp(-6 * (np.log(job["pay"][what] / mine["pay"][who]) + 0.12)))
        return kin * (0.3 + 0.7 * pay) * _OVERLAP[job["shift"][what], mine["free"][who]] * self._way(who, what, 150, 4)

    def _course(self, who: Array, what: Array, known: bool) -> Array:  # noqa: FBT001 (three of one shape, called by name of the kind)
        interest = self.folk.facts["interest known" if known else "interest"]
        friends = self._friends(who, what).sum(axis=-1)
        price = np.exp(-self.items.facts["fee"][what] / 1500)
        return interest[who, self.items.facts["field"][what]] * price * (0.65 + 0.35 * np.minimum(friends, 2) / 2)

    def _amenity(self, who: Array, what: Array, known: bool) -> Array:  # noqa: FBT001 (three of one shape, called by name of the kind)
        need = self.folk.facts["need known" if known else "need"][who, self.items.facts["type"][what]]
        been = self._friends(who, what)
        opinion = (been * self.folk.facts["opinion"][self.folk.friends[who]]).sum(axis=-1) / np.maximum(been.sum(axis=-1), 1)
        heard = np.where(been.any(axis=-1), self.items.facts["quality"][what] + opinion, 0.5).clip(0, 1)
        return need * (0.35 + 0.65 * heard) * self._way(who, what, 75, 0)

    def _way(self, who: Array, what: Array, pace: float, wait: float) -> Array:
        """Return the factor of travel time: 1 near, falling to 0 around the limit of the kind; `pace` metres and `wait` minutes."""
        far = ground.metres(self.folk.lon[who], self.folk.lat[who], self.items.lon[what], self.items.lat[what])
        cliff = _CLIFF[self.kind]
        return 1 / (1 + np.exp((wait + far / pace - cliff) / (0.05 * cliff)))

    def _friends(self, who: Array, what: Array) -> Array:
        """Mark the friends (last axis) who used each item."""
        return self.memory.took[self.folk.friends[who], np.asarray(what)[..., None]]


_KIN, _OVERLAP = town.kinship(), town.overlap()


def make(people: int, seed: int, *, impressions: bool = True) -> dict[str, pd.DataFrame]:
    """Return the tables of the world by name (arguments: `World` in folder.py)."""
    rng = np.random.default_rng(seed)
    places = ground.communities(ground.scaled(40, people, 0.5), rng)
    folk = town.folk(people, places, rng)
    items: dict[Kind, Items] = {
        "job": town.jobs(ground.scaled(900, people), places, rng),
        "course": town.courses(ground.scaled(170, people), places, rng),
        "amenity": town.amenities(ground.scaled(850, people), places, rng),
    }
    worlds = [_world(kind, folk, items[kind], rng) for kind in KINDS]
    parts: list[pd.DataFrame] = []
    for week in range(-_BEFORE, _WEEKS):
        for world in worlds:
            happened = _week(world, week, rng)
            parts.extend(happened if week >= 0 else [])
    ids = folk.table["person_id"].to_numpy(object)
    return {
        "people": folk.table,
        "jobs": items["job"].table,
        "courses": items["course"].table,
        "amenities": items["amenity"].table,
        "events": ground.logged(parts, ids, items, impressions=impressions),
        "utilities": _utilities(worlds, ids, rng),
    }


def _world(kind: Kind, folk: Folk, items: Items, rng: np.random.Generator) -> World:
    people = len(folk.lon)
    active = rng.beta(2.2, 1.6, people) * (rng.random(people) >= _NEVER[kind])
    if kind == "course":
        active *= 0.75
    if kind == "job":
        active *= np.where(folk.facts["age"] > 63, 0.15, 1)
    return World(kind, folk, items, Memory(people, len(items.lon)), active)


def _week(world: World, week: int, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Simulate one week: what people hear of and use; return the events."""
    day = 7 * (week - _WEEKS)
    who = np.arange(len(world.folk.lon))
    paper, reads = _bulletin(world, day, rng)[world.folk.facts["district"]], rng.random(len(who)) < world.folk.facts["reads"]
    heard = np.column_stack([_from_friends(world, day, rng), _by_chance(world, day, rng), np.where(reads[:, None], paper, -1)])
    request = (week * len(KINDS) + KINDS.index(world.kind)) * len(who) + who
    back = _returns(world, day, rng)
    taken, place = _best(world, heard, rng)
    position = place - _FROM_FRIENDS - _BY_CHANCE + 1
    parts = [_read(world.kind, paper, np.flatnonzero(reads), request, day, rng)]
    for someone, what, where in ((taken >= 0, taken, position), (back >= 0, back, np.zeros_like(who))):
        mine = np.flatnonzero(someone)
        asked = np.where(where[mine] > 0, request[mine], -1)
        parts.extend(_uses(world, mine, what[mine], day, asked, where[mine], rng))
        world.memory.add(mine, what[mine], day)
    return parts


def _bulletin(world: World, day: int, rng: np.random.Generator) -> Array:
    """Draw ten items for each of the four districts (-1: fewer), new ones more often."""
    live = world.items.live(day, day + 7)
    ten = np.full((4, _BULLETIN), -1)
    chance = np.where(world.items.opens[live] > day - 21, 3.0, 1.0)
    for row in ten:
        chosen = rng.choice(live, min(_BULLETIN, len(live)), replace=False, p=chance / chance.sum())
        row[: len(chosen)] = chosen
    return ten


def _from_friends(world: World, day: int, rng: np.random.Generator) -> Array:
    """Draw recent uses of friends, people by `_FROM_FRIENDS`; -1 where a friend has none."""
    friends, memory = world.folk.friends, world.memory
    rows = np.arange(len(friends))[:, None]
    friend = friends[rows, rng.integers(0, friends.shape[1], (len(friends), _FROM_FRIENDS))]
    use = rng.integers(0, 3, friend.shape)
    what, when = memory.last[friend, use], memory.day[friend, use]
    live = np.isin(what, world.items.live(day, day + 7))
    return np.where(live & (when >= day - _LATELY), what, -1)


def _by_chance(world: World, day: int, rng: np.random.Generator) -> Array:
    live = world.items.live(day, day + 7)
    return rng.choice(live, (len(world.folk.lon), _BY_CHANCE))


def _returns(world: World, day: int, rng: np.random.Generator) -> Array:
    """Draw the place used lately to which each person returns, -1: none; for amenities alone."""
    number = len(world.active)
    if world.kind != "amenity":
        return np.full(number, -1)
    kept = (world.memory.last >= 0).sum(axis=1)
    place = world.memory.last[np.arange(number), (rng.random(number) * kept).astype(int)]
    goes = (rng.random(number) < 0.7 * world.active) & np.isin(place, world.items.live(day, day + 7))
    return np.where(goes, place, -1)


def _best(world: World, heard: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the best new item that each person heard of (-1: none is used), and its column in `heard`."""
    who = np.arange(len(heard))
    gain = np.empty(heard.shape)
    for block in np.array_split(who, max(1, len(who) // 4000)):
        gain[block] = world.gain(block[:, None], heard[block])
    gain[(heard < 0) | world.memory.took[who[:, None], heard]] = 0
    gain *= rng.lognormal(0, 0.05, gain.shape)
    place = gain.argmax(axis=1)
    takes = (gain[who, place] > 0) & (rng.random(len(who)) < world.active)
    return np.where(takes, heard[who, place], -1), place


def _read(kind: Kind, paper: Array, who: Array, request: Array, day: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the impressions of the readers of the bulletin."""
    at = day * DAY + rng.integers(0, 3, len(who)) * DAY + rng.integers(7 * 3600, 23 * 3600, len(who))
    row, place = np.nonzero(paper[who] >= 0)
    return ground.part(kind, "impression", who[row], paper[who][row, place], at[row], request[who][row], place + 1)


def _uses(
    world: World, who: Array, what: Array, day: int, request: Array, position: Array, rng: np.random.Generator
) -> list[pd.DataFrame]:
    """Return the events of uses in the second half of the week: a view and often more, or a visit."""
    base = (day + rng.integers(3, 7, len(who))) * DAY
    if world.kind == "amenity":
        opens, closes = (3600 * world.items.facts["times"][what]).T
        at = base + (opens + (closes - opens) * rng.uniform(0.05, 0.95, len(who)))
        return [ground.part("amenity", "visit", who, what, at, request, np.maximum(position, 0))]
    at = base + rng.integers(8 * 3600, 22 * 3600, len(who))
    gain = world.gain(who, what)
    event = "apply" if world.kind == "job" else "enrol"
    more = rng.random(len(who)) < 0.25 + 0.7 * gain
    saved = ~more & (rng.random(len(who)) < 0.5)
    parts = [ground.part(world.kind, "view", who, what, at, request, position)]
    for name, some, later in (("save", saved, 40), (event, more, 600)):
        parts.append(ground.part(world.kind, name, who[some], what[some], at[some] + later, request[some], position[some]))
    return parts


def _utilities(worlds: list[World], ids: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `utilities`: some people and all live items at `as_of`."""
    who = np.sort(rng.choice(len(ids), min(ground.JUDGED, len(ids)), replace=False))
    tables: list[pd.DataFrame] = []
    for world in worlds:
        live = world.items.live(0, 0)
        gain, known = (world.gain(who[:, None], live[None, :], known=known) for known in (False, True))
        tables.append(ground.told(world.kind, ids[who], world.items.ids[live], gain, known))
    return pd.concat(tables, ignore_index=True)
