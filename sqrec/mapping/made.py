"""Ids that are made of a row's cells, and rows below a table that are nobody and nothing: sums and signatures."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache, reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sqrec.base.arrays import BoolArray
from sqrec.base.keys import keys_of_array
from sqrec.mapping.guess import names
from sqrec.rawtables import Cells, text_array

NO_ROW = "the row tells nothing, or is a sum or a signature below the table"
"""Why a row gets no id."""
BETWEEN_CELLS = "\x1f"
"""What stands between the cells of several columns: no cell has it."""
BARE_TEXT = r"^\s*(?:'\d|=\")"
"""A text that a spreadsheet was made to take digits as: the apostrophe, or the formula ="…", is a mark of its own, no part of it."""
_FORMULA = re.compile(r'="([^"]*)"')


def made(columns: Sequence[Cells], telling: Sequence[Cells], unknown: AbstractSet[str]) -> tuple[Cells, bool]:
    """Return ids of the cells of `columns`, the same for the same cells, and whether a row gets none.

    None gets a row without a filled cell in `telling` (where there are any), and one whose first filled cell names a sum or begins
    with who signed (names.json, `no_rows`). Shape: a cell a row.
    """
    ids = pa.array([f"r{key}" for key in keys_of_array(together(columns)).tolist()], pa.large_string())
    told = _first_filled(telling or columns, unknown).is_valid()
    first = _first_filled(columns, unknown).fill_null("")
    rows = pc.and_(told, pc.invert(pc.match_substring_regex(first, no_row())))
    return Cells(pc.if_else(rows, ids, "")), not pc.all(rows).as_py()


def below_the_table(columns: Sequence[Cells], unknown: AbstractSet[str]) -> BoolArray:
    """Tell of every row whether its first filled cell, in the file's order, names a sum or begins with who signed."""
    rows = len(columns[0]) if columns else 0
    found, empty = np.zeros(rows, bool), np.ones(rows, bool)
    nothing = pa.array(["", *sorted(unknown)], pa.large_string())
    for cells in columns:
        if not cells.is_text:
            empty &= ~_as_bools(cells.array.is_valid())
        else:
            texts = text_array(cells.array)
            found |= empty & _as_bools(pc.match_substring_regex(texts, no_row()))
            empty &= _as_bools(pc.is_in(pc.utf8_trim_whitespace(texts).cast(pa.large_string()), nothing))
        if not empty.any():
            break
    return found


@cache
def no_row() -> str:
    """Return the pattern of cells with which a sum or a signature begins."""
    told = names()["no_rows"]
    sums, signed = ("|".join(r"\s*".join(map(re.escape, word)) for word in told[sort]) for sort in ("sums", "signed"))
    return rf"(?i)^\s*(?:(?:{sums})\s*[:：]?\s*$|(?:{signed})\s*[:：])"


def bare(text: str) -> str:
    """Return a cell without spaces around it, and without the apostrophe or the formula that makes a spreadsheet take digits as text."""
    text = text.strip()
    if not re.match(BARE_TEXT, text):
        return text
    if text[0] == "'":
        return text[1:]
    formula = _FORMULA.fullmatch(text)
    return formula[1].strip() if formula else text


def together(columns: Sequence[Cells]) -> "pa.Array[pa.Scalar]":
    """Put the texts of several columns into one."""
    texts = list(map(_texts, columns))
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, pa.scalar(BETWEEN_CELLS, pa.large_string()))


def _texts(cells: Cells) -> "pa.Array[pa.Scalar]":
    return text_array(cells.array) if cells.is_text else pa.array(cells.texts(), pa.large_string())


def _as_bools(answers: Any) -> BoolArray:
    return np.asarray(answers.fill_null(True))


def _first_filled(columns: Sequence[Cells], unknown: AbstractSet[str]) -> Any:
    """Return of every row the first text that says something; null where none does."""
    nothing = pa.array(["", *sorted(unknown)], pa.large_string())
    null = pa.scalar(None, pa.large_string())
    trimmed = (pc.utf8_trim_whitespace(_texts(cells)).cast(pa.large_string()) for cells in columns)
    return reduce(pc.coalesce, (pc.if_else(pc.is_in(texts, nothing), null, texts) for texts in trimmed))
