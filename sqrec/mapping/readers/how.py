"""What a reader is: a cell's text, or several cells' texts, to the text that the contract has; never a guess."""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from sqrec.cities import City
from sqrec.contract import Column


class Unread(ValueError):
    """Say that a reader does not know a text; the cell stays as it is, for the contract's own checks to name."""


class Asks(ValueError):
    """Say that a text has readings that differ, and which question decides between them."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


@dataclass(frozen=True)
class How:
    """Say how a column is read: its contract, the choices made in the mapping, the mapping's own words, city and day of the data."""

    column: Column
    city: City
    today: date
    chosen: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict[str, str])

    def answer(self, question: str) -> str:
        """Return the choice made for a question. Raises Asks where none, or more than one, is."""
        made = [choice for choice in questions()[question] if choice in self.chosen]
        if len(made) != 1:
            raise Asks(question)
        return made[0]


Read = Callable[[Sequence[str], How], str]
"""From the source's cells of a row to the contract's text; empty is unknown. Raises Unread or Asks."""


@dataclass(frozen=True)
class Reader:
    """Hold what reads the cells; texts that match `sure` are already what they should be."""

    read: Read
    sure: str = ""


def single(read: Callable[[str, How], str]) -> Read:
    """Return a reader of one cell; of several cells, the first that is filled."""
    return lambda cells, how: read(next((cell for cell in cells if cell.strip()), ""), how)


def folded(text: str) -> str:
    """Return a text in one form, without any space: full-width characters narrow, capitals small."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def data(name: str) -> dict[str, Any]:
    """Return the dated data of a reader, `NAME.json` beside the code."""
    return json.loads(resources.files("sqrec.mapping.readers").joinpath(f"{name}.json").read_text(encoding="utf-8"))


@cache
def questions() -> Mapping[str, Mapping[str, str]]:
    """Return every question with its choices and what each of them means."""
    return data("questions")["questions"]


@cache
def question_of(choice: str) -> str | None:
    """Return the question that a choice answers; None for a word that is no choice."""
    return next((question for question, choices in questions().items() if choice in choices), None)
