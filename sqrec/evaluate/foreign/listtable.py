"""A table of recommendations of any origin: columns mapped, problems reported, rows ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from sqrec.base.arrays import UNKNOWN_TIME, AnyArray, BoolArray, FloatArray, IntArray, keys_of
from sqrec.contract import KINDS, TABLES, Kind
from sqrec.contract.parse import parse
from sqrec.contract.vocabulary import EDUCATION
from sqrec.contract.words import word_list
from sqrec.errors import TableError
from sqrec.evaluate.fairness.slices import UNKNOWN, band_of, rung_of
from sqrec.evaluate.foreign.listproblems import KEEPS, ListProblem, looks_of
from sqrec.rawtables import open_raw

DistanceUnit: TypeAlias = Literal["m", "km", "minutes"]

FAMILIES = ("sex", "age", "education", "district")
"""Families of slices that a column may tell under their own names; any other one is `family:NAME`."""

TARGETS = ("person_id", "item_id", "position", "kind", "score", "ranker", "at", *FAMILIES, "minutes", "wage", "label")
"""What a column may be mapped to, beside `family:NAME`."""

NEEDED = ("person_id", "item_id", "position")
"""What a table must tell; a score stands in for positions."""

_PREFIX = "family:"
_EXAMPLES = 3
_OLDEST = 130
_NO_SCORE = float(np.finfo(np.float32).min)  # what libraries fill the scores of short lists up with


@dataclass(frozen=True)
class ListTable:
    """Hold lists as read, one row per place, by ranker, person and position.

    `rows` has person_id, item_id, position (from 1 without gaps), ranker, at (microseconds UTC, one a person) and, NaN unknown,
    distance (in `unit`), score, wage and label. `rankers` stand in the order in which the table names them; `families[family][person]`
    are slices; `tells` names the targets that a column was found for.
    """

    rows: pd.DataFrame
    rankers: tuple[str, ...]
    families: Mapping[str, Mapping[str, str]]
    tells: frozenset[str]
    unit: DistanceUnit
    encoding: str
    rows_in: int
    problems: tuple[ListProblem, ...]

    @property
    def rejected(self) -> int:
        """The number of rejected rows."""
        return self.rows_in - len(self.rows)


def mapping_of(texts: Sequence[str]) -> dict[str, str]:
    """Parse `target=column` pairs separated by commas; a comma within a column's name is kept.

    Raises TableError, naming every invalid part.
    """
    parts: list[str] = []
    for text in texts:
        for part in text.split(","):
            if "=" in part or not parts:
                parts.append(part)
            else:
                parts[-1] += f",{part}"
    pairs = [part.partition("=") for part in parts]
    strange = [
        f"--columns {target}={column}: right is TARGET=COLUMN with a target of {', '.join(TARGETS)} or {_PREFIX}NAME."
        for target, _, column in pairs
        if not column.strip()
        or not (target.strip() in TARGETS or (target.strip().startswith(_PREFIX) and target.strip() != _PREFIX))
    ]
    names = [target.strip() for target, _, _ in pairs]
    strange += [f"--columns: {name} is mapped twice; once is right." for name in sorted({n for n in names if names.count(n) > 1})]
    if strange:
        raise TableError("\n".join(strange))
    return {target.strip(): column.strip() for target, _, column in pairs}


def read_lists(file: Path, columns: Mapping[str, str], kind: Kind, zone: ZoneInfo, unit: DistanceUnit | None = None) -> ListTable:
    """Read a table of recommendations as CSV (UTF-8, GB18030) or Parquet.

    `columns` maps targets to columns; a column with a target's own name needs no mapping. Rows that cannot be used are
    rejected, and every violated rule is reported with its number of rows. Raises TableError, with all problems, where the file
    or its header cannot be used, or where no row is left.
    """
    raw = open_raw(file)
    found = {target: target for target in TARGETS if target in raw.header} | dict(columns)
    unit = unit or ("minutes" if found.get("minutes") == "minutes" else None)
    _check_header(file, raw.header, found, unit)
    texts: dict[str, list[str]] = {target: [] for target in found}
    lines: list[int] = []
    broken: list[str] = []
    for piece in raw.pieces:
        cells = piece.by_name(raw.header)
        lines += piece.lines.tolist()
        broken += [f"row {row.line}" for row in piece.broken]
        for target, column in found.items():
            texts[target] += [text.strip() for text in cells[column].texts()]
    sifted = _Sifted(pd.DataFrame({"line": lines, **texts}, dtype=object))
    if broken:
        sifted.problems.append(ListProblem("quotes", len(broken), tuple(broken[:_EXAMPLES])))
    rows = _sifted(sifted, kind, zone, file.stem)
    if rows.empty:
        told = "\n".join(map(str, sifted.problems))
        raise TableError(f"{file} has no row that can be reported on, of {len(lines) + len(broken)}.\n{told}".rstrip())
    families = {
        target.removeprefix(_PREFIX): _slices(sifted, target)
        for target in found
        if target in FAMILIES or target.startswith(_PREFIX)
    }
    kept = ["person_id", "item_id", "position", "ranker", "at", "distance", "score", "wage", "label"]
    return ListTable(
        rows=rows[kept].reset_index(drop=True),
        rankers=tuple(pd.unique(sifted.rows.sort_values("line")["ranker"]).tolist()),
        families=families,
        tells=frozenset(found),
        unit=unit or "minutes",
        encoding=raw.encoding,
        rows_in=len(lines) + len(broken),
        problems=tuple(sifted.problems),
    )


def _check_header(file: Path, header: Sequence[str], found: Mapping[str, str], unit: DistanceUnit | None) -> None:
    has = ", ".join(header)
    wrong = [
        f"{file}: no column is called {column!r} (mapped to {target}); there are {has}."
        for target, column in found.items()
        if column not in header
    ]
    wrong += [
        f"{file}: nothing says {target}; map a column of {has} with --columns {target}=COLUMN."
        for target in NEEDED
        if target not in found and not (target == "position" and "score" in found)
    ]
    if "minutes" in found and unit is None:
        wrong.append(f"{file}: what is {found['minutes']!r} measured in? Say --distance-unit m, km or minutes.")
    if wrong:
        raise TableError("\n".join(wrong))


@dataclass
class _Sifted:
    """Hold rows that are still in, and what was told about those that are not."""

    rows: pd.DataFrame
    problems: list[ListProblem] = field(default_factory=list[ListProblem])

    def tell(self, rule: str, wrong: "AnyArray | pd.Series[Any]", column: str) -> None:
        """Count rows that break a rule; set them aside where the rule says so."""
        bad = np.asarray(wrong, dtype=bool)
        if bad.any():
            some = self.rows[bad].head(_EXAMPLES)
            told = tuple(f"row {line}: {value!r}" for line, value in zip(some["line"], some[column], strict=True))
            self.problems.append(ListProblem(rule, int(bad.sum()), told, looks_of(rule, some[column].astype(str))))
        if bad.any() and rule not in KEEPS:
            self.rows = self.rows[~bad]

    def numbers(self, column: str, least: float = 0.0) -> FloatArray:
        """Return a column's numbers, NaN where there is none, telling what is neither empty nor such a number."""
        texts = self.rows[column]
        values = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
        fits = np.isfinite(values) & (values >= least)
        self.tell(column, ~fits & (texts != "").to_numpy(bool), column)
        return np.where(fits, values, np.nan)


