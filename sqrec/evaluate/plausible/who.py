"""What the rubric takes from a person: raw facts alone, read once per list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sqrec.base.text import normal
from sqrec.cities import City
from sqrec.cities.ages import age_at
from sqrec.codes.education import rank_held
from sqrec.evaluate.plausible import week
from sqrec.evaluate.plausible.cells import levels_of
from sqrec.evaluate.plausible.rubric import rubric
from sqrec.evaluate.plausible.trade import Trades, nearest, trade_named
from sqrec.profile.person import Person

_DAYS_A_MONTH = 30.44


@dataclass(frozen=True)
class SkillNames:
    """Hold a folder's taxonomy of skills: the one name of skills with several, and the trades that ask for them."""

    same: Mapping[str, str]
    trades: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, table: pd.DataFrame | None) -> "SkillNames":
        """Take a table `skills`; without one every name is its own skill, and only names of occupations tell a trade."""
        same: dict[str, str] = {}
        trades: dict[str, tuple[str, ...]] = {}
        for row in [] if table is None else table.to_dict("records"):
            name = normal(str(row["name"]))
            aliases, codes = row.get("aliases"), row.get("occupations")
            for text in (str(row["skill_id"]), *(aliases.split("|") if isinstance(aliases, str) else ())):
                same.setdefault(normal(text), name)
            trades[name] = tuple(codes.split("|")) if isinstance(codes, str) else ()
        return cls(same, trades)

    def trades_of(self, skill: str) -> tuple[str, ...]:
        """Return the trades of a skill (folded name): those of the taxonomy, else the occupation that it names."""
        named = trade_named(skill)
        return self.trades.get(skill) or ((named,) if named else ())


@dataclass(frozen=True, slots=True)
class Who:
    """Hold a person as the rubric sees her.

    `wanted` are codes of wanted trades: the wishes, or without any the newest past trade that can be told; `words` are wishes that
    have no code. `skills` are rungs of certificates by folded name, NaN where none is told, `crafts` the
    trades of skills that belong to one trade alone. None and NaN are unknown.
    """

    person: Person
    day: date
    age: int | None
    schooling: float
    wanted: tuple[str, ...]
    words: tuple[str, ...]
    past: tuple[str, ...]
    skills: Mapping[str, float]
    crafts: tuple[str, ...]
    free: int | None
    pace: float

    @classmethod
    def of(cls, person: Person, at: int, city: City, trades: Trades, names: SkillNames) -> "Who":
        """Read a person's facts as they stand at a moment (microseconds UTC)."""
        day = city.local(at).date()
        age = age_at(person.birth_month, day.year, day.month)
        past = trades.codes(person.occupations)
        wishes = trades.codes(person.desired)
        skills = levels_of(person.skills, names.same)
        return cls(
            person=person,
            day=day,
            age=age,
            schooling=rank_held(person.education),
            wanted=wishes if person.desired else past[:1],
            words=tuple(normal(text) for text in person.desired if trades.code(text) is None),
            past=past,
            skills=skills,
            crafts=tuple(told[0] for skill in skills if len(told := names.trades_of(skill)) == 1),
            free=week.week_of(person.hours) if person.hours else None,
            pace=person.pace or city.pace_for(age),
        )

    @property
    def wish_known(self) -> bool:
        """Whether a wanted trade is known."""
        return bool(self.wanted or self.words)

    def under(self, age: int) -> bool:
        """Tell whether the person is known to be younger."""
        return self.age is not None and self.age < age

    def fresh(self) -> bool:
        """Tell whether the person is young and out of work, or left school not long ago."""
        ages, left = rubric().ages, self.person.graduated_on
        months = (self.day - date.fromisoformat(left)).days / _DAYS_A_MONTH if left else float("inf")
        young = self.age is not None and self.age <= ages.interns_to and self.person.employment == "unemployed"
        return young or months <= ages.interns_months

    def practised(self, code: str | None) -> bool:
        """Tell whether the person is known to have worked in a trade."""
        return code is not None and nearest(self.past, code) == "same"

    def skilled(self, words: tuple[str, ...]) -> bool:
        """Tell whether one of the person's skills holds one of some words."""
        return any(word in skill for word in words for skill in self.skills)

    def shared(self, skills: Iterable[str]) -> set[str]:
        """Return those of some skills that the person has, without general ones."""
        general = rubric().general.words
        return {skill for skill in skills if skill in self.skills and not any(word in skill for word in general)}

    def month(self) -> float:
        """Return what a month of work should bring, yuan; an assumed one where no wage is told."""
        return rubric().fee.month if self.person.wage_min is None else self.person.wage_min
