"""What a person used before, and what the texts of a person and an item share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.rank.view import TextSource, View

Reduction = Literal["best", "last", "mean", "recent"]
_HALF_LIFE_MINUTES = 30.0


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Compare the item's title with texts of the person: the best of them, the newest, their mean.

    `recent` weighs earlier items by how long before the question they were used (half after
    30 minutes, counted from the newest). Unknown without a text.
    """

    source: TextSource
    by: Reduction
    monotone: int = 0

    @property
    def name(self) -> str:
        """`text_SOURCE_BY`."""
        return f"text_{self.source}_{self.by}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column of texts."""
        return (self.source,)

    def compute(self, view: View) -> FloatArray:
        """Return cosines, 0 to 1."""
        return reduced(view, view.text(self.source), self.by)


@dataclass(frozen=True, slots=True)
class SameGroup:
    """Tell whether the item shares its employer, place, … with the person's earlier items.

    `best`: with any of them; `last`: with the newest; `mean`: with what share; `recent`: with what share,
    weighted by time. Unknown without earlier items.
    """

    family: str
    by: Reduction
    monotone: int = 0

    @property
    def name(self) -> str:
        """`same_FAMILY_BY`."""
        return f"same_{self.family}_{self.by}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The history."""
        return ("history",)

    def compute(self, view: View) -> FloatArray:
        """Return shares, 0 to 1."""
        return reduced(view, view.same(self.family), self.by)


@dataclass(frozen=True, slots=True)
class HistorySize:
    """Count the person's earlier items of this kind that the catalogue knows."""

    name: str = "history_size"
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 0 and more."""
        return _per_question(view, [float(len(view.earlier(query)[0])) for query, _ in view.pairs.questions])


@dataclass(frozen=True, slots=True)
class Idle:
    """Give ln(1 + minutes) since the person's newest earlier item; unknown without one."""

    name: str = "idle"
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 0 and more."""
        moments = [(view.profiles.at[query], view.earlier(query)[1]) for query, _ in view.pairs.questions]
        minutes = [(at - earlier[0]) / 60e6 if len(earlier) else np.nan for at, earlier in moments]
        return _per_question(view, np.log1p(minutes).tolist())


def reduced(view: View, matches: Sequence[FloatArray], by: Reduction) -> FloatArray:
    """Reduce each question's (pairs, texts) matrix to one number per pair; NaN where there is no text."""
    found = np.full(len(view.pairs), np.nan)
    for (query, part), match in zip(view.pairs.questions, matches, strict=True):
        if match.shape[1]:
            found[part] = _reduce(view, query, match, by)
    return found


def _reduce(view: View, query: int, match: FloatArray, by: Reduction) -> FloatArray:
    if by == "best":
        return match.max(axis=1)
    if by == "last":
        return match[:, 0]
    if by == "mean":
        return match.sum(axis=1) / match.shape[1]
    moments = view.earlier(query)[1]
    weights = 0.5 ** ((moments[0] - moments) / 60e6 / _HALF_LIFE_MINUTES)
    return (match * weights).sum(axis=1) / weights.sum()


def _per_question(view: View, values: list[float]) -> FloatArray:
    sizes = [part.stop - part.start for _, part in view.pairs.questions]
    return np.repeat(np.array(values), sizes)
