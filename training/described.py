"""`python -m training.described`: weights of titles for a taxonomy that describes its occupations (definition, tasks).

As training/occupations.py, with three more sets of examples: official names left out in turn, for a definition often says what a name would,
and aliases left out where no name on the market is known, for titles of strangers have no near twin. The confidence is calibrated on names and aliases
left out and on titles alike.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from sqrec.base.arrays import FloatArray
from sqrec.codes.evidence import Evidence
from sqrec.codes.occupations import market_names
from sqrec.codes.taxonomy import Taxonomy, read_taxonomy
from training.occupations import (
    CHANNELS,
    LEAST,
    Examples,
    Labelled,
    calibrated,
    examples,
    learned,
    left_out,
    read_labelled,
)

SHARES = {"left out": 1.0, "unheard": 0.5, "official": 0.5, "titles": 0.6, "in place": 0.6}
"""How much each set of examples counts for the weights."""
JUDGED = ("left out", "official", "titles")


def sets_of(taxonomy: Taxonomy, titles: Labelled) -> Mapping[str, Examples]:
    """Return the sets of examples by name."""
    place = {code: index for index, code in enumerate(taxonomy.codes)}
    dev = titles.half(held=False).coded(taxonomy.codes)
    whole = Evidence.of(taxonomy, market_names())
    aliases = [(alias, index) for index, names in enumerate(taxonomy.aliases) for alias in names]
    return {
        "left out": left_out(taxonomy),
        "unheard": left_out(taxonomy, heard=False),
        "official": left_out(taxonomy, official=True),
        "titles": examples(whole, dev.titles, [place[code] for code in dev.codes]),
        "in place": examples(whole, [alias for alias, _ in aliases], [index for _, index in aliases]),
    }


def fitted(sets: Mapping[str, Examples]) -> tuple[FloatArray, tuple[float, float]]:
    """Return the weights of the channels, slope and intercept of the confidence."""
    weights = learned([(sets[name], share) for name, share in SHARES.items()])
    return weights, calibrated([sets[name] for name in JUDGED], weights)


def stored(sets: Mapping[str, Examples]) -> Mapping[str, Any]:
    """Return weights, calibration and least confidence, as they are stored."""
    weights, line = fitted(sets)
    return {
        "source": "python -m training.described: names and aliases of 职业分类大典 2022 left out in turn, half of tests/data/titles.csv",
        "examples": {name: len(part.right) for name, part in sets.items()},
        "channels": {name: round(float(w), 3) for name, w in zip(CHANNELS, weights, strict=True) if w >= 0.0005},
        "slope": round(line[0], 3),
        "intercept": round(line[1], 3),
        "least": LEAST,
    }


def main(
    taxonomy: Annotated[Path, typer.Option(help="a taxonomy with aliases, definitions and tasks")],
    titles: Annotated[Path, typer.Option(help="labelled titles")] = Path("tests/data/titles.csv"),
    out: Annotated[Path, typer.Option(help="the file to write")] = Path("sqrec/codes/occupation_weights_described.json"),
) -> None:
    """Learn the weights of the evidence and write them as data."""
    found = stored(sets_of(read_taxonomy(taxonomy), read_labelled(titles)))
    out.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    typer.echo(f"{out}: {len(found['channels'])} of {len(CHANNELS)} channels count")


if __name__ == "__main__":
    typer.run(main)
