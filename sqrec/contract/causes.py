"""What a wrong cell looks like, and which words of its vocabulary come near: the second half of a message."""

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from sqrec.contract.rules import RULES
from sqrec.contract.shapes import Column
from sqrec.contract.vocabulary import NEEDS

_MOST_WORDS = 40
_NEAREST = 3
_VALUES = 1 << 14
"""Different cells whose hints are remembered."""
_VOCABULARIES = {"choice", "choices", "recognised", "needs"}
_BOUNDED = {"range", "number-required"}


class Cause(BaseModel):
    """Say what a cell looks like whose text is wholly of a pattern, where it breaks one of the rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[str, ...]
    pattern: str
    said: str


@cache
def causes() -> tuple[Cause, ...]:
    """Return the causes of causes.json, the first that fits being the one that is told."""
    told = json.loads(files("sqrec.contract").joinpath("causes.json").read_text(encoding="utf-8"))
    return tuple(Cause(**cause) for cause in told["causes"])


def right_of(column: Column | None, rule: str) -> str:
    """Say what is right in a column, with its words or bounds where the rule speaks of them."""
    right = RULES[rule].right
    if column is None:
        return right
    if column.type in _VOCABULARIES and rule == column.rule and 0 < len(column.words) <= _MOST_WORDS:
        return f"{right}: {', '.join(column.words)}"
    return f"{right}: {column.low:g} to {column.high:g}".replace(" to inf", " or more") if rule in _BOUNDED else right


@lru_cache(_VALUES)
def hint_of(column: Column | None, rule: str, text: str) -> str:
    """Say what a wrong cell looks like and which words come near it; empty where nothing is known."""
    if column is None or not text:
        return ""
    looks = looks_like(rule, text)
    near = _nearest(column, text) if column.type in _VOCABULARIES and rule == column.rule else ()
    return "; ".join(part for part in (looks, f"nearest: {', '.join(near)}" if near else "") if part)


def looks_like(rule: str, text: str) -> str:
    """Say what a text looks like that breaks a rule, whatever its column; empty where nothing is known."""
    return next((cause.said for cause in causes() if rule in cause.rules and re.fullmatch(cause.pattern, text, re.DOTALL)), "")


def nearest(word: str, words: Iterable[str]) -> Sequence[str]:
    """Return up to three words that look like one, whatever their case and what stands before their colon, the best first."""
    plain = {_last(other): other for other in reversed(list(words))}
    return [plain[other] for other in get_close_matches(_last(word), list(plain), _NEAREST)]


def _nearest(column: Column, text: str) -> Sequence[str]:
    """Return the words that come near those members of a cell that are none."""
    words = NEEDS if column.type == "needs" else column.words
    members = [part.strip().partition("@")[0] for part in text.split("|")]
    near = [other for member in members if member not in words for other in nearest(member, words)]
    return tuple(dict.fromkeys(near))[:_NEAREST]


def _last(word: str) -> str:
    return word.rpartition(":")[2].strip().casefold()
