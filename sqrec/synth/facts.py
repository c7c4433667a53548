"""What the choice model reads of people: all true facts, or those known at a moment."""

from dataclasses import dataclass, replace

import numpy as np

from sqrec.base.arrays import AnyArray
from sqrec.synth.city import METRES_A_DEGREE, Communities, city_file
from sqrec.synth.data import TIME_ZONE_SECONDS
from sqrec.synth.residents import FACTS, Residents

BANDS = (24, 39, 59, 74)
TYPICAL_RUNG, TYPICAL_YEARS, TYPICAL_WAGE = 3.0, 5.0, 5000.0
"""Values in the place of an unknown education rung, experience (years) and expected wage (yuan a month)."""
_MUTABLE = ("skills", "past", "desired", "employment", "registered", "wage")


@dataclass(frozen=True)
class Facts:
    """Hold the facts of people, one entry each, as float32 and small integers.

    Unknown is -1 for indices, 0 for `age`, `forms` and `level`, 5 for `band` (age band); other unknown numbers have a typical value. `scale` is metres per degree
    of longitude at home, `pace` metres a minute, `wage` yuan a month.
    """

    lon: AnyArray
    lat: AnyArray
    scale: AnyArray
    community: AnyArray
    district: AnyArray
    street: AnyArray
    built: AnyArray
    pace: AnyArray
    band: AnyArray
    age: AnyArray
    rung: AnyArray
    years: AnyArray
    wage: AnyArray
    past: AnyArray
    desired: AnyArray
    skill: AnyArray
    level: AnyArray
    forms: AnyArray
    hours: AnyArray
    needs: AnyArray

    def take(self, rows: AnyArray | slice) -> "Facts":
        """Return the facts of some people (rows)."""
        return Facts(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def before_change(facts: Facts, people: Residents, person: AnyArray, at: AnyArray) -> Facts:
    """Return facts as they were at moments (seconds UTC): before `updated` the earlier wishes and wages hold.

    `facts` has one row for each entry of `person` (indices in `people`) and `at`.
    """
    early = at < people.updated[person]
    return replace(
        facts,
        desired=np.where(early[:, None], people.desired_before[person], facts.desired),
        wage=np.where(early, people.wage_before[person], facts.wage),
    )


def age_at(birth: AnyArray, at: AnyArray) -> AnyArray:
    """Return whole years of age at moments (seconds UTC), a year counting from the first of the month after the birth month."""
    month = (at + TIME_ZONE_SECONDS).astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return (month - birth - 1) // 12


def true_facts(people: Residents, places: Communities) -> Facts:
    """Return the true facts of everybody."""
    home = people.community
    return Facts(
        lon=people.lon,
        lat=people.lat,
        scale=(METRES_A_DEGREE * np.cos(np.radians(people.lat))).astype(np.float32),
        community=home,
        district=places.district[home].astype(np.int16),
        street=places.street[home].astype(np.int32),
        built=places.built[home].astype(np.int8),
        pace=_paces(people.age),
        band=np.searchsorted(BANDS, people.age).astype(np.int8),
        age=people.age.astype(np.float32),
        rung=_held(people),
        years=people.experience,
        wage=people.wage,
        past=people.past,
        desired=people.desired,
        skill=people.skill,
        level=people.level,
        forms=people.forms,
        hours=people.hours,
        needs=people.needs,
    )


def known_facts(people: Residents, places: Communities, at: int) -> Facts:
    """Return the facts that the tables know at a moment (seconds UTC).

    Facts that were not told are unknown, and so are mutable facts of people whose row was changed later.
    """
    true, told = true_facts(people, places), people.told.copy()
    for name in _MUTABLE:
        told[people.updated > at, FACTS.index(name)] = False
    knows = {name: told[:, place] for place, name in enumerate(FACTS)}
    home = people.community
    city = city_file()
    birth = knows["birth"]
    return replace(
        true,
        lon=np.where(knows["point"], true.lon, places.lon[home]),
        lat=np.where(knows["point"], true.lat, places.lat[home]),
        pace=np.where(birth, true.pace, np.float32(city.paces.unknown_age)),
        band=np.where(birth, true.band, 5).astype(np.int8),
        age=np.where(birth, true.age, np.float32(0)),
        rung=np.where(knows["education"] & (people.education != 13), true.rung, np.float32(TYPICAL_RUNG)),
        years=np.where(knows["experience"], true.years, np.float32(TYPICAL_YEARS)),
        wage=np.where(knows["wage"], true.wage, np.float32(TYPICAL_WAGE)),
        past=np.where(knows["past"][:, None], true.past, np.int16(-1)),
        desired=np.where(knows["desired"][:, None], true.desired, np.int16(-1)),
        skill=np.where(knows["skills"][:, None], true.skill, np.int16(-1)),
        level=np.where(knows["skills"][:, None], true.level, np.int8(0)),
        forms=np.where(knows["forms"], true.forms, np.int8(0)),
        hours=np.where(knows["hours"], true.hours, np.int8(-1)),
    )


def _held(people: Residents) -> AnyArray:
    """Return the education rung that counts: one lower for people who did not graduate (GB/T 4658 codes 73, 63, 33)."""
    return (people.rung - np.isin(people.education, (10, 11, 12))).astype(np.float32)


def _paces(age: AnyArray) -> AnyArray:
    city = city_file()
    return np.array([city.pace_for(years) for years in range(131)], dtype=np.float32)[age]
