"""From when on items are shown, for events by the million."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sqrec.base.arrays import UNKNOWN_TIME, BoolArray, IntArray, KeyArray
from sqrec.base.keys import KeySet


@dataclass
class Openings:
    """Hold `published_at` of the accepted items of one table, microseconds UTC, 16 bytes an item."""

    keys: list[KeyArray] = field(default_factory=list[KeyArray])
    moments: list[IntArray] = field(default_factory=list[IntArray])
    by_place: IntArray | None = None

    def add(self, keys: KeyArray, published_at: "pd.Series[pd.Timestamp]") -> None:
        """Note the items of a piece that are shown from a moment on."""
        moments = _micros(published_at)
        told = moments != UNKNOWN_TIME
        self.keys.append(keys[told])
        self.moments.append(moments[told])

    def after(self, ids: KeySet, places: IntArray, at: "pd.Series[pd.Timestamp]") -> BoolArray:
        """Tell which moments lie before the item's opening; `places` are the items' in `ids`, -1 for none. No item comes later."""
        if self.by_place is None:
            self.by_place = np.full(ids.room + 1, UNKNOWN_TIME)  # the last one stands for no item
            keys = np.concatenate(self.keys)
            self.by_place[ids.places(keys)] = np.concatenate(self.moments)
            self.by_place[-1] = UNKNOWN_TIME
        return _micros(at) < self.by_place[places]


def _micros(column: "pd.Series[pd.Timestamp]") -> IntArray:
    return column.dt.tz_localize(None).to_numpy("datetime64[us]").view(np.int64)
