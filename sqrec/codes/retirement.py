"""The statutory retirement age by the formula of the decision of 2024-09-13, never by somebody's table.

With k = months of birth after the first month that the decision changes, the old age rises by
min(most, k // step + 1) months, and by nothing for k < 0. A woman's age depends on her post type, which is often
unknown: what is not known gives a range, not a guess.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Retirement:
    """Hold an age, in years and months, and the calendar month in which it is reached."""

    years: int
    months: int
    month: str


@dataclass(frozen=True, slots=True)
class RetirementRange:
    """Hold the earliest and the latest age that the known facts allow; both are the same where they decide it."""

    earliest: Retirement
    latest: Retirement

    @property
    def exact(self) -> bool:
        """Tell whether the facts decide the age."""
        return self.earliest == self.latest


def retirement(birth_month: str | None, sex: str | None = None, post_type: str | None = None) -> RetirementRange | None:
    """Return the statutory retirement age; None for an unknown birth month.

    `sex` is `male` or `female`, `post_type` `cadre` or `worker`; None is unknown.
    """
    return (
        None if birth_month is None else _range(birth_month, [_statutory(case, birth_month) for case in _cases(sex, post_type)])
    )


def flexible(birth_month: str | None, sex: str | None = None, post_type: str | None = None) -> RetirementRange | None:
    """Return the earliest and latest age by choice or agreement; None for an unknown birth month.

    Nobody may choose who reaches the statutory age before the decision holds.
    """
    if birth_month is None:
        return None
    return _range(birth_month, [age for case in _cases(sex, post_type) for age in _chosen(case, birth_month)])


def turned(birth_month: str, age: int) -> str:
    """Return the month, YYYY-MM, in which somebody is `age` months old."""
    return _month(_number(birth_month) + age)


def _cases(sex: str | None, post_type: str | None) -> list[dict[str, Any]]:
    return [
        case for case in _data()["cases"] if sex in {None, case["sex"]} and (post_type is None or post_type in case["post_types"])
    ]


def _statutory(case: dict[str, Any], birth_month: str) -> int:
    """Return the statutory age in months."""
    after = _number(birth_month) - _number(case["first_birth_month"])
    delay = 0 if after < 0 else min(case["most_months"], after // case["months_of_birth_a_step"] + 1)
    return case["old_age_years"] * 12 + delay


def _chosen(case: dict[str, Any], birth_month: str) -> tuple[int, int]:
    age, choice = _statutory(case, birth_month), _data()["flexible"]
    if turned(birth_month, age) < choice["since"][:7]:
        return age, age
    return max(case["old_age_years"] * 12, age - choice["months_earlier"]), age + choice["months_later"]


def _range(birth_month: str, ages: list[int]) -> RetirementRange:
    return RetirementRange(_reached(birth_month, min(ages)), _reached(birth_month, max(ages)))


def _reached(birth_month: str, age: int) -> Retirement:
    return Retirement(age // 12, age % 12, turned(birth_month, age))


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files("sqrec.codes").joinpath("retirement.json").read_text(encoding="utf-8"))
