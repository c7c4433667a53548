"""What speaks for an occupation when a title is coded: one array of evidence per channel.

A channel compares a text with what is known of every occupation: its official name, the taxonomy's aliases, the names
on the market (synonyms.json), what is done in it, the name of its minor group, and how all of its names end.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import sparse

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.base.text import HashedText, normal
from sqrec.codes.taxonomy import Taxonomy, table

SOURCES = ("name", "alias", "market")
"""Where a term comes from, the most official first."""
KINDS = ("holds", "ends in", "is")
"""How a term stands in a text: somewhere, at the end of a part, as all of it."""
TEXTS = ("together", "tasks")
"""What is one text per occupation, of which a title may be a part."""
_ENDS = (1, 2, 3)
_LONGEST = 16
_SMOOTHING = 50.0
_COMMON = 400
"""n-grams that more texts have are left out of the products: they tell next to nothing and cost most of the time."""


@dataclass(frozen=True)
class _Similar:
    """Hold hashed texts with their owners, ready for products with titles; no owner is one text per occupation."""

    text: HashedText
    columns: sparse.csr_array
    owner: IntArray | None = None

    @classmethod
    def of(cls, text: HashedText, texts: Sequence[str], owner: IntArray | None = None) -> "_Similar":
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
        rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
        best = np.zeros(found.shape[0] * occupations)
        np.maximum.at(best, rows * occupations + self.owner[found.indices], found.data)
        return best.reshape(-1, occupations)

    def held(self, titles: sparse.csr_array) -> FloatArray:
        """Return which share of each title stands in each occupation's text, by the squares of its weights, shape (titles, occupations)."""
        shares = titles.multiply(titles).tocsr()
        there = sparse.csr_array(
            (np.ones(len(self.columns.data)), self.columns.indices, self.columns.indptr), shape=self.columns.shape
        )
        return sparse.csr_array(shares @ there).toarray()


@dataclass(frozen=True)
class _Language:
    """Hold how likely an occupation's names use an n-gram, against how likely names use it at all.

    The log of query likelihood with Dirichlet smoothing (Zhai and Lafferty 2004): the part that only n-grams seen in
    the occupation's names have, and the part that a longer list of names pays per n-gram.
    """

    seen: sparse.csr_array
    length: FloatArray

    @classmethod
    def of(cls, text: HashedText, owned: Sequence[Sequence[str]]) -> "_Language":
        terms = [term for terms in owned for term in terms]
        member = sparse.csr_array((np.ones(len(terms)), (_owners(owned), np.arange(len(terms)))), shape=(len(owned), len(terms)))
        counted = sparse.csr_array(member @ text.counts(terms))
        every = np.asarray(counted.sum(axis=0)).ravel()
        expected = _SMOOTHING * every[counted.indices] / every.sum()
        seen = sparse.csr_array((np.log1p(counted.data / expected), counted.indices, counted.indptr), shape=counted.shape)
        length = np.log(_SMOOTHING / (_SMOOTHING + np.asarray(counted.sum(axis=1)).ravel()))
        return cls(sparse.csr_array(seen.T), length)

    def likelihood(self, counts: sparse.csr_array) -> FloatArray:
        """Return the mean log likelihood ratio per n-gram, shape (titles, occupations); 0 for a title without any."""
        size = np.asarray(counts.sum(axis=1)).ravel()
        found = sparse.csr_array(counts @ self.seen).toarray() / np.maximum(size, 1.0)[:, None]
        return found + np.where(size > 0, 1.0, 0.0)[:, None] * self.length


