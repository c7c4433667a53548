"""A booster's trees laid out for a fast walk, with the bits of LightGBM's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from sqrec.arrays import AnyArray, FloatArray, IntArray
from sqrec.kernels import add_leaves

MOST_LEAVES = 64
_EVERY_LEAF = 2**64 - 1
_CATEGORICAL, _UNKNOWN_LEFT = 1, 2
_UNKNOWN_IS_ZERO, _ZERO_IS_UNKNOWN = 0, 1


@dataclass(frozen=True, slots=True)
class Forest:
    """Hold the nodes of all trees by feature; see `sqrec.kernels.add_leaves` for what the arrays mean."""

    starts: IntArray
    threshold: FloatArray
    tree: IntArray
    mask: AnyArray
    unknown_starts: IntArray
    unknown_tree: IntArray
    unknown_mask: AnyArray
    leaf: FloatArray

    @classmethod
    def of_text(cls, text: str) -> Self | None:
        """Read the trees of a LightGBM model text; None where it is not plain: more than 64 leaves, categories."""
        trees = [_fields(part) for part in text.split("\nTree=")[1:]]
        if not all(map(_is_plain, trees)):
            return None
        features = int(_fields(text)["max_feature_idx"][0]) + 1
        leaf = np.zeros((len(trees), MOST_LEAVES))
        nodes: list[_Node] = []
        for number, tree in enumerate(trees):
            values, found = _laid_out(number, tree)
            leaf[number, : len(values)] = values
            nodes += found
        nodes.sort(key=lambda node: (node.feature, node.threshold))
        rightward = [node for node in nodes if not node.unknown_left]
        return cls(
            starts=_starts(nodes, features),
            threshold=np.array([node.threshold for node in nodes]),
            tree=np.array([node.tree for node in nodes], np.int64),
            mask=np.array([node.mask for node in nodes], np.uint64),
            unknown_starts=_starts(rightward, features),
            unknown_tree=np.array([node.tree for node in rightward], np.int64),
            unknown_mask=np.array([node.mask for node in rightward], np.uint64),
            leaf=leaf,
        )

    def score(self, rows: FloatArray) -> FloatArray:
        """Return raw scores, one per row, shape (rows,)."""
        found = np.zeros(len(rows))
        add_leaves(
            self.starts,
            self.threshold,
            self.tree,
            self.mask,
            self.unknown_starts,
            self.unknown_tree,
            self.unknown_mask,
            self.leaf,
            np.ascontiguousarray(rows),
            found,
        )
        return found


@dataclass(frozen=True, slots=True)
class _Node:
    tree: int
    feature: int
    threshold: float
    unknown_left: bool
    mask: int


def _fields(text: str) -> Mapping[str, Sequence[str]]:
    """Return the `name=values` lines up to the first empty line."""
    lines = text.split("\n\n", 1)[0].splitlines()
    return {name: values.split() for name, is_one, values in (line.partition("=") for line in lines) if is_one}


def _is_plain(tree: Mapping[str, Sequence[str]]) -> bool:
    decisions = [int(decision) for decision in tree.get("decision_type", ())]
    return len(tree["leaf_value"]) <= MOST_LEAVES and not any(
        d & _CATEGORICAL or d >> 2 & 3 == _ZERO_IS_UNKNOWN for d in decisions
    )


def _laid_out(number: int, tree: Mapping[str, Sequence[str]]) -> tuple[list[float], list[_Node]]:
    """Return one tree's leaf values from left to right, and its nodes with the leaves that lie right of each."""
    values = [float(value) for value in tree["leaf_value"]]
    if len(values) == 1:
        return values, []
    left, right = [int(child) for child in tree["left_child"]], [int(child) for child in tree["right_child"]]
    order: list[int] = []
    nodes: list[_Node] = []

    def visit(child: int) -> int:
        """Give the leaves below a child their numbers, left to right, and return them as bits."""
        if child < 0:
            order.append(~child)
            return 1 << (len(order) - 1)
        below_left = visit(left[child])
        nodes.append(_node(number, tree, child, _EVERY_LEAF ^ below_left))
        return below_left | visit(right[child])

    visit(0)
    return [values[place] for place in order], nodes


def _node(number: int, tree: Mapping[str, Sequence[str]], child: int, mask: int) -> _Node:
    """Return a node; where LightGBM saw nothing unknown in training, it takes the unknown for zero."""
    threshold, decision = float(tree["threshold"][child]), int(tree["decision_type"][child])
    unknown_left = threshold >= 0 if decision >> 2 & 3 == _UNKNOWN_IS_ZERO else bool(decision & _UNKNOWN_LEFT)
    return _Node(number, int(tree["split_feature"][child]), threshold, unknown_left, mask)


def _starts(nodes: Sequence[_Node], features: int) -> IntArray:
    sizes = np.bincount(np.array([node.feature for node in nodes], np.int64), minlength=features)
    return np.concatenate(([0], np.cumsum(sizes)))
