"""Which file is which table, and which header which column: by names in Chinese and English."""

import json
import re
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from sqrec.contract import TABLES
from sqrec.mapping.readers.how import folded

_OWN, _FILE, _KEY = 2, 3, 1
_ENOUGH = 3
OF_PERSONS = ("people", "restricted")
"""The tables of persons: what may be used of them, and what is kept apart."""


@cache
def names() -> dict[str, Any]:
    """Return the dated data: words for tables and columns, hints of units, what means unknown."""
    return json.loads(resources.files("sqrec.mapping").joinpath("names.json").read_text(encoding="utf-8"))


def columns_of(table: str, header: Sequence[str]) -> dict[str, list[str]]:
    """Return the headers of a source by the column (or @group of columns) of a table that they name; each header once.

    Those known as they are stand before those known by their last part, which counts only where it says enough by itself:
    the id of company.id is a company's.
    """
    whole = _named_by(table, header, _whole)
    known = {name for told in whole.values() for name in told}
    parts = _named_by(table, [name for name in header if "." in name and name not in known], _parts)
    known |= {name for told in parts.values() for name in told}
    ends = _ends(table, [name for name in header if "." in name and name not in known])
    known |= {name for told in ends.values() for name in told}
    ending = _by_ending(table, [name for name in header if name not in known])
    found = (whole, parts, ends, ending)
    columns = dict.fromkeys(column for told in found for column in told)
    return {column: [name for told in found for name in told.get(column, ())] for column in columns}


