"""`sqrec adapt`: a mapping proposed from what files hold: names first, then what the cells look like; what nothing says is asked."""

import json
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from sqrec.contract import TABLES
from sqrec.errors import TableError
from sqrec.mapping.asking import Place, Sample, asking, sample, shared_choices
from sqrec.mapping.columns import Columns
from sqrec.mapping.guess import OF_PERSONS, columns_of, names, table_of, tells_lists, tells_of_persons
from sqrec.mapping.ids import used_ids
from sqrec.mapping.model import DOUBLE, UNSET, Feed, Mapping, Taken, taken_from
from sqrec.mapping.readers.how import folded

KEY = "person_id"
_NAMED = ("tianchi", "jobposting", "boss")


@dataclass(frozen=True)
class Proposal:
    """Hold a proposed mapping, the files that are like no table, and notes on what was taken by its cells.

    `unread` says of files that cannot be read why.
    """

    mapping: Mapping
    samples: MappingOf[str, Sample]
    strange: Sequence[str]
    named: MappingOf[str, str]
    notes: Sequence[str] = ()
    unread: Sequence[str] = ()


def propose(place: Place, files: Sequence[Path]) -> Proposal:
    """Propose a mapping for files. Raises TableError where no file that can be read is like a table."""
    samples, unread = _samples(place, files)
    feeds: dict[str, list[Feed]] = {}
    strange: list[str] = []
    named: dict[str, str] = {}
    notes = [f"{one.name}: {one.doubt}" for one in samples if one.doubt]
    tables = {one.name: _table(one) for one in samples}
    for one in samples:
        known = _named(one)
        if known:
            named[one.name], told = known
            guess = Columns(one, told["table"], place, used_ids(samples, tables, one.name))
            feeds.setdefault(told["table"], []).append(_filled(told, guess))
            notes += guess.notes
            continue
        table = tables[one.name]
        notes += [_lists(one, place)] if table is None and tells_lists(Path(one.name), one.header, one.several) else []
        if table is None:
            strange.append(one.name)
            continue
        ids = used_ids(samples, tables, one.name)
        there = [name for name in tables.values() if name]
        guess = Columns(one, table, place, ids)
        given = [(table, _feed(guess, there))]
        notes += guess.notes
        for other in _also(one, table, there):
            beside = Columns(one, other, place, ids, {KEY: guess.columns[KEY]}, doubts=dict(guess.doubts))
            given.append((other, _feed(beside, there)))
            notes += beside.notes
        if _says_nothing(given):
            strange.append(one.name)
            notes.append(
                f"{one.name}: it names persons, and tells nothing of them that the contract asks for: {_left_names(given)}"
            )
            continue
        for name, feed in given:
            feeds.setdefault(name, []).append(feed)
    if not feeds:
        raise TableError("\n".join([*_like_none(samples), *notes, *unread]))
    feeds = {name: [_without_others(feed, feeds) for feed in told] for name, told in feeds.items()}
    about = "; ".join([*(f"{file} is read as {which}" for file, which in named.items()), *notes])
    mapping = Mapping(about=about, tables={name: tuple(told) for name, told in feeds.items()})
    return Proposal(mapping, {one.name: one for one in samples}, strange, named, notes, unread)


def _table(one: Sample) -> str | None:
    """Return the table that a source is like; lists that somebody was given are none that is read here."""
    file = Path(one.name)
    table = table_of(file, one.header)
    return None if table in {*OF_PERSONS, "events"} and tells_lists(file, one.header, one.several) else table


def _lists(one: Sample, place: Place) -> str:
    report = f"sqrec report --table {place.folder / one.name}"
    several = f"; {next(iter(one.several.values()))} first" if one.several else ""
    told = f"{one.name}: persons, items and a score or a rank, and no act: lists of recommendations, no events"
    return f"{told}; see `{report}`{several}"


