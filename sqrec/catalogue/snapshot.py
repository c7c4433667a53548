"""The live catalogue in memory: everything a recommendation reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import (
    UNKNOWN_TIME,
    BoolArray,
    IntArray,
    KeyArray,
    key_of,
    keys_of,
    lookup,
    plain,
)
from sqrec.catalogue.attention import Loads, Shown
from sqrec.catalogue.counts import Counts
from sqrec.catalogue.index import CandidateIndex
from sqrec.catalogue.items import Items
from sqrec.catalogue.trust import events_of, listed
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.profile.history import Events, History, history_before, known_at, microseconds
from sqrec.profile.person import FACTS, LISTS, Person, facts_of
from sqrec.profile.profiler import Profiler, Profiles
from sqrec.profile.segments import Segments
from sqrec.tables import Folder

_MIDNIGHTS = 2


@dataclass(frozen=True)
class Snapshot:
    """Hold items, counts, events and people of one state of the data.

    `person_ids` gives the id behind a hash, for everybody in `people` and events; both are empty where people are looked up
    elsewhere. `off` are the sorted hashes of the people who switched off. `shown` is what lists held.
    `data_as_of` says how new the data is (ISO date or instant): what the folder says, else its last event.
    """

    items: Mapping[Kind, Items]
    index: Mapping[Kind, CandidateIndex]
    counts: Mapping[Kind, Counts]
    events: Events
    people: Mapping[str, Person]
    person_ids: Mapping[int, str]
    segments: Segments
    off: KeyArray
    data_as_of: str | None
    shown: Shown = field(default_factory=lambda: Shown.of(None))

    @classmethod
    def of(cls, folder: Folder, profiler: Profiler, *, with_people: bool = True) -> "Snapshot":
        """Encode a folder with a fitted profiler; without people only counts know of them (their homes, ages and switches)."""
        table = folder.tables.get("people")
        people = people_of(folder) if with_people else {}
        kinds: list[Kind] = [kind for kind in profiler.items if TABLE_OF_KIND[kind] in folder.tables]
        items: dict[Kind, Items] = {
            kind: Items.of(kind, folder.tables[TABLE_OF_KIND[kind]], profiler, folder.city) for kind in kinds
        }
        index: dict[Kind, CandidateIndex] = {kind: CandidateIndex(of_kind) for kind, of_kind in items.items()}
        ids = {key_of(person_id): person_id for person_id in _ids(folder)} if with_people else {}
        parts = Segments.of(table, profiler)
        rankings = folder.tables.get("rankings")
        shown = Shown.of(None if rankings is None else listed(rankings, synthetic=folder.config.synthetic))
        empty = cls(items, index, {}, Events.none(), people, ids, parts, _off(table), folder.config.as_of, shown)
        return empty.with_events(events_of(folder))

    def with_items(self, changed: Mapping[Kind, Items]) -> Self:
        """Return the same people and events with other items of some kinds."""
        items = {**self.items, **changed}
        index = {**self.index, **{kind: CandidateIndex(of_kind) for kind, of_kind in changed.items()}}
        public = self.events.where(self.feeds(self.events))
        counts = {kind: Counts.of(public, of_kind, self.segments) for kind, of_kind in changed.items()}
        return replace(self, items=items, index=index, counts={**self.counts, **counts})

    def with_events(self, events: Events) -> Self:
        """Return the same catalogue and people with other events, as if no more had happened."""
        public = events.where(self.feeds(events))
        counts: dict[Kind, Counts] = {kind: Counts.of(public, items, self.segments) for kind, items in self.items.items()}
        return replace(self, events=events, counts=counts)

    def feeds(self, events: Events) -> BoolArray:
        """Tell which events may feed counts and training: those that count, and not of people who switched off (docs/laws.md, laws 10 and 17)."""
        return (lookup(self.off, events.person) < 0) & events.counted

    def loads(self, kind: Kind, midnight: int, days: int) -> Loads:
        """Return how items were shown for their openings in the days before a midnight; the last midnights' are kept."""
        key = (kind, midnight, days)
        if key not in self._loads:
            while len(self._loads) >= _MIDNIGHTS * len(self.items):
                self._loads.pop(next(iter(self._loads)), None)
            self._loads[key] = Loads.of(self.shown, self.items[kind], self.counts[kind], midnight, days)
        return self._loads[key]

    @cached_property
    def _loads(self) -> dict[tuple[Kind, int, int], Loads]:
        return {}

    def ask(self, profiler: Profiler, person: KeyArray, at: IntArray) -> Profiles:
        """Return one profile per question (hash of a person's id, moment), as known at the moment."""
        people = [self.known_at(int(key), int(moment)) for key, moment in zip(person, at, strict=True)]
        history = [self.history(int(key), int(moment)) for key, moment in zip(person, at, strict=True)]
        return profiler.profiles(people, at, history, person)

    @cached_property
    def _by_key(self) -> dict[int, Person]:
        return {key: self.people[person_id] for key, person_id in self.person_ids.items() if person_id in self.people}

    def known_at(self, person: int, at: int) -> Person:
        """Return what was known at a moment of the person with this hash; nothing of a stranger."""
        return known_at(self._by_key.get(person, Person()), self.events, person, at)

    def history(self, person: int, at: int) -> dict[Kind, History]:
        """Return a person's own history before a moment, by kind."""
        return {kind: history_before(self.events, person, kind, at) for kind in self.items}


def _ids(folder: Folder) -> list[str]:
    tables = [folder.tables[name]["person_id"] for name in ("people", "events") if name in folder.tables]
    return pd.unique(pd.concat(tables)).tolist() if tables else []


def _off(people: pd.DataFrame | None) -> KeyArray:
    """Return the sorted hashes of the people who switched off."""
    if people is None:
        return np.empty(0, np.uint64)
    return np.sort(keys_of(people["person_id"][people["personalised"].eq(0.0)].tolist()))


def people_of(folder: Folder) -> dict[str, Person]:
    """Return the people of a folder by id."""
    table = folder.tables.get("people")
    if table is None:
        return {}
    updated = microseconds(table["updated_at"])
    columns = {name: _facts(table[name], name) for name in FACTS}
    deleted = _facts(table["deleted"], "deleted")
    switches = [None if value is None else bool(value) for value in plain(table["personalised"])]
    return {
        person_id: Person(
            person_id=person_id,
            personalised=switches[row],
            updated_at=None if updated[row] == UNKNOWN_TIME else int(updated[row]),
            deleted=deleted[row],
            **{name: values[row] for name, values in columns.items()},
        ).without(*facts_of(deleted[row]))
        for row, person_id in enumerate(table["person_id"].tolist())
    }


def _facts(column: "pd.Series[Any]", name: str) -> list[Any]:
    values = plain(column)
    return [tuple(value.split("|")) if value else () for value in values] if name in {*LISTS, "deleted"} else values
