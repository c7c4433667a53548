"""Facts of a person in words that the person can read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import numpy as np

from sqrec.base.arrays import AnyArray
from sqrec.cities import City
from sqrec.codes.certificates import level_name, named_level
from sqrec.codes.retirement import Retirement, RetirementRange
from sqrec.contract import TABLES
from sqrec.profile.encoders import AreaKeys, Choices, Code, Days, EducationRank, Months, WeekSlots
from sqrec.profile.profiler import Encoding
from sqrec.texts import Language, Texts, say

_COLUMNS = {column.name: column for table in ("people", "restricted") for column in TABLES[table].columns}
_JOINED: Mapping[Language, str] = {"zh-CN": "、", "en": ", "}


@dataclass(frozen=True, slots=True)
class Words:
    """Say facts in one language with one set of texts."""

    texts: Texts
    lang: Language
    city: City

    def say(self, family: str, code: str, **values: object) -> str:
        """Return the sentence of a code; a code without one is its own text."""
        return say(self.texts, family, code, self.lang, values)

    def name(self, fact: str) -> str:
        """Return what a fact is called."""
        return self.say("fact", fact)

    def named(self, facts: tuple[str, ...]) -> list[dict[str, str]]:
        """Return facts with their names, as JSON values."""
        return [{"fact": fact, "name": self.name(fact)} for fact in facts]

    def joined(self, parts: list[str]) -> str:
        """Return several words as one text."""
        return _JOINED[self.lang].join(parts)

    def value(self, fact: str, value: Any) -> str:
        """Return a fact's value in words."""
        if isinstance(value, tuple):
            return self.joined([self.value(fact, member) for member in cast("tuple[Any, ...]", value)])
        if isinstance(value, bool):
            return self.say("value", str(value).lower())
        if isinstance(value, int | float):
            return self.number(fact, value)
        kind = _COLUMNS[fact].type if fact in _COLUMNS else "text"
        said = {"area": self._area, "skills": self._skill, "recognised": self._recognised}.get(kind)
        return said(value) if said else self._word(fact, value)

    def retirement(self, code: str, found: RetirementRange) -> str:
        """Return a range of retirement ages in words."""
        first, last = self._reached(found.earliest), self._reached(found.latest)
        return self.say("worded", code, first=first, last=last)

    def encoded(self, encoding: Encoding, value: Any) -> tuple[Any, str]:
        """Return one encoded fact as a JSON value and in words; what is unknown is None and an empty text."""
        array = np.asarray(value)
        unknown = np.isnan(array).all() if array.dtype.kind == "f" else not array.any()
        return (None, "") if unknown else _DECODED.get(type(encoding.encoder), _as_it_is)(self, encoding, array)

    def number(self, code: str, value: float) -> str:
        """Return a number with its unit."""
        told = f"{value:g}"
        return self.say("worded", code, value=told) if f"worded.{code}" in self.texts else told

    def _area(self, value: str) -> str:
        place = self.city.areas.get((self.city.present_area(value) or "")[:6])
        return f"{place.name} {value}" if place else value

    def _skill(self, value: str) -> str:
        name, level = named_level(value)
        return name if level is None else self.say("worded", "certified", name=name, level=level_name(level, self.lang))

    def _recognised(self, value: str) -> str:
        group, _, on = value.partition("@")
        return self.say("worded", "recognised", group=self.say("group", group), on=on)

    def _word(self, fact: str, value: str) -> str:
        key = f"{fact}.{value}"
        return self.say("value", key) if f"value.{key}" in self.texts else value

    def _reached(self, found: Retirement) -> str:
        return self.say("worded", "reached", years=found.years, months=found.months, month=found.month)


def _rung(words: Words, encoding: Encoding, array: AnyArray) -> tuple[Any, str]:
    return float(array), words.say("rung", f"{float(array):g}")


def _coded(words: Words, encoding: Encoding, array: AnyArray) -> tuple[Any, str]:
    word = cast("Code", encoding.encoder).words[int(array)]
    return word, words.value(encoding.columns[0], word)


def _chosen(words: Words, encoding: Encoding, array: AnyArray) -> tuple[Any, str]:
    mask = int(array)
    chosen = [word for place, word in enumerate(cast("Choices", encoding.encoder).words) if mask >> place & 1]
    return chosen, words.value(encoding.columns[0], tuple(chosen))


def _hours(words: Words, encoding: Encoding, array: AnyArray) -> tuple[Any, str]:
    hours = float(np.unpackbits(array).sum()) / 2
    return hours, words.number("hours_a_week", hours)


def _levels(words: Words, encoding: Encoding, array: AnyArray) -> tuple[Any, str]:
    levels = len(np.unique(array))
    return levels, words.number("levels", levels)


def _month(words: Words, encoding: Encoding, array: AnyArray) -> tuple[Any, str]:
    place = int(array) - 1
    month = f"{place // 12:04d}-{place % 12 + 1:02d}"
    return month, month


def _day(words: Words, encoding: Encoding, array: AnyArray) -> tuple[Any, str]:
    day = (date(1970, 1, 1) + timedelta(days=int(array))).isoformat()
    return day, day


def _as_it_is(words: Words, encoding: Encoding, array: AnyArray) -> tuple[Any, str]:
    told = array.tolist()
    return told, words.number(encoding.columns[0], told) if isinstance(told, float) else ""


_DECODED: Mapping[type, Callable[[Words, Encoding, AnyArray], tuple[Any, str]]] = {
    EducationRank: _rung,
    Code: _coded,
    Choices: _chosen,
    WeekSlots: _hours,
    AreaKeys: _levels,
    Months: _month,
    Days: _day,
}