def _samples(place: Place, files: Sequence[Path]) -> tuple[list[Sample], list[str]]:
    """Read what can be read, and say of the other files why they cannot."""
    samples: list[Sample] = []
    unread: list[str] = []
    for file in files:
        try:
            samples.append(sample(place.folder, file))
        except TableError as problem:
            unread.append(str(problem))
    return samples, unread


def _like_none(samples: Sequence[Sample]) -> list[str]:
    files = ", ".join(one.name for one in samples)
    return [f"None of {files} is like a table of the contract; there are {', '.join(TABLES)}."] if samples else []


def _also(one: Sample, table: str, there: Sequence[str]) -> list[str]:
    """Return the other table of persons that a file says something of besides whom it is about, where no other file gives that one."""
    others = [other for other in OF_PERSONS if table in OF_PERSONS and other not in {table, *there}]
    return [other for other in others if tells_of_persons(other, one.header)]


def _says_nothing(given: Sequence[tuple[str, Feed]]) -> bool:
    """Tell whether a source gives the tables of persons nothing but an id under a name of its own."""
    ids = [feed.columns[KEY].sources for table, feed in given if table in OF_PERSONS and feed.columns.keys() == {KEY}]
    return len(ids) == len(given) and (KEY,) not in ids


def _left_names(given: Sequence[tuple[str, Feed]]) -> str:
    left = [f"{name} ({why})" for name, why in given[0][1].left_out.items() if name]
    return "; ".join(left) or "it has no other column"


def _named(one: Sample) -> tuple[str, dict[str, Any]] | None:
    """Return the named mapping that a source's header is known by."""
    for name in _NAMED:
        told = json.loads(resources.files("sqrec.mapping").joinpath("named", f"{name}.json").read_text(encoding="utf-8"))
        for feed in told["feeds"]:
            if all(any(header in one.header for header in group) for group in feed["known_by"]):
                return name, feed
    return None


def _filled(told: MappingOf[str, Any], guess: Columns) -> Feed:
    """Fill a named mapping in for a source: of alternative headers those that are there; what it lacks, by what is known of any file."""
    one, place = guess.one, guess.place
    for name, spec in told["columns"].items():
        sources = [header for header in spec.get("any", spec.get("from", ())) if header in one.header]
        rest = {key: value for key, value in spec.items() if key not in {"any", "from", "all", "or_row"}}
        if "any" in spec and not spec.get("all"):
            sources = sorted(sources, key=lambda header: not any(one.cells[header]))[:1]
        if sources or "constant" in spec:
            guess.columns[name] = Taken.model_validate(({"from": sources} if sources else {}) | rest)
    left_out = told.get("left_out", {})
    guess.take_besides(left_out)
    for name in (name for name, spec in told["columns"].items() if spec.get("or_row") and name not in guess.columns):
        guess.columns[name] = guess.key(name)
    moment = (place.as_of or UNSET) if told.get("one_moment") and "at" not in guess.columns else None
    return _as_feed(guess, _midnight(moment, place) if moment else None, guess.doubts | left_out)


def _feed(guess: Columns, tables: Sequence[str]) -> Feed:
    """Propose what a source gives to a table."""
    one, table, place = guess.one, guess.table, guess.place
    for column, headers in sorted(columns_of(table, one.header).items(), key=lambda told: told[0].startswith("@")):
        if column not in guess.columns:  # what is given already stays: the id of a person is one, in both tables of persons
            guess.take(column, headers)
    guess.by_contents()
    guess.complete(tables)
    moment = _midnight(place.as_of or UNSET, place) if table == "events" and "at" not in guess.columns else None
    return _as_feed(guess, moment, guess.doubts)


def _as_feed(guess: Columns, moment: str | None, why: MappingOf[str, str]) -> Feed:
    """Put the columns taken into a source's part, with what they ask; `why` has reasons for what is left out."""
    one, table = guess.one, guess.table
    columns = {name: asking(table, name, taken, one, guess.place) for name, taken in guess.ordered().items()}
    columns, choose = shared_choices(columns)
    return Feed(
        file=one.name,
        sheet=one.sheet,
        header_row=one.header_row,
        second_row=one.second_row,
        columns=columns,
        unknown=_unknown(one),
        choose=choose,
        one_moment=moment,
        left_out=_left(one, table, columns, why),
    )


