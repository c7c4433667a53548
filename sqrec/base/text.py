"""Text: one form for texts that mean the same, and hashed character n-grams: no vocabulary, nobody's words in a bundle."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import validation

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, Ragged
from sqrec.base.loops import cosines, grams, scratch
from sqrec.base.numbers import SEED

_CHUNK = 50_000


def normal(text: str) -> str:
    """Fold a text to one form: NFKC, casefold, single spaces, no outer space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def without(title: str, name: str = "") -> str:
    """Return a title without a name that stands in it, and without the marks left hanging at its end.

    A title that is nothing but the name stays whole.
    """
    rest = title.replace(name, " ").strip(" \t@-–—|/·,，：:") if name else title
    return rest or title


@dataclass(frozen=True, slots=True)
class TextRows:
    """Hold texts as sparse rows of unit length: row i has `weights` at `columns` from `offsets[i]` to `offsets[i + 1]`."""

    offsets: IntArray
    columns: AnyArray
    weights: AnyArray
    width: int

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, rows: IntArray) -> "TextRows":
        """Return some rows, in that order."""
        columns, weights = Ragged(self.offsets, self.columns).take(rows), Ragged(self.offsets, self.weights).take(rows)
        return TextRows(columns.offsets, columns.values, weights.values, self.width)

    def light(self) -> "TextRows":
        """Return the same rows with weights of half the size, as many items need."""
        return TextRows(self.offsets, self.columns, self.weights.astype(np.float32), self.width)

    def part(self, first: int, last: int) -> "TextRows":
        """Return the rows from `first` up to `last` without a copy of their values."""
        flat = slice(self.offsets[first], self.offsets[last])
        return TextRows(self.offsets[first : last + 1] - self.offsets[first], self.columns[flat], self.weights[flat], self.width)


def joined(texts: Sequence[TextRows]) -> TextRows:
    """Return the rows of several, one after the other; there must be one at least."""
    starts = np.cumsum([0, *(len(one.columns) for one in texts)])
    offsets = [one.offsets[:-1] + start for one, start in zip(texts, starts, strict=False)]
    return TextRows(
        np.concatenate([*offsets, starts[-1:]]),
        np.concatenate([one.columns for one in texts]),
        np.concatenate([one.weights for one in texts]),
        texts[0].width,
    )


class HashedText(TransformerMixin, BaseEstimator):
    """Turn texts into unit-length rows of hashed character n-grams weighted by idf.

    A text is normalised, padded with one space at each end, cut into n-grams of every width in
    `widths`, and each n-gram hashed into one of `2 ** bits` columns. Weights are (1 + ln tf) * idf with
    idf = 1 + ln((1 + texts) / (1 + texts with the n-gram)), as in scikit-learn's smooth idf. An empty
    text is a row of zeros. The bits of a row do not depend on the other rows.
    """

    def __init__(self, widths: tuple[int, ...] = (2, 3, 4), bits: int = 18, seed: int = SEED) -> None:
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
        blocks = [self.encode(chunk) for chunk in _chunks([text if isinstance(text, str) else "" for text in X])]
        return sparse.vstack([sparse.csr_array((b.weights, b.columns, b.offsets), (len(b), b.width)) for b in blocks], "csr")

    def counts(self, X: Iterable[object]) -> sparse.csr_array:
        """Return how often each column's n-grams occur in each text, shape (texts, 2 ** bits), float64; no fit is needed."""
        texts = [text if isinstance(text, str) else "" for text in X]
        document, columns, times = self._terms(texts)
        return sparse.csr_array((times, (document, columns)), shape=(len(texts), 2**self.bits))

    def encode(self, texts: Sequence[str]) -> TextRows:
        """Return the rows of some texts: the bare kernel of `transform`."""
        if not texts:
            return TextRows(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0), 2**self.bits)
        document, columns, times = self._terms(texts)
        weights = (1.0 + np.log(times)) * self.idf_[columns]
        norms = np.sqrt(np.bincount(document, weights * weights, minlength=len(texts)))
        offsets = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.bincount(document, minlength=len(texts)), out=offsets[1:])
        return TextRows(offsets, columns.astype(np.int32), weights / norms[document], 2**self.bits)

    def _terms(self, texts: Sequence[str]) -> tuple[IntArray, IntArray, FloatArray]:
        """Return document, column and count of each distinct n-gram, in that order."""
        padded = [f" {folded} " if (folded := normal(text)) else "" for text in texts]
        letters = np.frombuffer("".join(padded).encode("utf-32-le"), dtype="<u4")
        offsets = np.zeros(len(padded) + 1, np.int64)
        np.cumsum([len(text) for text in padded], out=offsets[1:])
        cells = np.empty(len(letters) * len(self.widths), np.int64)
        met = grams(letters, offsets, np.array(self.widths), self.bits, self.seed, cells)
        distinct, times = np.unique(cells[:met], return_counts=True)
        return distinct >> self.bits, distinct & (2**self.bits - 1), times.astype(np.float64)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that the input is a list of texts."""
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array, tags.input_tags.two_d_array = True, False
        tags.input_tags.string, tags.input_tags.allow_nan = True, True
        return tags


def similarities(items: TextRows, rows: IntArray, texts: TextRows) -> FloatArray:
    """Return the cosine of some rows of `items` with every text, shape (rows, texts).

    Both are unit-length rows of `HashedText`. Each cosine is summed over its own row's columns in
    rising order, so its bits do not depend on which other rows are asked for.
    """
    found = np.empty((len(rows), len(texts)))
    if len(texts):
        place = scratch(items.width, "int32")
        cosines(items.offsets, items.columns, items.weights, rows, texts.offsets, texts.columns, texts.weights, place, found)
    return found


def _chunks(texts: Sequence[str]) -> Iterable[Sequence[str]]:
    return (texts[start : start + _CHUNK] for start in range(0, max(len(texts), 1), _CHUNK))
