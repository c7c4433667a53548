"""Events that follow from views: saves, applications, interviews, hires, enrolments, visits, and when they became known."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from sqrec.base.arrays import AnyArray, IntArray
from sqrec.contract.vocabulary import GRADES
from sqrec.synth.catalogue import Catalogue
from sqrec.synth.clock import SLOTS
from sqrec.synth.data import DAY, TIME_ZONE_SECONDS

NAMES = tuple(GRADES)
CODE = {name: place for place, name in enumerate(NAMES)}
_HALF_HOUR = 1800
_HOUR = 3600


@dataclass
class Log:
    """Hold events, one entry each.

    `person` and `item` are indices, `code` an index in NAMES, `at` seconds UTC, `request` the number of the list (-1: none) and
    `position` the place in it from 1 (0: none).
    """

    person: AnyArray
    item: AnyArray
    code: AnyArray
    at: AnyArray
    request: AnyArray
    position: AnyArray

    @classmethod
    def of(cls, person: AnyArray, item: AnyArray, name: str, at: AnyArray, request: AnyArray, position: AnyArray) -> Self:
        """Build events of one name (NAMES), one per entry of the arrays."""
        code = np.full(len(person), CODE[name], np.int8)
        return cls(
            person.astype(np.int32),
            item.astype(np.int32),
            code,
            at.astype(np.int64),
            request.astype(np.int64),
            position.astype(np.int16),
        )

    @classmethod
    def joined(cls, parts: list["Log"]) -> "Log":
        """Return the events of all parts, one part after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def __len__(self) -> int:
        return len(self.person)

    def where(self, mask: AnyArray) -> "Log":
        """Return the events of a mask."""
        return Log(*(getattr(self, field.name)[mask] for field in fields(self)))

    def in_time(self) -> "Log":
        """Return the events in order of time."""
        return self.where(np.argsort(self.at, kind="stable"))


def nothing() -> Log:
    """Return an empty log."""
    empty = np.empty(0, np.int64)
    return Log.of(empty, empty, "view", empty, empty, empty)


@dataclass(frozen=True)
class Used:
    """Hold viewed items, one entry each.

    `at` is when the session began (seconds UTC), `felt` the utility with the noise of the view, `suits` whether the person meets the
    item's requirements; the others as in `Log`.
    """

    person: AnyArray
    item: AnyArray
    at: AnyArray
    felt: AnyArray
    request: AnyArray
    position: AnyArray
    suits: AnyArray

    def log(self, name: str, at: AnyArray, mask: AnyArray) -> Log:
        """Return one event of a name for every view that `mask` marks, at the moments `at`."""
        return Log.of(self.person[mask], self.item[mask], name, at[mask], self.request[mask], self.position[mask])


def of_jobs(used: Used, middle: float, rng: np.random.Generator) -> tuple[list[Log], Log]:
    """Return events of viewed jobs, and the hires that happen if an opening is left.

    `middle` is the utility at which the probability of acting is half its maximum.
    """
    seen = used.at + rng.integers(20, 900, len(used.at))
    liking = _liking(used.felt, middle)
    saved = rng.random(len(seen)) < 0.45 * liking
    applied = rng.random(len(seen)) < 0.75 * liking
    asked = applied & (rng.random(len(seen)) < np.where(used.suits, 0.4, 0.12))
    taken = asked & (rng.random(len(seen)) < 0.4)
    apply_at = seen + rng.integers(60, 2 * DAY, len(seen)) * (rng.random(len(seen)) < 0.5) + 60
    talk_at = _office(apply_at + rng.integers(DAY, 6 * DAY, len(seen)))
    start_at = _office(talk_at + rng.integers(DAY, 9 * DAY, len(seen)))
    logs = [
        used.log("view", seen, seen > 0),
        used.log("save", seen + rng.integers(5, 60, len(seen)), saved),
        used.log("apply", apply_at, applied),
        used.log("interview", talk_at, asked),
    ]
    return logs, used.log("hire", start_at, taken)


def of_courses(used: Used, middle: float, rng: np.random.Generator) -> tuple[list[Log], Log]:
    """Return events of viewed courses, and the enrolments, a day or more later, that happen if a seat is left."""
    seen = used.at + rng.integers(20, 900, len(used.at))
    liking = _liking(used.felt, middle)
    saved = rng.random(len(seen)) < 0.5 * liking
    enrolled = rng.random(len(seen)) < 0.65 * liking
    logs = [used.log("view", seen, seen > 0), used.log("save", seen + rng.integers(5, 60, len(seen)), saved)]
    return logs, used.log("enrol", seen + rng.integers(DAY, 4 * DAY, len(seen)), enrolled)


def of_amenities(used: Used, middle: float, wait: AnyArray, items: Catalogue, rng: np.random.Generator) -> tuple[list[Log], Log]:
    """Return events of viewed amenities; a visit waits until the amenity opens (`wait`: `clock.next_open`)."""
    seen = used.at + rng.integers(5, 300, len(used.at))
    liking = _liking(used.felt, middle)
    looked = rng.random(len(seen)) < 0.55
    saved = rng.random(len(seen)) < 0.2 * liking
    visited = rng.random(len(seen)) < 0.35 + 0.6 * liking
    visit = seen + rng.integers(600, 8 * _HOUR, len(seen))
    slot = (visit + TIME_ZONE_SECONDS + 3 * DAY) // _HALF_HOUR % SLOTS  # 1970-01-01 was a Thursday
    closed = wait[items.hours[used.item], slot].astype(np.int64)
    visit = np.where(closed > 0, (visit // _HALF_HOUR + closed) * _HALF_HOUR + rng.integers(0, _HALF_HOUR, len(seen)), visit)
    logs = [
        used.log("view", seen, looked | ~visited),
        used.log("save", seen + rng.integers(5, 60, len(seen)), saved),
        used.log("visit", visit, visited),
    ]
    return logs, nothing()


def late(log: Log, end: int, rng: np.random.Generator) -> IntArray:
    """Return the moment at which each event became known, seconds UTC; -1: at once. Employers and schools are late more often."""
    slow = np.isin(log.code, [CODE["interview"], CODE["hire"], CODE["enrol"], CODE["complete"]])
    after = np.where(rng.random(len(log)) < np.where(slow, 0.35, 0.05), rng.lognormal(10.6, 1.3, len(log)), 0)
    recorded = np.minimum(log.at + after.astype(np.int64), end - 1)
    return np.where((after > 0) & (recorded > log.at), recorded, -1)


def _liking(felt: AnyArray, middle: float) -> AnyArray:
    return 1 / (1 + np.exp(-(felt - np.float32(middle))))


def _office(at: AnyArray) -> IntArray:
    """Move moments into office hours of their day."""
    local = at + TIME_ZONE_SECONDS
    return local // DAY * DAY + 9 * _HOUR + local % DAY * 8 // 24 - TIME_ZONE_SECONDS
