"""Trades: what a text means in codes of 大典, and how near two trades are.

Same are codes whose first three parts are equal; in the minor groups of `split` (kin.json), which hold unlike trades, all four. `twins` are one
trade under two codes.
Kin are codes that share a group of kin.json or, unless these are listed as `wide`, the first two parts.
Everything else is far.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from sqrec.base.text import normal
from sqrec.codes.occupations import built_in_coder
from sqrec.codes.taxonomy import stem
from sqrec.evaluate.plausible.rubric import Licence, kin, rubric

Relation = Literal["same", "kin", "far"]
_CODE = re.compile(r"\d(?:-\d\d){1,3}")


@lru_cache(maxsize=200_000)
def relation(one: str, other: str) -> Relation:
    """Return how near two codes are; a short code stands for everything below it."""
    if _same(one, other) or _groups(one, "twins") & _groups(other, "twins"):
        return "same"
    if _part(one, 2) == _part(other, 2) and _part(one, 2) not in kin().wide.codes:
        return "kin"
    return "kin" if _groups(one, "kin") & _groups(other, "kin") else "far"


def nearest(codes: Iterable[str], other: str) -> Relation:
    """Return how near the nearest of some codes is to another one; far for none."""
    found = {relation(code, other) for code in codes}
    return "same" if "same" in found else "kin" if "kin" in found else "far"


def licence_of(code: str) -> Licence | None:
    """Return the licence that a trade asks for; None where none is listed."""
    return next((licence for licence in kin().licences if any(_within(code, part) for part in licence.codes)), None)


def takes_beginners(code: str) -> bool:
    """Tell whether a trade is listed as one that takes beginners."""
    return any(_within(code, part) for part in kin().entry.codes)


def licensed_alike(codes: Iterable[str], licence: Licence) -> bool:
    """Tell whether one of some trades asks for this licence too: who works in it has it."""
    return any(_within(code, part) for code in codes for part in licence.codes)


@dataclass
class Trades:
    """Code texts as trades, each text once.

    A code stands for itself. A title counts where the built-in coder is sure enough (rubric.json); else it has no code.
    """

    known: dict[str, str | None] = field(default_factory=dict[str, "str | None"])

    def read(self, texts: Iterable[str]) -> None:
        """Code texts together, which is faster than one by one."""
        fresh = sorted({text for text in texts if text not in self.known})
        self.known |= {text: text.strip() for text in fresh if _CODE.fullmatch(text.strip())}
        titles = [text for text in fresh if text not in self.known]
        found = built_in_coder().code(titles, top=1, least=rubric().titles.sure) if titles else []
        self.known |= {title: told[0].code if told else None for title, told in zip(titles, found, strict=True)}

    def code(self, text: str) -> str | None:
        """Return the code of a text; None where it cannot be told."""
        self.read([text])
        return self.known[text]

    def codes(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the codes of some texts in their order, without those that have none."""
        return tuple(code for text in texts if (code := self.code(text)))


def trade_in_course(title: str) -> str:
    """Return a course's title without the words that courses put around a trade's name."""
    for word in _course_words():
        title = title.replace(word, " ")
    return title.strip()


def trade_named(skill: str) -> str | None:
    """Return the code of the occupation that a skill is the official name or an alias of; None for any other skill."""
    return _names().get(normal(skill))


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    taxonomy = built_in_coder().taxonomy
    official = {normal(name): code for code, name in zip(taxonomy.codes, taxonomy.names, strict=True)}
    aliases = {normal(name): code for code, names in zip(taxonomy.codes, taxonomy.aliases, strict=True) for name in names}
    return aliases | official


@lru_cache(maxsize=1)
def _course_words() -> tuple[str, ...]:
    return tuple(sorted(rubric().titles.course_words, key=len, reverse=True))


def _same(one: str, other: str) -> bool:
    parts = 4 if _part(one, 3) in kin().split.codes else 3
    a, b = _part(one, parts), _part(other, parts)
    return _within(a, b) or _within(b, a)


def _part(code: str, parts: int) -> str:
    return "-".join(code.split("-")[:parts])


def _within(code: str, part: str) -> bool:
    return f"{stem(code)}-".startswith(f"{stem(part)}-")


@lru_cache(maxsize=10_000)
def _groups(code: str, which: Literal["kin", "twins"]) -> frozenset[str]:
    groups = kin().kin if which == "kin" else kin().twins
    return frozenset(group.id for group in groups if any(_within(code, part) for part in group.codes))
