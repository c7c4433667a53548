"""What a page is made of: sections of sentences, tables, figures and terms, said in one language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from sqrec.evaluate.stats.compare import Difference, Interval
from sqrec.evaluate.stats.notes import Note
from sqrec.texts import Language, report_texts


@dataclass(frozen=True)
class Cell:
    """Hold one cell of a table; `small` stands below, `strong` marks what is established, `prose` what is no number."""

    text: str
    small: str = ""
    strong: bool = False
    prose: bool = False


@dataclass(frozen=True)
class Table:
    """Hold a table; `ours` is the place of the row about our ranker, None without one."""

    what: ClassVar[str] = "table"
    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    ours: int | None = None


@dataclass(frozen=True)
class Figure:
    """Hold a plot as SVG text, with what it shows."""

    what: ClassVar[str] = "figure"
    svg: str
    caption: str


@dataclass(frozen=True)
class Said:
    """Hold sentences, one paragraph each, or one bullet each where they are a list."""

    what: ClassVar[str] = "said"
    sentences: Sequence[str]
    listed: bool = False


@dataclass(frozen=True)
class Terms:
    """Hold words with what they mean."""

    what: ClassVar[str] = "terms"
    terms: Mapping[str, str]


Block = Table | Figure | Said | Terms


@dataclass(frozen=True)
class Section:
    """Hold one section of a page; blocks that have nothing to say are left out, and so is a section without blocks."""

    title: str
    blocks: Sequence[Block] = field(default_factory=tuple["Block", ...])


@dataclass(frozen=True)
class Voice:
    """Say codes and names in one language."""

    lang: Language

    def __call__(self, code: str, **values: Any) -> str:
        """Return the sentence of a code."""
        return Note(code, values).said(self.lang)

    def note(self, note: Note) -> str:
        """Return a note's sentence."""
        return note.said(self.lang)

    def name(self, family: str, word: str) -> str:
        """Return the name of a word of data, `family.word` among the texts; an unknown one stands as it is."""
        known = report_texts().get(f"{family}.{word}")
        return known[self.lang] if known else word.replace("_", " ")

    def ranker(self, name: str) -> str:
        """Return the name of a ranker."""
        return self.name("ranker", name)

    def bounds(self, found: Interval, *, signed: bool = False, digits: int = 3) -> str:
        """Return an interval's bounds in brackets."""
        if np.isnan(found.low):
            return self("interval.unknown")
        sign = "+" if signed else ""
        return self("interval", low=f"{found.low:{sign}.{digits}f}", high=f"{found.high:{sign}.{digits}f}")

    def figure(self, found: Interval, digits: int = 3) -> str:
        """Return a mean, or that it is unknown."""
        return self("unknown") if np.isnan(found.mean) else f"{found.mean:.{digits}f}"

    def cell(self, found: Interval, digits: int = 3) -> Cell:
        """Return a mean with its interval below."""
        return Cell(self.figure(found, digits), "" if np.isnan(found.mean) else self.bounds(found, digits=digits))

    def gap(self, found: Difference, digits: int = 3) -> Cell:
        """Return a paired difference with its interval below, strong where that excludes 0."""
        mean = found.interval.mean
        if np.isnan(mean):
            return Cell(self("unknown"))
        return Cell(f"{mean:+.{digits}f}", self.bounds(found.interval, signed=True, digits=digits), found.excludes_zero)

    def list(self, words: Iterable[str]) -> str:
        """Return words in one line."""
        return ("、" if self.lang == "zh-CN" else ", ").join(words)


def plain_cells(values: Iterable[Any]) -> list[Cell]:
    """Return cells of plain texts and numbers."""
    return [Cell(f"{value:,}" if isinstance(value, int) else str(value)) for value in values]


def section(title: str, *blocks: Block | None) -> Section:
    """Return a section of those blocks that are there."""
    return Section(title, tuple(block for block in blocks if block is not None and _says(block)))


def _says(block: Block) -> bool:
    match block:
        case Table():
            return len(block.rows) > 0
        case Said():
            return len(block.sentences) > 0
        case Terms():
            return len(block.terms) > 0
        case Figure():
            return bool(block.svg)
