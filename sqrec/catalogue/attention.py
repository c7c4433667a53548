"""Attention per opening of a kind's items as of a local midnight, and what a batch adds to it."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray, keys_of
from sqrec.base.numbers import DAY
from sqrec.catalogue.counts import Counts
from sqrec.catalogue.items import Items
from sqrec.catalogue.kinds import KINDS_OF_ITEMS
from sqrec.contract import KINDS
from sqrec.profile.history import microseconds


def discount(positions: IntArray) -> FloatArray:
    """Return the attention that positions (1 = top) get: 1 / log2(position + 1), as in ndcg (Järvelin and Kekäläinen 2002)."""
    return 1 / np.log2(positions + 1.0)


@dataclass(frozen=True)
class Shown:
    """Hold impressions: the number of lists (`times`) that had an item at a position, at a moment or on a local day.

    `kind` is a place in `KINDS`, `item` the hash of the id, `at` microseconds UTC. Entries have one order, whatever order
    they came in, so that sums over them are the same to the bit.
    """

    kind: IntArray
    item: KeyArray
    position: IntArray
    at: IntArray
    times: IntArray

    @classmethod
    def of(cls, table: pd.DataFrame | None) -> Self:
        """Take a table `rankings`, each row once or as often as its column `times` says; nothing was shown without a table.

        Rows of an unknown moment are left out: no midnight can know them.
        """
        if table is None:
            number = np.empty(0, np.int64)
            return cls(number, np.empty(0, np.uint64), number, number, number)
        known = table[table["at"].notna() & table["item_id"].notna() & table["position"].notna()]
        kind = np.array([KINDS.index(kind) for kind in known["kind"]], dtype=np.int64)
        item, at = keys_of(known["item_id"].tolist()), microseconds(known["at"])
        position = known["position"].to_numpy(np.int64)
        times = known["times"].to_numpy(np.int64) if "times" in known else np.ones(len(known), np.int64)
        order = np.lexsort((times, at, position, item, kind))
        return cls(kind[order], item[order], position[order], at[order], times[order])

    def attention(self, items: Items, midnight: int, days: int) -> FloatArray:
        """Return each item's attention in the days before a midnight: the sum of its positions' `discount`."""
        row = items.find(self.item)
        told = (self.kind == KINDS.index(items.kind)) & (row >= 0)
        told &= (self.at >= midnight - days * DAY) & (self.at < midnight)
        weights = discount(self.position[told]) * self.times[told]
        return np.bincount(row[told], weights=weights, minlength=len(items)).astype(np.float64, copy=False)


@dataclass
class Loads:
    """Hold attention and openings, item by item; `give` adds the attention of one more list.

    `attention` and `openings` have one entry per item, openings NaN where unknown; `live` marks the items that the fair share
    is of, `total` is their attention.
    """

    attention: FloatArray
    openings: FloatArray
    live: BoolArray
    total: float = field(init=False)

    def __post_init__(self) -> None:
        self.live = self.live & ~np.isnan(self.openings)
        self.total = math.fsum(self.attention[self.live].tolist())  # exact: the order of the items plays no part

    @classmethod
    def of(cls, shown: Shown, items: Items, counts: Counts, midnight: int, days: int) -> Self:
        """Return the loads as of a midnight: attention of the days before, and the openings left."""
        live = items.live(midnight, np.arange(len(items)))
        return cls(shown.attention(items, midnight, days), remaining(items, counts, midnight), live)

    @cached_property
    def places(self) -> float:
        """The total number of openings of all live items."""
        return math.fsum(self.openings[self.live].tolist())

    @property
    def nothing(self) -> bool:
        """Whether no item with known openings had any attention so far."""
        return self.total <= 0

    def copy(self) -> "Loads":
        """Return a copy that a batch may change."""
        return Loads(self.attention.copy(), self.openings, self.live)

    def give(self, shown: IntArray) -> None:
        """Add the attention of one list: the rows of its items, best first."""
        for row, weight in zip(shown.tolist(), discount(np.arange(1, len(shown) + 1)).tolist(), strict=True):
            self.attention[row] += weight
            if self.live[row]:
                self.total += weight

    def load(self, rows: IntArray) -> FloatArray:
        """Return attention per opening as a multiple of the fair share, that of all live items together; NaN where unknown."""
        if self.nothing:
            return np.where(np.isnan(self.openings[rows]), np.nan, 1.0)
        return self.attention[rows] / (self.openings[rows] * (self.total / self.places))


def remaining(items: Items, counts: Counts, midnight: int) -> FloatArray:
    """Return each item's openings that are left as of a midnight, at least one; NaN where they are unknown.

    A hire takes an opening of a job, an enrolment one of a course, each person once; as long as an item is live its publisher
    looks for somebody. Places of amenities become free again.
    """
    takes, openings = KINDS_OF_ITEMS[items.kind].takes, items.openings
    if takes is None:
        return openings
    return np.maximum(openings - counts.people(midnight, takes), 1.0)
