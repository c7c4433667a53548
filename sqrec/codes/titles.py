"""Job titles as advertisements write them, cut down to the role."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqrec.base.text import normal
from sqrec.codes.taxonomy import table
from sqrec.codes.wages import units_a_month

_BRACKETS = re.compile(r"[(\[【〔{「『《<]([^()\[\]【】〔〕{}「」『』《》<>]*)[)\]】〕}」』》>]")
_JOINTS = re.compile(r"\s*[/|、,，;；:：&~!！?？·•—–_\"'“”*@]+\s*|\s*(?<![a-z+])[-+](?![a-z+])\s*|\s+-\s+|\s+")
_LONE = re.compile(r"^(?:\d+|[a-z]?\d*|[的和及或与兼])$")

_AMOUNT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)(?![\d.])(?!\s*[名人薪])\s*([kw千万]?)")
_PER = re.compile(r"([年日时])薪|[/每]\s*小?([年天日时])")


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


def pay_in(title: str) -> tuple[float, float]:
    """Return the lowest and the highest amount of pay that a title tells, yuan a full month (wages.json); NaN where it tells none."""
    told = [amount for found in offered().finditer(normal(title)) for amount in _amounts(found.group())]
    return (min(told), max(told)) if told else (math.nan, math.nan)


def _amounts(text: str) -> list[float]:
    """Return amounts a month; a small one without a scale has that of the last (4-5k)."""
    found, per = _AMOUNT.findall(text), _PER.search(text)
    words = table("title_words.json")["pay"]
    paid = units_a_month() | {"year": 1 / 12}
    times = paid[words["per"][per[1] or per[2]]] if per else 1.0
    last = found[-1][1] if found else ""
    scales = [scale or (last if float(number) < 100 else "") for number, scale in found]
    return [float(number) * words["scales"].get(scale, 1) * times for (number, _), scale in zip(found, scales, strict=True)]


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
