"""Residents of the invented city: all true facts, and which of them they told."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.contract.vocabulary import AMENITY_TYPES, WALKS
from sqrec.synth import clock
from sqrec.synth.catalogue import Window
from sqrec.synth.city import Communities, offset
from sqrec.synth.data import draw, read, stream
from sqrec.synth.trades import FORMS, Trades, trades

_YOUNGEST_MONTHS = 14 * 12 + 8
"""The youngest age on `as_of`, months: nobody is under 14 on any day of the window."""
STUDENT, UNEMPLOYED, EMPLOYED, FLEXIBLE, RETIRED = 3, 1, 0, 2, 4
EMPLOYMENT = ("employed", "unemployed", "flexible", "student", "retired")
TYPES = tuple(AMENITY_TYPES)
_AGES = ((14, 15, 0.006), (16, 17, 0.012), (18, 24, 0.13), (25, 39, 0.30), (40, 59, 0.36), (60, 74, 0.15), (75, 92, 0.042))
_RUNGS = {
    24: (0, 2, 22, 30, 42, 4, 0),
    39: (1, 14, 25, 28, 26, 6, 0.5),
    59: (5, 38, 30, 16, 10, 1, 0),
    130: (34, 38, 18, 7, 3, 0, 0),
}
_TOLD = {
    "birth": 0.97,
    "education": 0.92,
    "graduated": 0.3,
    "skills": 0.72,
    "past": 0.8,
    "desired": 0.78,
    "experience": 0.75,
    "employment": 0.85,
    "registered": 0.6,
    "wage": 0.72,
    "forms": 0.75,
    "hours": 0.6,
    "needs": 1.0,
    "point": 0.95,
    "area": 0.98,
    "pace": 0.06,
}
"""The share of people who told each fact. Needs: of people who have some; the others have an empty cell."""
FACTS = tuple(_TOLD)


@dataclass
class Residents:
    """Hold all true facts of people, one entry each; -1 is none, and `told` marks the facts that stand in the table `people`.

    `desired_before` and `wage_before` hold until `updated` where that lies after the first use. `lon` and `lat` are WGS84 degrees,
    `birth` and `graduated` months since year 0, wages yuan a month, `experience` years, moments seconds since 1970 (UTC). `forms` and
    `needs` are bits in the order of FORMS and TYPES; `past`, `desired`, `skill` and `level` have a column for each entry.
    """

    lon: AnyArray
    lat: AnyArray
    community: AnyArray
    birth: AnyArray
    age: AnyArray
    education: AnyArray
    rung: AnyArray
    graduated: AnyArray
    skill: AnyArray
    level: AnyArray
    past: AnyArray
    desired: AnyArray
    desired_before: AnyArray
    experience: AnyArray
    employment: AnyArray
    wage: AnyArray
    wage_before: AnyArray
    forms: AnyArray
    hours: AnyArray
    needs: AnyArray
    parent: BoolArray
    joined: AnyArray
    updated: AnyArray
    active: BoolArray
    off: BoolArray
    told: BoolArray

    def __len__(self) -> int:
        return len(self.lon)


def invent(size: int, places: Communities, as_of: date, window: Window, seed: int, spread: float) -> Residents:
    """Invent `size` residents; homes lie around the middle of their community with a standard deviation of `spread` metres."""
    start, end = window.start, window.end
    rng, work = stream(seed, "residents"), trades()
    home = draw(rng, places.weight, size).astype(np.int32)
    lon, lat = offset(places.lon[home], places.lat[home], rng.normal(0, spread, size), rng.normal(0, spread, size))
    age, birth = _ages(size, as_of, rng)
    rung = _rungs(age, rng)
    past, desired = _wishes(age, rung, work, rng)
    employment = _employment(age, rng)
    parent = (age >= 24) & (age <= 44) & (rng.random(size) < 0.32)
    skill, level = _skills(past, desired, work, rng)
    experience = np.where(past[:, 0] >= 0, np.clip(rng.gamma(1.6, 5.0, size), 0.5, np.maximum(age - 18, 0.5)), 0.0)
    experience = np.round(experience * 2) / 2
    wage = _wages(desired, experience, work, rng)
    joined = np.where(rng.random(size) < 0.6, start, start + (end - start) * rng.random(size) ** 0.9).astype(np.int64)
    told = rng.random((size, len(FACTS)), dtype=np.float32) < np.array(list(_TOLD.values()), dtype=np.float32)
    told[:, FACTS.index("graduated")] |= age <= 26
    return Residents(
        lon=lon,
        lat=lat,
        community=home,
        birth=birth,
        age=age,
        education=_codes(rung, rng),
        rung=rung,
        graduated=_graduated(rung, birth, as_of, rng),
        skill=skill,
        level=level,
        past=past,
        desired=desired,
        desired_before=np.column_stack([past[:, 0], desired[:, 0]]),
        experience=experience.astype(np.float32),
        employment=employment,
        wage=wage,
        wage_before=np.round(wage * rng.uniform(0.85, 1.15, size) / 100).astype(np.float32) * 100,
        forms=_forms(age, employment, parent, rng),
        hours=_hours(age, employment, parent, rng),
        needs=_needs(age, parent, rng),
        parent=parent,
        joined=joined,
        updated=_updated(joined, start, end, rng),
        active=rng.random(size) < 0.8,
        off=rng.random(size) < 0.02,
        told=told,
    )


def _ages(size: int, as_of: date, rng: np.random.Generator) -> tuple[AnyArray, AnyArray]:
    """Draw ages in whole years on `as_of`, and months of birth (since year 0; a year counts as reached a month later)."""
    band = draw(rng, [share for *_, share in _AGES], size)
    low, high = np.array([row[0] for row in _AGES])[band], np.array([row[1] for row in _AGES])[band]
    age = (low + np.floor((high - low + 1) * rng.random(size))).astype(np.int16)
    months = age.astype(np.int32) * 12 + rng.integers(1, 13, size, dtype=np.int32)
    months = np.maximum(months, _YOUNGEST_MONTHS)
    return ((months - 1) // 12).astype(np.int16), (as_of.year * 12 + as_of.month - 1 - months).astype(np.int32)


def _rungs(age: AnyArray, rng: np.random.Generator) -> AnyArray:
    rung = np.zeros(len(age), dtype=np.int8)
    low = 0
    for high, shares in _RUNGS.items():
        mine = (age > low) & (age <= high)
        rung[mine] = draw(rng, shares, int(mine.sum())) + 1
        low = high
    rung = np.where(age < 16, 2, np.where(age < 18, np.minimum(rung, 3), rung))
    return np.where(age < 21, np.minimum(rung, 4), rung).astype(np.int8)


CODES = ("81", "71", "61", "41", "44", "47", "31", "21", "14", "11", "73", "63", "33", "90")
"""GB/T 4658 codes in use; from the eleventh on, those of people who did not graduate or whose rung is unknown."""
_CODES_OF_RUNG = {1: (0, 0), 2: (1, 10), 3: (2, 3, 4, 5, 11), 4: (6, 12), 5: (7,), 6: (8,), 7: (9,)}


def _codes(rung: AnyArray, rng: np.random.Generator) -> AnyArray:
    codes = np.zeros(len(rung), dtype=np.int8)
    luck = rng.random(len(rung))
    for number, choices in _CODES_OF_RUNG.items():
        mine = rung == number
        place = np.where(luck[mine] < 0.92, luck[mine] / 0.92 * max(1, len(choices) - (choices[-1] > 9)), len(choices) - 1)
        codes[mine] = np.array(choices)[place.astype(np.int64)]
    return codes


def _graduated(rung: AnyArray, birth: AnyArray, as_of: date, rng: np.random.Generator) -> AnyArray:
    """Return the month of leaving education (June or July), months since year 0; -1 where that lies ahead."""
    years = np.array([0, 12, 15, 18, 21, 22, 25, 28])[rung] + rng.integers(0, 2, len(rung))
    month = (birth // 12 + years) * 12 + rng.integers(5, 7, len(rung))
    return np.where(month < as_of.year * 12 + as_of.month - 1, month, -1).astype(np.int32)


def _wishes(age: AnyArray, rung: AnyArray, work: Trades, rng: np.random.Generator) -> tuple[AnyArray, AnyArray]:
    """Draw past occupations, newest first, and wanted ones; indices, shape (people, 2) each, -1: none."""
    size = len(age)
    past, desired = np.full((size, 2), -1, dtype=np.int16), np.full((size, 2), -1, dtype=np.int16)
    by_rung = [
        work.weight * np.exp(-0.9 * np.maximum(0, work.education - r) - 0.45 * np.maximum(0, r - work.education))
        for r in range(8)
    ]

    def any_fit() -> AnyArray:
        found = np.zeros(size, dtype=np.int16)
        for number in range(1, 8):
            mine = rung == number
            found[mine] = draw(rng, by_rung[number], int(mine.sum()))
        return found

    def near(of: AnyArray) -> AnyArray:
        """Draw an occupation that shares a beginning of its code."""
        found = np.zeros(size, dtype=np.int16)
        for number in range(len(work)):
            mine = of == number
            found[mine] = draw(rng, work.weight * (work.alike[number, :-1] > 0), int(mine.sum()))
        return found

    worked = (age >= 18) & (rng.random(size) < np.where(age < 25, 0.45, 0.95))
    first = any_fit()
    past[worked, 0] = first[worked]
    twice = worked & (age >= 25) & (rng.random(size) < 0.35)
    past[twice, 1] = np.where(rng.random(size) < 0.5, near(first), any_fit())[twice]
    luck = rng.random(size)
    wanted = np.where(luck < 0.5, first, np.where(luck < 0.7, near(first), any_fit()))
    desired[:, 0] = np.where(worked, wanted, first)
    more = rng.random(size) < 0.45
    other = np.where(rng.random(size) < 0.6, near(desired[:, 0]), any_fit())
    desired[more, 1] = other[more]
    past[past[:, 0] == past[:, 1], 1] = -1
    desired[desired[:, 0] == desired[:, 1], 1] = -1
    return past, desired


def _employment(age: AnyArray, rng: np.random.Generator) -> AnyArray:
    size = len(age)
    working = np.array([EMPLOYED, UNEMPLOYED, FLEXIBLE])[draw(rng, (0.5, 0.32, 0.18), size)]
    young = np.where(rng.random(size) < 0.35, STUDENT, working)
    old = np.where(rng.random(size) < 0.82, RETIRED, working)
    return np.where(age < 18, STUDENT, np.where(age < 25, young, np.where(age >= 60, old, working))).astype(np.int8)


def _skills(past: AnyArray, desired: AnyArray, work: Trades, rng: np.random.Generator) -> tuple[AnyArray, AnyArray]:
    """Draw up to four skills (-1: no more) and certificate levels (0: none), those of past work first."""
    size = len(past)
    table = np.vstack([work.skill, np.full((1, 3), -1)])
    listed = np.hstack([table[past[:, 0]], table[desired[:, 0]], table[past[:, 1]]])
    chance = np.repeat([0.8, 0.35, 0.3], 3)
    listed = np.where(rng.random(listed.shape) < chance, listed, -1)
    for later in range(1, listed.shape[1]):
        listed[(listed[:, :later] == listed[:, later : later + 1]).any(axis=1), later] = -1
    order = np.argsort(listed < 0, axis=1, kind="stable")[:, :4]
    skill = np.take_along_axis(listed, order, axis=1).astype(np.int16)
    level = np.array([0, 5, 4, 3, 2])[draw(rng, (0.55, 0.2, 0.15, 0.08, 0.02), size * 4)].reshape(size, 4)
    return skill, np.where(skill >= 0, level, 0).astype(np.int8)


def _wages(desired: AnyArray, experience: AnyArray, work: Trades, rng: np.random.Generator) -> AnyArray:
    middle = work.wage.mean(axis=1)[desired[:, 0]]
    asked: FloatArray = middle * (0.9 + 0.012 * np.minimum(experience, 15)) * rng.lognormal(0, 0.14, len(desired))
    return (np.round(asked / 100) * 100).astype(np.float32)


def _forms(age: AnyArray, employment: AnyArray, parent: BoolArray, rng: np.random.Generator) -> AnyArray:
    """Draw accepted forms of work, as bits in the order of FORMS."""
    size = len(age)
    small = (employment == STUDENT) | (employment == RETIRED) | parent
    chance = np.stack([np.where(small, 0.5, 0.92), np.where(small, 0.7, 0.25), np.where(small, 0.4, 0.25)], axis=1)
    chance = np.column_stack([chance, np.full(size, 0.2), np.where(age < 27, 0.5, 0.02)])
    bits = (rng.random((size, len(FORMS))) < chance) @ (1 << np.arange(len(FORMS)))
    return np.where(bits == 0, 1, bits).astype(np.int8)


def _hours(age: AnyArray, employment: AnyArray, parent: BoolArray, rng: np.random.Generator) -> AnyArray:
    shares, names = clock.free_shares(), list(read("hours")["free"])
    plain = draw(rng, shares, len(age))
    home = draw(rng, shares * np.isin(names, ["school_run", "mornings", "office_hours"]), len(age))
    study = draw(rng, shares * np.isin(names, ["evenings", "weekends", "afternoons"]), len(age))
    luck = rng.random(len(age)) < 0.6
    return np.where(luck & parent, home, np.where(luck & (employment == STUDENT), study, plain)).astype(np.int8)


def _needs(age: AnyArray, parent: BoolArray, rng: np.random.Generator) -> AnyArray:
    """Draw needs, as bits in the order of TYPES."""
    size = len(age)
    chance = np.full((size, len(TYPES)), 0.012, dtype=np.float32)
    chance[parent, TYPES.index("childcare")] = 0.65
    chance[age >= 66, TYPES.index("elder_care")] = 0.5
    chance[(age >= 42) & (age < 62), TYPES.index("elder_care")] = 0.1
    for name, low in (("canteen", 62), ("clinic", 58), ("market", 50), ("pharmacy", 60)):
        chance[age >= low, TYPES.index(name)] = 0.15
    for name in ("gym", "repair", "housekeeping", "culture", "employment_station"):
        chance[age < 60, TYPES.index(name)] = 0.05
    chosen = rng.random(chance.shape, dtype=np.float32) < chance
    return chosen @ (np.int64(1) << np.arange(len(TYPES), dtype=np.int64))


def _updated(joined: IntArray, start: int, end: int, rng: np.random.Generator) -> AnyArray:
    """Draw the moment at which the facts were last changed, seconds UTC: before the first use; after it for 8 %; unknown (-1) for 4 %."""
    size, luck = len(joined), rng.random(len(joined))
    before = joined - (rng.gamma(1.5, 12 * 86_400, size)).astype(np.int64) - 3600
    later = joined + (np.maximum(end - joined, 0) * rng.uniform(0.1, 1.0, size)).astype(np.int64)
    return np.where(luck < 0.04, -1, np.where(luck < 0.12, later, before)).astype(np.int64)


def ways(people: Residents, seed: int) -> IntArray:
    """Draw which ways on foot people told they take: indices in WALKS, -1 not told. No steps: mostly parents and the oldest."""
    rng = stream(seed, "ways on foot")
    steps = np.select([people.parent, people.age >= 75], [0.12, 0.2], 0.01)
    luck, told = rng.random(len(people)), rng.random(len(people)) < 0.06
    return np.where(luck < steps, WALKS.index("no_steps"), np.where(told, WALKS.index("any"), -1))
