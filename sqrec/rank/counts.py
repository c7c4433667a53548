"""What everybody did with the items, as of the last local midnight."""

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from sqrec.arrays import FloatArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.columns import KINDS
from sqrec.profile.history import Events

DAY = 86_400_000_000
_KEPT = 64


@dataclass(frozen=True)
class Counts:
    """Count events of grade 1 and more by item, employer, place, title, … before a moment.

    `group[family]` is each item's number in the family; `events` and `item` (the row of the event's item,
    events of unknown items left out) are in the order in which they became known.
    Totals of the last moments asked for are kept, so that serving finds the day's counts ready.
    """

    events: Events
    item: IntArray
    group: dict[str, IntArray]
    sizes: dict[str, FloatArray]
    _totals: "OrderedDict[tuple[str, int, int], FloatArray]" = field(
        default_factory=OrderedDict[tuple[str, int, int], FloatArray]
    )

    @classmethod
    def of(cls, events: Events, items: Items) -> "Counts":
        """Take the events that say something about the items' popularity."""
        item = items.find(events.item)
        told = (events.kind == KINDS.index(items.kind)) & (events.grade > 0) & (item >= 0)
        every = np.arange(len(items))
        group = {"item": every, "all": np.zeros_like(every), **items.groups}
        sizes = {name: np.bincount(numbers[numbers >= 0], minlength=1).astype(np.float64) for name, numbers in group.items()}
        return cls(events.where(told), item[told], group, sizes)

    def total(self, family: str, midnight: int, days: int = 0) -> FloatArray:
        """Return the events known before a midnight per group of a family; of the last `days`, if not 0."""
        key = (family, midnight, days)
        if key not in self._totals:
            self._totals[key] = self._count(family, self._known(midnight, days))
            while len(self._totals) > _KEPT:
                self._totals.popitem(last=False)
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

    def _known(self, midnight: int, days: int) -> slice:
        last = int(np.searchsorted(self.events.known, midnight, "left"))
        first = int(np.searchsorted(self.events.known, midnight - days * DAY, "left")) if days else 0
        return slice(first, last)

    def _count(self, family: str, known: slice) -> FloatArray:
        groups = self.group[family][self.item[known]]
        return np.bincount(groups[groups >= 0], minlength=len(self.sizes[family])).astype(np.float64)
