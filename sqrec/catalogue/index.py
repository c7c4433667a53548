"""An index of live items by place, text, newness, popularity and group; the cost of a query is independent of the catalogue."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, KeyArray, lookup
from sqrec.base.loops import post, scratch
from sqrec.base.text import TextRows
from sqrec.catalogue.counts import Counts
from sqrec.catalogue.items import Items
from sqrec.reach.straight import metres

_POSTINGS = 128
_GRAMS = 64
_MOST_POPULAR = 1_000
"""Lists kept of popular items; a day needs one a region."""


@dataclass(frozen=True)
class CandidateIndex:
    """Find items near a point, like a text, new, popular in an area, of an employer, or bound to no place.

    Every source answers with rows of `Items`, best first, at most `size` of them; what may be shown is
    decided afterwards.
    """

    items: Items
    _popular: dict[tuple[int, int, int], IntArray] = field(default_factory=dict[tuple[int, int, int], IntArray])

    def near(self, lon: float, lat: float, size: int) -> IntArray:
        """Return the items nearest to a point by straight line; none without a point."""
        if np.isnan(lon) or np.isnan(lat) or len(self._placed) == 0:
            return np.empty(0, np.int64)
        _, found = self._tree.query(self._plane(np.array([lon]), np.array([lat]))[0], k=min(size, len(self._placed)))
        return self._placed[np.atleast_1d(found)]

    def like(self, texts: TextRows, size: int) -> IntArray:
        """Return the items whose titles share most with any of the texts, by the heaviest n-grams."""
        if len(texts.columns) == 0:
            return np.empty(0, np.int64)
        heaviest = np.argsort(-texts.weights, kind="stable")[: _GRAMS * len(texts)]
        found, scores = np.empty(_POSTINGS * len(heaviest), np.int64), np.empty(_POSTINGS * len(heaviest))
        offsets, rows, weights = self._postings
        sums = scratch(len(self.items), "float64")
        met = post(offsets, rows, weights, texts.columns[heaviest], texts.weights[heaviest], sums, found, scores)
        return best(found[:met], scores[:met], size)

    def newest(self, size: int) -> IntArray:
        """Return the items published last; those of unknown date come last."""
        return self._by_age[:size]

    def popular(self, counts: Counts, midnight: int, region: int, size: int) -> IntArray:
        """Return the items of a region that were used most before a midnight; of the whole city for region -1."""
        found = self._popular.get((midnight, region, size))
        if found is None:
            members = self.items.members["region"].row(region) if region >= 0 else np.arange(len(self.items))
            used = counts.total("item", midnight)[members]
            found = members[np.lexsort((self.items.key[members], -used))[:size]]
            if len(self._popular) >= _MOST_POPULAR:
                self._popular.clear()
            self._popular[midnight, region, size] = found
        return found

    def together(self, family: str, rows: IntArray, size: int) -> IntArray:
        """Return the items that share an employer, a place, … with these items, the first item's first."""
        if family not in self.items.groups:
            return np.empty(0, np.int64)
        groups = self.items.groups[family][rows]
        lists = [self.items.members[family].row(int(group))[:size] for group in dict.fromkeys(groups.tolist()) if group >= 0]
        return np.concatenate(lists)[:size] if lists else np.empty(0, np.int64)

    def of_trades(self, trades: KeyArray, here: FloatArray, size: int) -> IntArray:
        """Return the items in some trades (keys of occupation groups) in turn, nearest to a direction first where it is known.

        A trade's work that is bound to no place has turns of its own, newest first.
        """
        if "trade" not in self.items.groups or len(trades) == 0:
            return np.empty(0, np.int64)
        groups = np.unique(lookup(self.items.group_keys["trade"], trades))
        return self._in_turn("trade", groups[groups >= 0], here, size)

    def of_needs(self, declared: int, here: FloatArray, size: int) -> IntArray:
        """Return the items of the types that answer some declared needs (bits) in turn, nearest to a direction first where it is known."""
        if declared == 0 or "type" not in self.items.groups:
            return np.empty(0, np.int64)
        return self._in_turn("type", np.flatnonzero(self._type_answers & declared), here, size)

    def anywhere(self, size: int) -> IntArray:
        """Return the items bound to no place (remote and online work), newest first."""
        return self._anywhere[:size]

    def _in_turn(self, family: str, groups: IntArray, here: FloatArray, size: int) -> IntArray:
        """Return the items of some groups, every group's best first before any second, so that a small one is not crowded out."""
        rows = self.items.members[family].take(groups).values
        free = self.items.anywhere[rows]
        away = np.where(free, -self.items.opens[rows].astype(np.float64), metres(here, self.items.direction[:, rows]))
        share = 2 * self.items.groups[family][rows] + free
        order = np.lexsort((away, share))
        sizes = np.unique(share, return_counts=True)[1]
        turn = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return rows[order[np.argsort(turn, kind="stable")]][:size]

    @cached_property
    def _type_answers(self) -> IntArray:
        """The needs that items of each type answer: the same for all of a type."""
        members = self.items.members["type"]
        return self.items.answers[members.values[members.offsets[:-1]]]

    @cached_property
    def _placed(self) -> IntArray:
        return np.flatnonzero(~np.isnan(self.items.lon) & ~np.isnan(self.items.lat))

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self._plane(self.items.lon[self._placed], self.items.lat[self._placed]))

    def _plane(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Flatten degrees so that near ones compare like metres around the catalogue's middle."""
        middle = np.radians(np.nanmean(self.items.lat))
        return np.column_stack([lon * np.cos(middle), lat])

    @cached_property
    def _postings(self) -> tuple[IntArray, IntArray, AnyArray]:
        """Keep each n-gram's heaviest items only, so that a common one costs no more than a rare one."""
        text = self.items.text
        row = np.repeat(np.arange(len(text)), np.diff(text.offsets))
        order = np.lexsort((self.items.key[row], -text.weights, text.columns))
        sizes = np.bincount(text.columns, minlength=text.width)
        ends = np.cumsum(sizes)
        place = np.arange(len(order)) - np.repeat(ends - sizes, sizes)
        kept = order[place < _POSTINGS]
        offsets = np.concatenate(([0], np.cumsum(np.minimum(sizes, _POSTINGS))))
        return offsets, row[kept], text.weights[kept]

    @cached_property
    def _by_age(self) -> IntArray:
        return np.lexsort((self.items.key, -self.items.opens.astype(np.float64)))

    @cached_property
    def _anywhere(self) -> IntArray:
        return self._by_age[self.items.anywhere[self._by_age]]


def best(rows: IntArray, scores: FloatArray, size: int) -> IntArray:
    """Return the rows of the highest scores, best first."""
    if len(rows) > size:
        kept = np.argpartition(-scores, size - 1)[:size]
        rows, scores = rows[kept], scores[kept]
    return rows[np.argsort(-scores, kind="stable")]
