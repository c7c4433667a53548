"""Which question meets which item, and how far apart they are."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray


@dataclass(frozen=True)
class Pairs:
    """Hold pairs of a question and an item, those of one question side by side.

    `query` is a row of `Profiles`, in rising order; `item` a row of `Items`; `minutes` the walk (NaN
    unknown); `method` says how they were found, as places in `sqrec.reach.walk.METHODS`.
    """

    query: IntArray
    item: IntArray
    minutes: FloatArray
    method: AnyArray

    def __len__(self) -> int:
        return len(self.item)

    def take(self, places: IntArray) -> Self:
        """Return these pairs alone; `places` keeps questions side by side."""
        return type(self)(self.query[places], self.item[places], self.minutes[places], self.method[places])

    def part(self, part: "slice[int, int]") -> Self:
        """Return the pairs of a slice, without a copy."""
        return type(self)(self.query[part], self.item[part], self.minutes[part], self.method[part])

    @cached_property
    def questions(self) -> list[tuple[int, "slice[int, int]"]]:
        """Each question with the slice of its pairs."""
        if len(self) == 0:
            return []
        starts = np.concatenate(([0], np.flatnonzero(np.diff(self.query)) + 1, [len(self)]))
        return [(int(self.query[a]), slice(int(a), int(b))) for a, b in pairwise(starts)]
