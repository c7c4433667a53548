"""Simulation of the city day by day, in which items fill up at an exact moment.

A hire or an enrolment happens at least a day after the session that led to it. So when a day begins, all hires and enrolments
of that day are known: they are decided in order of time, which gives the moment at which each item is full, and then the day's
sessions are drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, IntArray
from sqrec.synth import clock, events
from sqrec.synth.catalogue import Catalogue, day_start, local_day, local_days
from sqrec.synth.choices import Shown, choose
from sqrec.synth.city import city_file
from sqrec.synth.data import read
from sqrec.synth.events import Log, Used
from sqrec.synth.facts import Facts, age_at, before_change
from sqrec.synth.pools import Pools, masked
from sqrec.synth.residents import FLEXIBLE, RETIRED, STUDENT, UNEMPLOYED, Residents
from sqrec.synth.taste import Taste
from sqrec.synth.utility import Model, among

_CHUNK = 2_000
NEVER = 1 << 60
_REMEMBERED = 8
_SESSIONS = {"job": 2.0, "course": 1.25, "amenity": 2.6}
_MIDDLE = {"job": 4.6, "course": 3.2, "amenity": 1.0}
_AVOIDS_KNOWN = {"job": 0.8, "course": 0.8, "amenity": 0.5}


@dataclass
class Play:
    """Hold the state of the simulation of one kind.

    `left` is the number of openings or seats left of each item, `gone` the moment (seconds UTC) at which a hired person stops
    searching, `last` the items that each person used last, `used` the number of uses of each item by everybody. `waiting` are events
    of the future, `takings` hires and enrolments that are not decided yet. `wait` is `clock.next_open`, `shown_share` the
    probability that a slate is logged.
    """

    model: Model
    taste: Taste
    pools: Pools
    facts: Facts
    slate: dict[str, float]
    shown_share: float
    rng: np.random.Generator
    wait: AnyArray
    left: IntArray
    used: IntArray
    gone: dict[int, int] = field(default_factory=dict[int, int])
    last: AnyArray = field(default_factory=lambda: np.empty((0, _REMEMBERED), np.int32))
    waiting: Log = field(default_factory=events.nothing)
    takings: Log = field(default_factory=events.nothing)
    requests: int = 0

    @property
    def items(self) -> Catalogue:
        """The items of the kind."""
        return self.model.items


def sessions(people: Residents, kind: str, start: int, end: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Draw the sessions of a kind: person and moment (seconds UTC) of each, in order of time.

    Moments lie between 7:00 and 22:00, after the person joined and before `end`.
    """
    rate = _SESSIONS[kind] * rng.gamma(2.0, 0.5, len(people)) * people.active * _rates(people, kind)
    share = np.clip((end - people.joined) / (end - start), 0, 1)
    count = rng.poisson(rate * (0.35 + 0.65 * share))
    person: IntArray = np.repeat(np.arange(len(people)), count)
    at = people.joined[person] + ((end - people.joined[person]) * rng.random(len(person))).astype(np.int64)
    day = local_days(at)
    hour = 7 + 15 * rng.beta(1.6, 1.4, len(person))
    at = day_start(day) + (hour * 3600).astype(np.int64)
    kept = (at >= people.joined[person]) & (at < end)
    order = np.argsort(at[kept], kind="stable")
    return person[kept][order], at[kept][order]


def _rates(people: Residents, kind: str) -> AnyArray:
    if kind == "amenity":
        return np.ones(len(people))
    seeking = np.select(
        [
            people.employment == UNEMPLOYED,
            people.employment == FLEXIBLE,
            people.employment == STUDENT,
            people.employment == RETIRED,
        ],
        [2.0, 1.2, 0.9, 0.3],
        0.6,
    )
    return np.where((age_at(people.birth, people.joined) < city_file().gates.jobs_from) & (kind == "job"), 0.0, seeking)


def begin(
    model: Model, taste: Taste, facts: Facts, people: int, world: str, shown_share: float, rng: np.random.Generator
) -> Play:
    """Return the state before the first day."""
    size = len(model.items)
    return Play(
        model=model,
        taste=taste,
        pools=Pools.of(model.items, model.places),
        facts=facts,
        slate=read("worlds")["tastes"][world]["slate"],
        shown_share=shown_share,
        rng=rng,
        wait=clock.next_open(model.items.patterns),
        left=model.items.capacity.copy(),
        used=np.zeros(size, np.int64),
        last=np.full((people, _REMEMBERED), -1, np.int32),
    )


def days(play: Play, people: Residents, start: int, end: int) -> Iterator[Log]:
    """Simulate every day from `start` to `end` (seconds UTC); yield its events in order of time. Closes full items in place."""
    person, at = sessions(people, play.items.kind, start, end, play.rng)
    for day in range(local_day(start), local_day(end)):
        opens, closes = (int(edge) for edge in day_start(np.array([day, day + 1])))
        _take(play, closes)
        play.pools.refresh(opens, play.used)
        first, last = np.searchsorted(at, [opens, closes])
        for low in range(first, last, _CHUNK):
            part = slice(low, min(low + _CHUNK, last))
            _session(play, people, person[part], at[part])
        yield _happened(play, closes, end)


