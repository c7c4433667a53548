"""How often somebody may ask: a bucket of units for each asker, filled at a rate. A unit is one list of up to ten items for one person."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from serving.metrics import figures
from serving.problems import RefusedError
from sqrec.access import Asker

SMALL = 0.1
"""Units of a request that computes no list."""
_MOST_ASKERS = 10_000
_EXPLAINED = 4.0
_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """Allow `units` a second, and `burst` at once after a rest."""

    units: float
    burst: float

    @classmethod
    def of(cls, text: str) -> "Rate":
        """Read `units/burst`, such as `20/200`. Raises ValueError."""
        units, burst = (float(part) for part in text.split("/"))
        if not (units > 0 and burst >= 1):
            raise ValueError("a rate is units a second above 0, and a burst of 1 or more")
        return cls(units, burst)


RATES: Mapping[str, Rate] = {
    "key": Rate(2000, 20_000),
    "session": Rate(5, 100),
    "nobody": Rate(20, 200),
    "demo": Rate(2000, 20_000),
}
"""Rates by how an asker is known, of one worker: a key is the platform's or staff's, a session one resident's, nobody an address."""


def rates(text: str) -> Mapping[str, Rate]:
    """Read rates such as `nobody=50/500,session=5/100`; kinds that are not named keep theirs. Raises ValueError."""
    told = dict(part.strip().split("=") for part in text.split(","))
    if unknown := told.keys() - RATES.keys():
        raise ValueError(f"right are {', '.join(RATES)}, not {', '.join(sorted(unknown))}")
    return {**RATES, **{how: Rate.of(rate) for how, rate in told.items()}}


class Buckets:
    """Hold what each asker may still ask for; the 10,000 that asked last are known.

    A request may cost more than there is: it is answered as long as anything is there, and the asker waits until the debt is paid.
    """

    def __init__(self, of: Mapping[str, Rate] = RATES, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates, self._clock = of, clock
        self._held: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, who: Asker, cost: float) -> None:
        """Take `cost` units of an asker. Raises RefusedError (429, with Retry-After) where nothing is left."""
        rate, now = self._rates[who.how], self._clock()
        whose = (who.how, who.name if who.address is None else who.address)
        left, since = self._held.pop(whose, (rate.burst, now))
        left = min(rate.burst, left + (now - since) * rate.units)
        if left <= 0:
            self._held[whose] = (left, now)
            figures().too_often.add(who.how)
            seconds = 1 + int(-left / rate.units)
            raise RefusedError(429, "You ask too often.", headers={"Retry-After": str(seconds)})
        self._held[whose] = (left - cost, now)
        if len(self._held) > _MOST_ASKERS:
            self._held.popitem(last=False)


def units(people: int, kinds: int, n: int, *, explain: bool = False) -> float:
    """Return the units of lists of `n` items: people x kinds x tens of items, four times that with explanations."""
    return people * kinds * -(-n // _ITEMS) * (_EXPLAINED if explain else 1.0)
