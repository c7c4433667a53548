"""One question: should newer questions, or people who ask fewer, weigh more when learning.

`half_life_days` and `evened` of training.settings.Settings. Few negatives keep the run short; they are the same for all variants.
`python -m experiments.weights --data ../shared/data/jobviews --city 201 --out experiments/weights.md` appends its tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from experiments.lessons import CENTRE, Lesson, lessons, lines_of, told, written
from sqrec.columns import Kind
from training.sample import Others
from training.settings import Settings

FEW = Others(100, 100)
VARIANTS: Mapping[str, Settings] = {
    "all alike": CENTRE,
    "half-life 30 days": replace(CENTRE, half_life_days=30.0),
    "half-life 90 days": replace(CENTRE, half_life_days=90.0),
    "half evened": replace(CENTRE, evened=0.5),
    "evened": replace(CENTRE, evened=1.0),
}
HEADER = "weights | trees by seed | ndcg@10, selection | change"


def main(
    data: Annotated[Path | None, typer.Option(help="a data folder, asked with SPLIT=last")] = None,
    kind: Annotated[Kind, typer.Option(help="the kind to judge")] = "job",
    city: Annotated[int, typer.Option(help="seed of an invented world, asked with SPLIT=time; 0: none")] = 201,
    people: Annotated[int, typer.Option(help="people in it")] = 2_000,
    out: Annotated[Path | None, typer.Option(help="a file that the tables are appended to")] = None,
) -> None:
    """Compare weights on the selection questions."""
    for lesson in lessons(data, kind, city, people):
        written(list(table(lesson)), out)


def table(lesson: Lesson) -> Iterator[str]:
    """Yield the lines of one table."""
    learn, rows, base = lesson.learn(FEW), list[list[str]](), None
    for name, settings in VARIANTS.items():
        found = lesson.judge(learn, settings)
        base = base or found
        change = "" if found is base else told(found.against(base), signed=True)
        rows.append([name, ", ".join(map(str, found.rounds)), told(found.mean), change])
    yield f"\n## {lesson.name}, {lesson.kind}s: {len(lesson.compare.sizes)} selection questions\n"
    yield from lines_of(HEADER, rows)


if __name__ == "__main__":
    typer.run(main)
