"""Training's study of a ranker, as its bundle stores it: ablations, learning curve, gains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqrec.evaluate.stats.compare import Difference, Interval, interval_of

Json = Any


@dataclass(frozen=True)
class Ablation:
    """Hold what is left without a family of columns, trained anew at the same settings: ndcg@10, and its change (paired)."""

    family: str
    columns: int
    ndcg: Interval
    change: Difference


@dataclass(frozen=True)
class LearningPoint:
    """Hold ndcg@10 after learning from a number of questions."""

    questions: int
    ndcg: Interval


@dataclass(frozen=True)
class Study:
    """Hold what was measured on the comparison questions, which are none of the held-out ones.

    `whole` is the ranker at the chosen settings, `words` the baseline, `over_words` their paired difference. `gains` are the
    columns' shares of the gain of all splits of the final ranker.
    """

    questions: int
    whole: Interval
    words: Interval
    over_words: Difference
    ablations: Sequence[Ablation]
    learning: Sequence[LearningPoint]
    gains: Mapping[str, float]

    @classmethod
    def of_json(cls, told: Json) -> Self:
        """Read what `as_json` wrote."""
        return cls(
            told["questions"],
            interval_of(told["whole"]),
            interval_of(told["words"]),
            _difference(told["over_words"]),
            [
                Ablation(one["family"], one["columns"], interval_of(one["ndcg"]), _difference(one["change"]))
                for one in told["ablations"]
            ],
            [LearningPoint(one["questions"], interval_of(one["ndcg"])) for one in told["learning"]],
            dict(sorted(told["gains"].items(), key=lambda one: -one[1])),  # files of a bundle have their names in order
        )


def _difference(told: Json) -> Difference:
    return Difference(interval_of(told), told["better"], told["worse"])
