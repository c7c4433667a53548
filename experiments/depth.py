"""One question: what do larger trees buy, and what do they cost when a list is scored.

Leaves, depth and learning rate against ndcg@10 on the selection questions and the median milliseconds in which 300 rows are scored
by one thread (the walk of sqrec.rank.forest; trees of more than 64 leaves go to LightGBM). Few negatives keep the run short.
`python -m experiments.depth --data ../shared/data/jobviews --city 201 --out experiments/depth.md` appends its tables.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from experiments.lessons import CENTRE, SEEDS, Lesson, lessons, lines_of, told, written
from experiments.weights import FEW
from sqrec.columns import Kind
from sqrec.rank import Ranker

ROWS, REPEATS = 300, 300
VARIANTS = (
    CENTRE,
    replace(CENTRE, num_leaves=4),
    replace(CENTRE, num_leaves=7),
    replace(CENTRE, num_leaves=31),
    replace(CENTRE, num_leaves=63),
    replace(CENTRE, max_depth=4),
    replace(CENTRE, num_leaves=31, max_depth=5),
    replace(CENTRE, num_leaves=7, learning_rate=0.06),
    replace(CENTRE, learning_rate=0.06),
)
HEADER = "leaves | depth at most | rate | trees | ndcg@10, selection | change | ms for 300 rows"


def main(
    data: Annotated[Path | None, typer.Option(help="a data folder, asked with SPLIT=last")] = None,
    kind: Annotated[Kind, typer.Option(help="the kind to judge")] = "job",
    city: Annotated[int, typer.Option(help="seed of an invented world, asked with SPLIT=time; 0: none")] = 201,
    people: Annotated[int, typer.Option(help="people in it")] = 2_000,
    out: Annotated[Path | None, typer.Option(help="a file that the tables are appended to")] = None,
) -> None:
    """Compare sizes of trees on the selection questions, and time them."""
    for lesson in lessons(data, kind, city, people):
        written(list(table(lesson)), out)


def table(lesson: Lesson) -> Iterator[str]:
    """Yield the lines of one table."""
    learn, rows, base = lesson.learn(FEW), list[list[str]](), None
    for settings in VARIANTS:
        found = lesson.judge(learn, settings, SEEDS[:1])
        base = base or found
        change = "" if found is base else told(found.against(base), signed=True)
        shape = [settings.num_leaves, "any" if settings.max_depth < 0 else settings.max_depth, settings.learning_rate]
        cost = _milliseconds(found.ranker, lesson)
        rows.append([*map(str, shape), str(found.rounds[0]), told(found.mean), change, f"{cost:.3f}"])
    yield f"\n## {lesson.name}, {lesson.kind}s: {len(lesson.compare.sizes)} selection questions\n"
    yield from lines_of(HEADER, rows)


def _milliseconds(ranker: Ranker, lesson: Lesson) -> float:
    """Return the median time to score 300 rows."""
    rows, keys = lesson.compare.rows[:ROWS], np.zeros(ROWS, np.uint64)
    found: list[float] = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        ranker.score(rows, keys)
        found.append(time.perf_counter() - start)
    return 1000 * float(np.median(found))


if __name__ == "__main__":
    typer.run(main)