def _sifted(sifted: _Sifted, kind: Kind, zone: ZoneInfo, name: str) -> pd.DataFrame:
    """Set aside what cannot be used, put types on the rest, and order it."""
    for column in ("person_id", "item_id"):
        sifted.tell(column, sifted.rows[column] == "", column)
    if "kind" in sifted.rows:
        sifted.tell("kind", ~sifted.rows["kind"].isin(KINDS), "kind")
        sifted.tell("other-kind", sifted.rows["kind"] != kind, "kind")
    if "score" in sifted.rows:
        sifted.tell("padding", _scores(sifted.rows) <= _NO_SCORE, "item_id")
    _place(sifted)
    rows = sifted.rows = sifted.rows.copy()
    rows["ranker"] = rows["ranker"].where(rows["ranker"] != "", name) if "ranker" in rows else name
    rows["distance"] = sifted.numbers("minutes") if "minutes" in rows else np.nan
    rows["wage"] = sifted.numbers("wage") if "wage" in rows else np.nan
    rows["label"] = _labels(sifted) if "label" in rows else np.nan
    rows["at"] = _moments(sifted, zone) if "at" in rows else UNKNOWN_TIME
    latest = rows.groupby("person_id", sort=False)["at"].transform("max")
    sifted.tell("moments", (rows["at"] != latest) & (rows["at"] != UNKNOWN_TIME), "person_id")
    sifted.rows = sifted.rows.assign(at=latest.loc[sifted.rows.index])
    sifted.rows = sifted.rows.sort_values(["ranker", "person_id", "place", "line"], kind="stable")
    one = ["ranker", "person_id"]
    if "position" in sifted.rows:
        sifted.tell("position-twice", sifted.rows.duplicated([*one, "place"]), "position")
    sifted.tell("item-twice", sifted.rows.duplicated([*one, "item_id"]), "item_id")
    rows = sifted.rows = sifted.rows.copy()
    anew = rows.groupby(one, sort=False).cumcount() + 1
    if "position" in rows:
        sifted.tell("position-from-1", rows["place"] != anew, "position")
    rows["position"] = anew.astype(np.int64)
    rows["score"] = _known_scores(sifted) if "score" in rows else np.nan
    again = [*one, "score"]
    tied = rows["score"].notna() & rows.duplicated(again, keep=False)
    sifted.tell("tied", tied, "item_id")
    return rows


