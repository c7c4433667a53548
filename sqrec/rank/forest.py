"""A booster's trees laid out for a fast walk, with the bits of LightGBM's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray
from sqrec.rank.modeltext import Fields, children_of, head_of, leaves_of, trees_of
from sqrec.rank.treewalk import STRIDE, add_leaves

MOST_LEAVES = 64
_EVERY_LEAF = 2**64 - 1
_CATEGORICAL, _UNKNOWN_LEFT = 1, 2
_UNKNOWN_IS_ZERO, _ZERO_IS_UNKNOWN = 0, 1


@dataclass(frozen=True, slots=True)
class Forest:
    """Hold the nodes of all trees by feature; see `sqrec.rank.treewalk.add_leaves` for what the arrays mean.

    Trees are numbered without a sign: the loop then need not ask whether a number counts from the end. Masks have 32 bits where no
    tree has more leaves.
    """

    starts: IntArray
    threshold: FloatArray
    tree: AnyArray
    mask: AnyArray
    jumps: AnyArray
    jump_starts: IntArray
    unknown: AnyArray
    leaf: FloatArray

    @classmethod
    def of_text(cls, text: str) -> Self | None:
        """Read the trees of a LightGBM model text; None where it is not plain: more than 64 leaves, categories."""
        trees = trees_of(text)
        if not all(map(_is_plain, trees)):
            return None
        features = int(head_of(text)["max_feature_idx"][0]) + 1
        leaf = np.zeros((len(trees), MOST_LEAVES))
        nodes: list[_Node] = []
        for number, tree in enumerate(trees):
            leaf[number, : len(tree["leaf_value"])] = [float(tree["leaf_value"][one]) for one in leaves_of(tree)]
            nodes += _laid_out(number, tree)
        nodes.sort(key=lambda node: (node.feature, node.threshold))
        starts, bits = _starts(nodes, features), np.uint32 if _most_leaves(trees) <= 32 else np.uint64
        jumps, jump_starts = _jumps(nodes, starts, len(trees))
        return cls(
            starts=starts,
            threshold=np.array([node.threshold for node in nodes]),
            tree=np.array([node.tree for node in nodes], np.uint32),
            mask=np.array([node.mask for node in nodes], np.uint64).astype(bits),
            jumps=jumps.astype(bits),
            jump_starts=jump_starts,
            unknown=_unknown(nodes, features, len(trees)).astype(bits),
            leaf=leaf,
        )

    def score(self, rows: FloatArray) -> FloatArray:
        """Return raw scores, one per row, shape (rows,)."""
        return self._walk(rows, np.empty((1, len(self.leaf)), np.uint8))

    def walk(self, rows: FloatArray) -> tuple[FloatArray, AnyArray]:
        """Return the bits of `score`, and the place of the leaf where each row leaves every tree, shape (rows, trees)."""
        exits = np.empty((len(rows), len(self.leaf)), np.uint8)
        return self._walk(rows, exits), exits

    def _walk(self, rows: FloatArray, exits: AnyArray) -> FloatArray:
        found = np.zeros(len(rows))
        add_leaves(
            self.starts,
            self.threshold,
            self.tree,
            self.mask,
            self.jumps,
            self.jump_starts,
            self.unknown,
            self.leaf,
            np.ascontiguousarray(rows),
            found,
            exits,
        )
        return found


@dataclass(frozen=True, slots=True)
class _Node:
    tree: int
    feature: int
    threshold: float
    unknown_left: bool
    mask: int


def _is_plain(tree: Fields) -> bool:
    decisions = [int(decision) for decision in tree.get("decision_type", ())]
    return len(tree["leaf_value"]) <= MOST_LEAVES and not any(
        d & _CATEGORICAL or d >> 2 & 3 == _ZERO_IS_UNKNOWN for d in decisions
    )


def _laid_out(number: int, tree: Fields) -> list[_Node]:
    """Return the nodes of one tree, each with the leaves that lie right of it."""
    left, right = children_of(tree)
    place = {~leaf: place for place, leaf in enumerate(leaves_of(tree))}
    nodes: list[_Node] = []

    def visit(child: int) -> int:
        """Return the leaves below a child as bits."""
        if child < 0:
            return 1 << place[child]
        below_left = visit(left[child])
        nodes.append(_node(number, tree, child, _EVERY_LEAF ^ below_left))
        return below_left | visit(right[child])

    if left:
        visit(0)
    return nodes


def _node(number: int, tree: Fields, child: int, mask: int) -> _Node:
    """Return a node; where LightGBM saw nothing unknown in training, it takes the unknown for zero."""
    threshold, decision = float(tree["threshold"][child]), int(tree["decision_type"][child])
    unknown_left = threshold >= 0 if decision >> 2 & 3 == _UNKNOWN_IS_ZERO else bool(decision & _UNKNOWN_LEFT)
    return _Node(number, int(tree["split_feature"][child]), threshold, unknown_left, mask)


def _starts(nodes: Sequence[_Node], features: int) -> IntArray:
    sizes = np.bincount(np.array([node.feature for node in nodes], np.int64), minlength=features)
    return np.concatenate(([0], np.cumsum(sizes)))


def _jumps(nodes: Sequence[_Node], starts: IntArray, trees: int) -> tuple[AnyArray, IntArray]:
    """Return the masks of every feature's first 0, STRIDE, 2 STRIDE … nodes and-ed by tree, and each feature's first line."""
    lines: list[AnyArray] = []
    jump_starts: list[int] = []
    for first, last in pairwise(starts.tolist()):
        jump_starts.append(len(lines))
        alive = np.full(trees, _EVERY_LEAF, np.uint64)
        for count, node in enumerate(nodes[first:last]):
            if count % STRIDE == 0:
                lines.append(alive.copy())
            alive[node.tree] &= np.uint64(node.mask)
        lines.append(alive)
    return np.array(lines).reshape(-1, trees), np.array(jump_starts)


def _unknown(nodes: Sequence[_Node], features: int, trees: int) -> AnyArray:
    """Return the masks of every feature's nodes where the unknown goes right, and-ed by tree; shape (features, trees)."""
    found = np.full((features, trees), _EVERY_LEAF, np.uint64)
    for node in nodes:
        if not node.unknown_left:
            found[node.feature, node.tree] &= np.uint64(node.mask)
    return found


def _most_leaves(trees: Sequence[Fields]) -> int:
    return max((len(tree["leaf_value"]) for tree in trees), default=1)
