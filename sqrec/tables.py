"""Data folders: read, check, reject. Every problem of every row is told, none stops the rest."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from sqrec.arrays import IntArray
from sqrec.cities import City, load_city
from sqrec.columns import RULES, TABLES, Column, Table
from sqrec.coordinates import Frame
from sqrec.errors import TableError
from sqrec.parse import Value, parse
from sqrec.rawtables import Raw, filled, read_raw
from sqrec.rowchecks import Finding, check_rows, duplicates, links_of

INSTANTS = {"instant", "opening", "closing"}
FLOATS = {"number", "integer", "coordinate", "boolean"}
AnySeries: TypeAlias = "pd.Series[float] | pd.Series[str] | pd.Series[pd.Timestamp]"
_ENDINGS = (".csv", ".parquet")
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """Name one thing that is wrong: the row (its line in the file, header = 1; 0 = the header), column, value, rule."""

    table: str
    row: int
    column: str
    value: str
    rule: str

    @property
    def is_error(self) -> bool:
        """Whether it rejects a row (a warning leaves a cell unknown, or only tells)."""
        return RULES[self.rule].severity == "error"

    def __str__(self) -> str:
        """Say it in one line, with what would be right."""
        return (
            f"{self.table} row {self.row}, {self.column}: {self.value!r} breaks `{self.rule}`; right is {RULES[self.rule].right}"
        )


@dataclass(frozen=True)
class TableReport:
    """Hold how one table was read: rows in = accepted + rejected, always."""

    table: str
    encoding: str
    rows_in: int
    accepted: int
    problems: Sequence[Problem]
    unknown: Mapping[str, float]
    lines: IntArray = field(repr=False)
    rejected_rows: Sequence[Sequence[str]] = field(repr=False, default=())

    @property
    def rejected(self) -> int:
        """The number of rows that were left out."""
        return self.rows_in - self.accepted

    @property
    def errors(self) -> list[Problem]:
        """The problems that reject rows."""
        return [problem for problem in self.problems if problem.is_error]


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
class Folder:
    """Hold a data folder as read: accepted rows of typed columns, and a report per table."""

    path: Path
    config: FolderConfig
    city: City
    tables: Mapping[str, pd.DataFrame]
    reports: Mapping[str, TableReport]
    unread: Sequence[Problem] = ()

    @property
    def problems(self) -> list[Problem]:
        """Every problem of every table and of the folder itself."""
        return [*self.unread, *(problem for report in self.reports.values() for problem in report.problems)]

    @property
    def errors(self) -> list[Problem]:
        """The problems that reject rows."""
        return [problem for problem in self.problems if problem.is_error]


def read_folder(
    path: Path | str,
    tables: Sequence[str] | None = None,
    *,
    strict: bool = False,
    write_rejected: bool = True,
    rejected_to: Path | None = None,
) -> Folder:
    """Read and check the tables of a folder, all it has or those named.

    Rejected rows go to `rejected/NAME.csv` in the folder, or in `rejected_to`; nothing is written where none is rejected.

    Raises TableError where the folder, folder.json, the city file or a file cannot be read at all, and with
    `strict`, before anything is written, where any row would be rejected: then it lists every problem.
    """
    path = Path(path)
    config = _config(path)
    city = _city(path, config)
    files = {name: file for name in _known(tables) if (file := _file(path, name))}
    if not files:
        raise TableError(f"{path} holds no table of the contract; expected files such as jobs.csv or people.parquet.")
    read = {name: _read(TABLES[name], file, config, city) for name, file in files.items()}
    links = links_of({name: frame for name, (frame, _) in read.items()})
    folder = Folder(
        path=path,
        config=config,
        city=city,
        tables={name: frame for name, (frame, _) in read.items()},
        reports={name: _with_links(report, read[name][0], links.get(name, [])) for name, (_, report) in read.items()},
        unread=tuple(_unread(path)),
    )
    if strict and folder.errors:
        raise TableError("\n".join(map(str, folder.problems)))
    return save_rejected(folder, rejected_to) if write_rejected and not strict else folder


def save_rejected(folder: Folder, out: Path | None = None) -> Folder:
    """Write the rejected rows as they came in, with their rules in a last column, and drop what an earlier reading left.

    Where the place cannot be written to, the folder returned says so in a problem (`rejected-unwritten`).
    """
    place = (out or folder.path) / "rejected"
    try:
        for name, report in folder.reports.items():
            target = place / f"{name}.csv"
            if report.rejected_rows:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("w", encoding="utf-8", newline="") as stream:
                    csv.writer(stream).writerows(report.rejected_rows)
            elif target.is_file():
                target.unlink()
    except OSError:
        problem = Problem("rejected", 0, "", str(place), "rejected-unwritten")
        return replace(folder, unread=(*folder.unread, problem))
    return folder


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


def _file(path: Path, name: str) -> Path | None:
    files = [file for ending in _ENDINGS if (file := path / f"{name}{ending}").is_file()]
    if len(files) > 1:
        raise TableError(f"{path} holds both {files[0].name} and {files[1].name}; take one of them away.")
    return files[0] if files else None


def _unread(path: Path) -> list[Problem]:
    """Name table files that are none of the contract's, such as a `job.csv`."""
    files = sorted(file for file in path.iterdir() if file.suffix in _ENDINGS and file.stem not in TABLES)
    return [Problem(file.name, 0, "", "", "unknown-file") for file in files]


