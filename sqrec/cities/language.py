"""Conditions about people as data: a small language.

A condition is a JSON object over the facts of the tables `people` and `restricted`:

    {"and": [c, …]}  {"or": [c, …]}  {"not": c}
    {"by": "sex", "cases": {"female": c, "male": c}}     the case of a fact's value
    {"fact": "employment", "in": ["unemployed"]}         one of these values; booleans too
    {"fact": "local_insured_months", "at_least": 6}      a number within bounds, both inclusive
    {"fact": "hukou_area", "within": "3702"}             a division inside another, by code
    {"fact": "skills", "has": "中式面点师"}               a list with this member
    {"months_since": "graduated_on", "within": 24}       the day came, at least or at most so many months ago
    {"age": {"at_least": 16, "at_most": 24}}             whole years in city time, both inclusive
    {"working_age_from": 16}                             that age, until the statutory retirement age

What they mean, and what an unknown fact makes of them, stands in `sqrec.groups.conditions`.
"""

from functools import cached_property
from typing import Annotated, Any, Self, TypeAlias, cast

from pydantic import AfterValidator, Field, model_validator

from sqrec.cities.parts import Part
from sqrec.contract import TABLES

_COLUMNS = {column.name: column for name in ("people", "restricted") for column in TABLES[name].columns}
_DATES = ("date", "date_or_no")
_LISTS = ("list", "skills", "choices", "needs")


def _of_type(*types: str) -> Any:
    def check(name: str) -> str:
        if name not in _COLUMNS or (types and _COLUMNS[name].type not in types):
            raise ValueError(f"{name!r} is no fact of people or restricted that can be asked so")
        return name

    return AfterValidator(check)


Fact = Annotated[str, _of_type()]
Name = Annotated[str, Field(min_length=1)]


class _Asks(Part):
    """Be a condition: ask one fact, or join the conditions inside it."""

    @cached_property
    def inside(self) -> tuple["Condition", ...]:
        """The conditions directly inside it."""
        return ()

    @cached_property
    def own_facts(self) -> frozenset[str]:
        """The columns of `people` and `restricted` that it asks itself."""
        return frozenset()

    @cached_property
    def every(self) -> tuple["Condition", ...]:
        """The condition and every one inside it."""
        return (cast("Condition", self), *(one for part in self.inside for one in part.every))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The columns of `people` and `restricted` that it and those inside it ask."""
        return frozenset(name for part in self.every for name in part.own_facts)


class _Joins(_Asks):
    parts: tuple["Condition", ...]

    @cached_property
    def inside(self) -> tuple["Condition", ...]:
        """The conditions that it joins."""
        return self.parts


class _AsksFact(_Asks):
    fact: Fact

    @cached_property
    def own_facts(self) -> frozenset[str]:
        """The fact that it asks."""
        return frozenset((self.fact,))


class And(_Joins):
    """Hold where all parts hold."""

    parts: tuple["Condition", ...] = Field(alias="and", min_length=1)


class Or(_Joins):
    """Hold where some part holds."""

    parts: tuple["Condition", ...] = Field(alias="or", min_length=1)


class Not(_Asks):
    """Hold where the part does not."""

    part: "Condition" = Field(alias="not")

    @cached_property
    def inside(self) -> tuple["Condition", ...]:
        """The condition that it turns round."""
        return (self.part,)


class By(_AsksFact):
    """Hold where the case of a fact's value holds; with the value unknown, where all cases agree."""

    fact: Annotated[str, _of_type("choice")] = Field(alias="by")
    cases: dict[str, "Condition"]

    @cached_property
    def inside(self) -> tuple["Condition", ...]:
        """The conditions of all cases."""
        return tuple(self.cases.values())

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        """Refuse cases that leave a value of the fact out."""
        if set(self.cases) != set(_COLUMNS[self.fact].words):
            raise ValueError(f"cases of {self.fact!r} must be {', '.join(_COLUMNS[self.fact].words)}")
        return self


class In(_AsksFact):
    """Hold where a fact has one of some values."""

    fact: Fact
    values: tuple[bool | str, ...] = Field(alias="in", min_length=1)

    @model_validator(mode="after")
    def _are_values(self) -> Self:
        """Refuse values that the fact never has."""
        column = _COLUMNS[self.fact]
        possible = (True, False) if column.type == "boolean" else column.words
        if column.type not in {"boolean", "choice"} or not set(self.values) <= set(possible):
            raise ValueError(f"{self.fact!r} has the values {', '.join(map(str, possible)) or 'of no list'}")
        return self


class Bounds(Part):
    """Hold where a number lies within bounds, both inclusive."""

    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _has_bounds(self) -> Self:
        """Refuse no bounds, and bounds that leave nothing between them."""
        if self.at_least is None and self.at_most is None:
            raise ValueError("name at_least or at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least lies above at_most")
        return self


class Number(Bounds, _AsksFact):
    """Hold where a fact that is a number lies within bounds."""

    fact: Annotated[str, _of_type("number", "integer")]


class Within(_AsksFact):
    """Hold where a division, given by code, is this one or lies in it."""

    fact: Annotated[str, _of_type("area")]
    within: Annotated[str, Field(pattern=r"^\d{2,12}$")]


class Has(_AsksFact):
    """Hold where a list has a member."""

    fact: Annotated[str, _of_type(*_LISTS)]
    member: Name = Field(alias="has")


class Since(_AsksFact):
    """Hold where a day has come: at least so many months ago, at most so many, or both."""

    fact: Annotated[str, _of_type(*_DATES)] = Field(alias="months_since")
    at_least: Annotated[int, Field(ge=0)] = 0
    within: Annotated[int, Field(ge=0)] | None = None


class Age(_Asks):
    """Hold where the age, whole years in city time, lies within bounds."""

    bounds: Bounds = Field(alias="age")

    @cached_property
    def own_facts(self) -> frozenset[str]:
        """What an age is counted from."""
        return frozenset(("birth_month",))


class WorkingAge(_Asks):
    """Hold from an age, whole years, until the statutory retirement age."""

    start: Annotated[int, Field(ge=0)] = Field(alias="working_age_from")

    @cached_property
    def own_facts(self) -> frozenset[str]:
        """What both ages are counted from."""
        return frozenset(("birth_month", "sex", "post_type"))


Condition: TypeAlias = And | Or | Not | By | In | Number | Within | Has | Since | Age | WorkingAge
for _model in (And, Or, Not, By):
    _model.model_rebuild()
