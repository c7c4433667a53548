"""One place of a list tries another item now and then: drawn by the question alone, with known probabilities."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, key_of, mixed
from sqrec.contract import Kind
from sqrec.profile.profiler import Profiles
from sqrec.rank.policy import Explore, Spread


@dataclass(frozen=True)
class Draw:
    """Hold what could have stood in the place that explores, and what does.

    `pairs` are the places in `Scene.pairs` of all that could, the one of the order itself first; `positions` (1 = top) where
    they stand in that order; `probability` of each; `taken` which of them was drawn, 0 where nothing was exchanged.
    """

    pairs: IntArray
    positions: IntArray
    probability: FloatArray
    taken: int

    def propensity(self, n: int) -> FloatArray:
        """Return the probability of each of the first `n` items of the list, as shown, to stand where it does.

        It is 1 outside the draw. An item of the pool stands in its own place unless it was drawn itself; then the item
        of the order stands there, as often as the exchange happens.
        """
        whole = np.ones(max(n, int(self.positions.max())))
        whole[self.positions - 1] = 1 - self.probability
        whole[self.positions[0] - 1] = self.probability[self.taken]
        whole[self.positions[self.taken] - 1] = self.probability[self.taken]
        return whole[:n]


def explored(
    order: IntArray, groups: IntArray, spread: Spread | None, explore: Explore, question: int, turn: IntArray | None = None
) -> tuple[IntArray, Draw | None]:
    """Return the order with the exchange that the question draws, and the draw; None where there is nothing to draw from.

    `order` are places of pairs, best first, `groups` the group of each pair, `turn` in which turn each comes (None: all in the same).
    An exchange between turns is not drawn, nor one that would put more of a group among the first shown than `spread` allows. The same
    question draws the same.
    """
    places, probability = chances(order, groups, spread, explore, turn)
    if len(places) == 0:
        return order, None
    slot, taken = places[0], _drawn(question, explore.epsilon, len(places) - 1)
    changed = order.copy()
    changed[[slot, places[taken]]] = order[[places[taken], slot]]
    return changed, Draw(order[places], places + 1, probability, taken)


def chances(
    order: IntArray, groups: IntArray, spread: Spread | None, explore: Explore, turn: IntArray | None = None
) -> tuple[IntArray, FloatArray]:
    """Return the places (0 = top) that may be drawn for the one that explores, that one first, and their probabilities.

    Both are empty where there is nothing to draw from.
    """
    slot, end = explore.position - 1, explore.position + explore.pool
    pool = np.arange(explore.position, min(end, len(order)))
    if turn is not None and len(pool):
        pool = pool[turn[order[pool]] == turn[order[slot]]]
    pool = pool[_allowed(groups[order], slot, pool, spread)] if len(pool) else pool
    if len(pool) == 0:
        return pool, np.empty(0)
    return np.append(slot, pool), np.append(1 - explore.epsilon, np.full(len(pool), explore.epsilon / len(pool)))


def question_of(profile: Profiles, kind: Kind) -> int:
    """Return the number that one question (person, moment, kind) draws by."""
    return int(profile.at.astype(np.uint64)[0] ^ profile.person[0] ^ np.uint64(key_of(f"explore {kind}")))


def _drawn(question: int, epsilon: float, pool: int) -> int:
    """Return 0 with probability 1 - epsilon, else one of 1 to `pool`."""
    lots = mixed(mixed(np.array([question], dtype=np.uint64)) + np.arange(1, 3, dtype=np.uint64))
    chance, which = (lots >> np.uint64(11)).astype(np.float64) / 2.0**53
    return 1 + int(which * pool) if chance < epsilon else 0


def _allowed(groups: IntArray, slot: int, pool: IntArray, spread: Spread | None) -> BoolArray:
    """Mark the places whose exchange with the slot keeps the rule of spreading; `groups` are in list order."""
    if spread is None or slot >= spread.first:
        return np.ones(len(pool), dtype=bool)
    others = np.delete(groups[: spread.first], slot)
    taken = (others[:, None] == groups[pool]).sum(axis=0)
    return (pool < spread.first) | (groups[pool] < 0) | (groups[pool] == groups[slot]) | (taken < spread.most)
