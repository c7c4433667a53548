"""One question: how well are job titles coded as occupations.

Half of tests/data/titles.csv chose the weights (dev), the other half did not (held). Methods, each with all that the
one before has: character n-grams of official names; the taxonomy's aliases; names on the market; learned weights of
all evidence. `either` counts the second code of an ambiguous title as well. `python -m experiments.questions.occupations
[--taxonomy FILE]` prints the tables of occupations.md.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from scipy.stats import binomtest

from sqrec.base.arrays import BoolArray, FloatArray
from sqrec.codes.choice import Choice
from sqrec.codes.occupations import OccupationCoder, Weights, market_names
from sqrec.codes.taxonomy import Taxonomy, built_in, read_taxonomy
from sqrec.codes.titles import title_parts
from training.described import Looked, fitted, looked_at, sets_of
from training.occupations import CHANNELS, SHARES, Asked, Labelled, all_examples, learned, left_out, read_labelled

LAST, FIVE, SURE = 4, 5, 0.9
HELD = ("official", "left out", "unheard")
N_GRAMS = Weights({"whole like name": 30.0}, 1.0, 0.0, 0.1)
ALIASES = Weights({"whole like name": 30.0, "whole like alias": 30.0}, 1.0, 0.0, 0.1)
MARKET = Weights({"whole like name": 30.0, "whole like alias": 30.0, "whole like market": 30.0}, 1.0, 0.0, 0.1)
HEADER = "| titles | method | n | exact@1 | either@1 | exact@5 | told | right when told |\n|---|---|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Told:
    """Hold, per title, the confidence of the first code, whether it is right, and whether one of the first five is."""

    sure: FloatArray
    right: BoolArray
    five: BoolArray


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
    every = all_examples(left_out(taxonomy))
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
    """Yield how well names and aliases are coded, and how sure, by coders that know none of them and learned nothing from their occupations.

    Folds are of occupations, with all of their names, aliases and tasks. The last one, a fifth of the occupations, chose nothing: all
    else was chosen on the four others.
    """
    every = sets_of(taxonomy, titles)
    fold = np.array([fold_of(code) for code in taxonomy.codes])
    told: dict[tuple[str, bool], list[Told]] = {}
    for last in (False, True):
        for one in [LAST] if last else range(LAST):
            seen = (fold != one) & (last | (fold != LAST))
            weights, choice = fitted({name: [_where(part, seen) for part in parts] for name, parts in every.items()}, taxonomy)
            for name in HELD:
                looked = looked_at([_where(part, fold == one) for part in every[name]], taxonomy, weights)
                told.setdefault((name, last), []).append(_told(looked, Choice.of(choice)))
    yield "| held out | n | exact@1 | exact@5 | confidence of .9 | right of these |\n|---|---|---|---|---|---|"
    for last, names in ((False, "four fifths, in turn"), (True, "the fifth that chose nothing")):
        for name in HELD:
            yield f"| {name}, {names} | {_line(told[name, last])} |"
        yield f"| official and left out, {names} | {_line([*told['official', last], *told['left out', last]])} |"


def fold_of(code: str) -> int:
    """Return which fold of five an occupation is in, by a hash of its code; the last one chooses nothing."""
    if hashlib.sha256(f"unseen{code}".encode()).digest()[0] % (LAST + 1) == 0:
        return LAST
    return hashlib.sha256(f"fold{code}".encode()).digest()[1] % LAST


def _where(part: Asked, kept: BoolArray) -> Asked:
    """Return the titles of occupations that are kept; those without an occupation stay."""
    return part.where([place < 0 or bool(kept[place]) for place in part.right.tolist()])


def _told(looked: Looked, choice: Choice) -> Told:
    odds = choice.odds(looked.features)
    right = np.take_along_axis(looked.right, np.argsort(-odds, axis=1, kind="stable")[:, :FIVE], axis=1)
    return Told(1.0 / (1.0 + np.exp(-odds.max(axis=1))), right[:, 0], right.max(axis=1))


def _line(parts: Sequence[Told]) -> str:
    sure = np.concatenate([part.sure for part in parts])
    right, five = np.concatenate([part.right for part in parts]), np.concatenate([part.five for part in parts])
    most = sure >= SURE
    return f"{len(sure)} | {right.mean():.3f} | {five.mean():.3f} | {_share(most)} | {_share(right[most])}"


def _share(of: BoolArray) -> str:
    """Return a share with its 95 % interval (Wilson)."""
    found = binomtest(int(of.sum()), len(of)).proportion_ci(method="wilson")
    return f"{of.mean():.3f} ({found.low:.3f} to {found.high:.3f})"


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
