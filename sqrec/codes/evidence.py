"""What speaks for an occupation when a title is coded: one array of evidence per channel.

A channel compares the title's head, or all of it, with what is known of every occupation: its official name, the
taxonomy's aliases, the market names of synonyms.json, what is done in it, the ends of its names.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sqrec.arrays import FloatArray, IntArray
from sqrec.codes.taxonomy import Taxonomy, table
from sqrec.codes.titles import Title
from sqrec.profile.text import HashedText, normal

SOURCES = ("name", "alias", "market")
"""Where a term comes from, the most official first."""
_LONGEST = 16
_ENDS = (1, 2, 3)


@dataclass(frozen=True)
class _Similar:
    """Hold hashed texts with their owners, ready for products with titles."""

    text: HashedText
    columns: sparse.csr_array
    owner: IntArray

    @classmethod
    def of(cls, text: HashedText, texts: Sequence[str], owner: IntArray) -> "_Similar":
        return cls(text, sparse.csr_array(text.transform(texts).T), owner)

    def best(self, titles: sparse.csr_array, occupations: int) -> FloatArray:
        """Return the highest cosine of each title with a text of each occupation, shape (titles, occupations)."""
        found = sparse.csr_array(titles @ self.columns)
        best = np.zeros((titles.shape[0], occupations))
        rows = np.repeat(np.arange(titles.shape[0]), np.diff(found.indptr))
        np.maximum.at(best, (rows, self.owner[found.indices]), found.data)
        return best


@dataclass(frozen=True)
class Evidence:
    """Hold everything that titles are compared with; built once from a taxonomy and market names."""

    occupations: int
    terms: Mapping[str, tuple[tuple[int, int], ...]]
    similar: Mapping[str, _Similar]
    ends: Mapping[str, tuple[IntArray, FloatArray]]
    prior: Mapping[str, FloatArray]

    @classmethod
    def of(cls, taxonomy: Taxonomy, market: Mapping[str, Sequence[str]]) -> "Evidence":
        """Build from a taxonomy and market names by code; codes that the taxonomy does not know are left out."""
        count = len(taxonomy)
        listed: tuple[Sequence[Iterable[str]], ...] = (
            [(name,) for name in taxonomy.names],
            taxonomy.aliases,
            [market.get(code, ()) for code in taxonomy.codes],
        )
        owned = [[sorted({normal(term) for term in terms if term}) for terms in source] for source in listed]
        words = HashedText(widths=(1, 2, 3)).fit(term for source in owned for terms in source for term in terms)
        similar = {
            name: _Similar.of(words, [term for terms in source for term in terms], _owners(source))
            for name, source in zip(SOURCES, owned, strict=True)
        }
        every = np.arange(count)
        together = [" ".join(term for source in owned for term in source[place]) for place in range(count)]
        tasks = HashedText(widths=(1, 2, 3)).fit(taxonomy.texts)
        similar["together"] = _Similar.of(words, together, every)
        similar["parent"] = _Similar.of(words, taxonomy.parents, every)
        similar["tasks"] = _Similar.of(tasks, taxonomy.texts, every)
        return cls(
            occupations=count,
            terms=_terms(owned),
            similar=similar,
            ends=_ends(owned, taxonomy.codes),
            prior={
                "aliases": np.log1p([len(terms) for terms in owned[1]]),
                "market": np.log1p([len(terms) for terms in owned[2]]),
            },
        )

    def channels(self, titles: Sequence[Title]) -> Iterator[tuple[str, FloatArray]]:
        """Yield every channel's name and its evidence, shape (titles, occupations), none below 0.

        The bits of a row do not depend on the other rows.
        """
        for view, texts in (("head", [title.head for title in titles]), ("whole", [title.whole for title in titles])):
            yield from self._alike(view, texts)
            yield from self._found(view, texts)
            for size in _ENDS:
                yield f"{view} ends {size}", self._ending(texts, size)
        for name, prior in self.prior.items():
            yield f"prior {name}", np.broadcast_to(prior, (len(titles), self.occupations))

    def _alike(self, view: str, texts: Sequence[str]) -> Iterator[tuple[str, FloatArray]]:
        words = self.similar["name"].text.transform(texts)
        for name, similar in self.similar.items():
            titles = similar.text.transform(texts) if name == "tasks" else words
            yield f"{view} like {name}", similar.best(titles, self.occupations)

    def _ending(self, texts: Sequence[str], size: int) -> FloatArray:
        found = np.zeros((len(texts), self.occupations))
        for row, text in enumerate(texts):
            known = self.ends.get(text[-size:]) if len(text) >= size else None
            if known is not None:
                found[row, known[0]] = known[1]
        return found

    def _found(self, view: str, texts: Sequence[str]) -> Iterator[tuple[str, FloatArray]]:
        """Yield how much of each text known terms cover, where they end a part of it, and where they are all of it."""
        kinds = ("holds", "ends in", "is")
        found = np.zeros((len(SOURCES), len(kinds), len(texts), self.occupations))
        for row, text in enumerate(texts):
            size = len(text.replace(" ", "")) or 1
            for first, last in self._spans(text):
                cover = (last - first) / size
                rest = text[last:].partition(" ")[0]
                at_end = cover if not rest or rest in _tails() else 0.0
                for source, owner in self.terms[text[first:last]]:
                    cell = found[source, :, row, owner]
                    np.maximum(cell, (cover, at_end, float(last - first == len(text))), out=cell)
        for source, name in enumerate(SOURCES):
            for kind, word in enumerate(kinds):
                yield f"{view} {word} {name}", found[source, kind]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Return where known terms stand in a text, without those that stand within a longer one."""
        size = len(text)
        spans = [(0, size)] if text in self.terms else []
        reach = 0
        for first in range(size):
            if _inside_word(text, first):
                continue
            for last in range(min(size, first + _LONGEST), max(first + 1, reach), -1):
                if text[first:last] in self.terms and not _inside_word(text, last):
                    spans.append((first, last))
                    reach = last
                    break
        return spans[:1] if spans and spans[0] == (0, size) else spans


