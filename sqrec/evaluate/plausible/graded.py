"""A grade and what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqrec.evaluate.plausible.rubric import rubric


@dataclass(frozen=True, slots=True)
class Graded:
    """Hold a grade, 0 (nobody would say it) to 3 (exactly what was looked for), and the codes of its reasons, weightiest first."""

    grade: int
    reasons: tuple[str, ...]

    def sentence(self, lang: Literal["zh-CN", "en"] = "zh-CN") -> str:
        """Say the reasons in one sentence."""
        told = [rubric().sentences[reason] for reason in self.reasons]
        return "，".join(one.chinese for one in told) + "。" if lang == "zh-CN" else "; ".join(one.english for one in told) + "."


@dataclass(frozen=True, slots=True)
class Flaws:
    """Count flaws: mild ones, serious ones, and those serious ones that are unmet requirements."""

    mild: int
    serious: int
    requirements: int

    @classmethod
    def of(cls, reasons: Iterable[str]) -> "Flaws":
        """Count the flaws among some reasons."""
        told = list(reasons)
        costs = [rubric().sentences[reason].cost for reason in told]
        unmet = sum(reason in rubric().requirement_flaws for reason in told)
        return cls(costs.count(1), costs.count(2), unmet)

    def none(self) -> bool:
        """Tell whether there is no flaw."""
        return self.mild + self.serious == 0


def wanted_grade(flaws: Flaws) -> int:
    """Grade what is wanted: 3 without a flaw, 2 with a mild one, 1 with several or a serious one, 0 with two serious ones."""
    if flaws.serious:
        return 1 if flaws.serious == 1 else 0
    return max(3 - flaws.mild, 1)


def near_grade(flaws: Flaws) -> int:
    """Grade what is near the wanted: 2 without a flaw, 1 with mild ones or one serious, 0 with an unmet requirement or two."""
    if flaws.none():
        return 2
    return int(flaws.requirements == 0 and flaws.serious < 2)


def far_grade(flaws: Flaws) -> int:
    """Grade what is a last resort: 1 unless a flaw is serious."""
    return int(flaws.serious == 0)
