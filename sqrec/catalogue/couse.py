"""Co-use: items that other users of a person's earlier items used as well, as of a midnight."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, KeyArray, lookup
from sqrec.base.loops import scratch, used_besides

OTHERS = 40
"""How many of the latest uses of a group are followed."""
BESIDES = 20
"""How many of the latest other items of each of their people are looked at."""


@dataclass(frozen=True)
class Uses:
    """Hold the first counted use of every item by every person, in the order of recording.

    `people` are the sorted hashes of the persons, `person` the place there of each use's, `item` the row of its item,
    `known` the moment (microseconds UTC) when it became known. `group[family]` is each item's number in a family, -1 unknown.
    """

    people: KeyArray
    person: IntArray
    item: IntArray
    known: IntArray
    group: Mapping[str, IntArray]

    @classmethod
    def of(cls, person: KeyArray, item: IntArray, known: IntArray, group: Mapping[str, IntArray]) -> Self:
        """Build from counted events in the order of recording."""
        people, number = np.unique(person, return_inverse=True)
        number = number.astype(np.int64).ravel()
        _, first = np.unique(number * (int(item.max(initial=0)) + 1) + item, return_index=True)
        first.sort()
        return cls(people, number[first], item[first], known[first], group)

    def besides(self, family: str, starts: IntArray, person: int, midnight: int) -> tuple[IntArray, FloatArray, int]:
        """Return the items that others used besides items of some groups, how much, and how many uses were followed.

        Of each group in `starts` the latest 40 uses known before `midnight` are followed, without those of `person` (the hash
        of an id, 0: nobody's). Of each one's person the latest 20 other items count, one between them. The items come in
        the order in which they were met; sums do not depend on what is asked beside.
        """
        offsets, places = self._postings(family)
        before = int(np.searchsorted(self.known, midnight, "left"))
        found = np.empty(len(starts) * OTHERS * BESIDES, np.int64)
        amount = np.empty(len(found))
        sums = scratch(len(self.group["item"]), "float64")
        mine, uses = self._by_person
        met, followed = used_besides(
            starts,
            offsets,
            places,
            mine,
            uses,
            self.person,
            self.item,
            before,
            self._own(person),
            OTHERS,
            BESIDES,
            sums,
            found,
            amount,
        )
        return found[:met], amount[:met], followed

    def _own(self, person: int) -> int:
        return int(lookup(self.people, np.array([person], np.uint64))[0])

    @cached_property
    def _by_person(self) -> tuple[IntArray, AnyArray]:
        return _posted(self.person, len(self.people))

    @cached_property
    def _kept(self) -> dict[str, tuple[IntArray, AnyArray]]:
        return {}

    def _postings(self, family: str) -> tuple[IntArray, AnyArray]:
        if family not in self._kept:
            self._kept[family] = _posted(self.group[family][self.item], int(self.group[family].max(initial=-1)) + 1)
        return self._kept[family]


def _posted(number: IntArray, size: int) -> tuple[IntArray, AnyArray]:
    """Return where the places of each number begin, and the places in rising order; those of -1 are left out."""
    order = np.argsort(number, kind="stable")
    order = order[np.searchsorted(number[order], 0) :]
    return np.concatenate(([0], np.cumsum(np.bincount(number[order], minlength=size)))), order.astype(np.int32)