def _read(table: Table, file: Path, config: FolderConfig, city: City) -> tuple[pd.DataFrame, TableReport]:
    raw = read_raw(file)
    problems = _header_problems(table, raw.header)
    problems += [Problem(table.name, line, "", ",".join(cells)[:_SHOWN], rule) for line, cells, rule in raw.broken]
    texts, lines = raw.columns, np.array(raw.lines, dtype=np.int64)
    missing = ["" for _ in raw.rows]
    columns = {c.name: _column(table, c, texts.get(c.name), lines, city, problems) for c in table.columns}
    frame = pd.DataFrame(columns, index=range(len(lines)))
    for place, column, rule in check_rows(table, frame, config.crs, config.as_of, city):
        problems.append(Problem(table.name, int(lines[place]), column, texts.get(column, missing)[place], rule))
    if table.key:
        wrong = np.isin(lines, [problem.row for problem in problems if problem.is_error])
        for place, column, rule in duplicates(table.key, frame, wrong):
            problems.append(Problem(table.name, int(lines[place]), column, texts[column][place], rule))
    return _accepted(table, raw, frame, lines, problems)


def _accepted(
    table: Table, raw: Raw, frame: pd.DataFrame, lines: IntArray, problems: list[Problem]
) -> tuple[pd.DataFrame, TableReport]:
    """Leave out the rows with an error."""
    wrong: dict[int, list[str]] = {}
    for problem in problems:
        if problem.is_error:
            wrong.setdefault(problem.row, []).append(f"{problem.column} {problem.rule}".strip())
    everything = 0 in wrong
    kept = np.array([not everything and int(line) not in wrong for line in lines], dtype=bool)
    accepted = frame[kept].reset_index(drop=True)
    everyone = sorted(
        [*zip(raw.lines, raw.rows, strict=True), *((line, filled(raw.header, cells)) for line, cells, _ in raw.broken)]
    )
    rejected = [[*row, "; ".join(wrong.get(line, wrong.get(0, [])))] for line, row in everyone if everything or line in wrong]
    unknown = {name: float(accepted[name].isna().mean()) if len(accepted) else float("nan") for name in table.names}
    problems.sort(key=lambda problem: problem.row)
    head = [*raw.header, "problems"]
    report = TableReport(
        table=table.name,
        encoding=raw.encoding,
        rows_in=len(everyone),
        accepted=len(accepted),
        problems=problems,
        unknown=unknown,
        lines=lines[kept],
        rejected_rows=[head, *rejected] if rejected else [],
    )
    return accepted, report


def _column(
    table: Table, column: Column, texts: list[str] | None, lines: IntArray, city: City, problems: list[Problem]
) -> AnySeries:
    """Parse one column; each distinct text is parsed once. A column that is not there is unknown."""
    if texts is None:
        return typed(column, [None] * len(lines))
    parsed = {text: parse(column, text, city.zone) for text in dict.fromkeys(texts)}
    if any(rule for _, rule in parsed.values()):
        for text, line in zip(texts, lines.tolist(), strict=True):
            if rule := parsed[text][1]:
                problems.append(Problem(table.name, line, column.name, text, rule))
    return typed(column, [parsed[text][0] for text in texts])


def typed(column: Column, values: Sequence[Value]) -> AnySeries:
    """Return values as a column: float64 for numbers and booleans, datetime64[us, UTC] for instants, else str."""
    if column.type in INSTANTS:
        ticks = np.array([np.iinfo(np.int64).min if value is None else value for value in values], dtype=np.int64)
        return pd.Series(pd.DatetimeIndex(ticks.view("datetime64[us]"), tz="UTC"))
    if column.type in FLOATS:
        return pd.Series([np.nan if value is None else value for value in values], dtype="float64")
    return pd.Series(list(values), dtype="str")


def _header_problems(table: Table, header: Sequence[str]) -> list[Problem]:
    missing = [c.name for c in table.columns if c.required and c.name not in header]
    extra = [name for name in dict.fromkeys(header) if name not in table.names]
    double = [name for place, name in enumerate(header) if name in header[:place]]
    named = {"missing-column": missing, "extra-column": extra, "double-column": double}
    return [Problem(table.name, 0, name, "", rule) for rule, names in named.items() for name in names]


def _with_links(report: TableReport, frame: pd.DataFrame, links: Sequence[Finding]) -> TableReport:
    """Add what only a look at other tables shows: ids that name nothing."""
    told = [
        Problem(report.table, int(report.lines[place]), column, str(frame[column].iloc[place]), rule)
        for place, column, rule in links
    ]
    return replace(report, problems=[*report.problems, *told])
