"""One column of a piece as read: an arrow array, and the texts that a CSV of the contract would have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sqrec.base.arrays import IntArray


@dataclass(frozen=True)
class Cells:
    """Hold the cells of one column; an empty cell is null or an empty text."""

    array: Any

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Cells":
        """Build from texts."""
        return cls(pa.array(texts, pa.large_string()))

    @classmethod
    def joined(cls, parts: Sequence["Cells"]) -> "Cells":
        """Concatenate cells of one type."""
        return parts[0] if len(parts) == 1 else cls(pa.concat_arrays([part.array for part in parts]))

    def __len__(self) -> int:
        return len(self.array)

    @property
    def is_text(self) -> bool:
        """Whether the cells are texts."""
        return _is_text(self.array.type)

    def cut(self, start: int, end: int | None) -> "Cells":
        """Return the cells from `start` to before `end`, without a copy."""
        return Cells(self.array[start:end])

    def take(self, places: IntArray) -> "Cells":
        """Return the cells at `places`."""
        return Cells((text_array(self.array) if self.is_text else self.array).take(pa.array(places)))

    def texts(self, places: IntArray | None = None) -> list[str]:
        """Return the cells as texts, all or those at `places`."""
        return texts_of(self.array if places is None else self.take(places).array)

    def distinct(self) -> tuple[list[str], IntArray]:
        """Return the distinct texts, and the index of each cell's text (a text may occur twice)."""
        encoded, codes = self.encoded()
        return texts_of(encoded), codes

    def encoded(self) -> tuple[Any, IntArray]:
        """Return the distinct cells as an array, and the index of each cell's value."""
        array = text_array(self.array) if self.is_text else self.array
        if not pa.types.is_dictionary(array.type):
            plain = pa.types.is_nested(array.type) or pa.types.is_float16(array.type)
            array = (pa.array(texts_of(array), pa.large_string()) if plain else array).dictionary_encode("encode")
        values, codes = array.dictionary, array.indices
        if codes.null_count:
            values = pa.concat_arrays([values, pa.nulls(1, values.type)])
            codes = codes.fill_null(len(values) - 1)
        return values, codes.to_numpy(zero_copy_only=False).astype(np.int64)


def texts_of(array: Any) -> list[str]:
    """Return the cells of an arrow array as texts; null is empty, lists have `|` between their members."""
    if _is_text(array.type):
        return text_array(array).to_pylist()
    if pa.types.is_dictionary(array.type):
        known = [*texts_of(array.dictionary), ""]
        return [known[code] for code in array.indices.fill_null(len(known) - 1).to_pylist()]
    return [_as_text(value) for value in _values(array)]


def text_array(array: Any) -> Any:
    """Return texts as one array of 64-bit offsets, null as an empty text."""
    return array.cast(pa.large_string()).fill_null("")


def _values(array: Any) -> list[Any]:
    if pa.types.is_timestamp(array.type):
        return pd.Series(array.to_pandas()).tolist()
    if pa.types.is_list(array.type) and _is_text(array.type.value_type):
        return _joined(array)
    return (array.cast(pa.float64()) if pa.types.is_float16(array.type) else array).to_pylist()


def _joined(array: Any) -> list[Any]:
    """Join lists of texts at once; a list with a null in it stays as it is."""
    texts = pc.binary_join(array, "|").to_pylist()
    return (
        [value if text is None else text for text, value in zip(texts, array.to_pylist(), strict=True)]
        if None in texts
        else texts
    )


def _is_text(kind: Any) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple | np.ndarray):
        return "|".join(str(part) for part in cast("list[Any]", value))
    if value is None or value is pd.NaT or value != value:
        return ""
    return _iso(value) if isinstance(value, datetime | date) else str(value)


def _iso(value: datetime | date) -> str:
    """Write a day or a moment; moments of years that no `datetime` has are written without their zone."""
    try:
        return value.isoformat()
    except (NotImplementedError, OverflowError, ValueError):
        return str(pd.Timestamp(value).asm8)
