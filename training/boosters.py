"""Boosters as text, and the mean of several as one booster."""

from collections.abc import Sequence

import lightgbm as lgb

_SCALED = ("leaf_value=", "internal_value=")
_TREE, _END = "\nTree=", "\nend of trees"


def booster_text(booster: lgb.Booster) -> str:
    """Return the model text without the settings of the machine it was trained on."""
    text = booster.model_to_string(num_iteration=-1)
    return text.partition("\nparameters:")[0].rstrip("\n") + "\n\n"


def mean_of(boosters: Sequence[lgb.Booster]) -> lgb.Booster:
    """Return one booster whose raw score is the mean of these boosters' raw scores; they must know the same columns.

    Each one's leaves are divided by how many there are, and all trees stand one after the other. LightGBM reads its own text, and
    counts trees itself where `tree_sizes` is left out.
    """
    if len(boosters) == 1:
        return boosters[0]
    texts = [booster_text(one) for one in boosters]
    head = "\n".join(line for line in texts[0].split(_TREE, 1)[0].splitlines() if not line.startswith("tree_sizes="))
    trees = [tree for text in texts for tree in text[: text.index(_END)].split(_TREE)[1:]]
    told = [_divided(number, tree, len(texts)) for number, tree in enumerate(trees)]
    return lgb.Booster(model_str=_TREE.join([head, *told]) + _END + "\n")


def _divided(number: int, tree: str, by: int) -> str:
    return "\n".join([str(number), *(_line(line, by) for line in tree.split("\n")[1:])])


def _line(line: str, by: int) -> str:
    name, is_one, values = line.partition("=")
    if f"{name}{is_one}" not in _SCALED:
        return line
    return f"{name}={' '.join(repr(float(value) / by) for value in values.split())}"
