"""Words that stand for the codes of a vocabulary: 女, 是, 大专, 全职. Dated data; one list, whoever reads."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from sqrec.base.text import normal


@dataclass(frozen=True)
class Words:
    """Hold a list of words in one form (`normal`): the code of each, those that say nothing, and those that mean every code."""

    codes: Mapping[str, str]
    unsaid: frozenset[str] = frozenset()
    everything: frozenset[str] = frozenset()

    def code(self, text: str) -> str | None:
        """Return the code that a text stands for: an empty one where it says nothing, None where the list does not know it."""
        word = normal(text)
        return "" if word in self.unsaid else self.codes.get(word)

    def means_all(self, text: str) -> bool:
        """Tell whether a text stands for every code."""
        return normal(text) in self.everything


@cache
def word_list(name: str) -> Words:
    """Return a list of words by name. Raises KeyError for an unknown list."""
    return listed(_data()["lists"][name])


@dataclass(frozen=True)
class Named:
    """Hold how words of a code are found within a text: `words` wherever they stand, `undenied` in a text of one form (`normal`)."""

    words: str
    undenied: "re.Pattern[str]"


@cache
def named(name: str, code: str) -> Named:
    """Return how the words of a code are found within texts. Raises KeyError for an unknown list or code."""
    told = _data()["lists"][name]
    words = "|".join(re.escape(word) for word in told["words"][code])
    before = "".join(f"(?<!{re.escape(word)})" for word in told.get("denied_by", ()))
    return Named(words, re.compile(f"{before}(?:{words})"))


def listed(told: Mapping[str, Any]) -> Words:
    """Return a list as its JSON tells it: `words` by code, `unsaid`, `everything`; a code stands for itself."""
    codes = {normal(word): code for code, words in told["words"].items() for word in (code, *words)}
    return Words(codes, _folded(told, "unsaid"), _folded(told, "everything"))


def without_unit(column: str, text: str) -> str:
    """Return a number without the unit that people write behind it in this column (`36个月`), other texts as they are."""
    for unit in _data()["units"]["by_column"].get(column, ()):
        if text.endswith(unit):
            return text.removesuffix(unit).strip()
    return text


def _folded(told: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset(map(normal, told.get(name, ())))


@cache
def _data() -> dict[str, Any]:
    return json.loads(resources.files("sqrec.contract").joinpath("words.json").read_text(encoding="utf-8"))
