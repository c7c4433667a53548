"""`python -m training.described`: what codes titles for a taxonomy that describes its occupations (definition, tasks).

As training/occupations.py, with three more sets of titles: official names left out in turn, for a definition often says what a name would,
aliases left out where no name on the market is known, for titles of strangers have no near twin, and titles that name no occupation.
After the weights of the evidence, small trees are learned that choose among the ten likeliest (sqrec/codes/choice.py). They are told of each
of the ten whether it is right, so that what they say is a probability. They may only rise with evidence: of the names left out the right
occupation is the one whose name is missing, and free trees learn just that (experiments/questions/occupations.md).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import lightgbm as lgb
import numpy as np
import typer

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.codes.choice import RISING, ROUND
from sqrec.codes.evidence import Evidence
from sqrec.codes.occupations import OccupationCoder, Weights, market_names
from sqrec.codes.taxonomy import Taxonomy, read_taxonomy
from training.occupations import CHANNELS, LEAST, Asked, Labelled, all_examples, calibrated, learned, left_out, read_labelled

SHARES = {"left out": 1.0, "unheard": 0.5, "official": 1.0, "titles": 0.6, "in place": 0.6}
"""How much each set of titles counts for the weights."""
CHOSEN = {"left out": 1.0, "unheard": 0.6, "official": 1.0, "titles": 1.0, "in place": 1.0}
"""How much each set counts for the choice."""
JUDGED = ("left out", "official", "titles")
COMPARED = (
    *("votes", "held by together", "like market", "like alias", "like tasks", "end 1", "end 2", "holds alias"),
    *("speaks of", "prior market", "speaks of group", "held by definition", "like definition"),
)
"""The channels that are compared among the ten."""
TREES = 150
_SCALE = 1000.0
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 8,
    "max_depth": 4,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "monotone_constraints_method": "intermediate",
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


@dataclass(frozen=True)
class Looked:
    """Hold the features of the ten likeliest occupations of titles, shape (titles, 10, features), which is right, and their places."""

    features: FloatArray
    right: BoolArray
    places: IntArray


def sets_of(taxonomy: Taxonomy, titles: Labelled) -> Mapping[str, Sequence[Asked]]:
    """Return the sets of titles by name; of the labelled ones the half that may be learned from."""
    whole = Evidence.of(taxonomy, market_names())
    aliases = [(alias, index) for index, names in enumerate(taxonomy.aliases) for alias in names]
    return {
        "left out": list(left_out(taxonomy)),
        "unheard": list(left_out(taxonomy, heard=False)),
        "official": list(left_out(taxonomy, official=True)),
        "titles": [labelled(whole, taxonomy, titles.half(held=False))],
        "in place": [Asked.of(whole, aliases)],
    }


def labelled(evidence: Evidence, taxonomy: Taxonomy, titles: Labelled) -> Asked:
    """Return labelled titles with the places of their codes; titles of codes that the taxonomy does not have are left out."""
    place = {code: index for index, code in enumerate(taxonomy.codes)}
    known = titles.where([code in place or not code for code in titles.codes])
    right, other = (np.array([place.get(code, -1) for code in codes], np.int64) for codes in (known.codes, known.other))
    return Asked(evidence, known.titles, right, other)


def fitted(sets: Mapping[str, Sequence[Asked]], taxonomy: Taxonomy) -> tuple[Weights, Mapping[str, Any]]:
    """Return the weights of the channels, and the choice among the likeliest as data."""
    told = {name: all_examples(parts) for name, parts in sets.items()}
    found = learned([(told[name], share) for name, share in SHARES.items()])
    slope, intercept = calibrated([told[name] for name in JUDGED], found)
    channels = {name: round(float(w), 3) for name, w in zip(CHANNELS, found, strict=True) if w >= 0.0005}
    weights = Weights(channels, round(slope, 3), round(intercept, 3), LEAST)
    looked = {name: looked_at(parts, taxonomy, weights) for name, parts in sets.items()}
    return weights, chosen(looked)


def looked_at(parts: Sequence[Asked], taxonomy: Taxonomy, weights: Weights) -> Looked:
    """Return the features of the ten likeliest of all titles, as the coder that knows none of them sees them."""
    found: list[Looked] = []
    for part in parts:
        coder = OccupationCoder(taxonomy, part.evidence, weights, {})
        for first in range(0, len(part.titles), 64):
            some = slice(first, first + 64)
            places, features = coder.looked_at(part.titles[some], COMPARED)
            right = (places == part.right[some, None]) | (places == part.other[some, None])
            found.append(Looked(features, right, places))
    return Looked(*(np.concatenate([getattr(one, name) for one in found]) for name in ("features", "right", "places")))


def chosen(looked: Mapping[str, Looked]) -> Mapping[str, Any]:
    """Return trees that tell the right occupation among ten, as data: `Choice.of` reads it."""
    parts = [looked[name] for name in CHOSEN]
    rows = np.concatenate([part.features.reshape(-1, part.features.shape[-1]) for part in parts])
    right = np.concatenate([part.right.ravel() for part in parts]).astype(np.float64)
    shares = [
        np.full(part.right.size, _SCALE * share / len(part.right)) for part, share in zip(parts, CHOSEN.values(), strict=True)
    ]
    rising = [1] * (2 * len(COMPARED) + len(RISING)) + [0] * len(ROUND)
    return {"channels": list(COMPARED), **trees_of(grown(rows, right, np.concatenate(shares), rising))}


def grown(rows: FloatArray, right: FloatArray, weight: FloatArray, rising: Sequence[int]) -> lgb.Booster:
    """Return small trees of whether a row is right; where `rising` is 1 they never fall with the feature."""
    return lgb.train(PARAMETERS | {"monotone_constraints": list(rising)}, lgb.Dataset(rows, right, weight=weight), TREES)


def trees_of(model: lgb.Booster) -> Mapping[str, list[list[float]]]:
    """Return feature, bound, left, right and value of the nodes of all trees, the root first; a leaf is its own child."""
    trees = [_nodes(one["tree_structure"]) for one in model.dump_model()["tree_info"]]
    return {name: [tree[at] for tree in trees] for at, name in enumerate(("feature", "bound", "left", "right", "value"))}


def _nodes(root: Mapping[str, Any]) -> tuple[list[float], ...]:
    nodes, sides = [root], list[tuple[int, int]]()
    for at, node in enumerate(nodes):
        inner = "left_child" in node
        sides.append((len(nodes), len(nodes) + 1) if inner else (at, at))
        nodes += [node["left_child"], node["right_child"]] if inner else []
    return (
        [node.get("split_feature", 0) for node in nodes],
        [float(f"{node.get('threshold', 0.0):.6g}") for node in nodes],
        [left for left, _ in sides],
        [right for _, right in sides],
        [float(f"{node.get('leaf_value', 0.0):.5g}") for node in nodes],
    )


def stored(weights: Weights, sets: Mapping[str, Sequence[Asked]]) -> Mapping[str, Any]:
    """Return weights, calibration and least confidence, as they are stored."""
    return {
        "source": "python -m training.described: names and aliases of 职业分类大典 2022 left out in turn, half of tests/data/titles.csv",
        "examples": {name: sum(len(part.titles) for part in parts) for name, parts in sets.items()},
        "channels": weights.channels,
        "slope": weights.slope,
        "intercept": weights.intercept,
        "least": weights.least,
    }


def written(choice: Mapping[str, Any], since: str) -> str:
    """Return a choice as JSON, a line per tree."""
    head = {
        "source": "python -m training.described: trees that choose among the ten likeliest, from the same titles as the weights",
        "since": since,
        "trust": "K",
        "channels": choice["channels"],
    }
    lines = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in head.items()]
    for name in ("feature", "bound", "left", "right", "value"):
        trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in choice[name])
        lines.append(f'"{name}": [\n{trees}\n]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(
    taxonomy: Annotated[Path, typer.Option(help="a taxonomy with aliases, definitions and tasks")],
    since: Annotated[str, typer.Option(help="the day that stands in the data, 2026-11-30")],
    titles: Annotated[Path, typer.Option(help="labelled titles")] = Path("tests/data/titles.csv"),
    out: Annotated[Path, typer.Option(help="the folder of the files to write")] = Path("sqrec/codes"),
) -> None:
    """Learn the weights of the evidence and the choice among the likeliest, and write them as data."""
    occupations = read_taxonomy(taxonomy)
    sets = sets_of(occupations, read_labelled(titles))
    weights, choice = fitted(sets, occupations)
    found = json.dumps(stored(weights, sets), ensure_ascii=False, indent=2)
    (out / "occupation_weights_described.json").write_text(f"{found}\n", encoding="utf-8")
    (out / "occupation_choice.json").write_text(written(choice, since), encoding="utf-8")
    typer.echo(f"{out}: {len(weights.channels)} of {len(CHANNELS)} channels count, {len(choice['bound'])} trees")


if __name__ == "__main__":
    typer.run(main)
