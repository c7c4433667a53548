"""What others used next, and what is used at this time of day."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.catalogue.counts import Cells
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class NextAfter:
    """Tell how often others who used the group of the person's last item used the item's group right after it.

    As of the last midnight, without the person's own. `share`: times / (all that followed + prior). `lift` compares that with how
    common the group is: ln((times + prior * common) / ((all + prior) * common)). The start is the item used `ago` items before the
    last. Unknown without such an item, or a group.
    """

    family: str
    form: Literal["share", "lift"] = "share"
    prior: float = 3.0
    ago: int = 0
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    @property
    def name(self) -> str:
        """`next_FAMILY`, with the form where it is a lift, and with how many items ago the start is."""
        return f"next_{self.family}" + ("_lift" if self.form == "lift" else "") + (f"_{self.ago}_ago" if self.ago else "")

    def compute(self, view: View) -> FloatArray:
        """Return float64."""
        found = np.full(len(view.pairs), np.nan)
        group = view.counts.group[self.family]
        for query, part in view.pairs.questions:
            earlier = view.earlier(query)[0]
            start = int(group[earlier[self.ago]]) if len(earlier) > self.ago else -1
            if start >= 0:
                found[part] = self._after(view, query, part, start)
        return found

    def _after(self, view: View, query: int, part: "slice[int, int]", start: int) -> FloatArray:
        midnight, group = int(view.midnight[query]), view.counts.group[self.family]
        before, after = view.counts.own_steps(int(view.profiles.person[query]), midnight)
        own = group[after[group[before] == start]]
        return _compared(
            view, query, part, self.family, view.counts.steps(self.family, midnight), start, own, self.prior, self.form
        )


@dataclass(frozen=True, slots=True)
class HourHabit:
    """Tell how much more often others use the item's group in this part of the day (three hours, city time) than at other times.

    ln((times in the part + prior * share) / ((all in the part + prior) * share)), `share` being the group's part of everything
    used; as of the last midnight, without the own events. Unknown where the group is, or nothing was used.
    """

    family: str
    prior: float = 20.0
    reads: tuple[str, ...] = ()
    monotone: int = 0

    @property
    def name(self) -> str:
        """`habit_hour_FAMILY`."""
        return f"habit_hour_{self.family}"

    def compute(self, view: View) -> FloatArray:
        """Return float64, 0 where the part of the day is like the others."""
        found = np.empty(len(view.pairs))
        for query, part in view.pairs.questions:
            midnight, now = int(view.midnight[query]), int(view.profiles.at[query])
            parts = view.counts.by_part_of_day(self.family, midnight)
            own, of_day = view.counts.own_parts(int(view.profiles.person[query]), midnight)
            number = view.counts.part_of_day(np.array([now]), midnight)[0]
            own = view.counts.group[self.family][own[of_day == number]]
            found[part] = _compared(view, query, part, self.family, parts, int(number), own, self.prior, "lift")
        return found


def _compared(
    view: View,
    query: int,
    part: "slice[int, int]",
    family: str,
    cells: Cells,
    segment: int,
    own: IntArray,
    prior: float,
    form: Literal["share", "lift"],
) -> FloatArray:
    """Return how much a segment used the groups of a question's items, without `own` groups: as a share, or against the others."""
    counts, midnight = view.counts, int(view.midnight[query])
    groups, own = counts.group[family][view.pairs.item[part]], own[own >= 0]
    mine, size = cells.of_segment(segment, groups)
    if len(own):
        mine, size = np.maximum(mine - (groups[:, None] == own).sum(axis=1), 0.0), max(size - len(own), 0.0)
    if form == "share":
        return np.where(groups < 0, np.nan, mine / (size + prior))
    mine_in_all = counts.group[family][view.own(query)]
    total = counts.everything(family, midnight) - np.count_nonzero(mine_in_all >= 0)
    if total <= 0:
        return np.full(part.stop - part.start, np.nan)
    share = np.maximum(view.others(family)[part], 0.5) / total
    return np.where(groups < 0, np.nan, np.log((mine + prior * share) / ((size + prior) * share)))
