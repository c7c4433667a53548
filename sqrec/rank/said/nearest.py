"""Whether anything of its kind is nearer."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.base.loops import nearest_of_group
from sqrec.rank.said.occupation import official_name
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class Nearest:
    """Tell whether no live item of the same group is nearer to the home: 1 or 0.

    Unknown where either place is, where the group is, or where an occupation has no name to say it by.
    """

    family: str
    reads: tuple[str, ...] = ("lon", "lat")
    monotone: int = 0

    @property
    def name(self) -> str:
        """`nearest_FAMILY`."""
        return f"nearest_{self.family}"

    def compute(self, view: View) -> FloatArray:
        """Return 1 or 0."""
        found, items = np.empty(len(view.pairs)), view.items
        group, members = items.groups[self.family][view.pairs.item], items.members[self.family]
        for query, part in view.pairs.questions:
            home = np.ascontiguousarray(view.profiles.facts.direction[:, int(view.profiles.who[query])])
            nearest_of_group(
                items.direction,
                view.pairs.item[part],
                home,
                group[part],
                members.offsets,
                members.values,
                items.ranked,
                items.opens,
                items.closes,
                int(view.profiles.at[query]),
                found[part],
            )
        found[np.isnan(view.pairs.minutes)] = np.nan
        if self.family == "occupation":
            found[[official_name(key) is None for key in view.item("occupation")[:, 3].tolist()]] = np.nan
        return found
