"""Data folders: read, check, reject. Every problem of every row is told, none stops the rest."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from sqrec.arrays import IntArray
from sqrec.cities import City, load_city
from sqrec.columns import RULES, TABLES, Column, Table
from sqrec.coordinates import Frame
from sqrec.errors import TableError
from sqrec.parse import Value, parse
from sqrec.rowchecks import Finding, check_rows, links_of

INSTANTS = {"instant", "opening", "closing"}
FLOATS = {"number", "boolean"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Name one thing that is wrong: the row (its line in the file, header = 1; 0 = the header), column, value, rule."""

    table: str
    row: int
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        """Say it in one line, with what would be right."""
        return f"{self.table} row {self.row}, {self.column}: {self.value!r} breaks `{self.rule}`; right is {RULES[self.rule].right}"


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
        return [problem for problem in self.problems if RULES[problem.rule].severity == "error"]


class FolderConfig(BaseModel):
    """Hold folder.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    city: str | None = None
    crs: Frame = "WGS84"
    as_of: str | None = None
    synthetic: bool = False


@dataclass(frozen=True)
class Folder:
    """Hold a data folder as read: accepted rows of typed columns, and a report per table."""

    path: Path
    config: FolderConfig
    city: City
    tables: Mapping[str, pd.DataFrame]
    reports: Mapping[str, TableReport]

    @property
    def problems(self) -> list[Problem]:
        """Every problem of every table."""
        return [problem for report in self.reports.values() for problem in report.problems]


@dataclass(frozen=True)
class _Raw:
    """Hold a table as texts: one list per column of the contract, and the line of every row."""

    encoding: str
    header: Sequence[str]
    lines: Sequence[int]
    rows: Sequence[Sequence[str]]


def read_folder(path: Path | str, names: Sequence[str] | None = None, *, strict: bool = False) -> Folder:
    """Read and check the tables of a folder, all it has or those named.

    Raises TableError where the folder, folder.json, the city file or a file cannot be read at all, and with
    `strict` where any row would be rejected.
    """
    path = Path(path)
    config = _config(path)
    city = load_city(config.city)
    found = {name: file for name in names or TABLES if (file := _file(path, name))}
    if not found:
        raise TableError(f"{path} holds no table of the contract; expected files such as jobs.csv or people.parquet.")
    read = {name: _read(TABLES[name], file, config, city) for name, file in found.items()}
    tables = {name: frame for name, (frame, _) in read.items()}
    links = links_of(tables)
    reports = {name: _with_links(report, tables[name], links.get(name, [])) for name, (_, report) in read.items()}
    folder = Folder(path, config, city, tables, reports)
    if strict and (errors := [p for report in reports.values() for p in report.errors]):
        raise TableError("\n".join(map(str, errors)))
    return folder


def write_rejected(folder: Folder, out: Path | None = None) -> list[Path]:
    """Write the rejected rows to `rejected/NAME.csv`, as they came in, with their problems in a last column."""
    written: list[Path] = []
    for name, report in folder.reports.items():
        if report.rejected_rows:
            target = (out or folder.path / "rejected") / f"{name}.csv"
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(report.rejected_rows)
            written.append(target)
    return written


def _config(path: Path) -> FolderConfig:
    if not path.is_dir():
        raise TableError(f"{path} is not a folder; name a folder with tables such as jobs.csv.")
    file = path / "folder.json"
    try:
        return FolderConfig.model_validate_json(file.read_text(encoding="utf-8-sig")) if file.exists() else FolderConfig()
    except (ValidationError, UnicodeDecodeError) as problem:
        raise TableError(f"{file} does not fit: {problem}") from problem


def _file(path: Path, name: str) -> Path | None:
    return next((file for ending in ("csv", "parquet") if (file := path / f"{name}.{ending}").is_file()), None)


def _read(table: Table, file: Path, config: FolderConfig, city: City) -> tuple[pd.DataFrame, TableReport]:
    raw = _read_parquet(file) if file.suffix == ".parquet" else _read_csv(file)
    problems = _header_problems(table, raw.header)
    whole = [len(row) == len(raw.header) for row in raw.rows]
    problems += [
        Problem(table.name, line, "", f"{len(row)} cells", "cell-count")
        for line, row, right in zip(raw.lines, raw.rows, whole, strict=True)
        if not right
    ]
    lines = np.array([line for line, right in zip(raw.lines, whole, strict=True) if right], dtype=np.int64)
    rows = [row for row, right in zip(raw.rows, whole, strict=True) if right]
    frame = pd.DataFrame({c.name: _column(table, c, raw.header, rows, lines, city, problems) for c in table.columns})
    texts = {name: [row[place] for row in rows] for place, name in enumerate(raw.header)}
    for place, column, rule in check_rows(table, frame, config.crs, config.as_of, city):
        problems.append(Problem(table.name, int(lines[place]), column, texts.get(column, [""] * len(rows))[place], rule))
    return _accepted(table, raw, frame, lines, problems)


def _accepted(
    table: Table, raw: _Raw, frame: pd.DataFrame, lines: IntArray, problems: list[Problem]
) -> tuple[pd.DataFrame, TableReport]:
    """Leave out the rows with an error."""
    wrong: dict[int, list[str]] = {}
    for problem in problems:
        if RULES[problem.rule].severity == "error":
            wrong.setdefault(problem.row, []).append(f"{problem.column} {problem.rule}".strip())
    everything = 0 in wrong
    kept = np.array([not everything and int(line) not in wrong for line in lines], dtype=bool)
    accepted = frame[kept].reset_index(drop=True)
    rejected = [
        [*row, "; ".join(wrong.get(line, wrong.get(0, [])))]
        for line, row in zip(raw.lines, raw.rows, strict=True)
        if everything or line in wrong
    ]
    unknown = {name: float(accepted[name].isna().mean()) if len(accepted) else float("nan") for name in frame}
    problems.sort(key=lambda problem: problem.row)
    report = TableReport(
        table.name, raw.encoding, len(raw.rows), len(accepted), problems, unknown, lines[kept], [[*raw.header, "problems"], *rejected] if rejected else []
    )
    return accepted, report


def _column(
    table: Table,
    column: Column,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    lines: IntArray,
    city: City,
    problems: list[Problem],
) -> "pd.Series[float] | pd.Series[str] | pd.Series[pd.Timestamp]":
    """Parse one column; each distinct text is parsed once."""
    if column.name not in header:
        return typed(column, [None] * len(rows))
    place = list(header).index(column.name)
    texts = [row[place] for row in rows]
    parsed = {text: parse(column, text, city.zone) for text in dict.fromkeys(texts)}
    for text, line in zip(texts, lines, strict=True):
        if rule := parsed[text][1]:
            problems.append(Problem(table.name, int(line), column.name, text, rule))
    return typed(column, [parsed[text][0] for text in texts])


def typed(column: Column, values: Sequence[Value]) -> "pd.Series[float] | pd.Series[str] | pd.Series[pd.Timestamp]":
    """Return values as a column: float64 for numbers and booleans, datetime64[us, UTC] for instants, else str."""
    if column.type in INSTANTS:
        ticks = np.array([np.iinfo(np.int64).min if value is None else value for value in values], dtype=np.int64)
        return pd.Series(ticks.view("datetime64[us]")).dt.tz_localize("UTC")
    if column.type in FLOATS:
        return pd.Series([np.nan if value is None else value for value in values], dtype="float64")
    return pd.Series(list(values), dtype="str")


def _header_problems(table: Table, header: Sequence[str]) -> list[Problem]:
    missing = [c.name for c in table.columns if c.required and c.name not in header]
    extra = [name for name in header if name not in table.names]
    return [Problem(table.name, 0, name, "", "missing-column") for name in missing] + [
        Problem(table.name, 0, name, "", "extra-column") for name in extra
    ]


def _with_links(report: TableReport, frame: pd.DataFrame, links: Sequence[Finding]) -> TableReport:
    """Add what only a look at other tables shows: ids that name nothing."""
    told = [
        Problem(report.table, int(report.lines[place]), column, str(frame[column].iloc[place]), rule)
        for place, column, rule in links
    ]
    return replace(report, problems=[*report.problems, *told])


def _read_csv(file: Path) -> _Raw:
    """Read a CSV as texts: UTF-8, with or without a byte order mark, or GB18030."""
    data = file.read_bytes()
    encoding, text = _decoded(data, file)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=False)
        header = [name.strip() for name in next(reader, [])]
        numbered = [(reader.line_num, row) for row in reader if row]
    except csv.Error as problem:
        raise TableError(f"{file} is no CSV: {problem}. Write it with a header row and commas.") from problem
    if not header:
        raise TableError(f"{file} is empty; its first row must name the columns.")
    return _Raw(encoding, header, [line for line, _ in numbered], [row for _, row in numbered])


def _decoded(data: bytes, file: Path) -> tuple[str, str]:
    for encoding, codec in (("UTF-8", "utf-8-sig"), ("GB18030", "gb18030")):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        marked = encoding == "UTF-8" and data.startswith(b"\xef\xbb\xbf")
        return f"{encoding} with BOM" if marked else encoding, text
    raise TableError(f"{file} is neither UTF-8 nor GB18030 text; save it as CSV in one of them.")


def _read_parquet(file: Path) -> _Raw:
    try:
        frame = pd.read_parquet(file)
    except (OSError, ValueError) as problem:
        raise TableError(f"{file} is no Parquet file: {problem}") from problem
    texts = [[_as_text(value) for value in frame[name].tolist()] for name in frame]
    rows = [list(row) for row in zip(*texts, strict=True)]
    return _Raw("Parquet", [str(name) for name in frame], list(range(2, len(rows) + 2)), rows)


def _as_text(value: object) -> str:
    """Return a Parquet cell as the CSV of the contract would have it."""
    if isinstance(value, list | tuple | np.ndarray):
        return "|".join(map(str, value))
    if value is None or value != value:
        return ""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
