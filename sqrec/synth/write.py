"""Tables to Parquet, in pieces; the same rows give the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sqrec.base.arrays import AnyArray, IntArray
from sqrec.contract.vocabulary import WALKS
from sqrec.synth import events
from sqrec.synth.catalogue import Catalogue
from sqrec.synth.data import ints, read, rows_of
from sqrec.synth.events import Log
from sqrec.synth.oracle import Told
from sqrec.synth.residents import CODES, EMPLOYMENT, FACTS, TYPES, Residents
from sqrec.synth.trades import FORMS, trades

RAISED = 40.0
_OTHERS: Mapping[str, str] = {"interview": "employers", "hire": "employers", "enrol": "schools", "complete": "schools"}
_WRITERS = [_OTHERS.get(name, "platform") for name in events.NAMES]
_TEXT = pa.string()
_INSTANT = pa.timestamp("s", tz="UTC")


class Table:
    """Write one table to a folder piece by piece, each a row group."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.parquet"
        self._writer: Any = None

    def __enter__(self) -> Self:
        """Return the table; the file is made at the first piece, which has the columns."""
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()

    def write(self, columns: dict[str, Any]) -> None:
        """Add a piece of arrow arrays of equal length."""
        table = pa.table(columns)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)


def write_frame(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write a whole table: texts, numbers and booleans as they are, missing ones as null."""
    with Table(folder, name) as table:
        table.write({str(column): _array(frame[column]) for column in frame})


def _array(column: "pd.Series[Any]") -> Any:
    values: list[Any] = column.tolist()
    cleaned = [None if value is None or value != value else value for value in values]
    if all(value is None for value in cleaned):
        return pa.array(cleaned, pa.string())
    return pa.array(cleaned)


def texts(values: Sequence[str | None]) -> Any:
    """Return a column of texts; None becomes null."""
    return pa.array(values, _TEXT)


def instants(seconds: IntArray, missing: int = -1) -> Any:
    """Return a column of instants from seconds UTC; the value `missing` becomes null."""
    return pa.array(seconds, mask=seconds == missing).cast(pa.int64()).cast(pa.timestamp("s")).cast(_INSTANT)


def numbers(values: AnyArray, known: AnyArray) -> Any:
    """Return a column of numbers; null where `known` is False."""
    return pa.array(np.round(values.astype(np.float64), 5), mask=~known)


def people_columns(people: Residents, rows: slice, ids: Sequence[str], areas: Sequence[str], walk: IntArray) -> dict[str, Any]:
    """Return a piece (`rows`) of the table `people` by column; `areas` are codes of communities, `walk` the result of `residents.ways`."""
    told = {name: people.told[rows, place] for place, name in enumerate(FACTS)}
    hours = [text for text, _ in read("hours")["free"].values()]
    number = np.arange(int(rows.start), int(rows.stop))
    return {
        "person_id": texts(ids),
        "birth_month": texts(_months(people.birth[rows], told["birth"])),
        "education": texts(_words(CODES, people.education[rows], told["education"])),
        "graduated_on": texts([f"{month}-30" if month else None for month in _months(people.graduated[rows], told["graduated"])]),
        "skills": texts(_skills(people.skill[rows], people.level[rows], told["skills"])),
        "occupations": texts(_trades(people.past[rows], told["past"], number)),
        "desired": texts(_trades(people.desired[rows], told["desired"], number + 3)),
        "experience_years": numbers(people.experience[rows], told["experience"]),
        "employment": texts(_words(EMPLOYMENT, people.employment[rows], told["employment"])),
        "registered_unemployed_on": texts(_registered(people, rows, told["registered"])),
        "wage_min": numbers(people.wage[rows], told["wage"]),
        "forms": texts(_bits(FORMS, people.forms[rows], told["forms"])),
        "hours": texts(_words(hours, people.hours[rows], told["hours"])),
        "needs": texts(_bits([f"type:{name}" for name in TYPES], people.needs[rows], told["needs"])),
        "lon": numbers(people.lon[rows], told["point"]),
        "lat": numbers(people.lat[rows], told["point"]),
        "area": texts(_words(areas, people.community[rows], told["area"])),
        "walk": texts(_words(WALKS, walk[rows], walk[rows] >= 0)),
        "personalised": pa.array(
            [False if off else None if place % 3 else True for place, off in zip(ints(number), people.off[rows], strict=True)],
            pa.bool_(),
        ),
        "updated_at": instants(people.updated[rows]),
    }


def _months(months: AnyArray, known: AnyArray) -> list[str | None]:
    return [
        f"{month // 12}-{month % 12 + 1:02d}" if ok and month > 0 else None for month, ok in zip(ints(months), known, strict=True)
    ]


def _words(words: Sequence[str], places: AnyArray, known: AnyArray) -> list[str | None]:
    return [words[place] if ok and place >= 0 else None for place, ok in zip(ints(places), known, strict=True)]


def _bits(words: Sequence[str], bits: AnyArray, known: AnyArray) -> list[str | None]:
    cells: dict[int, str | None] = {}
    for value in np.unique(bits).tolist():
        cells[value] = "|".join(word for place, word in enumerate(words) if value >> place & 1) or None
    return [cells[value] if ok else None for value, ok in zip(ints(bits), known, strict=True)]


def _skills(skill: AnyArray, level: AnyArray, known: AnyArray) -> list[str | None]:
    names = trades().skills
    found: list[str | None] = []
    for row, levels, ok in zip(rows_of(skill), rows_of(level), known, strict=True):
        cells = [names[one] + (f"@{at}" if at else "") for one, at in zip(row, levels, strict=True) if one >= 0]
        found.append("|".join(cells) or None if ok else None)
    return found


def _trades(places: AnyArray, known: AnyArray, number: IntArray) -> list[str | None]:
    """Return occupations as cells: by usual title (four in ten), official name or code (three in ten each)."""
    rows = trades().rows
    ways = [(*[row.titles[0]] * 4, *[row.name] * 3, *[row.code] * 3) for row in rows]
    found: list[str | None] = []
    for wishes, ok, luck in zip(rows_of(places), known, ints(number * 7 % 10), strict=True):
        found.append("|".join(ways[one][luck] for one in wishes if one >= 0) or None if ok else None)
    return found


def _registered(people: Residents, rows: slice, known: AnyArray) -> list[str | None]:
    """Return the day of registration of unemployed people (months before their facts were last changed), else `no`."""
    idle = people.employment[rows] == EMPLOYMENT.index("unemployed")
    when = people.joined[rows] - (people.birth[rows] % 17 + 1) * 25 * 86_400
    days = np.datetime_as_string(when.astype("datetime64[s]").astype("datetime64[D]")).tolist()
    return [(day if out else "no") if ok else None for day, out, ok in zip(days, idle, known, strict=True)]


def event_columns(log: Log, recorded: IntArray, first: int, kind: str, people: Any, items: Any) -> dict[str, Any]:
    """Return a piece of the table `events` by column.

    `recorded` is as of `events.late`, `first` the number of the first event; `people` and `items` are arrow arrays of ids.
    """
    request = pa.array(log.request, mask=log.request < 0)
    number = np.arange(first, first + len(log))
    return {
        "event_id": _joined(kind[0], number),
        "person_id": people.take(pa.array(log.person)),
        "kind": pa.repeat(kind, len(log)),
        "item_id": items.take(pa.array(log.item)),
        "event": pa.array(events.NAMES).take(pa.array(log.code)),
        "at": instants(log.at),
        "recorded_at": instants(recorded),
        "request_id": _joined(f"r{kind[0]}", request),
        "position": pa.array(log.position, mask=log.position == 0),
        "writer": pa.array(_WRITERS).take(pa.array(log.code)),
    }


def utility_columns(told: Told, part: slice, at: int, items: Catalogue, people: Any) -> dict[str, Any]:
    """Return a piece (`part`) of the table `utilities` at a moment (seconds UTC) by column.

    Both utilities are raised by the same constant, so that none is negative; `people` is an arrow array of ids.
    """
    size = len(told.person[part])
    return {
        "person_id": people.take(pa.array(told.person[part])),
        "kind": pa.repeat(items.kind, size),
        "item_id": pa.array(items.ids).take(pa.array(told.item[part])),
        "at": instants(np.full(size, at)),
        "utility": pa.array(np.round(told.utility[part].astype(np.float64) + RAISED, 4)),
        "observable": pa.array(np.round(told.observable[part].astype(np.float64) + RAISED, 4)),
    }


def _joined(before: str, numbers: Any) -> Any:
    return pc.binary_join_element_wise(before, pa.array(numbers).cast(_TEXT), "-")


def pieces(size: int, most: int = 50_000) -> Iterator[slice]:
    """Yield slices of at most `most` rows that cover `size` rows."""
    for low in range(0, size, most):
        yield slice(low, min(low + most, size))
