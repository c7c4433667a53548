"""Sentences by code and language."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias, get_args

Language: TypeAlias = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Texts: TypeAlias = Mapping[str, Mapping[str, str]]


def built_in_texts() -> Texts:
    """Return the texts of answers of this sqrec, by language.

    Of lists: `reason.CODE`, `missing.CODE`, `notice.CODE`, `degraded.CODE`. Of people and programmes: `group.ID`, `status.CODE`,
    `fact.COLUMN`, `value.COLUMN.WORD`, `programme.CODE`, ….
    """
    return {**_read("lists.json"), **_read("people.json")}


@cache
def report_texts() -> Texts:
    """Return every template of reports, by code and language."""
    return {**_read("reports.json"), **_read("pages.json")}


@cache
def explanation_texts() -> Texts:
    """Return what cannot be told of a past list, and why: `explained.CODE`, by language."""
    return _read("explanations.json")


@cache
def held_texts() -> Mapping[str, str]:
    """Return what the fields of everything held about a person are called, in Simplified Chinese: `COLUMN`, `TABLE.COLUMN`, `table.TABLE`."""
    return json.loads(resources.files("sqrec.texts").joinpath("held.json").read_text(encoding="utf-8"))


def say(texts: Texts, family: str, code: str, lang: Language, values: Mapping[str, object]) -> str:
    """Return the sentence of a code with its values filled in; a code without a sentence is its own text."""
    sentences = texts.get(f"{family}.{code}")
    return sentences[lang].format_map(values) if sentences else code


def _read(name: str) -> Texts:
    return json.loads(resources.files("sqrec.texts").joinpath(name).read_text(encoding="utf-8"))
