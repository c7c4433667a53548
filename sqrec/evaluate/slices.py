"""Which slice of the audited families everybody who was asked belongs to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sqrec.arrays import keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import City
from sqrec.codes.education import rank_held
from sqrec.columns import Kind
from sqrec.evaluate.evaluation import history_names
from sqrec.evaluate.split import Questions
from sqrec.profile.person import Person, age_at
from sqrec.profile.segments import BANDS
from sqrec.tables import Folder

UNKNOWN = "unknown"
"""The slice of those of whom it is not known; it is no group, and nobody is compared with it."""

_RUNGS = ("no_school", "primary", "junior_secondary", "upper_secondary", "college", "bachelor", "master", "doctorate")


def audited_slices(folder: Folder, snapshot: Snapshot, kind: Kind, questions: Questions) -> dict[str, list[str]]:
    """Return one slice per question for every audited family: sex, age band, education, district, and whether there is a history.

    Facts are those known at the question's moment; sex comes from `restricted` and goes nowhere but into this audit.
    """
    asked = [
        _Asked(snapshot.known_at(int(person), int(at)), int(person), int(at), folder.city)
        for person, at in zip(questions.person, questions.at, strict=True)
    ]
    sexes = _sexes(folder)
    families: dict[str, Callable[[_Asked], str]] = {
        "sex": lambda one: sexes.get(one.key, UNKNOWN),
        "age": _Asked.band,
        "education": _Asked.rung,
        "district": _Asked.district,
    }
    events = np.array([len(snapshot.history(one.key, one.at)[kind].at) for one in asked], dtype=np.int64)
    return {name: [slice_of(one) for one in asked] for name, slice_of in families.items()} | {"history": history_names(events)}


@dataclass(frozen=True)
class _Asked:
    """Hold somebody who was asked, as known at a moment."""

    person: Person
    key: int
    at: int
    city: City

    def band(self) -> str:
        """Return the age band, years inclusive."""
        local = self.city.local(self.at)
        age = age_at(self.person.birth_month, local.year, local.month)
        if age is None:
            return UNKNOWN
        place = int(np.searchsorted(BANDS, age, side="right"))
        starts = [0, *(int(band) for band in BANDS)]
        return f"{starts[place]}+" if place == len(BANDS) else f"{starts[place]}-{starts[place + 1] - 1}"

    def rung(self) -> str:
        """Return the rung of the education ladder."""
        rung = rank_held(self.person.education)
        return UNKNOWN if np.isnan(rung) else _RUNGS[int(rung)]

    def district(self) -> str:
        """Return the district: the first six digits of a code that is in force, else the first name of a path."""
        area = self.person.area
        return (self.city.present_area(area) or UNKNOWN)[:6] if area and area.isdigit() else (area or UNKNOWN).split("/")[0]


def _sexes(folder: Folder) -> Mapping[int, str]:
    table: pd.DataFrame | None = folder.tables.get("restricted")
    if table is None:
        return {}
    told: Sequence[Any] = table["sex"].tolist()
    return {int(key): str(sex) for key, sex in zip(keys_of(table["person_id"]), told, strict=True) if not pd.isna(sex)}
