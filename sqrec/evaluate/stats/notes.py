"""Notes of a report: codes with values, and their sentences in both languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqrec.texts import LANGUAGES, Language, report_texts


@dataclass(frozen=True)
class Note:
    """Hold one sentence of a report: the code of its template in `sqrec.texts`, and the values that fill it."""

    code: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def said(self, lang: Language) -> str:
        """Return the sentence. A value that is a mapping of languages is taken in this one."""
        filled = {name: cast("Any", value)[lang] if isinstance(value, Mapping) else value for name, value in self.fields.items()}
        return report_texts()[self.code][lang].format_map(filled)


def meaning_of(name: str, lang: Language = "en") -> str:
    """Return what a metric or measure means, in one sentence, by its name before the cut-off."""
    return report_texts()[f"meaning.{name}"][lang]


def named(family: str, words: Iterable[str]) -> Mapping[str, str]:
    """Return names of words in both languages, in one line each."""
    known = report_texts()
    told = [known.get(f"{family}.{word}", dict.fromkeys(LANGUAGES, word.replace("_", " "))) for word in words]
    return {"zh-CN": "、".join(one["zh-CN"] for one in told), "en": ", ".join(one["en"] for one in told)}


def group_name(family: str, name: str) -> Mapping[str, str]:
    """Return the name of a slice with that of its family, in both languages."""
    of, one = named("family", [family]), named(f"slice.{family}", [name])
    return {"zh-CN": f"{of['zh-CN']}：{one['zh-CN']}", "en": f"{of['en']}: {one['en']}"}
