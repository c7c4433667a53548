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
from sqrec.codes.likeness import Language, Similar, owners
from sqrec.codes.taxonomy import Taxonomy, table

SOURCES = ("name", "alias", "market")
"""Where a term comes from, the most official first."""
KINDS = ("holds", "ends in", "is")
"""How a term stands in a text: somewhere, at the end of a part, as all of it."""
TEXTS = ("together", "tasks", "definition")
"""What is one text per occupation, of which a title may be a part."""
GROUPS = {"speaks of group": 7, "speaks of field": 4}
"""Of how many letters of a code the group is, whose names and definitions a title may speak like: its minor and its sub-major one."""
_ENDS = (1, 2, 3)
_LONGEST = 16


@dataclass(frozen=True)
class Evidence:
    """Hold everything that titles are compared with; built once from a taxonomy and market names."""

    occupations: int
    terms: Mapping[str, tuple[tuple[int, int], ...]]
    similar: Mapping[str, Similar]
    languages: Mapping[str, Language]
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
        definitions = taxonomy.definitions or ("",) * len(taxonomy)
        defined = HashedText(widths=(1, 2)).fit(definitions)
        similar = {
            name: Similar.of(words, [term for terms in source for term in terms], owners(source))
            for name, source in zip(SOURCES, owned, strict=True)
        }
        similar["together"] = Similar.of(words, [" ".join(terms) for terms in together])
        similar["parent"] = Similar.of(words, taxonomy.parents)
        similar["tasks"] = Similar.of(tasks, taxonomy.texts)
        similar["definition"] = Similar.of(defined, definitions)
        languages = {"speaks of": Language.of(words, together)}
        for name, letters in GROUPS.items():
            groups = [code[:letters] for code in taxonomy.codes]
            languages[name] = Language.of_groups(words, together, definitions, groups)
        return cls(
            occupations=len(taxonomy),
            terms=_terms(owned),
            similar=similar,
            languages=languages,
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
                yield f"like {name}", similar.best(self._hashed(similar, texts, hashed), self.occupations)
        for name in TEXTS:
            if f"held by {name}" in wanted:
                yield f"held by {name}", self.similar[name].held(self._hashed(self.similar[name], texts, hashed))
        if "votes" in wanted:
            yield "votes", sum((self.similar[name].votes(hashed, self.occupations) for name in SOURCES), np.zeros(()))
        for name, language in self.languages.items():
            if name in wanted:
                yield name, language.likelihood(words.counts(texts))
        yield from self._found(texts, wanted)
        for size in _ENDS:
            if f"end {size}" in wanted:
                yield f"end {size}", self._ending(texts, size)

    def _hashed(self, similar: Similar, texts: Sequence[str], hashed: sparse.csr_array) -> sparse.csr_array:
        """Return the texts in the n-grams of `similar`: those of names are `hashed`."""
        return hashed if similar.text is self.similar["name"].text else similar.text.transform(texts)

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
