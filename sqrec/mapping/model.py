"""The mapping file: which source feeds which table, which column comes from where and how it is read. A person edits it."""

import json
from collections.abc import Mapping as MappingOf
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sqrec.contract import TABLES
from sqrec.errors import TableError
from sqrec.mapping.readers import ROW_ID, question_of, questions, readers
from sqrec.mapping.spans import Part

NAME = "mapping.json"
"""What a mapping is called that a folder brings along."""
UNSET = "?"
"""What stands in a proposal where a person must write."""
DOUBLE = "an earlier column has this name, and only that one is read; give this one a name of its own to have it"
"""Why a further column of a name is left out; no mapping can name it."""
_DEPTH_OF_A_COLUMN = 4
_LEFT_SHOWN = 8


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Taken(_Part):
    """Say where one column of the contract comes from: columns of the source (`from`), or one text for every row (`constant`).

    `read` names the reader, without it the one of the column. `choose` lists choices; of a question with more than one choice
    left, those that are not true must be deleted before anything is read. `words` are the source's own words for the contract's.
    `part` takes the first or the last end of cells that hold a span of days.
    """

    sources: Names = Field(default=(), alias="from")
    read: str | None = None
    choose: Names = ()
    words: dict[str, str] = Field(default_factory=dict[str, str])
    constant: str | None = None
    part: Part | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Taken":
        wrong: list[str] = []
        if (self.constant is None) == (not self.sources):
            wrong.append("needs `from` or `constant`, one of them")
        if self.read is not None and self.read not in readers():
            wrong.append(f"no reader is called {self.read}; there are {', '.join(sorted(readers()))}")
        _check_choices(self.choose)
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def open(self) -> list[str]:
        """Return the questions that are not decided."""
        return _open(self.choose)


class Feed(_Part):
    """Say what one source file gives to a table.

    `header_row` is the line of its header, `second_row` that of a second row of it, `sheet` the one of a workbook that is read.
    `unknown` are texts that mean nothing is known, `choose` the choices
    of every column that makes none of its own. `one_moment` gives every event the same moment, where the source has no times:
    such events tell what goes with what, and not when. `left_out` says of source columns why nothing is taken from them.
    """

    file: str
    columns: dict[str, Taken]
    sheet: str = ""
    header_row: int = Field(default=1, ge=1)
    second_row: int | None = None
    unknown: Names = ()
    choose: Names = ()
    one_moment: str | None = None
    left_out: dict[str, str] = Field(default_factory=dict[str, str])

    @model_validator(mode="after")
    def _fits(self) -> "Feed":
        if self.second_row is not None and self.second_row <= self.header_row:
            raise ValueError("second_row is the line of the header's second row, below header_row")
        _check_choices(self.choose)
        return self

    def chosen(self, taken: Taken) -> frozenset[str]:
        """Return the choices of a column: its own, and of questions that it does not answer the source's."""
        answered = {question_of(choice) for choice in taken.choose}
        return frozenset(taken.choose) | {choice for choice in self.choose if question_of(choice) not in answered}

    @property
    def sources(self) -> tuple[str, ...]:
        """The source's columns that are read."""
        return tuple(dict.fromkeys(name for taken in self.columns.values() for name in taken.sources))

    @property
    def taken_from(self) -> frozenset[str]:
        """The source's columns that something is taken from; an id made of a whole row takes nothing."""
        return taken_from(self.columns)


def taken_from(columns: MappingOf[str, Taken]) -> frozenset[str]:
    """Return the source's columns that columns of the contract take something from."""
    return frozenset(name for taken in columns.values() if taken.read != ROW_ID for name in taken.sources)


class Mapping(_Part):
    """Hold a mapping file: for every table the sources that feed it."""

    version: Literal[1] = 1
    about: str = ""
    tables: dict[str, tuple[Feed, ...]]

    @model_validator(mode="after")
    def _fits(self) -> "Mapping":
        wrong = [f"no table is called {name}; there are {', '.join(TABLES)}" for name in self.tables if name not in TABLES]
        for name, feeds in self.tables.items():
            if name in TABLES:
                wrong += [f"tables.{name}: {text}" for feed in feeds for text in _misfits(name, feed)]
                wrong += [f"tables.{name}: no source" for _ in (0,) if not feeds]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def files(self) -> frozenset[str]:
        """The names of all source files."""
        return frozenset(feed.file for feeds in self.tables.values() for feed in feeds)

    def open(self) -> list[str]:
        """Say every choice that is still to be made, one sentence each."""
        found: list[str] = []
        for table, feeds in self.tables.items():
            for feed in feeds:
                found += [_asked(table, feed.file, feed.choose, one) for one in _open(feed.choose)]
                found += [_unset(table, name, feed) for name, taken in feed.columns.items() if taken.constant == UNSET]
                found += [
                    _asked(f"{table}.{name}", ", ".join(taken.sources), taken.choose, one)
                    for name, taken in feed.columns.items()
                    for one in taken.open()
                ]
                if feed.one_moment == UNSET:
                    found.append(
                        f"{table}: {feed.file} tells no times; write the moment that its events count from into one_moment."
                    )
        return found


