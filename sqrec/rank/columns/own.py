"""What a person's own uses of the very item tell: where a kind repeats, the place one goes to is the place one has been to."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class OwnUse:
    """Tell of the person's own earlier uses of the item itself.

    `times`: ln(1 + uses), 0 for what was never used; `share`: of all own uses, 0 for what was never used, unknown without any;
    `idle`: ln(1 + hours) since the latest, unknown for what was never used.
    """

    form: Literal["times", "share", "idle"]
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    @property
    def name(self) -> str:
        """`own_FORM`."""
        return f"own_{self.form}"

    def compute(self, view: View) -> FloatArray:
        """Return float64."""
        found = np.full(len(view.pairs), np.nan if self.form == "idle" else 0.0)
        for query, part in view.pairs.questions:
            rows, at, times = view.used(query)
            if len(rows) == 0:
                found[part] = np.nan if self.form != "times" else 0.0
                continue
            place = np.minimum(np.searchsorted(rows, view.pairs.item[part]), len(rows) - 1)
            there = rows[place] == view.pairs.item[part]
            found[part] = np.where(there, self._of(view, query, at, times)[place], found[part])
        return found

    def _of(self, view: View, query: int, at: FloatArray, times: FloatArray) -> FloatArray:
        if self.form == "times":
            return np.log1p(times)
        if self.form == "share":
            return times / times.sum()
        return np.log1p((view.profiles.at[query] - at) / 3_600e6)
