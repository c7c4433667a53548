"""How near an item's occupation is to those a person wants or had."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray, KeyArray
from sqrec.rank.rowloops import most_rungs
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class OccupationMatch:
    """Count the rungs of the occupation ladder (0 to 4) that the item shares with the nearest of the person's occupations.

    Unknown where either is not coded.
    """

    source: Literal["desired", "occupations"]
    monotone: int = 1

    @property
    def name(self) -> str:
        """`occupation_SOURCE`."""
        return f"occupation_{self.source}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column of occupations."""
        return (self.source,)

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 4."""
        found, ladders = np.full(len(view.pairs), np.nan), view.items.facts["occupation"]
        for query, part in view.pairs.questions:
            mine = view.profiles.codes(self.source, query)
            if len(mine):
                most_rungs(ladders, view.pairs.item[part], mine, found[part])
        return found


def shared_rungs(item: KeyArray, mine: KeyArray) -> IntArray:
    """Count the rungs that items' ladders, shape (items, 4), share with others, shape (others, 4); shape (items, others)."""
    return ((item[:, None, :] == mine[None, :, :]) & (mine[None, :, :] > 0)).sum(axis=2)
