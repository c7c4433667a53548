"""Mapping: tables of any origin read as the contract's, by a small file that a person can read and edit (docs/mapping.md)."""

from sqrec.mapping.apply import Mapped, open_mapping
from sqrec.mapping.model import NAME, Feed, Mapping, Taken, read_mapping, written
from sqrec.mapping.tally import Conversions, Converted

__all__ = ["NAME", "Conversions", "Converted", "Feed", "Mapped", "Mapping", "Taken", "open_mapping", "read_mapping", "written"]
