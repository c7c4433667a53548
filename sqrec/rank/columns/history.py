"""What a person used before, and what the texts of a person and an item share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.rank.rowloops import fill_reduced, fill_same
from sqrec.rank.view import Fill, TextSource, View

Reduction = Literal["best", "last", "mean", "recent"]
_REDUCTIONS: tuple[Reduction, ...] = get_args(Reduction)
_HALF_LIFE_MINUTES = 30.0
_NO_WEIGHTS = np.empty(0)


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

    @staticmethod
    def together(columns: Sequence["TextMatch"], places: Sequence[int]) -> Fill:
        """Return what fills these columns of rows: all reductions of a source in one pass."""
        return partial(_fill_texts, _by(((column.source, column.by) for column in columns), places))


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

    @staticmethod
    def together(columns: Sequence["SameGroup"], places: Sequence[int]) -> Fill:
        """Return what fills these columns of rows: all reductions of a family in one pass."""
        return partial(_fill_same, _by(((column.family, column.by) for column in columns), places))


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
    weights = _recency(view, query)
    return (match * weights).sum(axis=1) / weights.sum()


def _recency(view: View, query: int) -> FloatArray:
    """Return the weight of each earlier item of a question: half after 30 minutes, counted from the newest."""
    moments = view.earlier(query)[1]
    return view.shared(("recency", query), lambda: 0.5 ** ((moments[0] - moments) / 60e6 / _HALF_LIFE_MINUTES))


@dataclass(frozen=True, slots=True)
class _Reduced:
    """Say where the reductions of one source stand in the rows: `places` in the order of `Reduction`, -1 where one is no column."""

    source: str
    places: IntArray
    taken: IntArray

    def weights(self, view: View, query: int) -> FloatArray:
        return _recency(view, query) if self.places[-1] >= 0 else _NO_WEIGHTS


def _by(columns: Iterable[tuple[str, Reduction]], places: Sequence[int]) -> list[_Reduced]:
    found: dict[str, IntArray] = {}
    for (source, by), place in zip(columns, places, strict=True):
        found.setdefault(source, np.full(len(_REDUCTIONS), -1))[_REDUCTIONS.index(by)] = place
    return [_Reduced(source, places, places[places >= 0]) for source, places in found.items()]


def _fill_texts(sources: Sequence[_Reduced], view: View, rows: FloatArray) -> None:
    for (query, part), texts in zip(view.pairs.questions, view.texts(), strict=True):
        for one in sources:
            first, last = texts.bounds[one.source]
            if first == last:
                rows[part, one.taken] = np.nan
            else:
                fill_reduced(texts.alike, first, last, one.weights(view, query), one.places, rows[part])


def _fill_same(families: Sequence[_Reduced], view: View, rows: FloatArray) -> None:
    for query, part in view.pairs.questions:
        earlier, items = view.earlier(query)[0], view.pairs.item[part]
        for one in families:
            if len(earlier) == 0:
                rows[part, one.taken] = np.nan
            else:
                fill_same(view.items.groups[one.source], items, earlier, one.weights(view, query), one.places, rows[part])


def _per_question(view: View, values: list[float]) -> FloatArray:
    sizes = [part.stop - part.start for _, part in view.pairs.questions]
    return np.repeat(np.array(values), sizes)
