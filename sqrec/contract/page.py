"""The page of the data contract, docs/tables.md: `python -m sqrec.contract.page docs/tables.md`."""

import math
import sys
from pathlib import Path

from sqrec.contract import AMENITY_TYPES, GRADES, RULES, TABLES, Column, Table

_HEAD = """# Tables

What goes in and out of sqrec as files, version 1. This page is written by `python -m sqrec.contract.page docs/tables.md`
from `sqrec/contract/`; change it there.

A data folder holds any of these tables as `NAME.csv`, `NAME.tsv` or `NAME.txt` (also packed: `NAME.csv.gz`), `NAME.xlsx` (with
openpyxl: `pip install 'sqrec[xlsx]'`) or `NAME.parquet`, whatever the case of the name; every other file of the folder is named and
not read. Texts are UTF-8, UTF-16 or GB18030, with a header row and commas, tabs or semicolons between cells, whichever the header
has most of. A row with a byte that is no character is rejected alone. Of a workbook the sheet with the table's name is read, or else
the first with columns; whole numbers stay whole, dates become ISO, and a cell that is merged
over several rows counts for each of them, with a warning. Names of columns are known whatever their case, spaces and stars, with a
warning. `*` marks what is required. An empty cell is unknown: never zero, never "no". `|` stands between the
members of a list. Money is yuan, distances metres, durations minutes, experience years.

`folder.json` says where and when the data is from: `city` (the name of a city file, a path, or null), `crs` (WGS84, GCJ02 or
BD09), `as_of` (a date or an instant), `synthetic` (true where the data is invented). Without a city no bounding box is checked.
Its clock is now, or the end of `as_of` where that is later: an event after it has not happened and counts for nothing. The city file's `plausible`
bounds what can be meant of wages by unit, ages, years, hours and days, each with date and source; what lies beyond is unknown.

`sqrec check FOLDER` reads a folder and tells every problem: counted by column and rule, with what is right, what the cell or the
header looks like and the nearest words of a vocabulary; `--all FILE` writes each of them to a file. An error rejects the row, a warning
leaves the cell unknown unless its rule says otherwise. Rejected rows go to `rejected/NAME.csv`; rows in = accepted + rejected. It ends
with what the folder is usable for, and fails where rows are rejected or where events join with nothing. What wrong cells look like
is data: `sqrec/contract/causes.json`.

What people and restricted facts are told "also in words" is read by the lists of `sqrec/contract/words.json` (女, 是, 大专, 全职,
36个月). Tables with other columns and words are read through a mapping: docs/mapping.md.
"""


def columns_page() -> str:
    """Return the page as Markdown."""
    tables = "\n".join(_table(table) for table in TABLES.values())
    return f"{_HEAD}\n{tables}\n{_events()}\n{_amenities()}\n{_rules()}"


def _table(table: Table) -> str:
    rows = "\n".join(_column(column) for column in table.columns)
    return f"## {table.name}\n\n{table.meaning}\n\n| column | type | meaning | if wrong |\n|---|---|---|---|\n{rows}\n"


def _column(column: Column) -> str:
    name = f"{column.name}*" if column.required else column.name
    says = _escaped(column.meaning + _words(column) + _bounds(column) + _spoken(column))
    return f"| {name} | {column.type} | {says} | {column.rule}, {RULES[column.rule].severity} |"


def _words(column: Column) -> str:
    """Spell out a vocabulary; the long one of amenity types has its own section."""
    if not column.words:
        return ""
    if column.words == tuple(AMENITY_TYPES):
        return ", see amenity types"
    return ": " + " ".join(f"`{word}`" for word in column.words)


def _bounds(column: Column) -> str:
    low, high = math.isfinite(column.low), math.isfinite(column.high)
    if low and high:
        return f", {column.low:g} to {column.high:g}"
    if low:
        return f", {column.low:g} or more"
    return f", at most {column.high:g}" if high else ""


def _spoken(column: Column) -> str:
    return f"; also in words (`{column.spoken}`)" if column.spoken else ""


def _events() -> str:
    rows = "\n".join(f"| {event} | {grade} |" for event, grade in GRADES.items())
    return f"## Grades of events\n\n| event | grade |\n|---|---|\n{rows}\n"


def _amenities() -> str:
    rows = "\n".join(f"| {name} | {domain} | {level} |" for name, (domain, level) in AMENITY_TYPES.items())
    return f"## Amenity types\n\n| type | domain | class |\n|---|---|---|\n{rows}\n"


def _rules() -> str:
    rows = "\n".join(f"| {rule.id} | {rule.severity} | {_escaped(rule.right)} |" for rule in RULES.values())
    return f"## Rules\n\n| rule | severity | what is right |\n|---|---|---|\n{rows}\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(columns_page(), encoding="utf-8")