@dataclass(frozen=True)
class Evidence:
    """Hold everything that titles are compared with; built once from a taxonomy and market names."""

    occupations: int
    terms: Mapping[str, tuple[tuple[int, int], ...]]
    similar: Mapping[str, _Similar]
    language: _Language
    ends: Mapping[str, tuple[IntArray, FloatArray]]
    prior: Mapping[str, FloatArray]

    @classmethod
    def of(cls, taxonomy: Taxonomy, market: Mapping[str, Sequence[str]]) -> "Evidence":
        """Build from a taxonomy and market names by code; codes that the taxonomy does not know are left out."""
        listed = ([(name,) for name in taxonomy.names], taxonomy.aliases, [market.get(code, ()) for code in taxonomy.codes])
        owned = [[sorted({normal(term) for term in terms if term}) for terms in source] for source in listed]
        together = [[term for source in owned for term in source[place]] for place in range(len(taxonomy))]
        words = HashedText(widths=(1, 2)).fit(term for terms in together for term in terms)
        tasks = HashedText(widths=(2,)).fit(taxonomy.texts)
        similar = {
            name: _Similar.of(words, [term for terms in source for term in terms], _owners(source))
            for name, source in zip(SOURCES, owned, strict=True)
        }
        similar["together"] = _Similar.of(words, [" ".join(terms) for terms in together])
        similar["parent"] = _Similar.of(words, taxonomy.parents)
        similar["tasks"] = _Similar.of(tasks, taxonomy.texts)
        return cls(
            occupations=len(taxonomy),
            terms=_terms(owned),
            similar=similar,
            language=_Language.of(words, together),
            ends=_ends(together, taxonomy.codes),
            prior={name: np.log1p([len(terms) for terms in owned[place]]) for place, name in ((1, "alias"), (2, "market"))},
        )

    def channels(self, texts: Sequence[str], wanted: Collection[str]) -> Iterator[tuple[str, FloatArray]]:
        """Yield the wanted channels by name, each of shape (texts, occupations); the more, the likelier.

        The bits of a row do not depend on the other rows.
        """
        words = self.similar["name"].text
        hashed = words.transform(texts)
        for name, similar in self.similar.items():
            if f"like {name}" in wanted:
                titles = hashed if similar.text is words else similar.text.transform(texts)
                yield f"like {name}", similar.best(titles, self.occupations)
        for name in TEXTS:
            if f"held by {name}" in wanted:
                similar = self.similar[name]
                yield f"held by {name}", similar.held(hashed if similar.text is words else similar.text.transform(texts))
        if "speaks of" in wanted:
            yield "speaks of", self.language.likelihood(words.counts(texts))
        yield from self._found(texts, wanted)
        for size in _ENDS:
            if f"end {size}" in wanted:
                yield f"end {size}", self._ending(texts, size)

    def _ending(self, texts: Sequence[str], size: int) -> FloatArray:
        found = np.zeros((len(texts), self.occupations))
        for row, text in enumerate(texts):
            known = self.ends.get(text[-size:]) if len(text) >= size else None
            if known is not None:
                found[row, known[0]] = known[1]
        return found

    def _found(self, texts: Sequence[str], wanted: Collection[str]) -> Iterator[tuple[str, FloatArray]]:
        """Yield how much of each text known terms cover, by the terms' source and how they stand in it."""
        hits: dict[tuple[int, str], list[tuple[int, float]]] = defaultdict(list)
        for row, text in enumerate(texts):
            for first, last in self._spans(text):
                cover = (last - first) / len(text.replace(" ", ""))
                rest = text[last:].partition(" ")[0]
                for source, owner in self.terms[text[first:last]]:
                    cell = row * self.occupations + owner
                    hits[source, "holds"].append((cell, cover))
                    if not rest or rest in _tails():
                        hits[source, "ends in"].append((cell, cover))
                    if last - first == len(text):
                        hits[source, "is"].append((cell, 1.0))
        for source, name in enumerate(SOURCES):
            for kind in KINDS:
                if f"{kind} {name}" in wanted:
                    yield f"{kind} {name}", self._highest(hits[source, kind], len(texts))

    def _highest(self, hits: Sequence[tuple[int, float]], texts: int) -> FloatArray:
        found = np.zeros(texts * self.occupations)
        if hits:
            cells, values = zip(*hits, strict=True)
            np.maximum.at(found, np.array(cells), np.array(values))
        return found.reshape(texts, self.occupations)

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Return where known terms stand in a text, without those that stand within a longer one."""
        size = len(text)
        if text in self.terms:
            return [(0, size)]
        spans: list[tuple[int, int]] = []
        reach = 0
        for first in range(size):
            for last in range(min(size, first + _LONGEST), max(first + 1, reach), -1):
                if text[first:last] in self.terms and not _cut(text, first) and not _cut(text, last):
                    spans.append((first, last))
                    reach = last
                    break
        return spans


def _cut(text: str, place: int) -> bool:
    """Tell whether a cut at `place` goes through a Latin word."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    return left.isascii() and right.isascii() and left.isalpha() and right.isalpha()


def _owners(owned: Sequence[Sequence[str]]) -> IntArray:
    return np.repeat(np.arange(len(owned)), [len(terms) for terms in owned])


def _terms(owned: Sequence[Sequence[Sequence[str]]]) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Return source and owner of every term of two letters or more."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for source, lists in enumerate(owned):
        for owner, terms in enumerate(lists):
            for term in terms:
                found[term].append((source, owner))
    return {term: tuple(owners) for term, owners in found.items() if len(term) > 1}


def _ends(together: Sequence[Sequence[str]], codes: Sequence[str]) -> Mapping[str, tuple[IntArray, FloatArray]]:
    """Return, by the last letters of a term, occupations and their shares of the terms that end so.

    One letter tells only the sub-major group (`4-10`): its share is spread evenly over the group's occupations.
    """
    groups = [code[:4] for code in codes]
    size = Counter(groups)
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    grouped: dict[str, Counter[str]] = defaultdict(Counter)
    for owner, term in ((owner, term) for owner, terms in enumerate(together) for term in terms):
        grouped[term[-1]][groups[owner]] += 1
        for end in _ENDS[1:]:
            if len(term) >= end:
                counted[term[-end:]][owner] += 1
    found = {end: (np.array(list(owners)), np.array(list(owners.values())) / owners.total()) for end, owners in counted.items()}
    for end, shares in grouped.items():
        spread = np.array([shares[group] / size[group] for group in groups]) / shares.total()
        found[end] = (np.arange(len(codes)), spread)
    return found


@cache
def _tails() -> frozenset[str]:
    return frozenset(table("title_words.json")["tails"])
