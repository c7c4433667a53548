"""Ids under headers that nobody knows: by what their cells are like, and by the ids that other files of the folder use."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from sqrec.contract import TABLES
from sqrec.mapping.asking import Place, Sample, share
from sqrec.mapping.guess import columns_of, names, ranked
from sqrec.mapping.readers.how import folded

_MET = 0.5
_LONG = 4
_FEWEST, _FEW = 2, 3
_OF_PERSONS = ["people", "restricted"]
_PERSONS = re.compile(r"1[3-9]\d{9}|\d{17}[\dXx]")
"""A mobile number, an identity number (GB 11643): what names a person is nobody's id here."""
_ID = re.compile(r"[^\s|,，;；]{1,128}")
_MIXED = re.compile(r"(?!\d{4}-\d)(?=.*\d)(?=.*[A-Za-z])[\w\-./:#?=&%]{1,128}", re.ASCII)


def used_ids(samples: Sequence[Sample], tables: Mapping[str, str | None], beside: str) -> dict[str, frozenset[str]]:
    """Return the ids that files name under known headers, by the table that has them as its key; `beside` is a file left out."""
    found: dict[str, set[str]] = {}
    for one in samples:
        table = tables.get(one.name)
        if table is None or one.name == beside:
            continue
        for column, headers in columns_of(table, one.header).items():
            for of in _tables_of(table, column):
                first = ranked(table, column, headers, one.cells)[0]
                found.setdefault(of, set()).update(filter(None, one.cells[first]))
    return {of: frozenset(ids) for of, ids in found.items()}


def keys_of(one: Sample, table: str, used: AbstractSet[str], ids: AbstractSet[str], place: Place) -> list[str]:
    """Return the unused columns that may hold a table's own ids: one is sure, several are a choice.

    Their cells are all filled and all different, and are no counter. Those that other files name by stand before those
    whose header says that it is an id, and these before codes of digits and letters under any header.
    """
    rows = _whole_rows(one)
    unique = {name: cells for name in _unknown(one, table, used) if _is_unique(cells := [one.cells[name][row] for row in rows])}
    met = [name for name, cells in unique.items() if meets(cells, ids)]
    said = [name for name in unique if _says_id(name)]
    mixed = [name for name, cells in unique.items() if len(cells) >= _FEW and _is_code(cells, place)]
    return [name for name in met if name in said] or met or said or ([] if table == "events" else mixed)


def references(one: Sample, table: str, used: AbstractSet[str], ids: AbstractSet[str]) -> list[str]:
    """Return the unused columns whose cells are ids of another table."""
    return [name for name in _unknown(one, table, used) if meets(one.cells[name], ids)]


def meets(cells: Sequence[str], ids: AbstractSet[str]) -> bool:
    """Tell whether cells are ids that are used elsewhere: half of them, or half of those; small numbers may agree by chance."""
    there = {cell for cell in cells if cell}
    both = there & ids
    telling = any(len(cell) >= _LONG or not cell.isdecimal() for cell in both)
    return telling and len(both) >= _FEWEST and len(both) >= _MET * min(len(there), len(ids))


def _tables_of(table: str, column: str) -> Sequence[str]:
    """Return the tables whose ids a column holds."""
    kinds = {"job": "jobs", "course": "courses", "amenity": "amenities"}
    if column == "item_id":
        return list(kinds.values())
    if column.startswith("@item_"):
        return [kinds[column.removeprefix("@item_")]]
    if column == "person_id":
        return _OF_PERSONS
    return [table] if column == TABLES[table].key else []


def _unknown(one: Sample, table: str, used: AbstractSet[str]) -> list[str]:
    """Return the filled columns under headers that name nothing, and no person."""
    tables = _OF_PERSONS if table in _OF_PERSONS else [table]
    known = {name for of in tables for told in columns_of(of, one.header).values() for name in told}
    return [
        name
        for name in one.header
        if name and name not in known and name not in used and any(one.cells[name]) and not _names_a_person(name, one)
    ]


def _names_a_person(name: str, one: Sample) -> bool:
    return any(word in folded(name) for word in names()["private"]) or any(map(_PERSONS.fullmatch, one.cells[name]))


def _whole_rows(one: Sample) -> list[int]:
    """Return the places of rows that are no title and no sum: half as full as the fullest."""
    full = [sum(map(bool, cells)) for cells in zip(*one.cells.values(), strict=True)]
    return [place for place, count in enumerate(full) if 2 * count >= max(full)]


def _is_unique(cells: Sequence[str]) -> bool:
    if len(cells) < _FEWEST or len(set(cells)) < len(cells) or not all(map(_ID.fullmatch, cells)):
        return False
    return list(cells) not in ([str(first + place) for place in range(len(cells))] for first in (0, 1))


def _says_id(name: str) -> bool:
    return _ending().search(name) is not None


def _is_code(cells: Sequence[str], place: Place) -> bool:
    return all(map(_MIXED.fullmatch, cells)) and not share(cells, "wage_min", "jobs", "wage_min", place, "per_month", "in_yuan")


@cache
def _ending() -> re.Pattern[str]:
    told = names()["id_endings"]
    words = "|".join(word for word in told if word.isascii())
    others = "|".join(word for word in told if not word.isascii())
    return re.compile(rf"(?:{others}|(?:^|[^A-Za-z])(?i:{words})|[a-z](?:{words.title()}|{words.upper()}))$")
