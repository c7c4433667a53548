"""Counts of everybody's events by item, employer, place, title, … as of the last local midnight."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.base.loops import without
from sqrec.base.numbers import DAY
from sqrec.catalogue.couse import Uses
from sqrec.catalogue.items import Items
from sqrec.contract import KINDS
from sqrec.profile.history import Events
from sqrec.profile.segments import Segment, Segments

T = TypeVar("T")
_PART = DAY // 8
_KEPT = 32_000_000
_DENSE = 8


@dataclass(frozen=True, slots=True)
class Cells:
    """Hold sparse counts of uses by segment of people and group of items.

    `cell` are the sorted numbers segment * groups + group, `times` theirs, `size` all uses of a segment.
    """

    cell: IntArray
    times: FloatArray
    size: FloatArray
    groups: int

    @classmethod
    def of(cls, segment: IntArray, group: IntArray, groups: int) -> "Cells":
        """Count pairs of a segment and a group; -1 is unknown and counts nothing."""
        both = (segment >= 0) & (group >= 0)
        used, size = segment[both] * groups + group[both], np.bincount(segment[both]).astype(np.float64)
        if len(size) * groups <= _DENSE * len(used):  # counting all cells is quicker than sorting what was used
            every = np.bincount(used)
            cell = np.flatnonzero(every)
            return cls(cell, every[cell].astype(np.float64), size, groups)
        cell, times = np.unique(used, return_counts=True)
        return cls(cell, times.astype(np.float64), size, groups)

    def of_segment(self, segment: int, groups: IntArray) -> tuple[FloatArray, float]:
        """Return how often a segment used some groups (0 for group -1), and all that it used."""
        if segment >= len(self.size):
            return np.zeros(len(groups)), 0.0
        place = np.minimum(np.searchsorted(self.cell, segment * self.groups + groups), len(self.cell) - 1)
        there = (self.cell[place] == segment * self.groups + groups) & (groups >= 0)
        return np.where(there, self.times[place], 0.0), float(self.size[segment])


class _Kept(Generic[T]):
    """Keep what was counted until it is 32 million numbers together, then forget the oldest."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int, int], tuple[T, int]] = {}
        self._numbers = 0

    def of(self, key: tuple[str, str, int, int], make: Callable[[], T], numbers: Callable[[T], int]) -> T:
        """Return what `make` makes, made again only where it was forgotten."""
        kept = self._found.get(key)
        if kept is not None:
            return kept[0]
        made = make()
        self._found[key] = made, numbers(made)
        self._numbers += numbers(made)
        while self._numbers > _KEPT and len(self._found) > 1:
            self._numbers -= self._found.pop(next(iter(self._found)))[1]
        return made


