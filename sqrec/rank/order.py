"""From scores to a list: deterministic, what was asked for first, what was looked at lower, and spread over employers."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray
from sqrec.base.loops import among
from sqrec.rank.policy import Spread
from sqrec.rank.wish import HELD, NEAREST, OTHERS, RELATED, UNFIT

SENT = 3
"""Where a place stands to which the situation sends a person who did not ask for it: what most people come for goes before it."""
FIRST = 10
"""The places in which what has no place on the map must leave room for what is in reach, where nothing is spread."""


def by_score(scores: FloatArray, keys: KeyArray) -> IntArray:
    """Return places from the highest score down; ties are broken by `keys`."""
    return np.lexsort((keys, -scores))


def nearer(minutes: FloatArray, keys: KeyArray) -> KeyArray:
    """Return what breaks ties between items: the nearer first, those of unknown minutes (NaN) last, then by `keys`."""
    ranks = np.empty(len(keys), np.uint64)
    ranks[np.lexsort((keys, minutes))] = np.arange(len(keys), dtype=np.uint64)  # NaN sorts last
    return ranks


def demoted(order: IntArray, looked_at: BoolArray) -> IntArray:
    """Return the order with each item that was looked at, at place r (1 = top), at place 2r.

    `looked_at` is by place of pairs. Of two items that claim one place, the one not looked at goes first.
    """
    lower = looked_at[order]
    place = np.arange(1, len(order) + 1)
    return order[np.lexsort((lower, np.where(lower, 2 * place, place)))]


def behind(order: IntArray, far: BoolArray) -> IntArray:
    """Return the order with what is far (by place of pairs) behind all else; nothing else changes place."""
    return order[np.argsort(far[order], kind="stable")]


@dataclass(frozen=True)
class Marks:
    """Say of every pair what its place in a list depends on besides its score.

    `turn` as `sqrec.rank.wish` has it, `far` beyond the widest circle, `placeless` without known minutes, `group` that over which
    lists are spread (-1: none), `twin` the same for all that are one offer by several ids (-1: none). `yields` tells whether spreading
    gives way to the wish: of vacancies of wanted work all come first, of places that answer a need a few of each type.
    """

    turn: IntArray
    far: BoolArray
    placeless: BoolArray
    group: IntArray
    twin: IntArray
    yields: bool = True


def arranged(order: IntArray, marks: Marks, spread: Spread | None) -> IntArray:
    """Return the order with what was asked for first, few of a group among the first ones, and no offer twice.

    Of what answers nothing, turns go first: what is far stands last of its own turn. An offer's further ids are left out: an answer counts them (`more_like_this`).
    """
    order = behind(order, marks.far & (marks.turn >= OTHERS) & (marks.turn != HELD))
    order = _once(order, marks)
    turn = marks.turn if marks.yields or spread is None else _few(order, marks, spread)
    mine = turn[order]
    answers = sorted(set(mine[mine < NEAREST].tolist()))
    parts = [_turn(order[mine == one], marks, spread) for one in answers]
    rest = order[mine >= NEAREST] if answers else order
    order = np.concatenate([*parts, rest[np.argsort(turn[rest], kind="stable")]])
    if spread:
        ends = [int(np.count_nonzero(turn[order] < one)) for one in (OTHERS, UNFIT, HELD)]
        for standing, end in pairwise(ends):  # each turn counts what stands before it
            order[:end] = spread_out(order[:end], marks.group, spread, standing)
    return order if marks.yields else _moved(order, marks.turn, RELATED, SENT - 1)


def _moved(order: IntArray, turn: IntArray, moved: int, ahead: int) -> IntArray:
    """Return an order with one turn behind the first `ahead` others, and behind all that answer the wish."""
    mine = turn[order] == moved
    if not mine.any():
        return order
    rest = order[~mine]
    start = max(ahead, int(np.count_nonzero(turn[rest] <= NEAREST)))
    return np.concatenate([rest[:start], order[mine], rest[start:]])


def _once(order: IntArray, marks: Marks) -> IntArray:
    """Return the order without what is offered before by another id, in an earlier turn or a better place of one."""
    if not (marks.twin >= 0).any():
        return order
    placed = order[np.argsort(marks.turn[order], kind="stable")]
    twin = marks.twin[placed]
    again = np.ones(len(placed), bool)
    again[np.unique(twin, return_index=True)[1]] = False
    repeated = placed[again & (twin >= 0)]
    return order[~among(order, repeated, len(marks.twin))]


def _turn(order: IntArray, marks: Marks, spread: Spread | None) -> IntArray:
    """Return one turn of answers, spread over groups, with at most half of the first places for what has no place on the map."""
    order = spread_out(order, marks.group, spread) if spread else order
    first = spread.first if spread else FIRST
    if np.count_nonzero(marks.placeless[order]) <= first // 2:
        return order
    return spread_out(order, np.where(marks.placeless, 0, -1), Spread(first // 2, first))


def _few(order: IntArray, marks: Marks, spread: Spread) -> IntArray:
    """Return the turns with only the first few of every group among the answers: half of the first places shared by the groups."""
    turn, taken = marks.turn.copy(), dict[int, int]()
    answers: list[int] = order[turn[order] < NEAREST].tolist()
    groups = len({int(marks.group[index]) for index in answers})
    most = max(spread.most, spread.first // 2 // max(groups, 1))
    for index in answers:
        group = int(marks.group[index])
        taken[group] = taken.get(group, 0) + 1
        if group >= 0 and taken[group] > most:
            turn[index] = OTHERS
    return turn


def spread_out(order: IntArray, groups: IntArray, spread: Spread, standing: int = 0) -> IntArray:
    """Return the order with at most `spread.most` of a group among the first ones; the first `standing` stay where they are.

    An item too many moves down to right behind the first `spread.first`; nothing else changes place. Items
    of an unknown group (-1) never count. Where there is too little else, the rule gives way.
    """
    if len(order) <= spread.most:
        return order
    taken: dict[int, int] = {}
    first: list[int] = []
    later: list[int] = []
    told = zip(order.tolist(), groups[order].tolist(), strict=True)  # numbers of Python's: numpy's are slow one by one
    for place, (index, group) in enumerate(told):
        if len(first) == spread.first:
            return np.concatenate([first, np.array(later, np.int64), order[place:]]) if later else order.copy()
        if place >= standing and group >= 0 and taken.get(group, 0) >= spread.most:
            later.append(index)
        else:
            first.append(index)
            taken[group] = taken.get(group, 0) + 1
    return np.array(first + later, dtype=np.int64)
