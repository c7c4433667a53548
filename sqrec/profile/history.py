"""Events as arrays, and a person's own history before a moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import AnyArray, BoolArray, IntArray, KeyArray, keys_of
from sqrec.contract import GRADES, KINDS, TAKES_AWAY
from sqrec.profile.person import Person

SETTLED = max(GRADES.values())
"""The grade of a hire or a completed course."""
APPLIED = GRADES["apply"]
"""The grade of an application, an enrolment or a visit."""
_PLACES = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Events:
    """Hold events in the order of recording.

    `person`, `item` and `event` are 64-bit hashes of the ids, `kind` a place in `KINDS`, `grade` 0 to 5,
    `at` and `known` microseconds UTC: an event counts at T only if both are before T. `dismiss` marks
    "not suitable", whoever said it, `request` the ranking that showed the item (0 unknown). `counted` marks those that feed counts and training
    (`sqrec.catalogue.trust`; where nothing is said, all); the others are their person's history alone.
    """

    event: KeyArray
    person: KeyArray
    kind: IntArray
    item: KeyArray
    grade: IntArray
    at: IntArray
    known: IntArray
    dismiss: BoolArray
    request: KeyArray
    counted: BoolArray = field(default_factory=lambda: np.empty(0, np.bool_))

    def __post_init__(self) -> None:
        """Count everything where nothing is said."""
        if len(self.counted) != len(self.at):
            object.__setattr__(self, "counted", np.ones(len(self.at), np.bool_))

    @classmethod
    def of(cls, table: pd.DataFrame, counted: BoolArray | None = None) -> Self:
        """Take the events table as `read_folder` returns it, and which of its rows count (None: all)."""
        at = microseconds(table["at"])
        recorded = np.where(table["recorded_at"].isna(), at, microseconds(table["recorded_at"]))
        requests = [None if pd.isna(value) else value for value in table["request_id"]]
        told = {name: table[name].tolist() for name in ("event_id", "person_id", "kind", "item_id", "event")}
        return cls.of_columns(**told, at=at, recorded=recorded, request_id=requests, counted=counted)

    @classmethod
    def of_columns(
        cls,
        *,
        event_id: Sequence[str],
        person_id: Sequence[str],
        kind: Sequence[str],
        item_id: Sequence[str],
        event: Sequence[str],
        at: IntArray,
        recorded: IntArray,
        request_id: Sequence[str | None],
        counted: BoolArray | None = None,
    ) -> Self:
        """Take plain columns, moments in microseconds UTC; where `recorded` was unknown it is `at`."""
        known, ids = np.maximum(at, recorded), keys_of(event_id)
        order = np.lexsort((ids, at, known))
        columns: list[AnyArray] = [
            ids,
            keys_of(person_id),
            np.array([_PLACES[one] for one in kind], dtype=np.int64),
            keys_of(item_id),
            np.array([GRADES[one] for one in event], dtype=np.int64),
            at,
            known,
            np.array([one in TAKES_AWAY for one in event], dtype=bool),
            keys_of(request_id),
            np.ones(len(at), np.bool_) if counted is None else counted,
        ]
        return cls(*(column[order] for column in columns))

    @classmethod
    def none(cls) -> Self:
        """Return no events."""
        number, key = np.empty(0, np.int64), np.empty(0, np.uint64)
        return cls(key, key, number, key, number, number, number, np.empty(0, bool), key)

    def __len__(self) -> int:
        return len(self.at)

    def where(self, mask: BoolArray) -> Self:
        """Return the events of a mask, in the same order."""
        return type(self)(*(getattr(self, one.name)[mask] for one in fields(self)))

    @cached_property
    def _by_person(self) -> tuple[IntArray, KeyArray]:
        order = np.argsort(self.person, kind="stable")
        return order, self.person[order]

    def of_person(self, person: int) -> IntArray:
        """Return the places of one person's events, first known first."""
        order, people = self._by_person
        key = np.uint64(person)
        return order[np.searchsorted(people, key, "left") : np.searchsorted(people, key, "right")]


@dataclass(frozen=True)
class History:
    """Hold a person's own items of one kind before a moment, newest first, each item once.

    `item` is the hash of the id, `at` the latest event with it, `grade` the strongest one, `times` the number of its events.
    `dismissed` are the items that the person ever dismissed, sorted; a later use takes none of them back.
    """

    item: KeyArray
    at: IntArray
    grade: IntArray
    times: IntArray
    dismissed: KeyArray

    @classmethod
    def none(cls) -> Self:
        """Return the history of somebody of whom nothing is known."""
        empty = np.empty(0, np.int64)
        return cls(empty.astype(np.uint64), empty, empty, empty, empty.astype(np.uint64))

    @property
    def seen(self) -> KeyArray:
        """Every item that is not new to the person: those of the history and the dismissed ones."""
        return np.union1d(self.item, self.dismissed)

    @property
    def applied(self) -> KeyArray:
        """The items with an application, an enrolment or something stronger."""
        return self.item[self.grade >= APPLIED]

    @property
    def looked_at(self) -> KeyArray:
        """The items that were viewed or saved, without a stronger event."""
        return self.item[self.grade < APPLIED]


def history_before(events: Events, person: int, kind: str, at: int) -> History:
    """Return a person's history of one kind from events with `at` and `recorded_at` strictly before `at`."""
    mine = events.of_person(person)
    mine = mine[(events.known[mine] < at) & (events.kind[mine] == KINDS.index(kind))]
    return history_of(events.item[mine], events.at[mine], events.grade[mine], events.dismiss[mine])


def history_of(item: KeyArray, at: IntArray, grade: IntArray, dismiss: BoolArray) -> History:
    """Return the history that a list of events makes, whatever their order.

    Impressions and dismissals are no interest: they make no history.
    """
    if len(item) == 0:
        return History.none()
    chosen = np.flatnonzero(grade > 0)
    chosen = chosen[np.lexsort((item[chosen], -at[chosen]))]
    _, first, group = np.unique(item[chosen], return_index=True, return_inverse=True)
    strongest = np.zeros(len(first), dtype=np.int64)
    np.maximum.at(strongest, group, grade[chosen])
    times = np.bincount(group, minlength=len(first))
    newest = np.sort(first)
    kept, own = chosen[newest], group[newest]
    return History(item[kept], at[kept], strongest[own], times[own], np.unique(item[dismiss]))


def known_at(facts: Person, events: Events, person: int, at: int) -> Person:
    """Return what of somebody's facts was known at a moment; `person` is the hash of the id that events name."""
    mine = events.of_person(person)
    settled = events.at[mine][events.grade[mine] == SETTLED]
    return facts.known_at(at, int(settled.max()) if len(settled) else None)


def microseconds(column: "pd.Series[pd.Timestamp]") -> IntArray:
    """Return instants as microseconds UTC; unknown is `UNKNOWN_TIME` (the value of NaT)."""
    return column.to_numpy("datetime64[us]").astype(np.int64)
