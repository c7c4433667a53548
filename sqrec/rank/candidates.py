"""Which items are worth scoring: a union of sources that costs the same for any catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from sqrec.arrays import FloatArray, IntArray, Ragged
from sqrec.catalogue.items import Items
from sqrec.profile.profiler import Profiles
from sqrec.rank.counts import Counts

_POSTINGS = 200
_GRAMS = 96
_RECENT = 8


@dataclass(frozen=True)
class CandidateIndex:
    """Find items near a point, like a text, new, popular in an area, of an employer, or bound to no place.

    Every source answers with rows of `Items`, best first, at most `size` of them; what may be shown is
    decided afterwards.
    """

    items: Items
    _popular: dict[Any, Any] = field(default_factory=dict[Any, Any])

    def near(self, lon: float, lat: float, size: int) -> IntArray:
        """Return the items nearest to a point by straight line; none without a point."""
        if np.isnan(lon) or np.isnan(lat) or len(self._placed) == 0:
            return np.empty(0, np.int64)
        _, found = self._tree.query(self._plane(np.array([lon]), np.array([lat]))[0], k=min(size, len(self._placed)))
        return self._placed[np.atleast_1d(found)]

    def like(self, texts: sparse.csr_array, size: int) -> IntArray:
        """Return the items whose titles share most with any of the texts, by the heaviest n-grams."""
        if texts.nnz == 0:
            return np.empty(0, np.int64)
        heaviest = np.argsort(-texts.data, kind="stable")[: _GRAMS * texts.shape[0]]
        columns, weights = texts.indices[heaviest], texts.data[heaviest]
        postings = self._postings
        lists = Ragged(postings.indptr.astype(np.int64), np.arange(postings.nnz)).take(columns.astype(np.int64))
        rows = postings.indices[lists.values]
        found, place = np.unique(rows, return_inverse=True)
        score = np.bincount(place, postings.data[lists.values] * np.repeat(weights, lists.sizes))
        return found[np.argsort(-score, kind="stable")[:size]].astype(np.int64)

    def newest(self, size: int) -> IntArray:
        """Return the items published last; those of unknown date come last."""
        return self._by_age[:size]

    def popular(self, counts: Counts, midnight: int, region: int, size: int) -> IntArray:
        """Return the items of a region that were used most before a midnight; of the whole city for region -1."""
        if self._popular.get("midnight") != midnight:
            self._popular.clear()
            self._popular["midnight"] = midnight
        if (region, size) not in self._popular:
            members = self._members["region"].row(region) if region >= 0 else np.arange(len(self.items))
            used = counts.total("item", midnight)[members]
            self._popular[region, size] = members[np.lexsort((self.items.key[members], -used))[:size]]
        return self._popular[region, size]

    def together(self, family: str, rows: IntArray, size: int) -> IntArray:
        """Return the items that share an employer, a place, … with these items, the first item's first."""
        groups = self.items.groups[family][rows]
        lists = [self._members[family].row(int(group))[:size] for group in dict.fromkeys(groups.tolist()) if group >= 0]
        return np.concatenate(lists)[:size] if lists else np.empty(0, np.int64)

    def anywhere(self, size: int) -> IntArray:
        """Return the items bound to no place (remote and online work), newest first."""
        return self._anywhere[:size]

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
    def _postings(self) -> sparse.csc_array:
        """Keep each n-gram's heaviest items only, so that a common one costs no more than a rare one."""
        text = sparse.csc_array(self.items.text)
        column = np.repeat(np.arange(text.shape[1]), np.diff(text.indptr))
        order = np.lexsort((self.items.key[text.indices], -text.data, column))
        place = np.arange(text.nnz) - text.indptr[column]
        kept = order[place < _POSTINGS]
        offsets = np.concatenate(([0], np.cumsum(np.minimum(np.diff(text.indptr), _POSTINGS))))
        return sparse.csc_array((text.data[kept], text.indices[kept], offsets), shape=text.shape)

    @cached_property
    def _by_age(self) -> IntArray:
        return np.lexsort((self.items.key, -self.items.opens.astype(np.float64)))

    @cached_property
    def _anywhere(self) -> IntArray:
        return self._by_age[self.items.anywhere[self._by_age]]

    @cached_property
    def _members(self) -> dict[str, Ragged]:
        return {family: _grouped(groups) for family, groups in self.items.groups.items()}


def candidates(
    index: CandidateIndex, counts: Counts, profile: Profiles, midnight: int, size: int, *, personal: bool
) -> Sequence[IntArray]:
    """Return what each source proposes to one person, best first.

    A list that must not be personal asks only what is near, new or bound to no place.
    """
    items, wide = index.items, 4 * size
    lon, lat = float(profile.facts.lon[profile.who[0]]), float(profile.facts.lat[profile.who[0]])
    common = [index.near(lon, lat, wide), index.newest(size), index.anywhere(size)]
    if not personal:
        return common
    history = profile.history[0].get(items.kind)
    earlier = items.find(history.item[:_RECENT]) if history else np.empty(0, np.int64)
    earlier = earlier[earlier >= 0]
    region = items.group_named("region", int(profile.fact("area")[0, 0]))
    return [
        *(index.like(items.text[earlier[place : place + 1]], wide) for place in range(len(earlier))),
        index.like(profile.texts("desired", 0), wide),
        index.like(profile.texts("occupations", 0), wide),
        index.together("employer", earlier, wide),
        index.together("place", earlier, wide),
        *common,
        index.popular(counts, midnight, region, wide),
    ]


def interleaved(sources: Sequence[IntArray]) -> IntArray:
    """Take every source's first, then every source's second, …; each item once."""
    rows = np.concatenate([np.empty(0, np.int64), *sources])
    place = np.concatenate([np.empty(0, np.int64), *(np.arange(len(source)) for source in sources)])
    order = np.argsort(place, kind="stable")
    _, first = np.unique(rows[order], return_index=True)
    return rows[order][np.sort(first)]


def _grouped(groups: IntArray) -> Ragged:
    """Return the rows of every group."""
    order = np.argsort(groups, kind="stable")
    known = order[groups[order] >= 0]
    sizes = np.bincount(groups[known]) if len(known) else np.empty(0, np.int64)
    return Ragged(np.concatenate(([0], np.cumsum(sizes))), known)
