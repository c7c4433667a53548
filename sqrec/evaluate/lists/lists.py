"""The first places of a ranker's lists, and what is known of the items in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.contract import Kind
from sqrec.errors import DataError

FIRST = 10
"""How many places of a list are looked at, unless said otherwise."""

EMPTY, STRANGER = -1, -2
"""The rows that stand for a place without an item, and for an item that the catalogue does not know."""

GROUPED_BY: Mapping[Kind, str] = {"job": "occupation", "course": "occupation", "amenity": "type"}
"""The family of groups in which two items of a kind are of one sort."""


@dataclass(frozen=True)
class Lists:
    """Hold the first k places of one list per person. Built by `Lists.of`.

    `item`, shape (people, k), are rows of the catalogue, `EMPTY` behind the end of a list, `STRANGER` for an item that is
    not in it. `minutes`, `information` (self-information of the item's popularity, bits) and `grade` (0 to 3 by the rubric of
    docs/plausibility.md; None: nobody graded them) have the same shape, NaN unknown.
    """

    item: IntArray
    minutes: FloatArray
    information: FloatArray
    grade: FloatArray | None = None

    @classmethod
    def of(
        cls,
        items: Sequence[IntArray],
        minutes: Sequence[FloatArray] | None = None,
        information: Sequence[FloatArray] | None = None,
        k: int = FIRST,
    ) -> Self:
        """Take one list per person, best first and of any length; what is not given is unknown.

        Raises DataError where minutes or information are not those of the same items.
        """
        nothing = [np.empty(0)] * len(items)
        for told in (minutes, information):
            if told is not None and [len(one) for one in told] != [len(one) for one in items]:
                raise DataError("Minutes or information do not stand beside the same items. Give one number per item of a list.")
        return cls(
            _padded(items, k, EMPTY, np.int64),
            _padded(minutes or nothing, k, np.nan, np.float64),
            _padded(information or nothing, k, np.nan, np.float64),
        )

    def __len__(self) -> int:
        return len(self.item)

    def take(self, people: IntArray | BoolArray) -> Self:
        """Return the lists of some people alone."""
        grade = None if self.grade is None else self.grade[people]
        return type(self)(self.item[people], self.minutes[people], self.information[people], grade)

    @property
    def k(self) -> int:
        """The number of places that are looked at."""
        return self.item.shape[1]

    @property
    def filled(self) -> IntArray:
        """The number of items in each person's first k places."""
        return (self.item != EMPTY).sum(axis=1)


@dataclass(frozen=True)
class ItemFacts:
    """Hold what measures read of the items, one entry per row of the catalogue.

    `live` marks those that could have been shown, `group` numbers the sorts of items (-1 unknown), `text` are rows of unit
    length (zeros where there is no text; None: no texts), `wage` is in yuan a month (None: the kind has none), `openings` the
    number of people an item has room for (NaN unknown).
    """

    live: BoolArray
    group: IntArray
    text: sparse.csr_array | None
    wage: FloatArray | None
    openings: FloatArray

    @classmethod
    def of(cls, items: Items, at: IntArray) -> Self:
        """Take the facts of a catalogue; live is what was live at one of the questions' moments `at` (microseconds UTC).

        Openings are those that the rule for capacity goes by (docs/spread.md), before anything of them was taken.
        """
        unknown, kind = np.full(len(items), np.nan), items.kind
        text = items.text
        return cls(
            _once_live(items, np.sort(at)),
            items.groups.get(GROUPED_BY[kind], np.full(len(items), -1)),
            sparse.csr_array((text.weights, text.columns, text.offsets), (len(text), text.width)),
            items.facts.get("wage", unknown) if kind == "job" else None,
            items.openings,
        )

    @classmethod
    def unknown(cls, items: int) -> Self:
        """Return the facts of items of which nothing but their ids is known; each of them is live."""
        return cls(np.ones(items, bool), np.full(items, -1), None, None, np.full(items, np.nan))


def _padded(rows: Sequence[AnyArray], k: int, filler: float, dtype: type[np.int64] | type[np.float64]) -> AnyArray:
    table = np.full((len(rows), k), filler, dtype=dtype)
    for place, row in enumerate(rows):
        table[place, : min(k, len(row))] = row[:k]
    return table


def _once_live(items: Items, at: IntArray) -> BoolArray:
    """Mark what was live at one moment or more of some in rising order."""
    return items.ranked & (np.searchsorted(at, items.opens, "left") < np.searchsorted(at, items.closes, "left"))