def read_mapping(file: Path) -> Mapping:
    """Read a mapping file. Raises TableError with everything that is wrong with it."""
    try:
        return Mapping.model_validate_json(file.read_text(encoding="utf-8-sig"))
    except ValidationError as problem:
        told = [f"{'.'.join(map(str, part['loc']))} {part['msg']}".strip() for part in problem.errors(include_url=False)]
        raise TableError(f"{file} does not fit:\n" + "\n".join(told)) from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise TableError(f"{file} cannot be read: {problem}.") from problem


def written(mapping: Mapping) -> str:
    """Return a mapping as the text of its file: one line a column."""
    told = mapping.model_dump(by_alias=True, exclude_defaults=True, mode="json")
    for feed in (feed for feeds in told["tables"].values() for feed in feeds):
        for taken in feed["columns"].values():
            if len(taken.get("from", ())) == 1:
                taken["from"] = taken["from"][0]
    return _readable({"version": 1, **told}) + "\n"


def _readable(value: Any, depth: int = 0) -> str:
    """Write JSON with one member a line, and in one line what describes a column."""
    flat = json.dumps(value, ensure_ascii=False)
    pad, end = "  " * (depth + 1), "  " * depth
    if (
        not value
        or depth > _DEPTH_OF_A_COLUMN
        or not isinstance(value, dict | list)
        or isinstance(value[0] if isinstance(value, list) else {}, str)
    ):
        return flat
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        lines = [f"{pad}{json.dumps(name, ensure_ascii=False)}: {_readable(part, depth + 1)}" for name, part in members]
        return "{\n" + ",\n".join(lines) + f"\n{end}}}"
    return "[\n" + ",\n".join(f"{pad}{_readable(part, depth + 1)}" for part in cast("list[Any]", value)) + f"\n{end}]"


def _misfits(table: str, feed: Feed) -> list[str]:
    known = TABLES[table].names
    wrong = [f"no column is called {name}; there are {', '.join(known)}" for name in feed.columns if name not in known]
    given = {*feed.columns, *({"at"} if feed.one_moment else ())}
    wrong += [
        f"nothing says {column.name}, which is required"
        for column in TABLES[table].columns
        if column.required and column.name not in given
    ]
    if feed.one_moment and (table != "events" or "at" in feed.columns):
        wrong.append("one_moment is for events without a column `at`")
    return wrong


def _unset(table: str, column: str, feed: Feed) -> str:
    words = TABLES[table].column(column).words
    could_be = [name for name, why in feed.left_out.items() if name and why.startswith(f"it could be {column}:")]
    left = could_be or [name for name, why in feed.left_out.items() if name and why != DOUBLE]
    told = f" (left out: {', '.join(left[:_LEFT_SHOWN])}{', ...' if len(left) > _LEFT_SHOWN else ''})" if left else ""
    put = f"put the column that does into `from`{told}, or write the one for all rows into constant"
    return f"{table}.{column}: nothing in the source says it; {put}" + (f", one of {', '.join(words)}." if words else ".")


def _check_choices(choices: tuple[str, ...]) -> None:
    strange = [choice for choice in choices if question_of(choice) is None]
    if strange:
        known = ", ".join(choice for told in questions().values() for choice in told)
        raise ValueError(f"no choice is called {', '.join(strange)}; there are {known}")


def _open(choices: tuple[str, ...]) -> list[str]:
    asked = [question_of(choice) for choice in choices]
    return [question for question in questions() if asked.count(question) > 1]


def _asked(what: str, source: str, choices: tuple[str, ...], question: str) -> str:
    left = {choice: questions()[question][choice] for choice in choices if question_of(choice) == question}
    told = ", or ".join(f"{choice} ({meaning})" for choice, meaning in left.items())
    return f"{what}, from {source}: choose {told}; in `choose`, leave the one that is true."