def ranked(table: str, column: str, headers: Sequence[str], cells: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the headers of one column (or @group), the one to take first.

    A filled one goes before an empty one, a whole name before a last part, one that says more than 编号 or id before these, and
    then the order of names.json decides: 社区名称 names a community before 街道 does, wherever they stand in the file.
    """
    own = [column] if column in TABLES[table].names else []
    words = list(map(_folded, [*own, *names()["columns"].get(table, {}).get(column, ())]))
    bare = set(map(_folded, names()["bare"])) - set(map(_folded, own))

    def rank(header: str) -> tuple[bool, bool, bool, int]:
        known = next((form for form in map(_folded, _whole(header)) if form in words), None)
        filled = any(cell and cell not in names()["unknown"] for cell in cells[header])
        return not filled, known is None, known in bare, words.index(known) if known else 0

    return sorted(headers, key=rank)


def table_of(file: Path, header: Sequence[str]) -> str | None:
    """Return the table that a file is most like, by its headers and its own name; None where nothing speaks for one.

    Headers that name a person and an item are of events, whatever the file is called: a register of who applied for what is no
    table of people.
    """
    table, score = likest(file, header)
    table = table if score >= _ENOUGH else None
    return "events" if _tells_acts(table, header) else table


def likest(file: Path, header: Sequence[str]) -> tuple[str, float]:
    """Return the table that a header is most like, and how much speaks for it."""
    scores = {table: _score(table, file, header) for table in names()["columns"]}
    best = max(scores, key=lambda table: scores[table])
    return best, scores[best]


def tells_lists(file: Path, header: Sequence[str], several: Container[str] = ()) -> bool:
    """Tell whether headers are of a table of lists: persons, items, a score or a rank, and no act; nor does the file's name say one.

    A rank with a time may be where something was seen: that is asked. `several` are the columns made of several objects a row: a
    rating of each is a score.
    """
    found = columns_of("events", header)
    if not _has_both(found) or "event" in found or _has_flags(header) or _is_called("events", file):
        return False
    scored = any(_folded(name.rpartition(".")[2]) in names()["scores"] for name in header)
    scored |= any(name in several for column in ("rating", "position") for name in found.get(column, ()))
    return scored or ("position" in found and "at" not in found)


def _tells_acts(table: str | None, header: Sequence[str]) -> bool:
    """Tell whether headers name who met what, and nothing that speaks more for the table that they are like.

    Of people they may name facts besides, unless a time or an act stands there too; of jobs all that is required.
    """
    found = columns_of("events", header)
    if not _has_both(found):
        return False
    if "event" in found or _has_flags(header):
        return True
    if table is None or table in OF_PERSONS:
        return "at" in found or not any(tells_of_persons(other, header) for other in OF_PERSONS)
    return any(not _told(name, columns_of(table, header)) for name in _needed(table))


def _has_both(found: Mapping[str, Sequence[str]]) -> bool:
    return "person_id" in found and _told("item_id", found)


def _has_flags(header: Sequence[str]) -> bool:
    return any(folded(name) in names()["flags"] for name in header)


def _is_called(table: str, file: Path) -> bool:
    return any(folded(word) in folded(file.stem) for word in names()["tables"].get(table, ()))


def tells_of_persons(table: str, header: Sequence[str]) -> bool:
    """Tell whether headers name something of people, or something restricted, besides whom it is about and how old it is."""
    return bool(columns_of(table, header).keys() - {TABLES[table].key, "updated_at"})


def _named_by(table: str, header: Sequence[str], forms: Callable[[str], Sequence[str]]) -> dict[str, list[str]]:
    """Return headers by the column that the first known of their forms names."""
    known = _known(table)
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(header):
        column = next((known[form] for form in map(_folded, forms(name)) if form in known), None)
        if column:
            found.setdefault(column, []).append(name)
    return found


def _whole(name: str) -> Sequence[str]:
    """Return what a whole header could be called: as it stands, and without what is in brackets."""
    return name, re.sub(r"[(（\[【].*?[)）\]】]", "", name)


def _parts(name: str) -> Sequence[str]:
    """Return what the end of a dotted header could be called: with its parent, and alone where that says enough."""
    *parents, last = _whole(name)[1].split(".")
    together = parents[-1] + last
    return (together,) if _folded(last) in names()["bare"] else (together, last)


def _ends(table: str, header: Sequence[str]) -> dict[str, list[str]]:
    """Return headers below a known one by the column that they are an end of: 薪资.最低 is the lowest wage."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(header):
        parent, _, last = _whole(name)[1].rpartition(".")
        ends = names()["parts"].get(_known(table).get(_folded(parent), ""), {})
        column = next((column for column, words in ends.items() if folded(last) in words), None)
        if column in names()["columns"][table]:
            found.setdefault(str(column), []).append(name)
    return found


def _by_ending(table: str, header: Sequence[str]) -> dict[str, list[str]]:
    """Return headers by the column that their ending names, whatever comes before it: 高德坐标, 中心经度.

    Not of persons: whose place it is matters there, 户籍地经度 is no home.
    """
    if table in OF_PERSONS:
        return {}
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(header):
        endings = (column for ending, column in names()["endings"].items() if _folded(_whole(name)[1]).endswith(ending))
        if (column := next(endings, None)) in names()["columns"][table]:
            found.setdefault(str(column), []).append(name)
    return found


def _score(table: str, file: Path, header: Sequence[str]) -> float:
    found = columns_of(table, header)
    own = len([column for column in found if column in TABLES[table].names and column in header])
    missing = len([name for name in _needed(table) if not _told(name, found)])
    return (
        len(found)
        + own * 0.5
        + (_FILE if found and _is_called(table, file) else 0)
        + _KEY * (TABLES[table].key in found)
        - 2 * missing
    )


def _needed(table: str) -> set[str]:
    return {column.name for column in TABLES[table].columns if column.required and column.name != TABLES[table].key}


def _told(column: str, found: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a required column is there; what an event is about, and when, can be told otherwise."""
    if column == "item_id":
        return any(name == "item_id" or name.startswith("@item") for name in found)
    return column in found or column in {"kind", "event", "at", "type"}


@cache
def _known(table: str) -> dict[str, str]:
    """Return the column of every known header, in one form; the contract's own names come first."""
    words = {_folded(word): column for column, told in names()["columns"].get(table, {}).items() for word in told}
    return words | {_folded(name): name for name in TABLES[table].names}


def _folded(name: str) -> str:
    """Return a header in one form: 职位名 is 职位名称, a day is a time; RecBole's type of a column (user_id:token) is no name."""
    plain = re.sub(r"[\s_\-*:：()（）/]", "", re.sub(r":(token|float)(_seq)?$", "", folded(name)))
    return re.sub(r"日期$", "时间", re.sub(r"(?<=..)(名称|名)$", "", plain))