def _unknown(one: Sample) -> tuple[str, ...]:
    """Return the marks of what is unknown that a source uses."""
    there = {cell for cells in one.cells.values() for cell in cells}
    return tuple(mark for mark in names()["unknown"] if mark in there or mark in names()["always_unknown"])


def _left(one: Sample, table: str, columns: MappingOf[str, Taken], why: MappingOf[str, str]) -> dict[str, str]:
    """Return the source's columns that nothing is taken from, each with the reason."""
    used = taken_from(columns)
    left = [name for name in one.header if name and name not in used and not name.endswith(("@type", "@context"))]
    known = {header: column for column, headers in columns_of(table, one.header).items() for header in headers}
    told = {name: _known(known[name], columns) for name in left if name in known}
    reasons = {name: why.get(name) or _reason(name, table, told.get(name), filled=any(one.cells[name])) for name in left}
    nameless = one.nameless[1:] if "" in used else one.nameless
    places = ", ".join(map(str, nameless))
    doubles = {f"{name} (column {place})": DOUBLE for name in one.header if name in used for place in one.doubles.get(name, ())}
    return (
        doubles
        | reasons
        | ({"": f"column {places} of the file has no name in the header; give it one to have it read"} if places else {})
    )


def _known(column: str, columns: MappingOf[str, Taken]) -> str:
    """Say why nothing is taken from a header that names a column, or a group of columns: another gives it, or nothing asks for it."""
    column = _column(column)
    if column not in columns:
        return f"it names {column}, which nothing is taken for here; add it to columns to have it"
    return f"it names {column} as well, which comes from {', '.join(columns[column].sources) or 'a constant'}"


def _without_others(feed: Feed, feeds: MappingOf[str, Sequence[Feed]]) -> Feed:
    """Return a source's part without the columns in `left_out` that another part of the same file reads."""
    read = {name for told in feeds.values() for other in told if other.file == feed.file for name in other.taken_from}
    return feed.model_copy(
        update={"left_out": {name: why for name, why in feed.left_out.items() if not name or name not in read}}
    )


def _reason(name: str, table: str, known: str | None, *, filled: bool) -> str:
    if not filled:
        return "empty"
    if table in OF_PERSONS and folded(name) in names()["private"]:
        return "it names a person; nothing here needs it"
    tables = OF_PERSONS if table in OF_PERSONS else (table,)
    unsure = next((told[folded(name)] for of in tables if folded(name) in (told := names()["unsure"].get(of, {}))), None)
    return known or unsure or _known_elsewhere(name, table) or "no column of the contract is known by this name"


def _known_elsewhere(name: str, table: str) -> str | None:
    """Say which columns of other tables a header names, the other table of persons first."""
    others = sorted((other for other in names()["columns"] if other != table), key=lambda other: other not in OF_PERSONS)
    found = [f"{other}.{_column(column)}" for other in others for column in columns_of(other, [name])]
    if table in OF_PERSONS and found and found[0].split(".")[0] in OF_PERSONS:
        return f"it names {found[0]}, of another table"
    return f"no column of {table} is known by this name; elsewhere it names {', '.join(found)}" if found else None


def _column(name: str) -> str:
    """Return the column that a header, or a group of headers, is one for."""
    return "item_id" if name.startswith("@item") else names()["groups"].get(name, name)


def _midnight(moment: str, place: Place) -> str:
    """Return a day as its 00:00 in the city; a moment, and what is not set, as it is."""
    if moment == UNSET or len(moment) > len("2026-11-01"):
        return moment
    return datetime.fromisoformat(moment).replace(tzinfo=place.city.zone).isoformat()
