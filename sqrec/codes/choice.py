"""Which of the likeliest occupations is right, and how sure that is: small trees over their evidence, side by side.

The weighted evidence (occupations.py) finds the right one within ten; how far it is ahead of the others in each channel, and
whether these are of its group, tells more than the sum. Trees only rise with evidence (training/described.py): an
occupation of which less is known is never the likelier for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.codes.taxonomy import table

TEN = 10
"""Of how many occupations one is chosen."""
GROUP, FIELD = 7, 4
"""How many letters of a code are its minor and its sub-major group."""
RISING = ("score", "score ahead", "log chance", "chance of the group", "chance of the field")
"""What else is looked at, and can only speak for an occupation."""
ROUND = ("letters", "spread", "share of the first one's group")
"""What is said of all ten alike, and may speak either way."""
_FLOOR = 1e-9


@dataclass(frozen=True)
class Trees:
    """Hold binary trees as arrays of shape (trees, nodes): a node goes left where its feature is at most its bound.

    A leaf is its own left and right child and has a value; the values of a row's leaves are summed to the log odds that it is right.
    """

    feature: IntArray
    bound: FloatArray
    left: IntArray
    right: IntArray
    value: FloatArray
    depth: int

    def odds(self, rows: FloatArray) -> FloatArray:
        """Return the log odds of each row, shape (rows,). The bits of a row do not depend on the other rows."""
        root = np.arange(len(self.feature)) * self.feature.shape[1]
        feature, bound = self.feature.ravel(), self.bound.ravel()
        child = np.concatenate(((self.right + root[:, None]).ravel(), (self.left + root[:, None]).ravel()))
        values, start = rows.ravel(), (np.arange(len(rows)) * rows.shape[1])[:, None]
        node = np.zeros((len(rows), 1), np.int64) + root
        for _ in range(self.depth):
            low = values[start + feature[node]] <= bound[node]
            node = child[node + len(feature) * low]
        return self.value.ravel()[node].sum(axis=1)


@dataclass(frozen=True)
class Choice:
    """Hold what chooses: the channels of evidence that are compared, of all of a title, and the trees."""

    channels: tuple[str, ...]
    trees: Trees

    def odds(self, looked: FloatArray) -> FloatArray:
        """Return the log odds that each is right, shape (titles, places), of `features`."""
        return self.trees.odds(looked.reshape(-1, looked.shape[-1])).reshape(looked.shape[:2])

    @classmethod
    def read(cls) -> "Choice":
        """Return the choice that comes with sqrec, for taxonomies with definitions and tasks (occupation_choice.json)."""
        return _read()

    @classmethod
    def of(cls, data: Mapping[str, Sequence[object]]) -> "Choice":
        """Build from channels, and per tree the lists feature, bound, left, right and value of its nodes; the first node is the root."""
        feature, left, right = (_square(data[name]).astype(np.int64) for name in ("feature", "left", "right"))
        bound, value = _square(data["bound"]), _square(data["value"])
        return cls(tuple(map(str, data["channels"])), Trees(feature, bound, left, right, value, _depth(left, right)))


def features(
    channels: FloatArray, scores: FloatArray, places: IntArray, codes: tuple[str, ...], letters: FloatArray
) -> FloatArray:
    """Return what is looked at, shape (titles, places, features): every channel, how far it is ahead of the best other, RISING, ROUND.

    `channels` has the evidence of the occupations at `places`, shape (titles, places, channels); `scores` that of all
    occupations, shape (titles, occupations); `letters` how long the titles are.
    """
    score = np.take_along_axis(scores, places, axis=1)
    chance = np.exp(scores - scores.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    ours = np.take_along_axis(chance, places, axis=1)
    groups = _groups(codes, GROUP)[1][places]
    spread = -(ours * np.log(ours + _FLOOR)).sum(axis=1)
    shared = (groups == groups[:, :1]).mean(axis=1)
    rising = (score, ahead(score[..., None])[..., 0], np.log(ours + _FLOOR), *_together(chance, places, codes))
    alike = [np.broadcast_to(values[:, None], places.shape) for values in (letters, spread, shared)]
    return np.concatenate((channels, ahead(channels), np.stack((*rising, *alike), axis=2)), axis=2)


def ahead(values: FloatArray) -> FloatArray:
    """Return how far each is ahead of the best of the others (below 0: behind), along the second axis; one alone is ahead by all it has."""
    if values.shape[1] < 2:
        return values
    best: FloatArray = np.sort(values, axis=1)
    first, second = best[:, -1:], best[:, -2:-1]
    return values - np.where(values >= first, second, first)


def _together(chance: FloatArray, places: IntArray, codes: tuple[str, ...]) -> Sequence[FloatArray]:
    """Return the chance of the group and of the field of the occupations at `places`; codes rise, so that a group stands together."""
    found: list[FloatArray] = []
    for size in (GROUP, FIELD):
        first, group = _groups(codes, size)
        found.append(np.take_along_axis(np.add.reduceat(chance, first, axis=1), group[places], axis=1))
    return found


@lru_cache(maxsize=8)
def _groups(codes: tuple[str, ...], size: int) -> tuple[IntArray, IntArray]:
    """Return where each group of codes begins, and the group of each code."""
    _, first, group = np.unique([code[:size] for code in codes], return_index=True, return_inverse=True)
    return first, group


def _square(lists: Sequence[object]) -> FloatArray:
    rows = [np.array(one, dtype=np.float64) for one in lists]
    square = np.zeros((len(rows), max(map(len, rows))))
    for row, values in zip(square, rows, strict=True):
        row[: len(values)] = values
    return square


def _depth(left: IntArray, right: IntArray) -> int:
    """Return after how many steps every row stands on a leaf."""
    at, steps = {(tree, 0) for tree in range(len(left))}, 0
    while inner := [one for one in at if left[one] != one[1]]:
        at = {(tree, int(side[tree, node])) for tree, node in inner for side in (left, right)}
        steps += 1
    return steps


@cache
def _read() -> Choice:
    return Choice.of(table("occupation_choice.json"))
