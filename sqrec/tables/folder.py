"""A data folder before its tables are read: folder.json, the city, the files present."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sqrec.cities import City, load_city
from sqrec.contract import TABLES
from sqrec.contract.causes import nearest
from sqrec.contract.coordinates import Frame
from sqrec.errors import TableError
from sqrec.mapping import Mapped, open_mapping
from sqrec.mapping.readers import reader_of
from sqrec.rawtables import RawTable, misnamed, named, open_raw
from sqrec.tables.problems import Problem

Form = Literal["parquet", "csv"]
"""How a table file is written by sqrec; what is read may have any of `rawtables.ENDINGS`."""
_OURS = re.compile(r"folder\.json|mapping\.json|rejected|walk\.osm.*|\..*|~\$.*", re.IGNORECASE)
"""Files of a folder that are no tables and need no word; a spreadsheet that has NAME.xlsx open writes ~$NAME.xlsx."""


class FolderConfig(BaseModel):
    """Hold folder.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    city: str | None = None
    crs: Frame = "WGS84"
    as_of: str | None = None
    synthetic: Annotated[bool, Field(strict=True)] = False

    @field_validator("as_of")
    @classmethod
    def _is_a_moment(cls, value: str | None) -> str | None:
        """Refuse what is neither a date nor an instant."""
        if value is not None:
            datetime.fromisoformat(value)
        return value


@dataclass(frozen=True)
class Left:
    """Hold which reader of a mapping left cells of a column unread, and why, by what the cell came out as."""

    reader: str
    why: Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """Hold an opened folder: its configuration, its city, the file of every table that is to be read, in the asked order."""

    path: Path
    config: FolderConfig
    city: City
    files: Mapping[str, Path]
    mapped: Mapped | None = None

    def raw(self, name: str, rows: int) -> RawTable:
        """Open a table, through the mapping where it gives it."""
        if self.mapped and name in self.mapped.tables:
            return self.mapped.raw(name, rows)
        return open_raw(self.files[name], rows)

    def left(self, table: str, column: str) -> Left | None:
        """Return what the mapping's reader says of the cells of a column that it left unread; None where it left none."""
        why = self.mapped.unread.get((table, column)) if self.mapped else None
        if not self.mapped or not why:
            return None
        taken = next(feed.columns[column] for feed in self.mapped.mapping.tables[table] if column in feed.columns)
        return Left(taken.read or reader_of(table, TABLES[table].column(column)), why)

    def unread(self) -> tuple[Problem, ...]:
        """Name the files that are read as nothing, such as a `job.csv` or a `jobs.xls`."""
        own = {"folder.json", str(self.config.city)}
        strange = [
            file
            for file in _files(self.path, self.mapped)
            if not _OURS.fullmatch(file.name) and file.name not in own and not _table_of(file) and not self._reads_by(file)
        ]
        return tuple(Problem(file.name, 0, "", "", "unknown-file", _meant(file)) for file in strange)

    def _reads_by(self, file: Path) -> bool:
        return self.mapped is not None and self.mapped.file is not None and file.samefile(self.mapped.file)


def open_folder(path: Path | str, tables: Sequence[str] | None = None, mapping: Path | None = None) -> Source:
    """Open a folder for reading the tables named, or all it has, through a mapping: the one named, or its own `mapping.json`.

    Raises TableError where the folder, folder.json or the city file cannot be used, and where there is nothing to read.
    """
    path = Path(path)
    config = _config(path)
    city = _city(path, config)
    mapped = open_mapping(path, mapping, city, config.as_of)
    files = _table_files(path, _known(tables), mapped)
    if not files:
        raise TableError(f"{path} holds no table of the contract; expected files such as jobs.csv or people.parquet.")
    return Source(path, config, city, files, mapped)


def folder_facts(path: Path) -> tuple[City, FolderConfig]:
    """Return the city of a folder, and what folder.json tells of it. Raises TableError as `open_folder`."""
    config = _config(path)
    return _city(path, config), config


def _config(path: Path) -> FolderConfig:
    if not path.is_dir():
        raise TableError(f"{path} is not a folder; name a folder with tables such as jobs.csv.")
    file = path / "folder.json"
    try:
        return FolderConfig.model_validate_json(file.read_text(encoding="utf-8-sig")) if file.exists() else FolderConfig()
    except (OSError, ValidationError, UnicodeDecodeError) as problem:
        raise TableError(f"{file} does not fit: {_plainly(problem)}.") from problem


def _plainly(problem: Exception) -> str:
    """Say a failure in one line."""
    if isinstance(problem, ValidationError):
        return "; ".join(f"{'.'.join(map(str, part['loc']))} {part['msg']}".strip() for part in problem.errors(include_url=False))
    return str(problem)


def _city(path: Path, config: FolderConfig) -> City:
    """Load the folder's city, a path counting from the folder; without one the storage frame is the folder's own."""
    if config.city is None:
        return load_city(None).model_copy(update={"frame": config.crs})
    own = path / config.city
    return load_city(str(own) if own.exists() else config.city)


def _known(tables: Sequence[str] | None) -> Sequence[str]:
    strange = [name for name in tables or () if name not in TABLES]
    if strange:
        raise TableError(f"No table is called {', '.join(strange)}; there are {', '.join(TABLES)}.")
    return tables if tables is not None else list(TABLES)


def _table_files(path: Path, names: Sequence[str], mapped: Mapped | None) -> dict[str, Path]:
    """Return the file of every table that has one, of mapped ones the first source. Raises TableError with all that cannot be: two of one table, no such file."""
    found: dict[str, list[Path]] = {name: [] for name in names}
    given: Mapping[str, Path] = mapped.tables if mapped else {}
    for file in _files(path, mapped):
        if (name := _table_of(file)) in found and name not in given:
            found[name].append(file)
    wrong = [
        f"{path} holds both {' and '.join(file.name for file in files)}; take one of them away."
        for files in found.values()
        if len(files) > 1
    ]
    wrong += [told for files in found.values() for file in files if (told := misnamed(file))]
    if wrong:
        raise TableError("\n".join(wrong))
    there = {name: files[0] for name, files in found.items() if files}
    return {name: given.get(name) or there[name] for name in names if name in given or name in there}


def _files(path: Path, mapped: Mapped | None) -> list[Path]:
    """Return the files of a folder that are no source of its mapping."""
    return sorted(file for file in path.iterdir() if file.is_file() and not (mapped and file in mapped.files))


def _table_of(file: Path) -> str:
    """Return the table that a file is named after, whatever the case of its name; empty where it is none."""
    name = (named(file) or ("",))[0]
    return name if name in TABLES else ""


def _meant(file: Path) -> str:
    """Say what a file that is none of a table may be meant as."""
    name = file.name.lower().partition(".")[0]
    found = [name] if name in TABLES else nearest(name, TABLES)
    return f"nearest table: {', '.join(found)}" if found else ""
