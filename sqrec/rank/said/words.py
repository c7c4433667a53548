"""Which words a title and a text of the person share."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.text import normal, without
from sqrec.catalogue.items import Items
from sqrec.codes.taxonomy import name_of
from sqrec.rank.said.pairwise import Pairwise
from sqrec.rank.view import View

WordSource = Literal["desired", "occupations"]
SHORTEST, SHORTEST_PART, SHORTEST_LATIN = 2, 3, 4
"""How many characters make a word in Chinese, a part of one that says something, and a word in Latin letters."""


@dataclass(frozen=True, slots=True)
class SharedWords(Pairwise):
    """Count the characters of the longest run that an item's title shares with a wish, or a past occupation, of the person.

    A run counts that is the whole text, or half of it and three characters (four Latin letters) at least; the name of the employer or
    provider is no part of a title. 0 where nothing is shared; unknown without a text.
    """

    source: WordSource
    monotone: int = 0

    @property
    def name(self) -> str:
        """`words_SOURCE`."""
        return f"words_{self.source}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column of texts."""
        return (self.source,)

    def value(self, view: View, query: int, row: int) -> float:
        """Return how many characters."""
        texts = texts_of(view, query, self.source)
        return len(shared_words(view, query, row, self.source)[0]) if texts else np.nan


def shared_words(view: View, query: int, row: int, source: WordSource) -> tuple[str, str]:
    """Return the longest run of characters that an item's title shares with the person's texts, and that text; the first of equals."""
    title, best = normal(head_of(view.items, row)), ("", "")
    for text in texts_of(view, query, source):
        run = telling_run(title, text)
        if len(run) > len(best[0]):
            best = (run, text)
    return best


def telling_run(title: str, text: str) -> str:
    """Return the longest run of `text` in a title (both folded) that says something: all of it, or half and three characters; else ""."""
    run = longest_run(title, text)
    return run if len(run) == len(text) or (2 * len(run) >= len(text) and len(run) >= SHORTEST_PART) else ""


def texts_of(view: View, query: int, source: WordSource) -> list[str]:
    """Return the names of what a person wants or did, folded."""
    texts = getattr(view.profiles.raw(query), source)
    return view.shared(("texts", source, query), lambda: [normal(name_of(text)) for text in texts])


def head_of(items: Items, row: int) -> str:
    """Return an item's title without the name of its employer or provider."""
    owner = {"job": "employer", "course": "provider"}.get(items.kind)
    name = items.cell(owner, row) if owner else None
    return without(items.titles[row], name or "")


def longest_run(title: str, text: str) -> str:
    """Return the longest run of characters of `text`, a word at least, that stands in `title`; empty where there is none."""
    for size in range(min(len(text), len(title)), SHORTEST - 1, -1):
        for first in range(len(text) - size + 1):
            run = text[first : first + size]
            if run in title and _is_word(run):
                return run
    return ""


def _is_word(run: str) -> bool:
    if not run.isascii():
        return run == run.strip() and all(letter.isalnum() for letter in run)
    return len(run) >= SHORTEST_LATIN and run.isalnum()
