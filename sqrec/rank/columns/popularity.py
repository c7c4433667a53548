"""What others did."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.arrays import FloatArray
from sqrec.rank.view import View


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
        times = view.others(self.family, self.days)
        return np.log1p(times) if self.form == "log" else self._rate(view, times)

    def _rate(self, view: View, times: FloatArray) -> FloatArray:
        members = view.counts.sizes[self.family][view.counts.group[self.family][view.pairs.item]]
        mean = view.others("all") / len(view.items)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.log((times + self.prior * mean) / ((members + self.prior) * mean))
        return np.where(mean > 0, rate, np.nan)