@dataclass(frozen=True)
class Counts:
    """Count events of grade 1 and more by item, employer, place, title, … before a moment.

    `group[family]` is each item's number in the family; `events` and `item` (the row of the event's item,
    events of unknown items left out) are in the order in which they became known; `segments` tells which part of the
    city their people belong to.
    Totals of the last moments asked for are kept, so that serving finds the day's counts ready.
    """

    events: Events
    item: IntArray
    group: dict[str, IntArray]
    sizes: dict[str, FloatArray]
    segments: Segments
    _totals: "_Kept[FloatArray]" = field(default_factory=_Kept[FloatArray])
    _cells: "_Kept[Cells]" = field(default_factory=_Kept[Cells])

    @classmethod
    def of(cls, events: Events, items: Items, segments: Segments) -> "Counts":
        """Take the events that say something about the items' popularity."""
        item = items.find(events.item)
        told = (events.kind == KINDS.index(items.kind)) & (events.grade > 0) & (item >= 0)
        every = np.arange(len(items))
        group = {"item": every, "all": np.zeros_like(every), **items.groups}
        sizes = {name: np.bincount(numbers[numbers >= 0], minlength=1).astype(np.float64) for name, numbers in group.items()}
        return cls(events.where(told), item[told], group, sizes, segments)

    @cached_property
    def segment(self) -> Mapping[Segment, IntArray]:
        """The number of each event's person in every segmentation, -1 unknown."""
        return self.segments.of_events(self.events)

    @cached_property
    def uses(self) -> Uses:
        """The first use of every item by every person, from which co-use is counted."""
        return Uses.of(self.events.person, self.item, self.events.known, self.group)

    def total(self, family: str, midnight: int, days: int = 0) -> FloatArray:
        """Return the number of events before a midnight per group of a family; of the last `days`, if not 0."""
        return self._totals.of(
            ("", family, midnight, days), lambda: self._count(family, self._known(midnight, days)), lambda found: found.size
        )

    def own(self, person: int, midnight: int, days: int = 0) -> IntArray:
        """Return the items of a person's own counted events, one per event."""
        return self.item[self._own(person, midnight, days)]

    def _own(self, person: int, midnight: int, days: int) -> IntArray:
        if person == 0:
            return np.empty(0, np.int64)
        known = self._known(midnight, days)
        mine = self.events.of_person(person)
        return mine[(mine >= known.start) & (mine < known.stop)]

    def others(self, family: str, item: IntArray, midnight: int, days: int, own: IntArray) -> FloatArray:
        """Return for each item the events in its group without those of `own`; NaN where the group is unknown."""
        times = np.empty(len(item))
        without(self.total(family, midnight, days), self.group[family], item, own, times)
        return times

    def everything(self, family: str, midnight: int) -> float:
        """Return all events known before a midnight with items whose group in a family is known."""
        found = self._totals.of(
            ("all", family, midnight, 0), lambda: self.total(family, midnight).sum(keepdims=True), lambda found: found.size
        )
        return float(found[0])

    def within(self, segment: Segment, family: str, midnight: int) -> Cells:
        """Return the events known before a midnight by segment of the person and group of a family."""
        return self._cells.of(
            (segment, family, midnight, 0), lambda: self._within(segment, family, midnight), lambda found: 2 * len(found.cell)
        )

    def _within(self, segment: Segment, family: str, midnight: int) -> Cells:
        known = self._known(midnight, 0)
        where, group = self.segment[segment][known], self.group[family][self.item[known]]
        return Cells.of(where, group, len(self.sizes[family]))

    def steps(self, family: str, midnight: int) -> Cells:
        """Return the steps of people from one event to their next, both known before a midnight, by the groups of a family."""
        return self._cells.of(
            ("steps", family, midnight, 0), lambda: self._steps(family, midnight), lambda found: 2 * len(found.cell)
        )

    def own_steps(self, person: int, midnight: int) -> tuple[IntArray, IntArray]:
        """Return a person's own steps that `steps` counts: the item (row) before each, and the one after."""
        own = self.own(person, midnight)
        return own[:-1], own[1:]

    def part_of_day(self, at: IntArray, midnight: int) -> IntArray:
        """Return the part of the day (0 to 7, three hours each) of moments, by the clock that shows midnight at `midnight`."""
        return (at - midnight) % DAY // _PART

    def by_part_of_day(self, family: str, midnight: int) -> Cells:
        """Return the events known before a midnight by part of the day and group of a family."""
        return self._cells.of(
            ("part", family, midnight, 0), lambda: self._by_part(family, midnight), lambda found: 2 * len(found.cell)
        )

    def own_parts(self, person: int, midnight: int) -> tuple[IntArray, IntArray]:
        """Return the items of a person's own counted events, and the part of the day of each."""
        mine = self._own(person, midnight, 0)
        return self.item[mine], self.part_of_day(self.events.at[mine], midnight)

    @cached_property
    def _previous(self) -> IntArray:
        """The place of the event of the same person before each event, -1 before the first."""
        order = np.argsort(self.events.person, kind="stable")
        follows = np.flatnonzero(self.events.person[order[1:]] == self.events.person[order[:-1]])
        found = np.full(len(order), -1, np.int64)
        found[order[follows + 1]] = order[follows]
        return found

    def _steps(self, family: str, midnight: int) -> Cells:
        group = self.group[family]
        previous = self._previous[self._known(midnight, 0)]
        before = np.where(previous < 0, -1, group[self.item[previous]])
        return Cells.of(before, group[self.item[self._known(midnight, 0)]], len(self.sizes[family]))

    def _by_part(self, family: str, midnight: int) -> Cells:
        known = self._known(midnight, 0)
        part = self.part_of_day(self.events.at[known], midnight)
        return Cells.of(part, self.group[family][self.item[known]], len(self.sizes[family]))

    def people(self, midnight: int, grade: int) -> FloatArray:
        """Return, per item, the number of people with an event of a grade or more before a midnight."""
        return self._totals.of(
            ("people", str(grade), midnight, 0), lambda: self._people(midnight, grade), lambda found: found.size
        )

    def _people(self, midnight: int, grade: int) -> FloatArray:
        known = self._known(midnight, 0)
        return self._distinct(known, self.events.grade[known] >= grade)

    def people_of(self, midnight: int, days: int) -> FloatArray:
        """Return, per item, the number of people who used it in the last days before a midnight."""
        return self.as_of(f"people {days}", "item", midnight, lambda: self._people_of(midnight, days))

    def as_of(self, what: str, family: str, midnight: int, make: Callable[[], FloatArray]) -> FloatArray:
        """Return numbers of every group of a family as of a midnight, kept like the totals."""
        return self._totals.of((what, family, midnight, 0), make, lambda found: found.size)

    def _people_of(self, midnight: int, days: int) -> FloatArray:
        known = self._known(midnight, days)
        return self._distinct(known, np.ones(len(self.item[known]), np.bool_))

    def _distinct(self, known: slice, counted: BoolArray) -> FloatArray:
        """Return how many people there are behind some events of each item."""
        pairs = np.column_stack([self.item[known][counted].astype(np.uint64), self.events.person[known][counted]])
        item = np.unique(pairs, axis=0)[:, 0].astype(np.int64)
        return np.bincount(item, minlength=len(self.sizes["item"])).astype(np.float64)

    def _known(self, midnight: int, days: int) -> slice:
        last = int(np.searchsorted(self.events.known, midnight, "left"))
        first = int(np.searchsorted(self.events.known, midnight - days * DAY, "left")) if days else 0
        return slice(first, last)

    def _count(self, family: str, known: slice) -> FloatArray:
        groups = self.group[family][self.item[known]]
        return np.bincount(groups[groups >= 0], minlength=len(self.sizes[family])).astype(np.float64)
