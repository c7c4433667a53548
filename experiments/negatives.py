"""One question: which unused items should stand beside a used one when learning.

`near` are what the candidate sources propose to the person, `far` are drawn evenly from the catalogue (training.sample.Others).
`python -m experiments.negatives --data ../shared/data/jobviews --city 201 --out experiments/negatives.md` appends its tables.
"""

from collections.abc import Mapping

import typer

from experiments.lessons import Figures, Lesson, asked
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
HEAD = "negatives | near | far | rows"


def judged(lesson: Lesson) -> Figures:
    """Yield every variant."""
    for name, others in VARIANTS.items():
        learn = lesson.learn(others)
        yield [name, str(others.near), str(others.far), f"{len(learn.rows):,}"], lesson.judge(learn)


if __name__ == "__main__":
    typer.run(asked(HEAD, judged))
