"""The published rule by which attention and openings temper an order (docs/spread.md)."""

import numpy as np

from sqrec.arrays import FloatArray, IntArray, KeyArray, mixed
from sqrec.cities import Capacity
from sqrec.columns import Kind


def worth(ranked: FloatArray, capacity: Capacity) -> FloatArray:
    """Return what items are worth by their scores, best first: the first 1, the `among`-th `capacity.worth`.

    worth ^ ((first - score) / (first - `among`-th)): scores of LambdaMART are logarithms of odds, so that worths are shares of a
    choice (Bradley and Terry 1952) up to the scale, which the list itself gives. A shorter list ends with the worth; where the
    scores are equal so are the worths.
    """
    gap = ranked[0] - ranked[min(capacity.among, len(ranked)) - 1]
    behind = ranked[0] - ranked
    return np.where(behind == 0, 1.0, 0.0) if gap == 0 else capacity.worth ** (behind / gap)


def tempered(order: IntArray, scores: FloatArray, load: FloatArray, capacity: Capacity, kind: Kind, ties: KeyArray) -> IntArray:
    """Return the order by worth - strength x (load - 1), a price per opening that rises with attention.

    `order` has the places best first; `scores`, `load` (`Loads.load`) and `ties` are by place. An item of unknown load (NaN)
    pays what the fair share costs: nothing. The first `kept` places stay; what is equal goes by score, then by `ties`. Of
    strength 0 the order stays as it is.
    """
    strength = capacity.strength.get(kind, 0.0)
    if strength == 0 or len(order) <= capacity.kept:
        return order
    ranked, price = scores[order], strength * (load[order] - 1)
    value = worth(ranked, capacity) - np.where(np.isnan(price), 0.0, price)
    rest = np.lexsort((ties[order], -ranked, -value))
    return order[np.concatenate([np.arange(capacity.kept), rest[rest >= capacity.kept]])]


def lots(keys: KeyArray, midnight: int) -> KeyArray:
    """Return a hash of each key and the day that begins at a midnight: who comes first among equals changes from day to day."""
    return mixed(keys ^ mixed(np.array([midnight], dtype=np.int64).astype(np.uint64)))
