"""What run-time files hold about people: hashes of events beside bundles, and lists of everybody; taken out when somebody is erased."""

import csv
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sqrec.base.arrays import KeyArray
from sqrec.store.database import Database
from sqrec.store.erased import erased_among

PROVENANCE = ("*_events.npy", "*_seen.npy")
"""The arrays in a bundle's folder `provenance/` that hash events."""
_PART = ".part"
_PIECE = 1 << 20


@dataclass
class Left:
    """Hold what was done to files: arrays and tables that were written anew, and files that still hold the id."""

    changed: list[Path] = field(default_factory=list[Path])
    holding: list[Path] = field(default_factory=list[Path])


def forget_events(place: Path, events: KeyArray) -> list[Path]:
    """Take hashes of events out of the provenance of every bundle under a folder, and copies of bundles there; return changed files."""
    found = [path for name in PROVENANCE for path in sorted(place.rglob(f"provenance/{name}"))] if len(events) else []
    return [path for path in found if _without(path, events)]


def forget_people(place: Path, database: Database) -> list[Path]:
    """Take the rows of erased people out of every table of lists under a folder (Parquet and CSV); return changed files."""
    return [path for path in _files(place) if _forgotten(path, database)]


def holding(place: Path, person_id: str, store: Path | None) -> list[Path]:
    """Return the files under a folder in which an id stands as a word of its own, but for the store's own files."""
    own = {Path(f"{store}{end}").resolve() for end in ("", "-wal", "-shm")} if store else set[Path]()
    word = re.compile(rb"(?<![0-9A-Za-z_-])" + re.escape(person_id.encode()) + rb"(?![0-9A-Za-z_-])")
    return [path for path in _files(place) if path.resolve() not in own and _holds(path, word, len(person_id.encode()))]


def _files(place: Path) -> Iterator[Path]:
    return (path for path in sorted(place.rglob("*")) if path.is_file() and not path.is_symlink())


def _without(path: Path, events: KeyArray) -> bool:
    kept = np.load(path, allow_pickle=False)
    left = kept[~np.isin(kept, events)]
    if len(left) == len(kept):
        return False
    part = path.with_name(path.name + _PART)
    with part.open("wb") as stream:
        np.save(stream, left, allow_pickle=False)
    _put(part, path)
    return True


def _forgotten(path: Path, database: Database) -> bool:
    if path.suffix == ".parquet":
        return _forgotten_parquet(path, database)
    return path.suffix == ".csv" and _forgotten_csv(path, database)


def _forgotten_parquet(path: Path, database: Database) -> bool:
    try:
        if "person_id" not in pq.read_schema(path).names:
            return False
    except (pa.ArrowException, OSError):
        return False
    ids = pq.read_table(path, columns=["person_id"])["person_id"]
    gone = _erased(database, pc.unique(ids).to_pylist())
    if not gone:
        return False
    table = pq.read_table(path)
    part = path.with_name(path.name + _PART)
    pq.write_table(table.filter(pc.invert(pc.is_in(ids, pa.array(sorted(gone), ids.type)))), part, compression="zstd")
    _put(part, path)
    return True


def _forgotten_csv(path: Path, database: Database) -> bool:
    try:
        head, told = _rows_of(path)
    except (UnicodeDecodeError, csv.Error, OSError):
        return False
    if "person_id" not in head:
        return False
    at = head.index("person_id")
    gone = _erased(database, sorted({row[at] for row in told if len(row) > at}))
    if not gone:
        return False
    part = path.with_name(path.name + _PART)
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows(row for row in told if len(row) <= at or row[at] not in gone)
    _put(part, path)
    return True


def _rows_of(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        head: list[str] = next(rows, list[str]())
        return head, list(rows) if "person_id" in head else []


def _erased(database: Database, ids: Sequence[str | None]) -> set[str]:
    with database.reading() as connection:
        return erased_among(connection, database.pepper, ids)


def _put(part: Path, path: Path) -> None:
    """Put a whole file in another's place."""
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(path)


def _holds(path: Path, word: "re.Pattern[bytes]", longest: int) -> bool:
    try:
        with path.open("rb") as stream:
            before = b""
            while piece := stream.read(_PIECE):
                if word.search(before + piece):
                    return True
                before = (before + piece)[-(longest + 2) :]
    except OSError:
        return True
    return False
