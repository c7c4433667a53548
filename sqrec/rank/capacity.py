"""The published rule by which attention and openings temper an order (docs/spread.md)."""

import numpy as np

from sqrec.arrays import FloatArray, IntArray, KeyArray, mixed
from sqrec.cities import Capacity
from sqrec.columns import Kind


def price(load: FloatArray) -> FloatArray:
    """Return ln((1 + load) / 2): 0 at the fair share, at least -ln 2, rising with attention; 0 where the load is unknown."""
    return np.where(np.isnan(load), 0.0, np.log1p(load) - np.log(2.0))


def tempered(order: IntArray, scores: FloatArray, load: FloatArray, capacity: Capacity, kind: Kind, ties: KeyArray) -> IntArray:
    """Return the order by score - strength x gap x price, the gap being that between the first and the `among`-th score.

    `order` has the places best first; `scores`, `load` (`Loads.load`) and `ties` are by place. The first `kept` places stay.
    Equal tempered scores go by load, then by `ties`. Of strength 0 the order stays as it is.
    """
    strength, ranked = capacity.strength.get(kind, 0.0), scores[order]
    if strength == 0 or len(order) <= capacity.kept:
        return order
    gap = ranked[0] - ranked[min(capacity.among, len(order)) - 1]
    kept, rest = np.split(order, [capacity.kept])
    cost = price(load[rest])
    worth = scores[rest] - strength * gap * cost
    return np.concatenate([kept, rest[np.lexsort((ties[rest], cost, -worth))]])


def lots(keys: KeyArray, midnight: int) -> KeyArray:
    """Return a hash of each key and the day that begins at a midnight: who comes first among equals changes from day to day."""
    return mixed(keys ^ mixed(np.array([midnight], dtype=np.int64).astype(np.uint64)))
