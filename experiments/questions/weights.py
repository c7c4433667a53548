"""One question: should newer questions, or people who ask fewer, weigh more when learning.

`half_life_days` and `evened` of training.settings.Settings.
`python -m experiments.questions.weights --data ../shared/data/jobviews --city 201 --out experiments/questions/weights.md` appends its tables.
"""

from collections.abc import Mapping
from dataclasses import replace

import typer

from experiments.questions.lessons import CENTRE, Figures, Lesson, asked
from training.settings import Settings

VARIANTS: Mapping[str, Settings] = {
    "all alike": CENTRE,
    "half-life 30 days": replace(CENTRE, half_life_days=30.0),
    "half-life 90 days": replace(CENTRE, half_life_days=90.0),
    "half evened": replace(CENTRE, evened=0.5),
    "evened": replace(CENTRE, evened=1.0),
}
HEAD = "weights"


def judged(lesson: Lesson) -> Figures:
    """Yield every variant."""
    learn = lesson.learn()
    for name, settings in VARIANTS.items():
        yield [name], lesson.judge(learn, settings)


if __name__ == "__main__":
    typer.run(asked(HEAD, judged))
