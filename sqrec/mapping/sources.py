"""Source files of a mapping: whatever rawtables reads, and JSON of objects (JSON-LD), as a table of texts."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, cast

import numpy as np

from sqrec.errors import TableError
from sqrec.mapping.tworows import joined, without_line
from sqrec.rawtables import PIECE, Broken, Cells, RawPiece, RawTable, misnamed, open_raw

JSON_ENDINGS = (".json", ".jsonld", ".jsonl", ".ndjson")
_BY_LINE = (".jsonl", ".ndjson")
_LISTS = ("@graph", "itemListElement")


def open_source(
    file: Path, rows: int = PIECE, header_row: int = 1, *, second_row: int | None = None, sheet: str = ""
) -> RawTable:
    """Open a source; `header_row` is the line of its header, `second_row` that of a second row of it, `sheet` that of a workbook.

    Raises TableError where it cannot be read.
    """
    if not file.is_file():
        raise TableError(f"{file} is not there; the mapping names it as a source.")
    if file.suffix.lower() not in JSON_ENDINGS and (told := misnamed(file)):
        raise TableError(told)
    if file.suffix.lower() not in JSON_ENDINGS:
        raw = open_raw(file, rows, header_row, sheet)
        return raw if second_row is None else _of_two_rows(raw, open_raw(file, rows, second_row, sheet), second_row)
    if header_row != 1 or second_row is not None:
        raise TableError(f"{file} names its columns in no row; take second_row and header_row out of the mapping.")
    if sheet:
        raise TableError(f"{file} has no sheets; take sheet out of the mapping.")
    return _open_json(file)


def _of_two_rows(top: RawTable, low: RawTable, second_row: int) -> RawTable:
    """Join the rows of a header; the wider one says how many columns there are."""
    header = joined(top.header, low.header)
    if len(low.header) == len(header):
        return replace(low, header=header)
    return replace(top, header=header, pieces=without_line(iter(top.pieces), second_row))


def later_columns(header: Sequence[str]) -> dict[str, list[int]]:
    """Return the places (from 1) of columns whose name, if it is one, an earlier column has: they are not read."""
    later: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        if name and name in header[:place]:
            later.setdefault(name, []).append(place + 1)
    return later


@dataclass(frozen=True)
class _Told:
    """Hold the objects of a source with the line, or the place in their list, of each; and what else stands there."""

    places: list[int]
    objects: list[dict[str, Any]]
    broken: list[Broken]


@dataclass(frozen=True)
class Nested(RawTable):
    """Hold a table of objects; `several` has by the name of a member how many objects it holds at most, where most rows hold several."""

    several: Mapping[str, int] = field(default_factory=dict[str, int])


def _open_json(file: Path) -> RawTable:
    """Read objects, one a row: members of members under dotted names, lists with | between what their members say."""
    try:
        told = _parsed(file)
        flat, several = [dict(_flat(one)) for one in told.objects], _several(told.objects)
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as problem:
        raise TableError(f"{file} is no JSON in UTF-8: {problem}.") from problem
    header = list(dict.fromkeys(name for row in flat for name in row))
    if not header:
        raise TableError(f"{file} holds no objects; right is a list of objects, or one of them.")
    columns = [Cells.of([row.get(name, "") for row in flat]) for name in header]
    pieces = iter([RawPiece(np.array(told.places, np.int64), columns, told.broken)])
    return Nested("JSON", header, pieces, several=several)


def _several(objects: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Return the members that hold several objects in the half of the rows or more that hold any, with the most of one row."""
    counts: dict[str, list[int]] = {}
    for name, count in chain.from_iterable(map(_lists_of, objects)):
        counts.setdefault(name, []).append(count)
    return {name: max(found) for name, found in counts.items() if np.median(found) > 1}


def _lists_of(value: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Return how many objects every list of objects holds, by the dotted name of the member that it is."""
    if isinstance(value, dict):
        for key, part in cast("dict[str, Any]", value).items():
            yield from _lists_of(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        count = sum(isinstance(part, dict) for part in cast("Sequence[Any]", value))
        if count:
            yield name, count


def _parsed(file: Path) -> _Told:
    """Read a text as one document, or a value a line where its ending says so or where more stands behind the first value."""
    by_line = file.suffix.lower() in _BY_LINE
    text = file.read_bytes().decode("utf-8-sig", "surrogateescape" if by_line else "strict")
    try:
        return _lines(text, sure=True) if by_line else _sorted_out(enumerate(_values(json.loads(text)), start=1))
    except json.JSONDecodeError as problem:
        if problem.msg != "Extra data":
            raise
        return _lines(text, sure=False)


def _lines(text: str, *, sure: bool) -> _Told:
    """Read a value a line. Only the line feed ends one: what else Unicode takes for an end may stand within a text (RFC 8259).

    A line that is no JSON is broken alone. Raises ValueError where they are so many (or, unless it is `sure` that lines are meant,
    as many as the objects) that the text is no such lines.
    """
    values: list[tuple[int, Any]] = []
    broken: list[Broken] = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            line.encode()
            values += [(number, json.loads(line))] if line.strip() else []
        except UnicodeEncodeError as problem:
            whole = line.strip().encode(errors="surrogateescape").decode(errors="backslashreplace")
            broken.append(Broken(number, [whole], "json-line", f"column {problem.start + 1}: a byte that is no UTF-8"))
        except json.JSONDecodeError as problem:
            broken.append(Broken(number, [line.strip()], "json-line", f"column {problem.colno}: {problem.msg}"))
    told = _sorted_out(values)
    if len(broken) + (not sure) > len(told.objects) and broken:
        raise ValueError(f"line {broken[0].line}, {broken[0].cause}")
    return _Told(told.places, told.objects, sorted([*broken, *told.broken]))


def _sorted_out(values: Iterable[tuple[int, Any]]) -> _Told:
    """Tell objects, or what a list element wraps as its `item`, from what is none."""
    told = _Told([], [], [])
    for place, value in values:
        if isinstance(value, dict):
            told.places.append(place)
            told.objects.append(_unwrapped(cast("dict[str, Any]", value)))
        else:
            told.broken.append(Broken(place, [json.dumps(value, ensure_ascii=False)], "no-object"))
    return told


def _values(told: Any) -> Sequence[Any]:
    """Return the members of a document's list, or the document itself."""
    if isinstance(told, list):
        return cast("list[Any]", told)
    inside = _list_in(cast("dict[str, Any]", told)) if isinstance(told, dict) else None
    return [told] if inside is None else inside


def _unwrapped(one: dict[str, Any]) -> dict[str, Any]:
    return cast("dict[str, Any]", one["item"]) if isinstance(one.get("item"), dict) else one


def _list_in(whole: dict[str, Any]) -> list[Any] | None:
    """Return the one list of objects that a document wraps, however deep; an object of a declared type is none to look into."""
    filled = [cast("list[Any]", value) for value in whole.values() if isinstance(value, list) and value]
    lists = [value for value in filled if any(isinstance(part, dict) for part in value)]
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
    """Put what several objects say of one name into one text, each different one once: whoever reads it sees that there are several.

    An object that says nothing of it leaves its place empty, so that a text of one is never taken for one of all.
    """
    flat = [dict(_flat(part, name)) for part in parts]
    objects = [row for row in flat if set(row) != {name}]
    for key in dict.fromkeys(chain.from_iterable(flat)):
        texts = [text for row in flat if (text := row.get(name))] if key == name else [row.get(key, "") for row in objects]
        yield key, "|".join(dict.fromkeys(texts))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
