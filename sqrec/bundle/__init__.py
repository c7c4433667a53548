"""Bundles: everything that serves, in one folder (`sqrec.bundle.bundle` says what lies where)."""

from sqrec.bundle.bundle import (
    UNFINISHED,
    Bundle,
    arrays_of,
    beside,
    current,
    is_promoted,
    join,
    load,
    point_to,
    same_city,
    same_declarations,
    save,
    save_by_hash,
)

__all__ = [
    "UNFINISHED",
    "Bundle",
    "arrays_of",
    "beside",
    "current",
    "is_promoted",
    "join",
    "load",
    "point_to",
    "same_city",
    "same_declarations",
    "save",
    "save_by_hash",
]
