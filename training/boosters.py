"""Operations on LightGBM boosters as text: mean, renumbering of columns."""

from collections.abc import Callable, Mapping, Sequence

import lightgbm as lgb

_SCALED = ("leaf_value=", "internal_value=")
_TREE, _END = "\nTree=", "\nend of trees"


def booster_text(booster: lgb.Booster) -> str:
    """Return the model text without the settings of the machine it was trained on."""
    text = booster.model_to_string(num_iteration=-1)
    return text.partition("\nparameters:")[0].rstrip("\n") + "\n\n"


def mean_of(boosters: Sequence[lgb.Booster], weights: Sequence[float] | None = None) -> lgb.Booster:
    """Return one booster whose raw score is the weighted mean of the raw scores of these boosters, which have the same columns.

    `weights` sum to 1; None: all alike. The leaf values are scaled, and all trees stand one after the other. LightGBM reads its
    own text format, and counts the trees itself where `tree_sizes` is missing.
    """
    if len(boosters) == 1:
        return boosters[0]
    weights = [1 / len(boosters)] * len(boosters) if weights is None else weights
    texts = [booster_text(one) for one in boosters]
    trees = [(tree, weight) for text, weight in zip(texts, weights, strict=True) for tree in _trees(text)]
    told = [
        _rewritten(number, tree, {name: lambda one, by=by: float(one) * by for name in _SCALED})
        for number, (tree, by) in enumerate(trees)
    ]
    return _read(_head(texts[0]), told)


def on_columns(booster: lgb.Booster, names: Sequence[str]) -> lgb.Booster:
    """Return the booster with its columns renumbered to `names`, which contain its own; its scores are unchanged.

    Raises ValueError where one of its own columns is missing.
    """
    own, text = booster.feature_name(), booster_text(booster)
    places = [list(names).index(name) for name in own]
    told = {name: values for name, _, values in (line.partition("=") for line in _head(text).splitlines())}
    infos = dict(zip(places, told["feature_infos"].split(), strict=True))
    head = {
        **{name: values for name, values in told.items() if name != "monotone_constraints"},
        "max_feature_idx": str(len(names) - 1),
        "feature_names": " ".join(names),
        "feature_infos": " ".join(infos.get(place, "none") for place in range(len(names))),
    }
    lines = [f"{name}={values}" if values else name for name, values in head.items()]
    moved = {"split_feature=": lambda one: places[int(one)]}
    return _read("\n".join(lines), [_rewritten(number, tree, moved) for number, tree in enumerate(_trees(text))])


def _head(text: str) -> str:
    return "\n".join(line for line in text.split(_TREE, 1)[0].splitlines() if not line.startswith("tree_sizes="))


def _trees(text: str) -> list[str]:
    return text[: text.index(_END)].split(_TREE)[1:]


def _read(head: str, trees: Sequence[str]) -> lgb.Booster:
    return lgb.Booster(model_str=_TREE.join([head, *trees]) + _END + "\n")


def _rewritten(number: int, tree: str, how: Mapping[str, Callable[[str], float]]) -> str:
    """Return a tree under another number, with every value of some lines put through a function."""
    return "\n".join([str(number), *(_line(line, how) for line in tree.split("\n")[1:])])


def _line(line: str, how: Mapping[str, Callable[[str], float]]) -> str:
    name, is_one, values = line.partition("=")
    rewrite = how.get(f"{name}{is_one}")
    return line if rewrite is None else f"{name}={' '.join(repr(rewrite(value)) for value in values.split())}"
