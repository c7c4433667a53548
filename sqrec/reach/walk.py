"""Minutes on foot, and the method that found them."""

from dataclasses import dataclass
from typing import Literal, Protocol, get_args

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray
from sqrec.cities import City
from sqrec.reach.straight import metres

Method = Literal["network", "straight", "area", "online", "unknown"]
METHODS: tuple[Method, ...] = get_args(Method)
"""How the minutes of a pair were found: walked on a street network, or by straight line; `area`: unknown, but the divisions can be
compared; `online`: bound to no place."""
METHOD: dict[Method, int] = {name: number for number, name in enumerate(METHODS)}


@dataclass(frozen=True)
class Walked:
    """Hold the minutes on foot of some pairs (NaN unknown), and the method of each as a place in `METHODS`."""

    minutes: FloatArray
    method: AnyArray


class Walk(Protocol):
    """Compute minutes on foot between points. No other code computes minutes."""

    def measure(self, here: FloatArray, there: FloatArray, pace: FloatArray | float) -> Walked:
        """Return minutes from points to points, as unit vectors of shape (3, pairs) or (3, 1), at paces in metres a minute.

        An unknown point (NaN) has unknown minutes. The bits of a pair do not depend on the other pairs.
        """
        ...


@dataclass(frozen=True)
class StraightLine:
    """Walk a straight line, longer by the city's detour factor, at the walker's pace."""

    detour: float

    @classmethod
    def of(cls, city: City) -> "StraightLine":
        """Take the detour factor of a city."""
        return cls(city.detour)

    def measure(self, here: FloatArray, there: FloatArray, pace: FloatArray | float) -> Walked:
        """Return metres × detour ÷ pace."""
        minutes = self.minutes(metres(here, there), pace)
        return Walked(minutes, np.where(np.isnan(minutes), METHOD["unknown"], METHOD["straight"]))

    def minutes(self, straight: FloatArray, pace: FloatArray | float) -> FloatArray:
        """Return the minutes for known distances, metres of straight line, at a pace in metres a minute."""
        return straight * self.detour / pace
