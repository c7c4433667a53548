"""When others first or last used an item's group, as a column to try."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.base.numbers import DAY
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class UsedAgo:
    """Give the days from when others first or last used the item's group to the last midnight, as ln(1 + them); unknown if never."""

    family: str
    which: Literal["first", "last"] = "last"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    @property
    def name(self) -> str:
        """`used_WHICH_FAMILY`."""
        return f"used_{self.which}_{self.family}"

    def compute(self, view: View) -> FloatArray:
        """Return 0 and more."""
        counts, found = view.counts, np.empty(len(view.pairs))
        group = counts.group[self.family]
        for query, part in view.pairs.questions:
            midnight, person = int(view.midnight[query]), view.profiles.person[query]
            events = np.flatnonzero(
                (counts.events.known < midnight) & (counts.events.person != person) & (group[counts.item] >= 0)
            )
            moment = np.full(len(counts.sizes[self.family]), np.nan)
            places = events[::-1] if self.which == "first" else events
            moment[group[counts.item[places]]] = counts.events.known[places]
            asked = group[view.pairs.item[part]]
            found[part] = np.where(asked < 0, np.nan, np.log1p((midnight - moment[asked]) / DAY))
        return found
