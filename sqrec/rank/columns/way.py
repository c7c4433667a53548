"""How far an item is from where the person has been."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.base.loops import farthest_along
from sqrec.rank.view import View
from sqrec.reach.straight import apart

NOWHERE = -2.0
"""What the cosine of no angle is: no earlier place is known."""


@dataclass(frozen=True, slots=True)
class Way:
    """Give the metres by straight line from the item to the place of an earlier one of this kind: the `last`, or the `nearest`.

    The item itself is no earlier place of its own: the way to the `last` is unknown for that very item. Unknown where the item's
    place is, or where no earlier place is known.
    """

    to: Literal["last", "nearest"]
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    @property
    def name(self) -> str:
        """`way_TO`."""
        return f"way_{self.to}"

    def compute(self, view: View) -> FloatArray:
        """Return metres."""
        cosine = np.full(len(view.pairs), NOWHERE)
        for query, part in view.pairs.questions:
            earlier = view.earlier(query)[0]
            earlier = earlier[~np.isnan(view.items.lon[earlier])][: 1 if self.to == "last" else None]
            if len(earlier):
                farthest_along(view.items.direction, view.pairs.item[part], earlier, cosine[part])
        return np.where(cosine == NOWHERE, np.nan, apart(cosine))
