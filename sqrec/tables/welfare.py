"""Welfare posts that a job names elsewhere than in its kind: by law none of them may slip into a ranked list."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sqrec.base.arrays import BoolArray, IntArray
from sqrec.base.text import normal
from sqrec.contract import Table
from sqrec.contract.words import Named, named, word_list
from sqrec.rawtables import Cells, text_array

WELFARE = "public_welfare"
_TITLES = ("title", "industry")


def mark_welfare_posts(table: Table, frame: pd.DataFrame, cells: Mapping[str, Cells]) -> Iterator[tuple[IntArray, str]]:
    """Put `public_welfare` where a job without a kind names it; yield the places of such rows and the column where it stands.

    Looked at are title and industry, cells of vocabularies that could not be read (公益性岗位 as a form of work), and columns that
    are no one's: of these, only cells that are nothing but such a word. A kind that is told stays.
    """
    if table.name != "jobs":
        return
    found = named("job_kind", WELFARE)
    for name, array, rows in _looked_at(table, frame, cells):
        open_rows = np.flatnonzero(rows & frame["kind"].isna().to_numpy(bool))
        whole = name not in table.names
        places = open_rows[_names(found, array.take(pa.array(open_rows)), whole=whole)]
        if len(places):
            frame.loc[places, "kind"] = WELFARE
            yield places, name


def welfare_posts(jobs: pd.DataFrame) -> BoolArray:
    """Mark welfare posts: those of that kind, and those without a kind whose title names one.

    Reading puts the kind where it is lacking; a store may hold rows that were imported before it did.
    """
    posts: BoolArray = jobs["kind"].eq(WELFARE).to_numpy(bool).copy()
    unsaid = np.flatnonzero(jobs["kind"].isna().to_numpy(bool))
    titles = pa.array(jobs["title"].iloc[unsaid].tolist(), pa.large_string())
    posts[unsaid] = _names(named("job_kind", WELFARE), titles, whole=False)
    return posts


def _looked_at(table: Table, frame: pd.DataFrame, cells: Mapping[str, Cells]) -> Iterator[tuple[str, Any, BoolArray]]:
    """Yield columns with their texts and the rows in which they count."""
    everywhere = np.ones(len(frame), dtype=np.bool_)
    strange = [name for name in cells if name not in table.names]
    unread = [column.name for column in table.columns if column.words and column.name != "kind"]
    for name in (*_TITLES, *unread, *strange):
        if name in cells and cells[name].is_text:
            rows = frame[name].isna().to_numpy(bool) if name in unread else everywhere
            yield name, text_array(cells[name].array), rows


def _names(found: Named, texts: Any, *, whole: bool) -> BoolArray:
    """Tell which texts name a welfare post; few hold a word of it, and only those are looked at closely."""
    held = pc.match_substring_regex(texts, found.words).to_numpy(zero_copy_only=False).astype(np.bool_)
    codes = word_list("job_kind")
    for place in np.flatnonzero(held).tolist():
        text = normal(texts[place].as_py())
        held[place] = codes.code(text) == WELFARE if whole else found.undenied.search(text) is not None
    return held
