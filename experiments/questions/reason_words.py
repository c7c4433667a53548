"""How the words that a sentence quotes are checked against titles and texts."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from experiments.questions.reason_world import Said, named
from sqrec.base.text import normal

MOST_TITLES = 0.2
"""In how many of all titles a word may stand that is told; those who tell count in a part of them, and stay under a tenth."""


def words(texts: Callable[[Said], Iterable[str]]) -> Callable[[Said], bool]:
    """Check that the word in quotes stands in the title, and in one of the person's texts."""

    def check(s: Said) -> bool:
        found = re.search("“(.*)”", s.text)
        word, title = found[1] if found else "", normal(s.item["title"])
        return len(word) > 1 and word in title and any(word in normal(named(text)) for text in texts(s))

    return check


def same_words(s: Said) -> bool:
    """Check that every word that is told stands in both titles, the other one named, and in few titles of the kind."""
    told = s.text.rpartition("都有：")[2].split("、")
    few = all(s.world.share_with(s.kind, word) <= MOST_TITLES for word in told)
    return few and any(
        s.names(f"“{_title(s, item)}”") and all(_is_word(word, _head(s, one)) for word in told for one in (s.item, item))
        for item, _ in s.others()
    )


def _title(s: Said, item: Mapping[str, Any]) -> str:
    return item["name" if s.kind == "amenity" else "title"]


def _head(s: Said, item: Mapping[str, Any]) -> str:
    """Return a title without the name of its employer or provider, folded; whole where it is nothing else."""
    owner, title = item.get({"job": "employer", "course": "provider"}.get(s.kind, "")) or "", normal(_title(s, item))
    return (title.replace(normal(owner), " ").strip(" @-") if owner else title) or title


def _is_word(word: str, title: str) -> bool:
    """Tell whether a word stands in a title: two Chinese characters or four letters at least, no part of a longer word of letters."""
    if "一" <= word[:1] <= "鿿":
        return len(word) >= 2 and word in title
    return len(word) >= 4 and re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", title) is not None
