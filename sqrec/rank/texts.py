"""What residents read: codes to sentences."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh-CN", "en"]
Texts: TypeAlias = Mapping[str, Mapping[str, str]]


def built_in_texts() -> Texts:
    """Return the texts of this sqrec, by language.

    Of lists: `reason.CODE`, `missing.CODE`, `notice.CODE`, `degraded.CODE`. Of people and programmes: `group.ID`, `status.CODE`,
    `fact.COLUMN`, `value.COLUMN.WORD`, `programme.CODE`, ….
    """
    files = [resources.files(room).joinpath("texts.json") for room in ("sqrec.rank", "sqrec.profile")]
    return {key: text for file in files for key, text in json.loads(file.read_text(encoding="utf-8")).items()}


def say(texts: Texts, family: str, code: str, lang: Language, values: Mapping[str, object]) -> str:
    """Return the sentence of a code with its values filled in; a code without a sentence is its own text."""
    sentences = texts.get(f"{family}.{code}")
    return sentences[lang].format_map(values) if sentences else code
