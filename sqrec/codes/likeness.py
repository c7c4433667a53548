"""How like a title is to the texts of occupations: cosines of n-grams, shares of them, and languages of names."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.base.text import HashedText

_SMOOTHING = 50.0
_COMMON = 400
"""n-grams that more texts have are left out of the products: they tell next to nothing and cost most of the time."""


@dataclass(frozen=True)
class Similar:
    """Hold hashed texts with their owners, ready for products with titles; no owner is one text per occupation."""

    text: HashedText
    columns: sparse.csr_array
    owner: IntArray | None = None

    @classmethod
    def of(cls, text: HashedText, texts: Sequence[str], owner: IntArray | None = None) -> "Similar":
        """Hash some texts with a fitted `HashedText`."""
        columns = sparse.csr_array(text.transform(texts).T)
        rare = np.repeat(np.diff(columns.indptr) <= _COMMON, np.diff(columns.indptr))
        columns.data[~rare] = 0.0
        columns.eliminate_zeros()
        return cls(text, columns, owner)

    def best(self, titles: sparse.csr_array, occupations: int) -> FloatArray:
        """Return the highest cosine of each title with a text of each occupation, shape (titles, occupations)."""
        found = sparse.csr_array(titles @ self.columns)
        if self.owner is None:
            return found.toarray()
        best = np.zeros(found.shape[0] * occupations)
        np.maximum.at(best, _rows(found) * occupations + self.owner[found.indices], found.data)
        return best.reshape(-1, occupations)

    def votes(self, titles: sparse.csr_array, occupations: int) -> FloatArray:
        """Return the sum of the cubed cosines of each title with all texts of each occupation: many that are a bit like it count as one that is more."""
        found = sparse.csr_array(titles @ self.columns)
        owner = np.arange(occupations) if self.owner is None else self.owner
        cells = _rows(found) * occupations + owner[found.indices]
        votes = np.zeros(found.shape[0] * occupations)
        np.add.at(votes, cells, found.data**3)
        return votes.reshape(-1, occupations)

    def held(self, titles: sparse.csr_array) -> FloatArray:
        """Return which share of each title stands in each occupation's text, by the squares of its weights, shape (titles, occupations)."""
        shares = titles.multiply(titles).tocsr()
        there = sparse.csr_array(
            (np.ones(len(self.columns.data)), self.columns.indices, self.columns.indptr), shape=self.columns.shape
        )
        return sparse.csr_array(shares @ there).toarray()


@dataclass(frozen=True)
class Language:
    """Hold how likely an owner's names use an n-gram, against how likely names use it at all.

    The log of query likelihood with Dirichlet smoothing (Zhai and Lafferty 2004): the part that only n-grams seen in
    the owner's names have, and the part that a longer list of names pays per n-gram. An owner is an occupation, or a group
    of them, of which each member has the group's.
    """

    seen: sparse.csr_array
    length: FloatArray
    group: IntArray

    @classmethod
    def of(cls, text: HashedText, owned: Sequence[Sequence[str]]) -> "Language":
        """Count the names of occupations. One without any pays as much as the one with the most: to be unknown recommends nothing."""
        counted = _counted(text, owned)
        size = _sums(counted)
        size[size == 0] = size.max(initial=0.0)
        return cls(_ratios(counted), _paid(size), np.arange(len(owned)))

    @classmethod
    def of_groups(
        cls, text: HashedText, owned: Sequence[Sequence[str]], definitions: Sequence[str], groups: Sequence[str]
    ) -> "Language":
        """Count the names and definitions of all of an occupation's group.

        A group pays for its definitions alone, the same whichever of its names are known.
        """
        group = np.unique(list(groups), return_inverse=True)[1]
        names = _joined(owned, group)
        told = _joined([[text] if text else [] for text in definitions], group)
        counted = _counted(text, [[*some, *more] for some, more in zip(names, told, strict=True)])
        return cls(_ratios(counted), _paid(_sums(_counted(text, told))), group)

    def likelihood(self, counts: sparse.csr_array) -> FloatArray:
        """Return the mean log likelihood ratio per n-gram, shape (titles, occupations); 0 for a title without any."""
        size = np.asarray(counts.sum(axis=1)).ravel()
        found = sparse.csr_array(counts @ self.seen).toarray() / np.maximum(size, 1.0)[:, None]
        return (found + np.where(size > 0, 1.0, 0.0)[:, None] * self.length)[:, self.group]


def owners(owned: Sequence[Sequence[str]]) -> IntArray:
    """Return the place of the owner of every term, owner by owner."""
    return np.repeat(np.arange(len(owned)), [len(terms) for terms in owned])


def _rows(found: sparse.csr_array) -> IntArray:
    return np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))


def _joined(owned: Sequence[Sequence[str]], group: IntArray) -> list[list[str]]:
    joined: list[list[str]] = [[] for _ in range(int(group.max(initial=-1)) + 1)]
    for place, terms in zip(group, owned, strict=True):
        joined[int(place)] += terms
    return joined


def _counted(text: HashedText, owned: Sequence[Sequence[str]]) -> sparse.csr_array:
    terms = [term for terms in owned for term in terms]
    member = sparse.csr_array((np.ones(len(terms)), (owners(owned), np.arange(len(terms)))), shape=(len(owned), len(terms)))
    return sparse.csr_array(member @ text.counts(terms))


def _ratios(counted: sparse.csr_array) -> sparse.csr_array:
    every = np.asarray(counted.sum(axis=0)).ravel()
    expected = _SMOOTHING * every[counted.indices] / every.sum()
    seen = sparse.csr_array((np.log1p(counted.data / expected), counted.indices, counted.indptr), shape=counted.shape)
    return sparse.csr_array(seen.T)


def _sums(counted: sparse.csr_array) -> FloatArray:
    return np.asarray(counted.sum(axis=1), dtype=np.float64).ravel()


def _paid(size: FloatArray) -> FloatArray:
    return np.log(_SMOOTHING / (_SMOOTHING + size))
