"""A data folder before its tables are read: folder.json, the city, which files there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from sqrec.cities import City, load_city
from sqrec.contract import TABLES
from sqrec.contract.coordinates import Frame
from sqrec.errors import TableError
from sqrec.mapping import Mapped, open_mapping
from sqrec.rawtables import RawTable, open_raw
from sqrec.tables.problems import Problem

Form = Literal["parquet", "csv"]
"""How a table file may be written; its ending says which."""
ENDINGS = tuple(f".{form}" for form in sorted(get_args(Form)))


class FolderConfig(BaseModel):
    """Hold folder.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    city: str | None = None
    crs: Frame = "WGS84"
    as_of: str | None = None
    synthetic: bool = False

    @field_validator("as_of")
    @classmethod
    def _is_a_moment(cls, value: str | None) -> str | None:
        """Refuse what is neither a date nor an instant."""
        if value is not None:
            datetime.fromisoformat(value)
        return value


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

    def unread(self) -> tuple[Problem, ...]:
        """Name table files that are none of the contract's, such as a `job.csv`."""
        files = sorted(file for file in self.path.iterdir() if file.suffix in ENDINGS and file.stem not in TABLES)
        files = [file for file in files if not self.mapped or file not in self.mapped.files]
        return tuple(Problem(file.name, 0, "", "", "unknown-file") for file in files)


def open_folder(path: Path | str, tables: Sequence[str] | None = None, mapping: Path | None = None) -> Source:
    """Open a folder for reading the tables named, or all it has, through a mapping: the one named, or its own `mapping.json`.

    Raises TableError where the folder, folder.json or the city file cannot be used, and where there is nothing to read.
    """
    path = Path(path)
    config = _config(path)
    city = _city(path, config)
    mapped = open_mapping(path, mapping, city, config.as_of)
    files = {name: file for name in _known(tables) if (file := _mapped_file(mapped, name) or _file(path, name, mapped))}
    if not files:
        raise TableError(f"{path} holds no table of the contract; expected files such as jobs.csv or people.parquet.")
    return Source(path, config, city, files, mapped)


def folder_facts(path: Path) -> tuple[City, str | None]:
    """Return the city of a folder and the day that its data is of, as folder.json tells them. Raises TableError as `open_folder`."""
    config = _config(path)
    return _city(path, config), config.as_of


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


def _mapped_file(mapped: Mapped | None, name: str) -> Path | None:
    return mapped.tables.get(name) if mapped else None


def _file(path: Path, name: str, mapped: Mapped | None) -> Path | None:
    files = [file for ending in ENDINGS if (file := path / f"{name}{ending}").is_file()]
    files = [file for file in files if not mapped or file not in mapped.files]
    if len(files) > 1:
        raise TableError(f"{path} holds both {files[0].name} and {files[1].name}; take one of them away.")
    return files[0] if files else None
