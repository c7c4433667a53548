"""Job titles as advertisements write them, cut down to the role."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqrec.base.text import normal
from sqrec.codes.taxonomy import table

_BRACKETS = re.compile(r"[(\[【〔{「『《<]([^()\[\]【】〔〕{}「」『』《》<>]*)[)\]】〕}」』》>]")
_JOINTS = re.compile(r"\s*[/|、,，;；:：&~!！?？·•—–_\"'“”*@]+\s*|\s*(?<![a-z+])[-+](?![a-z+])\s*|\s+-\s+|\s+")
_LONE = re.compile(r"^(?:\d+|[a-z]?\d*|[的和及或与兼])$")


@dataclass(frozen=True, slots=True)
class Title:
    """Hold a title as `head`, its first part that says something, and `whole`, all of its parts in order.

    Both are normalised, without brackets, pay, perks, places, employers and levels. Both are empty where nothing is left that
    could name an occupation: no words at all, or only such as 普工 and 兼职 (`little` in title_words.json).
    """

    head: str
    whole: str


def title_parts(title: str) -> Title:
    """Cut a title down to what may name a role. What stands in brackets comes behind the rest.

    A part that names no role goes; a rank (主管, 助理) stays where another part says of what.
    """
    text = normal(title)
    inside = [found for found in _BRACKETS.findall(text) if found]
    outside = text
    while _BRACKETS.search(outside):
        outside = _BRACKETS.sub(" ", outside)
    parts = [*_pieces(outside), *(piece for part in inside for piece in _pieces(part))]
    little, ranks = _little()
    parts = [part for part in parts if not little.fullmatch(part)]
    head = next((part for part in parts if not ranks.fullmatch(part)), "")
    return Title(head, " ".join(dict.fromkeys(parts)) if head else "")


@cache
def offered() -> re.Pattern[str]:
    """Return what titles write around the work to advertise it: calls, pay, perks. It stands in normalised titles and tells no offers apart."""
    return re.compile("|".join(table("title_words.json")["offered"]))


def _pieces(text: str) -> list[str]:
    """Return the parts of a text between its joints, each without what is no role."""
    dropped, levels = _patterns()
    return [levels.sub("", piece) or piece for piece in _split(dropped.sub(" ", text))]


def _split(text: str) -> list[str]:
    return [piece for piece in _JOINTS.split(text) if piece and not _LONE.fullmatch(piece)]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = table("title_words.json")
    places = f"(?:(?:{'|'.join(words['places'])})(?:省|市|区|县|地区|本地|周边|站(?!长))?)+"
    dropped = [words["employers"], *words["offered"], *words["dropped"], rf"(?:^|(?<=[\s(\-/])){places}|{places}$"]
    return re.compile("|".join(dropped)), re.compile("|".join(sorted(words["levels"], key=len, reverse=True)))


@cache
def _little() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what names no role, and ranks, which name none without what they are of."""
    words = table("title_words.json")["little"]
    alone, before, stages, ranks = (_any_of(words[name]) for name in ("words", "before", "stages", "ranks"))
    return re.compile(f"(?:{alone}|{before})+"), re.compile(f"(?:{stages})?(?:{ranks})+")


def _any_of(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
