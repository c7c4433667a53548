"""One question: how well are job titles coded as occupations.

Half of tests/data/titles.csv chose the weights (dev), the other half did not (held). Methods, each with all that the
one before has: character n-grams of official names; the taxonomy's aliases; names on the market; learned weights of
all evidence. `either` counts the second code of an ambiguous title as well. `python -m experiments.questions.occupations
[--taxonomy FILE]` prints the tables of occupations.md.
"""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sqrec.base.arrays import BoolArray, FloatArray
from sqrec.codes.occupations import OccupationCoder, Weights, market_names
from sqrec.codes.taxonomy import Taxonomy, built_in, read_taxonomy
from sqrec.codes.titles import title_parts
from training.described import fitted, sets_of
from training.occupations import CHANNELS, SHARES, Examples, Labelled, chances, learned, left_out, read_labelled

FOLDS, FIVE, SURE = 4, 5, 0.9
N_GRAMS = Weights({"whole like name": 30.0}, 1.0, 0.0, 0.1)
ALIASES = Weights({"whole like name": 30.0, "whole like alias": 30.0}, 1.0, 0.0, 0.1)
MARKET = Weights({"whole like name": 30.0, "whole like alias": 30.0, "whole like market": 30.0}, 1.0, 0.0, 0.1)
HEADER = "| titles | method | n | exact@1 | either@1 | exact@5 | told | right when told |\n|---|---|---|---|---|---|---|---|"


def methods(taxonomy: Taxonomy) -> Mapping[str, OccupationCoder]:
    """Return the coders that are compared, each with what the one before it has, and more."""
    return {
        "n-grams of names": OccupationCoder.of(taxonomy, {}, N_GRAMS),
        "+ aliases": OccupationCoder.of(taxonomy, {}, ALIASES),
        "+ names on the market": OccupationCoder.of(taxonomy, market_names(), MARKET),
        "full": OccupationCoder.of(taxonomy),
    }


def measured(coder: OccupationCoder, titles: Labelled) -> list[str]:
    """Return n, exact@1, either@1, exact@5 of the titles that have a code; coverage and precision of all."""
    codes = np.array(coder.taxonomy.codes)
    places, sure = coder.ranked(titles.titles, 5)
    found = codes[places]
    right, other = np.array(titles.codes), np.array(titles.other)
    has = right != ""
    first = found[:, 0] == right
    either = (first | (found[:, 0] == other)) & has
    told = sure[:, 0] >= coder.weights.least
    shares = (
        first[has].mean(),
        either[has].mean(),
        (found == right[:, None]).any(axis=1)[has].mean(),
        told.mean(),
        either[told].mean(),
    )
    return [str(int(has.sum())), *(f"{share:.3f}" for share in shares)]


def table(taxonomy: Taxonomy, titles: Labelled) -> Iterable[str]:
    """Yield the lines of one table: both halves by method."""
    yield HEADER
    coders = methods(taxonomy)
    held = titles.half(held=True)
    for name, part in (("dev", titles.half(held=False)), ("held", held), ("held, no known name", unheard(coders["full"], held))):
        for method, coder in coders.items():
            yield f"| {name} | {method} | {' | '.join(measured(coder, part))} |"


def unheard(coder: OccupationCoder, titles: Labelled) -> Labelled:
    """Return the titles that, cut down to the role, are no name that the coder knows: neither the first part nor all."""
    parts = [title_parts(title) for title in titles.titles]
    return titles.where([not {part.head, part.whole} & set(coder.evidence.terms) for part in parts])


def reliability(coder: OccupationCoder, titles: Labelled) -> Iterable[str]:
    """Yield a table of what the confidence promised and what came true (either code)."""
    codes = np.array(coder.taxonomy.codes)
    places, sure = coder.ranked(titles.titles, 1)
    right = (codes[places[:, 0]] == np.array(titles.codes)) | (codes[places[:, 0]] == np.array(titles.other))
    band = np.digitize(sure[:, 0], (0.1, 0.5, 0.8, 0.95))
    yield "| confidence | titles | promised | right |\n|---|---|---|---|"
    for place, name in enumerate(("under 0.1", "0.1 to 0.5", "0.5 to 0.8", "0.8 to 0.95", "from 0.95")):
        of = band == place
        if of.any():
            yield f"| {name} | {int(of.sum())} | {sure[of, 0].mean():.2f} | {right[of].mean():.2f} |"


