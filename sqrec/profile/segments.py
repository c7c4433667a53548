"""Segments of people for counts: community, district and age band."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, KeyArray, keys_of, lookup, plain
from sqrec.profile.history import Events
from sqrec.profile.profiler import Profiler

Segment = Literal["community", "district", "age"]
BANDS = (18.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0)
"""Where age bands begin, years."""
_MONTH = 2_629_746_000_000
"""A mean month of the Gregorian calendar, microseconds."""


def ages(born: FloatArray, at: IntArray) -> FloatArray:
    """Return ages in years, true to a month, from months since year 0 and moments; unknown is NaN."""
    return (at / _MONTH + 1970 * 12 + 1 - born) / 12


@dataclass(frozen=True)
class Segments:
    """Hold the district, community and birth month of people, by the sorted hash of the id.

    `area` has a row per person: the keys of the largest and of the smallest known division of the home, 0 unknown. `districts`
    and `communities` are the sorted keys of all that have people; a division's number is its place there.
    """

    person: KeyArray
    area: KeyArray
    born: FloatArray
    districts: KeyArray
    communities: KeyArray

    @classmethod
    def of(cls, table: pd.DataFrame | None, profiler: Profiler) -> Self:
        """Take everybody's home and birth month from the table `people` (None: there is none)."""
        ids = [] if table is None else table["person_id"].tolist()
        person = keys_of(ids)
        order = np.argsort(person)
        facts = {
            e.name: e.encoder.encode([] if table is None else plain(table[e.columns[0]]))
            for e in profiler.people
            if e.name in {"area", "born"}
        }
        area, born = facts["area"][order][:, [0, -1]], facts["born"][order]
        return cls(person[order], area, born, *(np.unique(keys[keys > 0]) for keys in area.T))

    def of_events(self, events: Events) -> dict[Segment, IntArray]:
        """Return the number of each event's person in every segmentation, -1 unknown."""
        place = lookup(self.person, events.person)
        known = place >= 0
        area, born = np.zeros((len(events), 2), np.uint64), np.full(len(events), np.nan)
        area[known], born[known] = self.area[place[known]], self.born[place[known]]
        return self.numbers(area, born, events.at)

    def numbers(self, area: AnyArray, born: FloatArray, at: IntArray) -> dict[Segment, IntArray]:
        """Return the numbers of divisions and age bands, -1 unknown; `area` begins with the largest and ends with the smallest."""
        age = ages(born, at)
        return {
            "community": lookup(self.communities, area[:, -1]),
            "district": lookup(self.districts, area[:, 0]),
            "age": np.where(np.isnan(age), -1, np.searchsorted(BANDS, age, side="right")),
        }
