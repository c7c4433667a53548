"""One question: what do larger trees buy, and what do they cost when a list is scored.

Leaves, depth and learning rate against ndcg@10 on the selection questions and the median milliseconds in which 300 rows are scored
by one thread (the walk of sqrec.rank.forest; trees of more than 64 leaves go to LightGBM).
`python -m experiments.questions.depth --data ../shared/data/jobviews --city 201 --out experiments/questions/depth.md` appends its tables.
"""

import time
from dataclasses import replace

import numpy as np
import typer

from experiments.questions.lessons import CENTRE, SEEDS, Figures, Lesson, asked
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
HEAD = "leaves | depth at most | rate | ms for 300 rows"


def judged(lesson: Lesson) -> Figures:
    """Yield every variant."""
    learn = lesson.learn()
    for settings in VARIANTS:
        found = lesson.judge(learn, settings, SEEDS[:1])
        depth = "any" if settings.max_depth < 0 else str(settings.max_depth)
        yield [str(settings.num_leaves), depth, str(settings.learning_rate), f"{_milliseconds(found.ranker, lesson):.3f}"], found


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
    typer.run(asked(HEAD, judged))
