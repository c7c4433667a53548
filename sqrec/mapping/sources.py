"""Source files of a mapping: whatever rawtables reads, and JSON of objects (JSON-LD), as a table of texts."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from sqrec.errors import TableError
from sqrec.rawtables import PIECE, Cells, RawPiece, RawTable, misnamed, open_raw

JSON_ENDINGS = (".json", ".jsonld", ".jsonl", ".ndjson")
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
    """Read objects, one a row: members of members under dotted names, lists of texts with | between their members."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        told = [json.loads(line) for line in text.splitlines() if line.strip()] if _by_line(file, text) else json.loads(text)
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise TableError(f"{file} is no JSON in UTF-8: {problem}.") from problem
    flat = [dict(_flat(one)) for one in _objects(told)]
    header = list(dict.fromkeys(name for row in flat for name in row))
    if not header:
        raise TableError(f"{file} holds no objects; right is a list of objects, or one of them.")
    columns = [Cells.of([row.get(name, "") for row in flat]) for name in header]
    return RawTable("JSON", header, iter([RawPiece(np.arange(1, len(flat) + 1), columns)]))


def _by_line(file: Path, text: str) -> bool:
    return file.suffix.lower() in {".jsonl", ".ndjson"} or (text.lstrip().startswith("{") and "\n{" in text)


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
        yield from _flat(next(cast("Any", part) for part in cast("Sequence[Any]", value) if isinstance(part, dict)), name)
    elif isinstance(value, list):
        yield name, "|".join(_text(part) for part in cast("Sequence[Any]", value))
    else:
        yield name, _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
