"""The facts of a data folder beside a table of lists, without any profile of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import UNKNOWN_TIME, BoolArray, FloatArray, IntArray, KeyArray, Ragged, key_of, keys_of, lookup, plain
from sqrec.catalogue.kinds import KINDS_OF_ITEMS
from sqrec.catalogue.snapshot import people_of
from sqrec.catalogue.trust import events_of
from sqrec.cities import City
from sqrec.contract import KINDS, TABLE_OF_KIND, Kind
from sqrec.contract.parse import micros
from sqrec.evaluate.fairness.auditing import major_groups
from sqrec.evaluate.fairness.slices import UNKNOWN, Asked, history_names, slices_of
from sqrec.evaluate.lists.lists import GROUPED_BY, STRANGER, ItemFacts
from sqrec.evaluate.stats.split import first_uses
from sqrec.groups.restricted import Restricted
from sqrec.groups.restricted_table import restricted_of
from sqrec.profile.encoders import MonthlyWage
from sqrec.profile.history import Events, history_before, known_at, microseconds
from sqrec.profile.pace import pace_of
from sqrec.profile.person import Person
from sqrec.reach.straight import directions
from sqrec.reach.walk import StraightLine
from sqrec.tables import Folder

_WAGE = ("wage_max", "wage_min", "wage_unit", "form", "hours", "days_per_week")
_NOWHERE = np.full(1, np.nan)


@dataclass(frozen=True)
class Background:
    """Hold the facts known beside a table of lists; everything is empty without a data folder."""

    kind: Kind
    city: City
    items: pd.DataFrame | None
    events: Events
    people: Mapping[str, Person]
    restricted: Mapping[str, Restricted]
    as_of: int

    @classmethod
    def of(cls, folder: Folder | None, kind: Kind, city: City) -> Self:
        """Read a folder's tables as far as present; `as_of` is its day or last event, `UNKNOWN_TIME` without either."""
        if folder is None:
            return cls(kind, city, None, Events.none(), {}, {}, UNKNOWN_TIME)
        events, day = events_of(folder), folder.config.as_of
        last = int(events.at.max()) if len(events) else UNKNOWN_TIME
        as_of = micros(folder.city.start_of(day[:10])) if day else last
        items = folder.tables.get(TABLE_OF_KIND[kind])
        return cls(kind, folder.city, items, events, people_of(folder), restricted_of(folder), as_of)

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the catalogue; none where there is no item table."""
        return [] if self.items is None else self.items[f"{self.kind}_id"].tolist()

    def positives(self, people: KeyArray, at: IntArray) -> tuple[Ragged, Ragged]:
        """Return, per person, the hashes of the items first used at or after a moment, and their strongest grades."""
        of_kind = self.events.kind == KINDS.index(self.kind)
        first, grade = first_uses(self.events, of_kind)
        order = np.argsort(people)
        place = lookup(people[order], self.events.person[first])
        mine = order[place]
        later = (place >= 0) & (at[mine] != UNKNOWN_TIME) & (self.events.at[first] >= at[mine])
        first, grade, mine = first[later], grade[later], mine[later]
        by_person = np.argsort(mine, kind="stable")
        offsets = np.concatenate(([0], np.cumsum(np.bincount(mine, minlength=len(people))))).astype(np.int64)
        return Ragged(offsets, self.events.item[first][by_person]), Ragged(offsets, grade[by_person])

    def users_from(self, at: int) -> KeyArray:
        """Return the hashes of the people who first used an item of the kind at or after a moment."""
        first, _ = first_uses(self.events, self.events.kind == KINDS.index(self.kind))
        return np.unique(self.events.person[first][self.events.at[first] >= at])

    def known(self, person_id: str, at: int) -> Person:
        """Return a person's facts as known at a moment; at an unknown moment, as of the folder."""
        moment = self.as_of if at == UNKNOWN_TIME else at
        facts = self.people.get(person_id, Person())
        return facts if moment == UNKNOWN_TIME else known_at(facts, self.events, key_of(person_id), moment)

    def families(self, people: Sequence[str], at: IntArray) -> dict[str, list[str]]:
        """Return one slice per person for every family; families that depend on a moment are unknown without one."""
        moments = np.where(at == UNKNOWN_TIME, self.as_of, at)
        asked = [
            Asked(self.known(person_id, int(moment)), self.restricted.get(person_id, Restricted()), int(moment), self.city)
            for person_id, moment in zip(people, moments, strict=True)
        ]
        if (moments == UNKNOWN_TIME).any():
            dated = {"age", "graduate", "hard_to_employ", "registered_unemployed"}
            timeless = slices_of([replace(one, at=0) for one in asked])
            return {name: [UNKNOWN] * len(people) if name in dated else names for name, names in timeless.items()}
        found = slices_of(asked)
        if len(self.events):
            times = [
                len(history_before(self.events, key_of(who), self.kind, int(t)).at) for who, t in zip(people, at, strict=True)
            ]
            told = zip(history_names(np.array(times, dtype=np.int64)), at.tolist(), strict=True)
            found["history"] = [UNKNOWN if moment == UNKNOWN_TIME else name for name, moment in told]
        return found

    def facts(self, at: IntArray) -> ItemFacts | None:
        """Return the facts of the catalogue that measures read; None without an item table.

        Live is every item that was live at one of the moments `at` (microseconds UTC).
        """
        table = self.items
        if table is None:
            return None
        differs = KINDS_OF_ITEMS[self.kind]
        moments = np.sort(at[at != UNKNOWN_TIME])
        opens, closes = microseconds(table["published_at"]), differs.closes(table, self.city)
        live = np.searchsorted(moments, opens, "left") < np.searchsorted(moments, closes, "left") if len(moments) else True
        told = self.kind != "job" or not table["headcount"].isna().all()  # one opening each is no news where no job says more
        openings = differs.openings(table) if told else np.full(len(table), np.nan)
        wages = (
            MonthlyWage().encode(list(zip(*(plain(table[name]) for name in _WAGE), strict=True))) if self.kind == "job" else None
        )
        group = pd.factorize(table[GROUPED_BY[self.kind]])[0].astype(np.int64)
        return ItemFacts(differs.ranked(table) & live, group, None, wages, openings)

    def walk(self, people: Sequence[str], at: IntArray, lists: Sequence[IntArray]) -> list[FloatArray]:
        """Return the minutes on foot to the items of each person's list: NaN unknown."""
        if self.items is None:
            return [np.full(len(rows), np.nan) for rows in lists]
        there = directions(self.items["lon"].to_numpy(np.float64), self.items["lat"].to_numpy(np.float64))
        there[:, KINDS_OF_ITEMS[self.kind].anywhere(self.items)] = np.nan
        found, walk = list[FloatArray](), StraightLine.of(self.city)
        for person_id, moment, rows in zip(people, at.tolist(), lists, strict=True):
            facts = self.people.get(person_id, Person())
            here = directions(*(_NOWHERE if one is None else np.array([one]) for one in (facts.lon, facts.lat)))
            spots = there[:, np.maximum(rows, 0)]
            minutes = walk.measure(here, spots, self.pace(person_id, moment)).minutes if len(rows) else np.empty(0)
            found.append(np.where(rows == STRANGER, np.nan, minutes))
        return found

    def pace(self, person_id: str, at: int) -> float:
        """Return somebody's pace, metres a minute."""
        moment = self.as_of if at == UNKNOWN_TIME else at
        return pace_of(self.people.get(person_id, Person()), None if moment == UNKNOWN_TIME else moment, self.city)

    def times_used(self, rows_of: Mapping[int, int], at: IntArray) -> dict[int, FloatArray]:
        """Return, per local midnight, the number of earlier events of every row of the catalogue, shape (items,).

        `rows_of` gives an item's row by the hash of its id; people who switched off are not counted.
        """
        off = np.sort(keys_of([who for who, facts in self.people.items() if facts.personalised is False]))
        told = (self.events.kind == KINDS.index(self.kind)) & (self.events.grade > 0) & (lookup(off, self.events.person) < 0)
        row = np.array([rows_of.get(int(key), -1) for key in self.events.item[told]], dtype=np.int64)
        known: IntArray = self.events.known[told][row >= 0]
        row = row[row >= 0]
        return {
            int(midnight): np.bincount(row[: np.searchsorted(known, midnight, "left")], minlength=len(rows_of)).astype(np.float64)
            for midnight in np.unique(self.city.midnights(at[at != UNKNOWN_TIME]))
        }

    def occupations(self, shown: BoolArray) -> list[str | None]:
        """Return the major group of every item, coded for those shown alone; None for the others and the unknown."""
        found: list[str | None] = [None] * len(shown)
        if self.items is None or "occupation" not in self.items:
            return found
        rows = np.flatnonzero(shown).tolist()
        told = zip(plain(self.items["occupation"].iloc[rows]), plain(self.items["title"].iloc[rows]), strict=True)
        for row, group in zip(rows, major_groups(list(told)), strict=True):
            found[row] = group
        return found
