"""Source of data: a data folder, or a store by its address."""

from collections.abc import Sequence
from pathlib import Path

from sqrec.tables import Folder, read_folder


def read_source(where: Path | str, tables: Sequence[str] | None = None) -> Folder:
    """Read tables of a data folder, or of a store (`sqlite:///var/sqrec.db`): all it has, or those named.

    Nothing is written: rejected rows of a folder are told by its problems alone.
    Raises TableError or StoreError in one sentence where the source cannot be read.
    """
    if is_store(where):
        from sqrec.store import read_store  # the database library is loaded by those who name a store

        return read_store(str(where), tables)
    return read_folder(where, tables, write_rejected=False)


def is_store(where: Path | str) -> bool:
    """Tell whether this is the address of a store and not a folder."""
    return "://" in str(where)
