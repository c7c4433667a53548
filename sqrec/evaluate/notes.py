"""What a report says in words: codes with values, and their sentences in both languages."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal, TypeAlias, cast

ReportLanguage: TypeAlias = Literal["zh", "en"]
LANGUAGES: tuple[ReportLanguage, ...] = ("zh", "en")


@dataclass(frozen=True)
class Note:
    """Hold one sentence of a report: the code of its template in texts.json, and the values that fill it."""

    code: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def said(self, lang: ReportLanguage) -> str:
        """Return the sentence. A value that is a mapping of languages is taken in this one."""
        filled = {name: cast("Any", value)[lang] if isinstance(value, Mapping) else value for name, value in self.fields.items()}
        return texts()[self.code][lang].format_map(filled)


@cache
def texts() -> Mapping[str, Mapping[ReportLanguage, str]]:
    """Return every template of the report, by code and language."""
    files = [resources.files(room) / "texts.json" for room in ("sqrec.evaluate", "sqrec.evaluate.page")]
    return {code: said for file in files for code, said in json.loads(file.read_text(encoding="utf-8")).items()}


def meaning_of(name: str, lang: ReportLanguage = "en") -> str:
    """Return what a metric or measure means, in one sentence, by its name before the cut-off."""
    return texts()[f"meaning.{name}"][lang]


def named(family: str, words: Iterable[str]) -> Mapping[str, str]:
    """Return names of words in both languages, in one line each."""
    known = texts()
    told = [known.get(f"{family}.{word}", dict.fromkeys(LANGUAGES, word.replace("_", " "))) for word in words]
    return {"zh": "、".join(one["zh"] for one in told), "en": ", ".join(one["en"] for one in told)}


def group_name(family: str, name: str) -> Mapping[str, str]:
    """Return the name of a slice with that of its family, in both languages."""
    of, one = named("family", [family]), named(f"slice.{family}", [name])
    return {"zh": f"{of['zh']}：{one['zh']}", "en": f"{of['en']}: {one['en']}"}
