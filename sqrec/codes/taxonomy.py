"""Occupations: the built-in table of community occupations, or a taxonomy from a file."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from sqrec.base.text import normal
from sqrec.errors import TableError
from sqrec.rawtables import read_raw

_MARK = re.compile(r"(?<=[一-鿿])(?:L/S|L|S)$")
_CODE = re.compile(r"\d(?:-\d\d){0,3}")


@dataclass(frozen=True)
class Taxonomy:
    """Hold occupations of the finest level: code, official name, aliases, what is done (a text), the names above.

    All tuples have one entry per occupation, in rising order of the codes; `definitions`, the first part of what is done, may be
    empty: none is told.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]
    parents: tuple[str, ...]
    definitions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.codes)


def built_in() -> Taxonomy:
    """Return the table of community occupations that comes with sqrec (occupations.json)."""
    rows = sorted(table("occupations.json")["occupations"], key=lambda row: row["code"])
    return Taxonomy(
        codes=tuple(row["code"] for row in rows),
        names=tuple(row["name"] for row in rows),
        aliases=tuple(tuple(row["aliases"]) for row in rows),
        texts=("",) * len(rows),
        parents=("",) * len(rows),
    )


def name_of(told: str) -> str:
    """Return the official name of a built-in occupation that is told by its code; what is no such code stays as it is."""
    return _names().get(told, told)


@cache
def _names() -> Mapping[str, str]:
    known = built_in()
    return dict(zip(known.codes, known.names, strict=True))


def read_taxonomy(file: Path) -> Taxonomy:
    """Read a taxonomy: CSV or Parquet with code and name, maybe level, aliases (or alias), definition, tasks.

    The finest level counts: the highest `level`, or without levels the codes that are nobody's parent. A code that
    comes twice is one occupation. The marks L, S and L/S (green, digital) behind a name are no part of it.

    Raises TableError, naming the file, where columns are missing or no row is left.
    """
    columns = read_raw(file).columns
    missing = [name for name in ("code", "name") if name not in columns]
    if missing:
        raise TableError(f"{file} has no column {' and no column '.join(missing)}; a taxonomy needs code and name.")
    count = len(columns["code"])
    found = {name: columns.get(name, [""] * count) for name in ("level", "aliases", "alias", "definition", "tasks")}
    codes = [code.strip() for code in columns["code"]]
    wrong = sorted({code for code in codes if not _CODE.fullmatch(code)})
    if wrong:
        raise TableError(f"{file} has codes of another form: {', '.join(map(repr, wrong[:5]))}; right is 4-10-01-05.")
    names = dict(zip(map(stem, codes), columns["name"], strict=True))
    kept = [place for place in _finest(codes, found["level"]) if columns["name"][place].strip()]
    if not kept:
        raise TableError(f"{file} has no occupation: no row with a code and a name.")
    aliases: dict[str, dict[str, None]] = {}
    first: dict[str, int] = {}
    for place in kept:
        listed = re.split(r"[|,，]", f"{found['aliases'][place]}|{found['alias'][place]}")
        first.setdefault(codes[place], place)
        aliases.setdefault(codes[place], {}).update((alias.strip(), None) for alias in listed if alias.strip())
    order = sorted(first)
    official = {code: _MARK.sub("", columns["name"][first[code]].strip()) for code in order}
    return Taxonomy(
        codes=tuple(order),
        names=tuple(official[code] for code in order),
        aliases=tuple(tuple(_others(aliases[code], official[code])) for code in order),
        texts=tuple(f"{found['definition'][first[code]]} {found['tasks'][first[code]]}".strip() for code in order),
        parents=tuple(names.get(stem(code).rpartition("-")[0], "") for code in order),
        definitions=tuple(found["definition"][first[code]].strip() for code in order),
    )


def stem(code: str) -> str:
    """Return a code without the empty levels at its end: `1-02-01-00` is `1-02-01`."""
    while code.endswith("-00"):
        code = code.removesuffix("-00")
    return code


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one of the JSON files beside this module."""
    return json.loads(resources.files("sqrec.codes").joinpath(name).read_text(encoding="utf-8"))


def _finest(codes: Sequence[str], levels: Sequence[str]) -> list[int]:
    if any(levels):
        finest = max(levels)
        return [place for place, level in enumerate(levels) if level == finest]
    stems = [stem(code) for code in codes]
    above = {part for code in stems for part in _above(code)}
    return [place for place, code in enumerate(stems) if code not in above]


def _above(code: str) -> Iterable[str]:
    while "-" in code:
        code = code.rpartition("-")[0]
        yield code


def _others(aliases: Iterable[str], name: str) -> Iterable[str]:
    own = {normal(name)}
    return (alias for alias in aliases if normal(_MARK.sub("", alias)) not in own)
