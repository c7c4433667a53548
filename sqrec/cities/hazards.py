"""Which hazards a job's occupation, industry and title imply, by a city's dated lists."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from sqrec.base.text import normal
from sqrec.cities.parts import Source
from sqrec.contract import HAZARDS

_INDUSTRY = re.compile(r"[A-T]?(\d{2,4})", re.ASCII)


class HazardRule(Source):
    """Say what implies hazards: occupation codes (or their first parts), industry codes of GB/T 4754, words of a title.

    A word counts where it stands in the title, or in an industry given as text, unless it is part of one of `but_not`.
    """

    hazards: Annotated[tuple[Annotated[str, Field(pattern=f"^({'|'.join(HAZARDS)})$")], ...], Field(min_length=1)]
    occupations: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        """Refuse a rule that nothing fits."""
        if not (self.occupations or self.industries or self.words):
            raise ValueError("name occupations, industries or words")
        return self

    def fits(self, occupation: str | None, industry: str | None, texts: Iterable[str]) -> bool:
        """Tell whether a job's codes or normalised texts imply the hazards; None is unknown."""
        return (
            any(f"{occupation}-".startswith(f"{code}-") for code in self.occupations if occupation)
            or any(industry.startswith(code) for code in self.industries if industry)
            or any(self._named(text) for text in texts)
        )

    def _named(self, text: str) -> bool:
        for harmless in self._harmless:
            text = text.replace(harmless, " ")
        return any(word in text for word in self._words)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return tuple(normal(word) for word in self.words)

    @cached_property
    def _harmless(self) -> tuple[str, ...]:
        return tuple(normal(word) for word in self.but_not)


def hazards_of(rules: Iterable[HazardRule], occupation: str | None, industry: str | None, title: str | None) -> tuple[str, ...]:
    """Return the hazards that a job's facts imply by some rules, in the order of the vocabulary; empty where none is known to be implied.

    `occupation` is a 大典 code, `industry` a GB/T 4754 code (with or without its letter) or text. An empty answer does not
    say that the work is harmless: nobody looked.
    """
    code = _INDUSTRY.fullmatch((industry or "").strip())
    texts = [normal(text) for text in (title, None if code else industry) if text]
    found = {hazard for rule in rules if rule.fits(occupation, code and code[1], texts) for hazard in rule.hazards}
    return tuple(hazard for hazard in HAZARDS if hazard in found)
