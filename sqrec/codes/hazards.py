"""The hazards that a job's occupation, industry and title imply, by the city's lists."""

import re
from collections.abc import Iterable
from functools import cache

from sqrec.cities import City
from sqrec.cities.hazards import HazardRule
from sqrec.columns import HAZARDS
from sqrec.profile.text import normal

_INDUSTRY = re.compile(r"[A-T]?(\d{2,4})", re.ASCII)


def hazards_of(city: City, occupation: str | None, industry: str | None, title: str | None) -> tuple[str, ...]:
    """Return the hazards that a job's facts imply, in the order of the vocabulary; empty where none is known to be implied.

    `occupation` is a 大典 code, `industry` a GB/T 4754 code (with or without its letter) or text. An empty answer does not
    say that the work is harmless: nobody looked.
    """
    code = _INDUSTRY.fullmatch((industry or "").strip())
    texts = [normal(text) for text in (title, None if code else industry) if text]
    found = {hazard for rule in city.hazards if _fits(rule, occupation, code and code[1], texts) for hazard in rule.hazards}
    return tuple(hazard for hazard in HAZARDS if hazard in found)


def _fits(rule: HazardRule, occupation: str | None, industry: str | None, texts: Iterable[str]) -> bool:
    """Tell whether codes or normalised texts of a job imply a rule's hazards; None is unknown."""
    return (
        (occupation is not None and any(f"{occupation}-".startswith(f"{code}-") for code in rule.occupations))
        or (industry is not None and industry.startswith(rule.industries))
        or any(_named(rule, text) for text in texts)
    )


def _named(rule: HazardRule, text: str) -> bool:
    for harmless in _normal(rule.but_not):
        text = text.replace(harmless, " ")
    return any(word in text for word in _normal(rule.words))


@cache
def _normal(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(normal, words))
