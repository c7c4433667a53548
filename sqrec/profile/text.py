"""Text as hashed character n-grams: no vocabulary, nobody's words in a bundle."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

import numpy as np
from scipy import sparse

from sqrec.arrays import FloatArray, IntArray, KeyArray, mixed
from sqrec.untyped import BaseEstimator, TransformerMixin, validation

_CHUNK = 50_000
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def normal(text: str) -> str:
    """Fold a text to one form: NFKC, casefold, single spaces, no outer space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def without(title: str, name: str = "") -> str:
    """Return a title without a name that stands in it, and without the marks left hanging at its end.

    A title that is nothing but the name stays whole.
    """
    rest = title.replace(name, " ").strip(" \t@-–—|/·,，：:") if name else title
    return rest or title


class HashedText(TransformerMixin, BaseEstimator):
    """Turn texts into unit-length rows of hashed character n-grams weighted by idf.

    A text is normalised, padded with one space at each end, cut into n-grams of every width in
    `widths`, and each n-gram hashed into one of `2 ** bits` columns. Weights are (1 + ln tf) * idf with
    idf = 1 + ln((1 + texts) / (1 + texts with the n-gram)), as in scikit-learn's smooth idf. An empty
    text is a row of zeros. The bits of a row do not depend on the other rows.
    """

    def __init__(self, widths: tuple[int, ...] = (2, 3, 4), bits: int = 18, seed: int = 20250530) -> None:
        self.widths = widths
        self.bits = bits
        self.seed = seed

    def fit(self, X: Iterable[object], y: object = None) -> Self:
        """Count in how many texts of `X` each column occurs; unknown texts are left out."""
        found = np.zeros(2**self.bits, dtype=np.int64)
        texts = 0
        for chunk in _chunks([text for text in X if isinstance(text, str)]):
            _, columns, _ = self._terms(chunk)
            found += np.bincount(columns, minlength=len(found))
            texts += len(chunk)
        self.idf_: FloatArray = 1.0 + np.log((1.0 + texts) / (1.0 + found))
        return self

    def transform(self, X: Iterable[object]) -> sparse.csr_array:
        """Return one row per text, shape (texts, 2 ** bits), float64; unknown texts are zeros."""
        validation.check_is_fitted(self)
        texts = [text if isinstance(text, str) else "" for text in X]
        blocks = [self._rows(chunk) for chunk in _chunks(texts)]
        return blocks[0] if len(blocks) == 1 else sparse.vstack(blocks, format="csr")

    def counts(self, X: Iterable[object]) -> sparse.csr_array:
        """Return how often each column's n-grams occur in each text, shape (texts, 2 ** bits), float64; no fit is needed."""
        texts = [text if isinstance(text, str) else "" for text in X]
        document, columns, times = self._terms(texts)
        return sparse.csr_array((times, (document, columns)), shape=(len(texts), 2**self.bits))

    def _rows(self, texts: Sequence[str]) -> sparse.csr_array:
        document, columns, times = self._terms(texts)
        weights = (1.0 + np.log(times)) * self.idf_[columns]
        norms = np.sqrt(np.bincount(document, weights * weights, minlength=len(texts)))
        offsets = np.concatenate(([0], np.cumsum(np.bincount(document, minlength=len(texts)))))
        shape = (len(texts), 2**self.bits)
        return sparse.csr_array((weights / norms[document], columns.astype(np.int32), offsets.astype(np.int32)), shape=shape)

    def _terms(self, texts: Sequence[str]) -> tuple[IntArray, IntArray, FloatArray]:
        """Return document, column and count of each distinct n-gram, in that order."""
        padded = [f" {folded} " if (folded := normal(text)) else "" for text in texts]
        letters = np.frombuffer("".join(padded).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
        sizes = np.fromiter(map(len, padded), dtype=np.int64, count=len(padded))
        document = np.repeat(np.arange(len(padded)), sizes)
        ends = np.repeat(np.cumsum(sizes), sizes)
        found = [self._cells(letters, document, ends, width) for width in self.widths]
        cells, times = np.unique(np.concatenate(found), return_counts=True)
        return cells >> self.bits, cells & (2**self.bits - 1), times.astype(np.float64)

    def _cells(self, letters: KeyArray, document: IntArray, ends: IntArray, width: int) -> IntArray:
        """Return document * 2 ** bits + column of every n-gram of one width."""
        whole = np.flatnonzero(np.arange(len(letters)) + width <= ends)
        hashed = np.full(len(whole), self.seed + width, dtype=np.uint64)
        for step in range(width):
            hashed = mixed((hashed + letters[whole + step]) * _MULTIPLIER)
        return (document[whole] << self.bits) + (hashed >> np.uint64(64 - self.bits)).astype(np.int64)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that the input is a list of texts."""
        tags = cast("Any", super().__sklearn_tags__())
        tags.input_tags.one_d_array, tags.input_tags.two_d_array = True, False
        tags.input_tags.string, tags.input_tags.allow_nan = True, True
        return tags


def similarities(rows: sparse.csr_array, texts: sparse.csr_array) -> FloatArray:
    """Return the cosine of every row with every text, shape (rows, texts).

    Both are unit-length rows of `HashedText`. Each cosine is summed over its own row's columns in
    rising order, so its bits do not depend on which other rows are asked for.
    """
    columns, place = np.unique(texts.indices, return_inverse=True)
    weights = np.zeros((len(columns), texts.shape[0]))
    weights[place, np.repeat(np.arange(texts.shape[0]), np.diff(texts.indptr))] = texts.data
    found = np.zeros(rows.shape[1], dtype=np.int32)
    found[columns] = np.arange(1, len(columns) + 1, dtype=np.int32)
    local = found[rows.indices]
    hits = local > 0
    offsets = np.concatenate(([0], np.cumsum(hits, dtype=np.int32)))[rows.indptr]
    shared = sparse.csr_array((rows.data[hits], local[hits] - 1, offsets), shape=(rows.shape[0], len(columns)))
    return np.asarray(shared @ weights)


def _chunks(texts: Sequence[str]) -> Iterable[Sequence[str]]:
    return (texts[start : start + _CHUNK] for start in range(0, max(len(texts), 1), _CHUNK))
