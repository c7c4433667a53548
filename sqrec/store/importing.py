"""Import of a data folder into a store: rows are read, checked and written, some thousand a transaction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sqrec.store.about import note
from sqrec.store.database import Database, Writing
from sqrec.store.organisation import organisation_in
from sqrec.store.rows import Rows, rows_of
from sqrec.store.schema import STORED, Stored
from sqrec.store.standing import standing
from sqrec.store.store import Store
from sqrec.store.writing import Written, put
from sqrec.tables import FolderCheck, Listing, Piece, check_folder, open_folder

MOST_ROWS = 1 << 13
"""Rows of one transaction: nobody waits for it longer than a moment."""


@dataclass(frozen=True)
class Imported:
    """Hold the check of a folder, and the numbers of new, changed and unchanged rows by table.

    `written` is empty where `strict` refused the folder; `change` is the number of the latest change.
    """

    check: FolderCheck
    written: Mapping[str, Written]
    change: int


def import_folder(
    store: Store,
    path: Path | str,
    *,
    strict: bool = False,
    rejected_to: Path | None = None,
    listing: Listing | None = None,
    mapping: Path | None = None,
) -> Imported:
    """Insert the rows of a folder into a store, and update those that differ; nothing is deleted.

    Rows are checked, reported and rejected by `check_folder`. With `strict` nothing is imported from a folder with a rejected
    row. An interrupted import is completed by the next one.

    Raises TableError where the folder cannot be read, StoreError where its city or its people do not belong into this store, and where
    its communities would make a circle of parents.
    """
    if strict:
        check = check_folder(path, write_rejected=False, listing=listing, mapping=mapping)
        if check.errors:
            return Imported(check, {}, store.change())
    source = open_folder(path, mapping=mapping)
    store.database.write(lambda writing: note(writing, source))
    written: dict[str, Written] = {}

    def taken(piece: Piece) -> None:
        before = written.get(piece.table.name, Written())
        written[piece.table.name] = before + _taken(store.database, STORED[piece.table.name], piece.frame)

    check = check_folder(path, rejected_to=rejected_to, mapping=mapping, taken=taken)
    return Imported(check, written, store.change())


def _taken(database: Database, stored: Stored, frame: pd.DataFrame) -> Written:
    total = Written()
    for rows in _parts(stored, frame):
        total += database.write(lambda writing, rows=rows: _put(writing, stored, rows, database.name))
    return total


def _put(writing: Writing, stored: Stored, rows: Rows, name: str) -> Written:
    written = put(writing, stored, standing(writing, stored, rows))
    if stored.table.name == "communities":
        organisation_in(writing.connection, name)  # a circle takes these rows back
    return written


def _parts(stored: Stored, frame: pd.DataFrame) -> Iterator[Rows]:
    """Cut a piece into transactions; what can be made ready before a lock is held is."""
    for first in range(0, len(frame), MOST_ROWS):
        yield rows_of(stored, frame.iloc[first : first + MOST_ROWS])