def _take(play: Play, until: int) -> None:
    """Decide in order of time which hires and enrolments of a day happen; a hire ends the person's search."""
    due = play.takings.at < until
    today, play.takings = play.takings.where(due).in_time(), play.takings.where(~due)
    items, kept = play.items, np.zeros(len(today), dtype=bool)
    for row, (person, item, at) in enumerate(zip(today.person.tolist(), today.item.tolist(), today.at.tolist(), strict=True)):
        if at >= items.closes[item] or person in play.gone:
            continue
        kept[row] = True
        play.left[item] -= 1
        if play.left[item] == 0:
            items.closes[item] = at + 1
        if items.kind == "job":
            play.gone[person] = at
    done = today.where(kept)
    parts = [play.waiting, done]
    if items.kind == "course":
        parts.append(_completed(play, done))
    play.waiting = Log.joined(parts)


def _completed(play: Play, enrolled: Log) -> Log:
    """Return events of completion at the end of the course, for most enrolments."""
    stayed = enrolled.where(play.rng.random(len(enrolled)) < 0.75)
    ends = play.items.traits["ends"][stayed.item]
    stayed = stayed.where(ends > stayed.at)
    return Log.of(stayed.person, stayed.item, "complete", play.items.traits["ends"][stayed.item], stayed.request, stayed.position)


def _session(play: Play, people: Residents, person: AnyArray, at: IntArray) -> None:
    """Simulate a chunk of sessions: candidates, slates, views and events."""
    if play.gone:
        looking = np.array([play.gone.get(one, NEVER) > when for one, when in zip(person.tolist(), at.tolist(), strict=True)])
        person, at = person[looking], at[looking]
    if not len(person):
        return
    facts, rng = before_change(play.facts.take(person), people, person, at), play.rng
    minor = age_at(people.birth[person], at) < city_file().gates.adult_from
    pool = play.pools.draw(facts, play.taste.favourite(person), rng)
    able = masked(play.items, pool, at, minor)
    known = among(pool, play.last[person])
    able &= ~(known & (rng.random((len(person), 1)) < _AVOIDS_KNOWN[play.items.kind]))
    fit = play.model.observable(facts, pool)
    policy = np.float32(play.slate["fit"]) * fit + np.float32(play.slate["popular"]) * np.log1p(play.used[pool]).astype(
        np.float32
    )
    policy += np.float32(play.slate["noise"]) * rng.standard_normal(pool.shape, dtype=np.float32)
    shown = choose(pool, fit + play.taste.hidden(person[:, None], pool), policy, able, rng)
    _act(play, person, at, shown)


def _act(play: Play, person: AnyArray, at: IntArray, shown: Shown) -> None:
    """Turn slates into events: impressions of some sessions, and what follows from views."""
    rng, kind = play.rng, play.items.kind
    asked = rng.random(len(person)) < play.shown_share
    request = np.where(asked, play.requests + np.cumsum(asked), -1)
    play.requests += int(asked.sum())
    row, place = np.nonzero(shown.viewed)
    item = shown.item[row, place]
    used = Used(
        person[row],
        item,
        at[row],
        shown.felt[row, place],
        request[row],
        np.where(asked[row], place + 1, 0),
        _suits(play, person[row], item),
    )
    middle = _MIDDLE[kind]
    if kind == "job":
        logs, takings = events.of_jobs(used, middle, rng)
    elif kind == "course":
        logs, takings = events.of_courses(used, middle, rng)
    else:
        logs, takings = events.of_amenities(used, middle, play.wait, play.items, rng)
    slate, spot = np.nonzero((shown.item >= 0) & asked[:, None])
    logs.append(Log.of(person[slate], shown.item[slate, spot], "impression", at[slate], request[slate], spot + 1))
    play.waiting, play.takings = Log.joined([play.waiting, *logs]), Log.joined([play.takings, takings])
    np.add.at(play.used, item, 1)
    play.last[person[row], rng.integers(0, _REMEMBERED, len(row))] = item


def _suits(play: Play, person: AnyArray, item: AnyArray) -> BoolArray:
    """Tell whether people meet the education and experience that jobs require; True for courses and amenities."""
    if play.items.kind != "job":
        return np.ones(len(person), dtype=bool)
    traits = play.items.traits
    return (play.facts.rung[person] >= traits["rung"][item]) & (play.facts.years[person] >= traits["years"][item] - 0.5)


def _happened(play: Play, until: int, end: int) -> Log:
    """Return the events before a moment; drop those after the item closed or after `end`."""
    due = play.waiting.at < min(until, end)
    today, play.waiting = play.waiting.where(due).in_time(), play.waiting.where(~due)
    done = np.isin(today.code, [events.CODE["complete"]])
    return today.where((today.at >= play.items.opens[today.item]) & ((today.at < play.items.closes[today.item]) | done))
