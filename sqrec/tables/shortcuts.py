"""Vectorised parsing of cells whose result is certain; the others go through `parse`.

Each way returns values and which of them are sure; the others are for `parse` to judge, so a rule is stated there alone.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sqrec.base.arrays import UNKNOWN_TIME, AnyArray, BoolArray, FloatArray, IntArray
from sqrec.base.keys import bytes_of
from sqrec.contract import Column
from sqrec.contract.parse import MOST_WHOLE
from sqrec.rawtables import Cells, text_array

INSTANTS = {"instant", "opening", "closing"}
NUMBERS = {"number", "integer", "coordinate"}
FLOATS = NUMBERS | {"boolean"}
Taken: TypeAlias = "tuple[Any, BoolArray] | None"

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FIRST, _LAST = (int(np.datetime64(day, "s").astype(np.int64)) for day in ("1901-01-01", "9999-01-01"))
_NUMBER = r"^-?\d{1,15}(\.\d{1,15})?$"
_DAY = r"((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_MOMENT = rf"^(19|20)\d\d-{_DAY}T{_CLOCK}:[0-5]\d(\.\d{{3}}|\.\d{{6}})?(Z|[+-]{_CLOCK})$"
_LIMITS = {"id": 128, "text": 20_000, "list": 20_000, "skills": 20_000}
_FORBIDDEN = {"id": b"", "text": b"", "list": b"|,;/\xef", "skills": b"|@,;/\xef"}
"""Bytes that make a text one to be parsed; 0xEF starts full-width forms, the comma and the semicolon among them."""


def shortcut(column: Column, cells: Cells) -> Taken:
    """Return parsed values and a mask of the certain ones; None where no vectorised way exists."""
    kind = cells.array.type
    if cells.is_text:
        return _of_texts(column, cells)
    if column.type in NUMBERS and (pa.types.is_integer(kind) or pa.types.is_float32(kind) or pa.types.is_float64(kind)):
        return _numbers(column, _floats(cells.array))
    if column.type == "boolean" and pa.types.is_boolean(kind):
        return _truths(column, _floats(cells.array.cast(pa.int8())))
    if column.type in INSTANTS and pa.types.is_timestamp(kind) and kind.tz:
        return _moments(column, cells.array)
    return None


def _of_texts(column: Column, cells: Cells) -> Taken:
    if column.type in _LIMITS:
        return _plain_texts(column, cells)
    way = _TEXT_WAYS.get("instant" if column.type in INSTANTS else column.type if column.type in NUMBERS else "")
    if way is None:
        return None
    different, codes = cells.encoded()
    texts = text_array(different)
    values, sure = way(column, texts)
    if not column.required:
        sure |= pc.equal(texts, "").to_numpy(zero_copy_only=False)
    return values[codes], sure[codes]


def _floats(array: Any) -> FloatArray:
    return pc.cast(array, pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)


def _numbers(column: Column, values: FloatArray) -> tuple[FloatArray, BoolArray]:
    sure = np.isfinite(values) & (values >= column.low) & (values <= column.high)
    if column.type == "integer":
        sure &= (values == np.floor(values)) & (np.abs(values) < MOST_WHOLE)
    if column.type == "coordinate":
        sure &= np.abs(values) <= 180
    return values, sure | (np.isnan(values) & (not column.required))


def _truths(column: Column, values: FloatArray) -> tuple[FloatArray, BoolArray]:
    return values, ~np.isnan(values) | (not column.required)


def _moments(column: Column, array: Any) -> tuple[IntArray, BoolArray]:
    """Turn timestamps with a zone into microseconds, finer ones cut off as in texts."""
    per_second = _PER_SECOND[array.type.unit]
    ticks: IntArray = array.cast(pa.int64()).fill_null(UNKNOWN_TIME).to_numpy(zero_copy_only=False)
    sure = (ticks >= _FIRST * per_second) & (ticks < _LAST * per_second)
    within = np.where(sure, ticks, 0)
    values = within // (per_second // 10**6) if per_second > 10**6 else within * (10**6 // per_second)
    free = (ticks == UNKNOWN_TIME) & (not column.required)
    return np.where(sure, values, UNKNOWN_TIME), sure | free


def _number_texts(column: Column, texts: Any) -> tuple[FloatArray, BoolArray]:
    usual = pc.match_substring_regex(texts, _NUMBER)
    values, sure = _numbers(column, _floats(pc.if_else(usual, texts, None).cast(pa.float64())))
    return values, sure & usual.to_numpy(zero_copy_only=False)


def _moment_texts(column: Column, texts: Any) -> tuple[IntArray, BoolArray]:
    usual = pc.match_substring_regex(texts, _MOMENT)
    moments = pc.if_else(usual, texts, None).cast(pa.timestamp("us", "UTC"))
    values: IntArray = moments.cast(pa.int64()).fill_null(UNKNOWN_TIME).to_numpy(zero_copy_only=False)
    return values, usual.to_numpy(zero_copy_only=False)


_TEXT_WAYS: dict[str, Callable[[Column, Any], tuple[AnyArray, BoolArray]]] = {
    "instant": _moment_texts,
    **dict.fromkeys(NUMBERS, _number_texts),
}


def _plain_texts(column: Column, cells: Cells) -> tuple[Any, BoolArray]:
    """Leave texts as they are that have nothing to trim and only characters that are nothing but themselves."""
    texts = text_array(cells.array)
    plain = _are_plain(*bytes_of(texts), _LIMITS[column.type], np.frombuffer(_FORBIDDEN[column.type], np.uint8))
    empty = np.zeros(len(texts), dtype=np.bool_)
    if not column.required:
        empty = pc.equal(texts, "").to_numpy(zero_copy_only=False)
        texts = pc.if_else(pa.array(empty), None, texts) if empty.any() else texts
    return texts, plain | empty


@njit(cache=True)
def _are_plain(offsets: Any, data: Any, limit: Any, forbidden: Any) -> Any:
    """Tell which texts are 1 to `limit` bytes of printable ASCII, U+4000 to U+9FFF and full-width forms, no space at an end, no = or ' in front."""
    plain = np.zeros(len(offsets) - 1, np.bool_)
    for text in range(len(plain)):
        at, end = offsets[text], offsets[text + 1]
        if at == end or end - at > limit or data[at] == 32 or data[end - 1] == 32:
            continue
        if data[at] == 61 or data[at] == 39:  # = and ', with which a spreadsheet's marks of a text begin
            continue
        fits = True
        while at < end and fits:
            byte = data[at]
            if byte < 128:
                fits = 32 <= byte < 127
                at += 1
            else:
                fits = 0xE4 <= byte <= 0xE9 or (byte == 0xEF and data[at + 1] in (0xBC, 0xBD))
                at += 3
            for other in forbidden:
                fits &= byte != other
        plain[text] = fits
    return plain