def unknown_aliases(taxonomy: Taxonomy) -> Iterable[str]:
    """Yield how well aliases are coded that were neither known nor learned from, by halves of them.

    Other people's labels, noisier than ours: the nearest to strangers' titles that the taxonomy itself has.
    """
    every = left_out(taxonomy)
    even = np.arange(len(every.right)) % 2 == 0
    hits = np.zeros((2, len(every.right)), dtype=bool)
    for test in (even, ~even):
        rest = type(every)(every.evidence[~test], every.right[~test])
        scores = every.evidence[test] @ learned([(rest, SHARES["left out"])])
        better = (scores > scores[:, :1]).sum(axis=1)
        hits[0, test], hits[1, test] = better < 1, better < 5
    like = every.evidence[:, :, [CHANNELS.index("whole like name"), CHANNELS.index("whole like alias")]].max(axis=2)
    better = (like > like[:, :1]).sum(axis=1)
    yield "| method | aliases | exact@1 | exact@5 |\n|---|---|---|---|"
    yield f"| n-grams of names and aliases | {len(like)} | {(better < 1).mean():.3f} | {(better < 5).mean():.3f} |"
    yield f"| full, cross-fitted | {len(like)} | {hits[0].mean():.3f} | {hits[1].mean():.3f} |"


def held_by_name(taxonomy: Taxonomy, titles: Labelled) -> Iterable[str]:
    """Yield how well names and aliases are coded, and how sure, by coders that know none of them and learned from three fourths of the others."""
    every = sets_of(taxonomy, titles)
    told: dict[str, list[tuple[FloatArray, BoolArray, BoolArray]]] = {"official": [], "left out": [], "unheard": []}
    for fold in range(FOLDS):
        fit = {name: _fold(part, fold, inside=False) if name in told else part for name, part in every.items()}
        weights, line = fitted(fit)
        for name, found in told.items():
            part = _fold(every[name], fold, inside=True)
            scores = part.evidence @ weights
            found.append((*confidence(part, weights, line), (scores > scores[:, :1]).sum(axis=1) < FIVE))
    yield "| held out | n | exact@1 | exact@5 | confidence of .9 | right of these |\n|---|---|---|---|---|---|"
    for name, parts in told.items():
        sure, right, five = (np.concatenate([part[column] for part in parts]) for column in range(3))
        most = sure >= SURE
        yield f"| {name} | {len(sure)} | {right.mean():.3f} | {five.mean():.3f} | {most.mean():.3f} | {right[most].mean():.3f} |"


def confidence(part: Examples, weights: FloatArray, line: tuple[float, float]) -> tuple[FloatArray, BoolArray]:
    """Return the confidence of the first of each, and whether it is right."""
    chance = chances(part, weights)
    first = np.clip(chance.max(axis=1), 1e-9, 1 - 1e-9)
    return 1 / (1 + np.exp(-(line[0] * np.log(first / (1 - first)) + line[1]))), chance.argmax(axis=1) == part.right


def _fold(part: Examples, fold: int, *, inside: bool) -> Examples:
    mine = (np.arange(len(part.right)) % FOLDS == fold) == inside
    return Examples(part.evidence[mine], part.right[mine])


def main(
    taxonomy: Annotated[Path | None, typer.Option(help="a taxonomy beside the built-in one")] = None,
    titles: Annotated[Path, typer.Option(help="labelled titles")] = Path("tests/data/titles.csv"),
) -> None:
    """Print the tables."""
    labelled, fresh = read_labelled(titles), read_labelled(titles.with_name("titles_fresh.csv"))
    given = {"built-in table": built_in()} | ({taxonomy.name: read_taxonomy(taxonomy)} if taxonomy else {})
    for name, occupations in given.items():
        coder = OccupationCoder.of(occupations)
        distinct = [f"{title}{word}" for title in labelled.titles for word in ("", "员", "部", "组", "岗位A", "技术")]
        start = time.process_time()
        coder.code(distinct)
        speed = len(distinct) / (time.process_time() - start)
        print(f"\n## {name}: {len(occupations)} occupations, {speed:.0f} titles a second of one core's time\n")
        print("\n".join(table(occupations, labelled)))
        print("\nThe half that chose nothing:\n")
        print("\n".join(reliability(coder, labelled.half(held=True))))
        print("\nWritten before the coder saw them (tests/data/titles_fresh.csv):\n")
        print(
            "\n".join(
                [
                    HEADER,
                    *(
                        f"| fresh | {method} | {' | '.join(measured(one, fresh))} |"
                        for method, one in methods(occupations).items()
                    ),
                ]
            )
        )
        print("\n".join(reliability(coder, fresh)))
        if any(occupations.texts):
            print("\nThe taxonomy's aliases, each left out:\n")
            print("\n".join(unknown_aliases(occupations)))
            print("\nNames and aliases held out:\n")
            print("\n".join(held_by_name(occupations, labelled)))


if __name__ == "__main__":
    typer.run(main)
