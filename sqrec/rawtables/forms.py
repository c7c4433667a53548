"""How a table's file may be written: its endings, its bytes, and what only looks like one."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import IO, cast

TEXTS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet",)
ENDINGS = (*PARQUET, *TEXTS, *WORKBOOKS)
"""Endings of table files, in whatever case."""

_PACKED = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_SIGNATURES: Mapping[bytes, str] = {
    _PACKED: "packed by gzip; its name must end in .csv.gz",
    _ZIP: "a workbook or another zip file; if Excel made it, its name must end in .xlsx",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old workbook (.xls); save it as .xlsx or as CSV in UTF-8",
    b"PAR1": "Parquet; its name must end in .parquet",
    b"%PDF": "a PDF; ask for the table itself as CSV or .xlsx",
    b"<!doctype": "a web page; open it in a spreadsheet and save it as .xlsx or as CSV in UTF-8",
    b"<html": "a web page; open it in a spreadsheet and save it as .xlsx or as CSV in UTF-8",
    b"<table": "a web page; open it in a spreadsheet and save it as .xlsx or as CSV in UTF-8",
    b"<?xml": "XML; save it as .xlsx or as CSV in UTF-8",
    b"{": "JSON; save it as CSV in UTF-8, or give it to sqrec adapt",
    b"[{": "JSON; save it as CSV in UTF-8, or give it to sqrec adapt",
}
"""How files begin that are no text of a table (as the formats' own definitions have it), and what to do."""


def named(file: Path) -> tuple[str, str] | None:
    """Return what a file is called before its ending, and that ending, both in lower case; None where it is none of a table."""
    name = file.name.lower()
    fitting = [ending for ending in ENDINGS if name.endswith(ending) and len(name) > len(ending)]
    ending = max(fitting, key=len, default="")
    return (name.removesuffix(ending), ending) if ending else None


def is_parquet(file: Path) -> bool:
    """Tell whether a file is Parquet by its ending."""
    return file.name.lower().endswith(PARQUET)


def is_workbook(file: Path) -> bool:
    """Tell whether a file is a workbook by its ending."""
    return file.name.lower().endswith(WORKBOOKS)


def bytes_in(file: Path) -> IO[bytes]:
    """Open a text's bytes, unpacked where they are packed."""
    return cast("IO[bytes]", gzip.open(file, "rb")) if file.name.lower().endswith(".gz") else file.open("rb")


def misnamed(file: Path) -> str | None:
    """Say in one sentence why a file cannot be what its ending says; None where it may be. Raises OSError."""
    with file.open("rb") as stream:
        start = stream.read(64)
    if file.name.lower().endswith(".gz"):
        return None if start.startswith(_PACKED) else f"{file} is not packed by gzip; unpack or rename it."
    if is_workbook(file):
        return None if start.startswith(_ZIP) else f"{file} is no workbook of the kind .xlsx; save it as one, or as CSV in UTF-8."
    if is_parquet(file):
        return None
    told = [
        what
        for sign, what in _SIGNATURES.items()
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(sign.lower())
    ]
    return f"{file} is {told[0]}." if told else None
