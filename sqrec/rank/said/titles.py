"""Which words the titles of an item and of an earlier one share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqrec.base.text import normal
from sqrec.rank.said.pairwise import Pairwise
from sqrec.rank.said.words import SHORTEST, SHORTEST_LATIN, head_of
from sqrec.rank.view import View

_CHUNK = re.compile(r"(?P<han>[\u3400-\u9fff]+)|[^\W\d_\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class EarlierWords(Pairwise):
    """Count the characters of the words that the item's title shares with the earlier title that it shares most with.

    Whole words of four letters, or runs of two Chinese characters, that few titles have (`Items.is_common`); the name of the
    employer or provider is no part of a title. 0 where nothing is shared; unknown without earlier items.
    """

    name: str = "earlier_words"
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    def value(self, view: View, query: int, row: int) -> float:
        """Return how many characters."""
        return _size(shared_titles(view, query, row)[0]) if len(view.earlier(query)[0]) else np.nan


def shared_titles(view: View, query: int, row: int) -> tuple[list[str], int]:
    """Return the words that an item's title shares with another earlier one, and that item: the most shared one, of equals the latest.

    No words and -1 where nothing is shared.
    """
    return view.shared(("title words", query, row), lambda: _shared_titles(view, query, row))


def _shared_titles(view: View, query: int, row: int) -> tuple[list[str], int]:
    title, best = normal(head_of(view.items, row)), (list[str](), -1)
    for earlier, theirs, words in view.shared(("titles", query), lambda: _titles(view, query)):
        if earlier != row:
            shared = [word for word in shared_runs(title, theirs, words) if not view.items.is_common(word)]
            if _size(shared) > _size(best[0]):
                best = (shared, earlier)
    return best


def _titles(view: View, query: int) -> list[tuple[int, str, frozenset[str]]]:
    """Return the earlier items with their folded titles and the words of these, latest first."""
    rows: list[int] = view.earlier(query)[0].tolist()
    titles = [normal(head_of(view.items, row)) for row in rows]
    return [(row, title, frozenset(one[0] for one in _CHUNK.finditer(title))) for row, title in zip(rows, titles, strict=True)]


def shared_runs(title: str, other: str, words: frozenset[str]) -> list[str]:
    """Return the words of a folded title that another one has too, in order, each once: `words` are the other's."""
    found: list[str] = []
    for chunk in _CHUNK.finditer(title):
        if chunk["han"]:
            found += _han(chunk[0], other)
        elif len(chunk[0]) >= SHORTEST_LATIN and chunk[0] in words:
            found.append(chunk[0])
    return list(dict.fromkeys(found))


def _han(chunk: str, other: str) -> list[str]:
    """Return the longest runs of some Chinese characters that stand in another text, from left to right."""
    found, first = list[str](), 0
    while first < len(chunk):
        last = first
        while last < len(chunk) and chunk[first : last + 1] in other:
            last += 1
        if last - first >= SHORTEST:
            found.append(chunk[first:last])
        first = max(last, first + 1)
    return found


def _size(words: Sequence[str]) -> int:
    return sum(map(len, words))