def _inside_word(text: str, place: int) -> bool:
    """Tell whether a cut at `place` goes through a Latin word."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    return left.isascii() and right.isascii() and left.isalpha() and right.isalpha()


def _owners(source: Sequence[Sequence[str]]) -> IntArray:
    return np.repeat(np.arange(len(source)), [len(terms) for terms in source])


def _terms(owned: Sequence[Sequence[Sequence[str]]]) -> Mapping[str, tuple[tuple[int, int], ...]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for source, lists in enumerate(owned):
        for owner, terms in enumerate(lists):
            for term in terms:
                found[term].append((source, owner))
    return {term: tuple(owners) for term, owners in found.items() if len(term) > 1}


def _ends(owned: Sequence[Sequence[Sequence[str]]], codes: Sequence[str]) -> Mapping[str, tuple[IntArray, FloatArray]]:
    """Return, by the last letters of a term, occupations and their shares of the terms that end so.

    One letter tells only the sub-major group (`4-10`): its share is spread evenly over the group's occupations.
    """
    groups = [code[:4] for code in codes]
    size = Counter(groups)
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    grouped: dict[str, Counter[str]] = defaultdict(Counter)
    for owner, term in ((owner, term) for lists in owned for owner, terms in enumerate(lists) for term in terms):
        grouped[term[-1]][groups[owner]] += 1
        for end in _ENDS[1:]:
            if len(term) >= end:
                counted[term[-end:]][owner] += 1
    found = {
        end: (np.array(list(owners)), np.array(list(owners.values())) / owners.total()) for end, owners in counted.items()
    }
    for end, shares in grouped.items():
        spread = np.array([shares[group] / size[group] for group in groups]) / shares.total()
        found[end] = (np.arange(len(codes)), spread)
    return found


def _tails() -> frozenset[str]:
    return frozenset(table("title_words.json")["tails"])
