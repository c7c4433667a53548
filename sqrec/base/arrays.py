"""Array types and the few array operations that several rooms share."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
KeyArray: TypeAlias = NDArray[np.uint64]
BoolArray: TypeAlias = NDArray[np.bool_]
AnyArray: TypeAlias = NDArray[Any]

UNKNOWN_TIME = np.iinfo(np.int64).min
"""The moment (microseconds UTC) that stands for "unknown" in integer arrays."""


def key_of(text: str) -> int:
    """Hash a text to 64 bits, the same on every machine; 0 is kept for unknown."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def keys_of(texts: Iterable[str | None]) -> KeyArray:
    """Hash texts with `key_of`; None is 0."""
    return np.array([0 if text is None else key_of(text) for text in texts], dtype=np.uint64)


def mixed(keys: KeyArray) -> KeyArray:
    """Spread 64-bit keys evenly over all bits (the finaliser of the splitmix64 generator)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Ragged:
    """Hold one list of numbers per row.

    Row i is `values[offsets[i]:offsets[i + 1]]`; `offsets` has one entry more than there are rows.
    """

    offsets: IntArray
    values: AnyArray

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any] | AnyArray], dtype: Any, width: int = 0) -> "Ragged":
        """Build from one sequence per row; `width` > 0 is the length of each value of a list."""
        sizes = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
        shape = (-1, width) if width else (-1,)
        parts = [np.asarray(row, dtype=dtype).reshape(shape) for row in rows if len(row)]
        values = np.concatenate(parts) if parts else np.empty((0, *shape[1:]), dtype=dtype)
        return cls(np.concatenate(([0], np.cumsum(sizes))), values)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def row(self, index: int) -> AnyArray:
        """Return the list of one row, without a copy."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @property
    def sizes(self) -> IntArray:
        """The length of each row's list."""
        return np.diff(self.offsets)

    def with_rows(self, other: "Ragged") -> "Ragged":
        """Return these rows and those of another one behind them."""
        values = np.concatenate([self.values, other.values])
        return Ragged(np.concatenate([self.offsets, other.offsets[1:] + self.offsets[-1]]), values)

    def take(self, rows: IntArray) -> "Ragged":
        """Return the lists of `rows`, in that order."""
        sizes = self.offsets[rows + 1] - self.offsets[rows]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        flat: IntArray = np.arange(int(offsets[-1])) + np.repeat(self.offsets[rows] - offsets[:-1], sizes)
        return Ragged(offsets, self.values[flat])


def lookup(sorted_keys: KeyArray, keys: KeyArray) -> IntArray:
    """Find each key's index in a sorted array of unique keys; -1 where it is absent."""
    if len(sorted_keys) == 0:
        return np.full(len(keys), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return np.where(sorted_keys[at] == keys, at, -1).astype(np.int64)


def divided(part: AnyArray, whole: AnyArray, otherwise: float = np.nan) -> FloatArray:
    """Return part / whole, broadcast; `otherwise` (NaN by default) where the whole is not above 0."""
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, otherwise), where=np.asarray(whole) > 0)


def plain(column: "pd.Series[Any]") -> list[Any]:
    """Return a column as Python values, None for unknown."""
    return [None if unknown else value for value, unknown in zip(column.tolist(), column.isna(), strict=True)]
