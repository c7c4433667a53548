"""What a person does in one session: consider, be shown a slate, examine it from the top, view, and act."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, IntArray

SLATE = 10
CONSIDER_NOISE, VIEW_NOISE = 0.45, 0.45
EXAMINED_FALL = 0.35
"""Position k is examined with probability k to the power of minus this."""
_NEVER = np.float32(-1e9)


@dataclass(frozen=True)
class Shown:
    """Hold slates: items, top first (-1: no more), which of them were viewed, and the utility as it was felt then."""

    item: IntArray
    viewed: BoolArray
    felt: AnyArray


def choose(pool: IntArray, utility: AnyArray, policy: AnyArray, able: BoolArray, rng: np.random.Generator) -> Shown:
    """Let everybody consider, see and view; rows are sessions.

    The slate holds the `SLATE` items of highest utility plus noise: what a person's own search brings up. Its order is by
    `policy`, the platform's. Each position is examined or not, and the best of those examined, with fresh noise, are viewed.
    """
    first = np.where(able, utility + CONSIDER_NOISE * _gumbel(rng, utility.shape), _NEVER)
    most = min(SLATE, pool.shape[1])
    slate = np.argpartition(-first, most - 1, axis=1)[:, :most]
    order = np.argsort(-np.take_along_axis(np.where(able, policy, _NEVER), slate, axis=1), axis=1, kind="stable")
    slate = np.take_along_axis(slate, order, axis=1)
    there = np.take_along_axis(able, slate, axis=1)
    chance = np.arange(1, most + 1, dtype=np.float32) ** np.float32(-EXAMINED_FALL)
    examined = there & (rng.random(slate.shape, dtype=np.float32) < chance)
    felt = np.take_along_axis(utility, slate, axis=1) + VIEW_NOISE * _gumbel(rng, slate.shape)
    rank = np.argsort(np.argsort(np.where(examined, -felt, -_NEVER), axis=1, kind="stable"), axis=1)
    luck = rng.random(len(slate), dtype=np.float32)[:, None]
    count = 1 + (luck < 0.5) + (luck < 0.15)
    item = np.where(there, np.take_along_axis(pool, slate, axis=1), -1)
    return Shown(item, examined & (rank < count), felt)


def _gumbel(rng: np.random.Generator, shape: tuple[int, ...]) -> AnyArray:
    return -np.log(-np.log(np.maximum(rng.random(shape, dtype=np.float32), np.float32(1e-7))))
