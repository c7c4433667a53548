"""Choices of a session: consider items, get a slate, examine it from the top, view (docs/city.md)."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, IntArray

SLATE = 10
CONSIDER_NOISE, VIEW_NOISE = 0.45, 0.45
EXAMINED_FALL = 0.35
"""Exponent of position bias: P(examined at k) = k^-EXAMINED_FALL."""
_NEVER = np.float32(-1e9)


@dataclass(frozen=True)
class Shown:
    """Hold slates, shape (sessions, positions): items from the top (-1: none), marks of viewed ones, utilities with noise."""

    item: IntArray
    viewed: BoolArray
    felt: AnyArray


def choose(pool: IntArray, utility: AnyArray, policy: AnyArray, able: BoolArray, rng: np.random.Generator) -> Shown:
    """Draw the slates of sessions and what is viewed of them.

    `pool` holds items, `utility` and `policy` their utility and the platform's score, `able` marks those that may be shown; shape
    (sessions, pool). A slate holds the `SLATE` items of highest utility plus Gumbel noise, in the order of `policy`. Of the examined
    positions the one to three items of highest utility plus fresh noise are viewed.
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
