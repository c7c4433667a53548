"""One question: which unused items should stand beside a used one when learning.

`near` are what the candidate sources propose to the person, `far` are drawn evenly from the catalogue (training.sample.Others).
`python -m experiments.negatives --data ../shared/data/jobviews --city 201 --out experiments/negatives.md` appends its tables.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from experiments.lessons import CENTRE, Lesson, lessons, lines_of, told, written
from sqrec.columns import Kind
from training.sample import Others
from training.train import DRAWN

VARIANTS: Mapping[str, Others] = {
    "as it is": DRAWN,
    "fewer": Others(100, 100),
    "near alone": Others(600, 0),
    "far alone": Others(0, 600),
    "mostly near": Others(500, 100),
    "mostly far": Others(100, 500),
}
HEADER = "negatives | near | far | rows | trees by seed | ndcg@10, selection | change"


def main(
    data: Annotated[Path | None, typer.Option(help="a data folder, asked with SPLIT=last")] = None,
    kind: Annotated[Kind, typer.Option(help="the kind to judge")] = "job",
    city: Annotated[int, typer.Option(help="seed of an invented world, asked with SPLIT=time; 0: none")] = 201,
    people: Annotated[int, typer.Option(help="people in it")] = 2_000,
    out: Annotated[Path | None, typer.Option(help="a file that the tables are appended to")] = None,
) -> None:
    """Compare negatives on the selection questions."""
    for lesson in lessons(data, kind, city, people):
        written(list(table(lesson)), out)


def table(lesson: Lesson) -> Iterator[str]:
    """Yield the lines of one table."""
    rows, base = list[list[str]](), None
    for name, others in VARIANTS.items():
        learn = lesson.learn(others)
        found = lesson.judge(learn, CENTRE)
        base = base or found
        change = "" if found is base else told(found.against(base), signed=True)
        sizes = [str(others.near), str(others.far), f"{len(learn.rows):,}"]
        rows.append([name, *sizes, ", ".join(map(str, found.rounds)), told(found.mean), change])
    yield f"\n## {lesson.name}, {lesson.kind}s: {len(lesson.compare.sizes)} selection questions\n"
    yield from lines_of(HEADER, rows)


if __name__ == "__main__":
    typer.run(main)
