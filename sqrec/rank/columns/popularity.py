"""What others did."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.profile.segments import Segment
from sqrec.rank.rowloops import fill_rates
from sqrec.rank.view import Fill, View


@dataclass(frozen=True, slots=True)
class Popularity:
    """Count how often others used the item's group before the last midnight.

    `log` is ln(1 + times), of the last `days` if not 0. `rate` is times per item of the group, drawn towards the mean of
    the whole catalogue as if `prior` items of average use were added, relative to that mean.
    """

    family: str
    days: int = 0
    form: Literal["log", "rate"] = "log"
    prior: float = 5.0
    monotone: int = 0

    @property
    def name(self) -> str:
        """`popularity_FAMILY` with the window and the form."""
        window = f"_{self.days}d" if self.days else ""
        return f"popularity_{self.family}{window}" + ("_rate" if self.form == "rate" else "")

    @property
    def reads(self) -> tuple[str, ...]:
        """Nothing of the person (the own events are only subtracted)."""
        return ()

    def compute(self, view: View) -> FloatArray:
        """Return float64, unknown where the item's group is unknown."""
        return np.log1p(view.others(self.family, self.days)) if self.form == "log" else np.log(self.relative(view))

    @staticmethod
    def together(columns: Sequence["Popularity"], places: Sequence[int]) -> Fill:
        """Return what fills these columns of rows: one logarithm of all counts and one of all rates."""
        return partial(_fill, _of_form("log", columns, places), _of_form("rate", columns, places))

    def relative(self, view: View) -> FloatArray:
        """Return the rate before its logarithm, unknown where nothing was used by others."""
        times, found = view.others(self.family, self.days), np.full(len(view.pairs), np.nan)
        group, sizes = view.counts.group[self.family], view.counts.sizes[self.family]
        everything = view.others("all")
        for _, part in view.pairs.questions:
            mean = everything[part.start] / len(view.items)
            if mean > 0:
                fill_rates(times[part], group, sizes, view.pairs.item[part], mean, self.prior, found[part])
        return found


_Placed = tuple[list[Popularity], list[int]]


def _of_form(form: str, columns: Sequence[Popularity], places: Sequence[int]) -> _Placed:
    both = [(column, place) for column, place in zip(columns, places, strict=True) if column.form == form]
    return [column for column, _ in both], [place for _, place in both]


def _fill(logs: _Placed, rates: _Placed, view: View, rows: FloatArray) -> None:
    if logs[0]:
        rows[:, logs[1]] = np.log1p([view.others(column.family, column.days) for column in logs[0]]).T
    if rates[0]:
        rows[:, rates[1]] = np.log([column.relative(view) for column in rates[0]]).T


@dataclass(frozen=True, slots=True)
class Habit:
    """Tell how much more often people like this one (of the same community, district or age) use the item's group than others.

    ln((times in the segment + prior * share) / ((all of the segment + prior) * share)), `share` being the group's part of
    everything used; the own events are left out. Unknown where the segment or the group is, or nothing was used.
    """

    family: str
    segment: Segment
    prior: float = 20.0
    monotone: int = 0

    @property
    def name(self) -> str:
        """`habit_SEGMENT_FAMILY`."""
        return f"habit_{self.segment}_{self.family}"

    @property
    def reads(self) -> tuple[str, ...]:
        """What tells the segment."""
        return ("birth_month",) if self.segment == "age" else ("area",)

    def compute(self, view: View) -> FloatArray:
        """Return float64, 0 where the segment is like the city."""
        found = np.full(len(view.pairs), np.nan)
        for query, part in view.pairs.questions:
            number = int(view.segment(self.segment)[query])
            if number >= 0:
                found[part] = self._habit(view, query, part, number)
        return found

    def _habit(self, view: View, query: int, part: "slice[int, int]", number: int) -> FloatArray:
        counts, midnight = view.counts, int(view.midnight[query])
        own = counts.group[self.family][view.own(query)]
        own = own[own >= 0]
        total = counts.everything(self.family, midnight) - len(own)
        if total <= 0:
            return np.full(part.stop - part.start, np.nan)
        groups = counts.group[self.family][view.pairs.item[part]]
        mine, size = counts.within(self.segment, self.family, midnight).of_segment(number, groups)
        if len(own):
            mine = np.maximum(mine - (groups[:, None] == own).sum(axis=1), 0.0)
        share = np.maximum(view.others(self.family)[part], 0.5) / total
        return np.log((mine + self.prior * share) / ((max(size - len(own), 0.0) + self.prior) * share))
