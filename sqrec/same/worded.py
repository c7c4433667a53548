"""Titles and names reduced to what tells them apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqrec.base.text import normal, without
from sqrec.codes.titles import offered
from sqrec.same.rules import employer, wording

_MARKS = re.compile(r"[^\w+#]+|_+")
_GAPS = re.compile(r"(?<!\d) | (?!\d)")


@dataclass(frozen=True, slots=True)
class Worded:
    """Hold a title without what advertises it (`core`), and besides without soft endings, its words in order (`bare`)."""

    core: str
    bare: str


def worded(titles: Sequence[str], owners: Sequence[str]) -> list[Worded]:
    """Reduce titles; the name of the owner that stands in one does not matter. Each distinct pair is reduced once."""
    known: dict[tuple[str, str], Worded] = {}
    pairs = list(zip(titles, owners, strict=True))
    for title, owner in dict.fromkeys(pairs):
        known[title, owner] = _worded(normal(title), normal(owner))
    return [known[pair] for pair in pairs]


def firm(name: str) -> str:
    """Return a firm's name without its legal form, width, case, spaces and marks; the name itself where nothing is left."""
    folded = normal(name)
    return _MARKS.sub("", _endings().sub("", folded)) or _MARKS.sub("", folded) or folded


def _worded(title: str, owner: str) -> Worded:
    named = without(without(title, owner), _endings().sub("", owner))
    words = _MARKS.sub(" ", offered().sub(" ", named)).split() or _MARKS.sub(" ", named).split() or [named]
    bare = [_soft().sub("", word) or word for word in words]
    return Worded(_GAPS.sub("", " ".join(words)), " ".join(sorted(bare)))


@cache
def _soft() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(wording().soft)})$|(?<=[a-z]{{3}})s$")


@cache
def _endings() -> re.Pattern[str]:
    return re.compile(rf"(?:\s*(?:{'|'.join(employer().endings)}))+$")
