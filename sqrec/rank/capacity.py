"""The published rule by which attention and openings temper an order (docs/spread.md)."""

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray, KeyArray, mixed
from sqrec.cities import Capacity
from sqrec.contract import Kind


def worth(ranked: FloatArray, capacity: Capacity) -> FloatArray:
    """Return what items are worth by their scores, best first: their shares of a choice from the list, which sum to 1.

    The softmax of scores / temperature (conditional logit, McFadden 1974): scores of LambdaMART are logarithms of odds. So a list
    that knows what it wants holds on to its first places, and one of equals has little to lose.
    """
    odds = np.exp((ranked - ranked[0]) / capacity.temperature)
    return odds / odds.sum()


def price(load: FloatArray, strength: float) -> FloatArray:
    """Return strength x ln((1 + load) / 2): nothing at the fair share and for an unknown load (NaN), slower the higher it is."""
    return np.where(np.isnan(load), 0.0, strength * np.log((1 + load) / 2))


def tempered(order: IntArray, scores: FloatArray, load: FloatArray, capacity: Capacity, kind: Kind, ties: KeyArray) -> IntArray:
    """Return the order by worth less the price of an opening, which rises with attention.

    `order` has the places best first; `scores`, `load` (`Loads.load`) and `ties` are by place. The first `kept` places stay;
    what is equal goes by score, then by `ties`. Of strength 0 the order stays as it is.
    """
    strength = capacity.strength.get(kind, 0.0)
    if strength == 0 or len(order) <= capacity.kept:
        return order
    ranked = scores[order]
    value = worth(ranked, capacity) - price(load[order], strength)
    rest = np.lexsort((ties[order], -ranked, -value))
    return order[np.concatenate([np.arange(capacity.kept), rest[rest >= capacity.kept]])]


def lots(keys: KeyArray, midnight: int) -> KeyArray:
    """Return a hash of each key and the day that begins at a midnight: who comes first among equals changes from day to day."""
    return mixed(keys ^ mixed(np.array([midnight], dtype=np.int64).astype(np.uint64)))
