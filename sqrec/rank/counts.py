"""What everybody did with the items, as of the last local midnight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sqrec.arrays import FloatArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.columns import KINDS
from sqrec.profile.history import Events
from sqrec.profile.segments import Segment, Segments
from sqrec.rank.couse import Uses

DAY = 86_400_000_000
_KEPT = 32_000_000


class _Kept(dict[tuple[str, int, int], FloatArray]):
    """Keep arrays until they are 32 million numbers together, then forget the oldest."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def keep(self, key: tuple[str, int, int], array: FloatArray) -> None:
        """Keep one array more."""
        self[key] = array
        self.numbers += array.size
        while self.numbers > _KEPT and len(self) > 1:
            self.numbers -= self.pop(next(iter(self))).size


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
    _totals: "_Kept" = field(default_factory=_Kept)

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
        """Who used what, each item once: what co-use is counted from."""
        return Uses.of(self.events.person, self.item, self.events.known, self.group)

    def total(self, family: str, midnight: int, days: int = 0) -> FloatArray:
        """Return the events known before a midnight per group of a family; of the last `days`, if not 0."""
        key = (family, midnight, days)
        if key not in self._totals:
            self._totals.keep(key, self._count(family, self._known(midnight, days)))
        return self._totals[key]

    def own(self, person: int, midnight: int, days: int = 0) -> IntArray:
        """Return the items of a person's own counted events, one per event."""
        if person == 0:
            return np.empty(0, np.int64)
        known = self._known(midnight, days)
        mine = self.events.of_person(person)
        return self.item[mine[(mine >= known.start) & (mine < known.stop)]]

    def others(self, family: str, item: IntArray, midnight: int, days: int, own: IntArray) -> FloatArray:
        """Return for each item the events in its group without those of `own`; NaN where the group is unknown."""
        groups = self.group[family][item]
        times = self.total(family, midnight, days)[groups]
        if len(own):
            times -= (groups[:, None] == self.group[family][own]).sum(axis=1)
        times[groups < 0] = np.nan
        return times

    def within(self, segment: Segment, family: str, midnight: int) -> FloatArray:
        """Return the events known before a midnight by segment of the person, shape (segments, groups of a family)."""
        key = (f"{segment} {family}", midnight, 0)
        if key not in self._totals:
            known, groups = self._known(midnight, 0), len(self.sizes[family])
            where, group = self.segment[segment][known], self.group[family][self.item[known]]
            both = (where >= 0) & (group >= 0)
            segments = int(self.segment[segment].max(initial=0)) + 1
            cells = np.bincount(where[both] * groups + group[both], minlength=segments * groups)
            self._totals.keep(key, cells.astype(np.float64).reshape(segments, groups))
        return self._totals[key]

    def _known(self, midnight: int, days: int) -> slice:
        last = int(np.searchsorted(self.events.known, midnight, "left"))
        first = int(np.searchsorted(self.events.known, midnight - days * DAY, "left")) if days else 0
        return slice(first, last)

    def _count(self, family: str, known: slice) -> FloatArray:
        groups = self.group[family][self.item[known]]
        return np.bincount(groups[groups >= 0], minlength=len(self.sizes[family])).astype(np.float64)
