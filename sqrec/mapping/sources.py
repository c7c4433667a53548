"""Source files of a mapping: whatever rawtables reads, and JSON of objects (JSON-LD), as a table of texts."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, cast

import numpy as np

from sqrec.errors import TableError
from sqrec.rawtables import PIECE, Cells, RawPiece, RawTable, misnamed, open_raw

JSON_ENDINGS = (".json", ".jsonld", ".jsonl", ".ndjson")
_BY_LINE = (".jsonl", ".ndjson")
_LISTS = ("@graph", "itemListElement")


def open_source(file: Path, rows: int = PIECE, header_row: int = 1) -> RawTable:
    """Open a source; `header_row` is the line of its header. Raises TableError where it cannot be read."""
    if not file.is_file():
        raise TableError(f"{file} is not there; the mapping names it as a source.")
    if file.suffix.lower() not in JSON_ENDINGS and (told := misnamed(file)):
        raise TableError(told)
    if file.suffix.lower() not in JSON_ENDINGS:
        return open_raw(file, rows, header_row)
    if header_row != 1:
        raise TableError(f"{file} names its columns in no row; take header_row out of the mapping.")
    return _open_json(file)


def _open_json(file: Path) -> RawTable:
    """Read objects, one a row: members of members under dotted names, lists with | between what their members say."""
    try:
        told = _parsed(file, file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise TableError(f"{file} is no JSON in UTF-8: {problem}.") from problem
    flat = [dict(_flat(one)) for one in _objects(told)]
    header = list(dict.fromkeys(name for row in flat for name in row))
    if not header:
        raise TableError(f"{file} holds no objects; right is a list of objects, or one of them.")
    columns = [Cells.of([row.get(name, "") for row in flat]) for name in header]
    return RawTable("JSON", header, iter([RawPiece(np.arange(1, len(flat) + 1), columns)]))


def _parsed(file: Path, text: str) -> Any:
    """Read a text as one document, or a value a line where its ending says so or where more stands behind the first value."""
    if file.suffix.lower() in _BY_LINE:
        return _lines(text)
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        if problem.msg != "Extra data":
            raise
        return _lines(text)


def _lines(text: str) -> list[Any]:
    """Read a value a line. Only the line feed ends one: what else Unicode takes for an end may stand within a text (RFC 8259)."""
    told: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            told += [json.loads(line)] if line.strip() else []
        except json.JSONDecodeError as problem:
            raise ValueError(f"line {number}, column {problem.colno}: {problem.msg}") from problem
    return told


def _objects(told: Any) -> list[dict[str, Any]]:
    """Return the objects of a document: its list's members, what a list element wraps as its `item`, or the document itself."""
    if isinstance(told, list):
        return [_unwrapped(cast("dict[str, Any]", one)) for one in cast("list[Any]", told) if isinstance(one, dict)]
    if not isinstance(told, dict):
        return []
    whole = cast("dict[str, Any]", told)
    inside = _list_in(whole)
    return [whole] if inside is None else _objects(inside)


def _unwrapped(one: dict[str, Any]) -> dict[str, Any]:
    return cast("dict[str, Any]", one["item"]) if isinstance(one.get("item"), dict) else one


def _list_in(whole: dict[str, Any]) -> list[Any] | None:
    """Return the one list of objects that a document wraps, however deep; an object of a declared type is none to look into."""
    filled = [cast("list[Any]", value) for value in whole.values() if isinstance(value, list) and value]
    lists = [value for value in filled if isinstance(value[0], dict)]
    known = next((whole[name] for name in _LISTS if whole.get(name) in lists), None) if lists else None
    if known is not None or (len(lists) == 1 and "@type" not in whole):
        return cast("list[Any]", known if known is not None else lists[0])
    deeper = (
        [cast("dict[str, Any]", value) for value in whole.values() if isinstance(value, dict)] if "@type" not in whole else []
    )
    return next((found for value in deeper if (found := _list_in(value)) is not None), None)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in cast("dict[str, Any]", value).items():
            yield from _flat(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(part, dict) for part in cast("Sequence[Any]", value)):
        yield from _flat_together(cast("Sequence[Any]", value), name)
    elif isinstance(value, list):
        yield name, "|".join(_text(part) for part in cast("Sequence[Any]", value))
    else:
        yield name, _text(value)


def _flat_together(parts: Sequence[Any], name: str) -> Iterator[tuple[str, str]]:
    """Put what several objects say of one name into one text, each different one once: whoever reads it sees that there are several."""
    said: dict[str, list[str]] = {}
    for key, text in chain.from_iterable(_flat(part, name) for part in parts):
        said.setdefault(key, []).append(text)
    return ((key, "|".join(dict.fromkeys(filter(None, texts)))) for key, texts in said.items())


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
