"""The trees of a LightGBM model text as they are written."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Fields: TypeAlias = Mapping[str, Sequence[str]]
"""The `name=values` lines of a head or a tree."""


def head_of(text: str) -> Fields:
    """Return the lines before the first tree."""
    return _fields(text)


def trees_of(text: str) -> list[Fields]:
    """Return the trees in order. A child below 0 is leaf `~child`; a tree of one leaf has no nodes."""
    return [_fields(part) for part in text.split("\nTree=")[1:]]


def children_of(tree: Fields) -> tuple[list[int], list[int]]:
    """Return the left and the right child of every node; none where the tree is one leaf."""
    if len(tree["leaf_value"]) == 1:
        return [], []
    return [int(child) for child in tree["left_child"]], [int(child) for child in tree["right_child"]]


def leaves_of(tree: Fields) -> list[int]:
    """Return the numbers of a tree's leaves from left to right: a leaf's place in every tree of ours is its place here."""
    left, right = children_of(tree)
    order, waiting = list[int](), [0 if left else ~0]
    while waiting:
        child = waiting.pop()
        if child < 0:
            order.append(~child)
        else:
            waiting += [right[child], left[child]]
    return order


def _fields(text: str) -> Fields:
    """Return the `name=values` lines up to the first empty line."""
    lines = text.split("\n\n", 1)[0].splitlines()
    return {name: values.split() for name, is_one, values in (line.partition("=") for line in lines) if is_one}
