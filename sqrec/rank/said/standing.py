"""What stands out among the live items of a group, as of the last midnight: the same for everybody."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.rank.view import View

DAYS = 30
"""How many days back people are counted."""
FEW_WAGES = 5
"""Under how many known wages a group has no usual one."""
FEW_PEOPLE = 10
"""Counts of fewer people are not published."""


@dataclass(frozen=True, slots=True)
class WageStanding:
    """Divide a vacancy's monthly wage by the median of the live vacancies of its trade as of the last midnight.

    Unknown where the wage is, or fewer than five of the trade are known.
    """

    name: str = "wage_standing"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return the quotient; above 1 is better paid than half of them."""
        trade = view.items.groups["trade"][view.pairs.item]
        usual = np.empty(len(view.pairs))
        for query, part in view.pairs.questions:
            usual[part] = usual_wages(view, int(view.midnight[query]))[trade[part]]
        usual[trade < 0] = np.nan
        return view.item("wage") / usual


@dataclass(frozen=True, slots=True)
class PeopleStanding:
    """Count the people of the last `days` (0: ever) with an item that stands in the first part of its group by them; 0 for any other.

    As of the last midnight, among the items live then. The first tenth (`part` 10): the item and those with as many people or more are
    a tenth of the group at most, which has ten items at least. Counts of fewer than ten people are told as 0. All items of the
    kind are the group `all`.
    """

    family: str
    part: int = 10
    days: int = DAYS
    reads: tuple[str, ...] = ()
    monotone: int = 0

    @property
    def name(self) -> str:
        """`people_FAMILY`."""
        return f"people_{self.family}"

    def compute(self, view: View) -> FloatArray:
        """Return people."""
        found = np.empty(len(view.pairs))
        for query, part in view.pairs.questions:
            found[part] = self._outstanding(view, int(view.midnight[query]))[view.pairs.item[part]]
        return found

    def _outstanding(self, view: View, midnight: int) -> FloatArray:
        return view.counts.as_of(
            f"outstanding {self.part} {self.days}", self.family, midnight, lambda: self._made(view, midnight)
        )

    def _made(self, view: View, midnight: int) -> FloatArray:
        return outstanding(view, self.family, view.counts.people_of(midnight, self.days), midnight, self.part)


def usual_wages(view: View, midnight: int) -> FloatArray:
    """Return the median monthly wage of every trade's vacancies that are live at a midnight; NaN where fewer than five are known."""
    return view.counts.as_of("median wage", "trade", midnight, lambda: _medians(view.items, midnight))


def _medians(items: Items, midnight: int) -> FloatArray:
    wage, found = items.facts["wage"], np.full(len(items.group_keys["trade"]) + 1, np.nan)
    rows = np.flatnonzero(items.live(midnight, np.arange(len(items))) & ~np.isnan(wage))
    for trade, some in _by_group(items.groups["trade"], rows):
        if len(some) >= FEW_WAGES:
            found[trade] = np.median(wage[some])
    return found


def outstanding(view: View, family: str, people: FloatArray, midnight: int, part: int) -> FloatArray:
    """Return each item's people where they set it apart in its group, else 0; shape (items,)."""
    items, found = view.items, np.zeros(len(people))
    live = np.flatnonzero(items.live(midnight, np.arange(len(items))))
    for _, some in _by_group(view.counts.group[family], live):
        if len(some) >= part:
            mine = people[some]
            as_many = len(some) - np.searchsorted(np.sort(mine), mine, side="left")
            found[some] = np.where((part * as_many <= len(some)) & (mine >= FEW_PEOPLE), mine, 0.0)
    return found


def _by_group(groups: AnyArray, rows: IntArray) -> list[tuple[int, IntArray]]:
    """Return some items by their group; an unknown group (-1) is none."""
    rows = rows[groups[rows] >= 0]
    order = rows[np.argsort(groups[rows], kind="stable")]
    numbers, starts = np.unique(groups[order], return_index=True)
    return list(zip(numbers.tolist(), np.split(order, starts[1:]), strict=False))