def _place(sifted: _Sifted) -> None:
    """Say where each row stands: its position, or where there is none the order of scores, equal ones by the hash of the item."""
    if "position" in sifted.rows:
        places = pd.to_numeric(sifted.rows["position"], errors="coerce").to_numpy(np.float64)
        fits = np.isfinite(places) & (places == np.floor(places)) & (np.abs(places) < 2**53)
        sifted.rows = sifted.rows.assign(place=places)
        sifted.tell("position", ~fits, "position")
        return
    scores = _scores(sifted.rows)
    sifted.rows = sifted.rows.assign(place=-scores)
    sifted.tell("score", ~np.isfinite(scores), "score")
    order = np.lexsort((keys_of(sifted.rows["item_id"]), sifted.rows["place"].to_numpy(np.float64)))
    places = np.empty(len(order))
    places[order] = np.arange(len(order))
    sifted.rows = sifted.rows.assign(place=places)


def _scores(rows: pd.DataFrame) -> FloatArray:
    """Return scores, NaN where a cell is none; of per cents the number, as scores only order."""
    return pd.to_numeric(rows["score"].str.removesuffix("%"), errors="coerce").to_numpy(np.float64)


def _known_scores(sifted: _Sifted) -> FloatArray:
    """Return scores, NaN unknown, telling what is neither empty nor a number: beside a position it costs no row."""
    scores = _scores(sifted.rows)
    fits = np.isfinite(scores)
    sifted.tell("score-unknown", ~fits & (sifted.rows["score"] != "").to_numpy(bool), "score")
    return np.where(fits, scores, np.nan)


def _labels(sifted: _Sifted) -> FloatArray:
    """Return grades: whole numbers as they are, other numbers above 0 and yes as 1, the rest as 0."""
    grade_of = {"true": "1", "false": "0", "": "0"}
    told = sifted.rows["label"].map(lambda text: grade_of.get(word_list("yes_no").code(str(text)) or str(text), text))
    values = pd.to_numeric(told, errors="coerce").to_numpy(np.float64)
    fits = np.isfinite(values) & (values >= 0)
    sifted.tell("label", ~fits, "label")
    grades = np.where(fits, values, 0.0)
    return np.where((grades > 0) & (grades != np.floor(grades)), 1.0, grades)


def _moments(sifted: _Sifted, zone: ZoneInfo) -> IntArray:
    column = TABLES["events"].column("at")

    @cache
    def moment(text: str) -> int:
        value = parse(column, text, zone)[0]
        return UNKNOWN_TIME if value is None else int(value)

    at = np.array([moment(text) for text in sifted.rows["at"]], dtype=np.int64)
    sifted.tell("at", (at == UNKNOWN_TIME) & (sifted.rows["at"] != "").to_numpy(bool), "at")
    return at


def _slices(sifted: _Sifted, target: str) -> dict[str, str]:
    """Return each person's slice: the one value that the person's rows tell, unknown where there is none or more than one."""
    told = sifted.rows[["line", "person_id", target]].drop_duplicates(["person_id", target])
    told = told[told[target] != ""].assign(slice=[_slice(target, text) for text in told.loc[told[target] != "", target]])
    told = told.drop_duplicates(["person_id", "slice"])
    several: BoolArray = told.duplicated("person_id", keep=False).to_numpy(bool)
    if several.any():
        some = told[several].head(_EXAMPLES)
        lines = tuple(f"row {line}: {target} {value!r}" for line, value in zip(some["line"], some[target], strict=True))
        sifted.problems.append(ListProblem("two-values", int(several.sum()), lines))
    return dict(zip(told["person_id"][~several].tolist(), told["slice"][~several].tolist(), strict=True))


def _slice(target: str, text: str) -> str:
    """Return the slice that a cell names: sexes and education codes in our words, ages as bands, other texts as they are."""
    match target:
        case "sex":
            return word_list("sex").code(text) or text
        case "age":
            age = pd.to_numeric(text, errors="coerce")
            return text if not np.isfinite(age) else band_of(float(age)) if 0 <= age <= _OLDEST else UNKNOWN
        case "education" if (code := word_list("education").code(text) or text) in EDUCATION:
            return rung_of(code)
        case _:
            return text or UNKNOWN
