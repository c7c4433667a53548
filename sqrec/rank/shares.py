"""What each family of columns adds to a score, by the path that a row takes through the trees.

A node is worth the mean of the leaves below it, each weighted by how many learning rows reached it. Going from a node to its child
adds the difference of their worths, and the column that the node splits on is credited with it (Saabas 2014, "Interpreting random
forests"). From root to leaf the differences add up to the leaf less the root, so over all families and trees they add up to the
score less the worth of the roots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray
from sqrec.rank.modeltext import Fields, children_of, leaves_of, trees_of
from sqrec.rank.treewalk import add_shares


@dataclass(frozen=True, slots=True)
class Shares:
    """Hold what every leaf, by its place from left to right, owes to each family; shape (trees, leaves, families)."""

    table: FloatArray

    @classmethod
    def of_text(cls, text: str, family: Sequence[int], families: int) -> Self:
        """Read a LightGBM model text; `family[column]` is the number of the family that a column belongs to."""
        trees = trees_of(text)
        leaves = max((len(tree["leaf_value"]) for tree in trees), default=1)
        table = np.zeros((len(trees), leaves, families))
        for number, tree in enumerate(trees):
            _fill(table[number], tree, family)
        return cls(table)

    def of_rows(self, exits: AnyArray, rows: IntArray) -> FloatArray:
        """Return what each family adds to the scores of some rows, beside the mean of all rows; shape (rows, families).

        `exits` are the leaves that all rows of a request reach, shape (all rows, trees). A row's own part has the same bits
        whatever the others are; over the families the values add up to the row's score less the mean score.
        """
        own, mean = np.zeros((len(rows), self.table.shape[2])), np.zeros(self.table.shape[2])
        add_shares(self.table, exits, rows, own, mean)
        return own - mean


def _fill(table: FloatArray, tree: Fields, family: Sequence[int]) -> None:
    """Fill one tree's part of the table, shape (leaves, families)."""
    left, right = children_of(tree)
    place = {~leaf: place for place, leaf in enumerate(leaves_of(tree))}
    worth = _worths(tree, left, right)
    paths = [(0, np.zeros(table.shape[1]))] if left else []
    while paths:
        node, path = paths.pop()
        for child in (left[node], right[node]):
            longer = path.copy()
            longer[family[int(tree["split_feature"][node])]] += worth[child] - worth[node]
            if child < 0:
                table[place[child]] = longer
            else:
                paths.append((child, longer))


def _worths(tree: Fields, left: Sequence[int], right: Sequence[int]) -> dict[int, float]:
    """Return the worth of every node and leaf; a leaf goes by `~number`."""
    leaves = range(len(tree["leaf_value"]))
    worth = {~leaf: float(tree["leaf_value"][leaf]) for leaf in leaves}
    times = {~leaf: float(tree["leaf_count"][leaf]) for leaf in leaves} if left else {}
    for node in _upwards(left, right):
        one, other = left[node], right[node]
        times[node] = times[one] + times[other]
        part = times[one] / times[node] if times[node] > 0 else 0.5
        worth[node] = part * worth[one] + (1.0 - part) * worth[other]
    return worth


def _upwards(left: Sequence[int], right: Sequence[int]) -> list[int]:
    """Return the nodes so that both children of each come before it."""
    order, waiting = list[int](), [0] if left else []
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += [child for child in (left[node], right[node]) if child >= 0]
    return order[::-1]
