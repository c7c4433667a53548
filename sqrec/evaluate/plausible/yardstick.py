"""The yardstick: grades of items of one kind, for one person or for many lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import FloatArray, plain
from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.evaluate.plausible.amenities import amenity_of, grade_amenity
from sqrec.evaluate.plausible.cells import Row, number, text
from sqrec.evaluate.plausible.courses import course_of, grade_course
from sqrec.evaluate.plausible.graded import Graded
from sqrec.evaluate.plausible.jobs import grade_job, job_of
from sqrec.evaluate.plausible.trade import Trades, trade_in_course
from sqrec.evaluate.plausible.who import SkillNames, Who
from sqrec.profile.person import Person
from sqrec.reach.straight import directions
from sqrec.reach.walk import StraightLine

_READERS: Mapping[Kind, Any] = {"job": job_of, "course": course_of, "amenity": amenity_of}
_GRADERS: Mapping[Kind, Any] = {"job": grade_job, "course": grade_course, "amenity": grade_amenity}


@dataclass(frozen=True)
class Yardstick:
    """Grade items of one kind by the rubric, from raw facts alone.

    It keeps the order of the items it was made of: `grades` names them by row, as `Items` does.
    """

    kind: Kind
    city: City
    read: Sequence[Any]
    direction: FloatArray
    trades: Trades
    names: SkillNames

    @classmethod
    def of(cls, kind: Kind, items: pd.DataFrame | Sequence[Row], city: City, skills: pd.DataFrame | None = None) -> "Yardstick":
        """Read a table of the contract (as `read_folder` returns it, or `Items.table`), or mappings of its columns.

        `skills` is the folder's table of that name: with it names and aliases of a skill are one, and skills tell trades.
        """
        rows = rows_of(items) if isinstance(items, pd.DataFrame) else items
        trades, names = Trades(), SkillNames.of(skills)
        trades.read(_titles(kind, rows))
        lon, lat = (np.array([number(row, name) for row in rows], dtype=np.float64) for name in ("lon", "lat"))
        return cls(kind, city, [_READERS[kind](row, city, trades, names) for row in rows], directions(lon, lat), trades, names)

    def grades(self, person: Person, rows: Sequence[int], at: int, minutes: Sequence[float] | None = None) -> list[Graded]:
        """Grade some items (rows) for a person at a moment, microseconds UTC.

        The person's facts must be those known at the moment (`Person.known_at`). `minutes` is the way on foot to each item, NaN
        unknown; without it the straight line counts, by the city's detour factor and pace.
        """
        who = Who.of(person, at, self.city, self.trades, self.names)
        ways = self._minutes(who, rows) if minutes is None else minutes
        grade = _GRADERS[self.kind]
        return [grade(who, self.read[row], float(way), at, self.city) for row, way in zip(rows, ways, strict=True)]

    def lists(self, people: Sequence[Person], lists: Sequence[Sequence[int]], at: Sequence[int]) -> list[list[Graded]]:
        """Grade one list (rows) per person, each at its moment; wishes and pasts of all people are coded together."""
        self.trades.read(text for person in people for text in (*person.desired, *person.occupations))
        return [self.grades(person, rows, moment) for person, rows, moment in zip(people, lists, at, strict=True)]

    def _minutes(self, who: Who, rows: Sequence[int]) -> Sequence[float]:
        lon, lat = (np.nan if place is None else place for place in (who.person.lon, who.person.lat))
        here = directions(np.array([lon]), np.array([lat]))
        there = self.direction[:, np.asarray(rows, dtype=np.int64)]
        return StraightLine.of(self.city).measure(here, there, who.pace).minutes.tolist()


def grade(
    kind: Kind, person: Person, item: Row, at: int, city: City, minutes: float | None = None, skills: pd.DataFrame | None = None
) -> Graded:
    """Grade one item for one person at a moment; see `Yardstick.grades`."""
    told = None if minutes is None else [minutes]
    return Yardstick.of(kind, [item], city, skills).grades(person, [0], at, told)[0]


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as mappings, None for unknown."""
    columns = [plain(table[name]) for name in table.columns]
    return [dict(zip(table.columns, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _titles(kind: Kind, rows: Sequence[Row]) -> list[str]:
    """Return the titles that have to be coded."""
    if kind == "amenity":
        return []
    untold = [text(row, "title") or "" for row in rows if text(row, "occupation") is None]
    return untold if kind == "job" else [trade_in_course(title) for title in untold]
