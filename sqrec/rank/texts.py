"""What residents read: codes to sentences."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh-CN", "en"]
Texts: TypeAlias = Mapping[str, Mapping[str, str]]


def built_in_texts() -> Texts:
    """Return the texts of this sqrec: `reason.CODE`, `missing.CODE`, `notice.CODE`, `degraded.CODE` by language."""
    return json.loads(resources.files("sqrec.rank").joinpath("texts.json").read_text(encoding="utf-8"))


def say(texts: Texts, family: str, code: str, lang: Language, values: Mapping[str, object]) -> str:
    """Return the sentence of a code with its values filled in; a code without a sentence is its own text."""
    sentences = texts.get(f"{family}.{code}")
    return sentences[lang].format_map(values) if sentences else code
