"""The slice of every audited family to which each person belongs. No ranker reads any of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray, key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import City
from sqrec.cities.ages import age_at
from sqrec.codes.education import rank_held
from sqrec.contract import Kind
from sqrec.evaluate.stats.split import Questions
from sqrec.groups.groups import KeyGroups
from sqrec.groups.restricted import Restricted
from sqrec.groups.restricted_table import restricted_of
from sqrec.profile.person import Person
from sqrec.profile.segments import BANDS
from sqrec.tables import Folder

UNKNOWN = "unknown"
"""The slice of people whose fact is unknown; it is compared with no other slice."""

SOON = 30.0
"""Minutes between two uses up to which both belong to one session."""

_RUNGS = ("no_school", "primary", "junior_secondary", "upper_secondary", "college", "bachelor", "master", "doctorate")


KEY_GROUPS = KeyGroups(("graduate", "hard_to_employ", "registered_unemployed"))
"""The key groups that are audited: each is a family of its own, `yes`, `no` or `unknown`."""


def audited_slices(folder: Folder, snapshot: Snapshot, kind: Kind, questions: Questions) -> dict[str, list[str]]:
    """Return one slice per question for every audited family.

    Sex, age band, education, district, the key groups (by the city's rules at the question's moment; `yes` is recognised or
    likely), disability and kind of hukou, and whether there is a history. Facts are those known at the question's moment;
    those of `restricted` go nowhere but into this audit. Without such a table, or without rules, everybody is `unknown`.
    """
    restricted = {key_of(person_id): facts for person_id, facts in restricted_of(folder).items()}
    asked = [
        Asked(snapshot.known_at(int(person), int(at)), restricted.get(int(person), Restricted()), int(at), folder.city)
        for person, at in zip(questions.person, questions.at, strict=True)
    ]
    histories = zip(questions.person, questions.at, strict=True)
    events = np.array([len(snapshot.history(int(key), int(at))[kind].at) for key, at in histories], dtype=np.int64)
    return slices_of(asked) | {"history": history_names(events)}


def slices_of(asked: Sequence["Asked"]) -> dict[str, list[str]]:
    """Return one slice per person for every family that facts of people give."""
    families: dict[str, Callable[[Asked], str]] = {
        "sex": lambda one: one.restricted.sex or UNKNOWN,
        "age": Asked.band,
        "education": Asked.rung,
        "district": Asked.district,
        **{group: lambda one, group=group: one.groups.get(group, UNKNOWN) for group in KEY_GROUPS.groups},
        "disability": lambda one: _as_word(one.restricted.disability),
        "hukou_type": lambda one: one.restricted.hukou_type or UNKNOWN,
    }
    return {name: [slice_of(one) for one in asked] for name, slice_of in families.items()}


def known_families(families: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return the families in which somebody's slice is known."""
    return {family: names for family, names in families.items() if set(names) - {UNKNOWN}}


def gap_names(minutes: FloatArray) -> list[str]:
    """Return each person's slice by the minutes since the previous event; NaN: no earlier event."""
    return np.select([np.isnan(minutes), minutes <= SOON], ["no_earlier_event", "within_30_minutes"], "later").tolist()


def history_names(events: IntArray) -> list[str]:
    """Return each person's slice by the number of events before the question: some or none."""
    return np.where(events > 0, "some", "none").tolist()


def band_of(age: float) -> str:
    """Return the age band of an age in years, ends inclusive; NaN is unknown."""
    if np.isnan(age):
        return UNKNOWN
    place = int(np.searchsorted(BANDS, age, side="right"))
    starts = [0, *(int(band) for band in BANDS)]
    return f"{starts[place]}+" if place == len(BANDS) else f"{starts[place]}-{starts[place + 1] - 1}"


def rung_of(education: str | None) -> str:
    """Return the rung of the education ladder on which a code stands."""
    rung = rank_held(education)
    return UNKNOWN if np.isnan(rung) else _RUNGS[int(rung)]


@dataclass(frozen=True)
class Asked:
    """Hold a person of the audit, as known at a moment (microseconds UTC)."""

    person: Person
    restricted: Restricted
    at: int
    city: City

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """The audited key groups by the city's rules: yes, no or unknown."""
        words = {"recognised": "yes", "likely": "yes"}
        found = KEY_GROUPS.of(self.person, self.restricted, self.city, self.at)
        return {one.group: words.get(one.status, one.status) for one in found}

    def age(self) -> float:
        """Return whole years of age, NaN where they are unknown."""
        local = self.city.local(self.at)
        age = age_at(self.person.birth_month, local.year, local.month)
        return np.nan if age is None else float(age)

    def band(self) -> str:
        """Return the age band, years inclusive."""
        return band_of(self.age())

    def rung(self) -> str:
        """Return the rung of the education ladder."""
        return rung_of(self.person.education)

    def district(self) -> str:
        """Return the district: the first six digits of a code that is in force, else the first name of a path."""
        area = self.person.area
        return (self.city.present_area(area) or UNKNOWN)[:6] if area and area.isdigit() else (area or UNKNOWN).split("/")[0]


def _as_word(fact: object) -> str:
    return UNKNOWN if fact is None else "yes" if fact else "no"
