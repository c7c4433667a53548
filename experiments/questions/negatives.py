"""One question: which unused items should stand beside a used one when learning.

`near` are what the candidate sources propose to the person, `far` are drawn evenly from the catalogue (training.sample.Others).
`python -m experiments.questions.negatives --data ../shared/data/jobviews --city 201 --out experiments/questions/negatives.md` appends its tables.
"""

from collections.abc import Mapping

import typer

from experiments.questions.lessons import BESIDE, Figures, Lesson, asked
from training.rows import DRAWN
from training.sample import Others

VARIANTS: Mapping[str, Others] = {
    "half of each": BESIDE,
    "near alone": Others(200, 0),
    "far alone": Others(0, 200),
    "mostly near": Others(160, 40),
    "mostly far": Others(40, 160),
    "half as many": Others(50, 50),
    "three times as many, as in training": DRAWN,
}
HEAD = "negatives | near | far | rows"


def judged(lesson: Lesson) -> Figures:
    """Yield every variant."""
    for name, others in VARIANTS.items():
        learn = lesson.learn(others)
        yield [name, str(others.near), str(others.far), f"{len(learn.rows):,}"], lesson.judge(learn)


if __name__ == "__main__":
    typer.run(asked(HEAD, judged))
