"""From rankings to an answer: reasons, missing requirements, fit, reach and notices in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sqrec.bundle import Bundle
from sqrec.bundlekinds import KindParts
from sqrec.codes.certificates import level_name, named_level
from sqrec.columns import Kind
from sqrec.rank import Boosted, Ranking
from sqrec.rank.reasons import Verdict, verdicts
from sqrec.rank.texts import Language, say

_STRONGEST = 5
_JOINED: Mapping[Language, str] = {"zh-CN": "、", "en": ", "}
_CERTIFIED: Mapping[Language, str] = {"zh-CN": "{name}（{level}）", "en": "{name} ({level})"}
_NOTHING = Verdict((), (), "unknown")


def stream(ranking: Ranking, bundle: Bundle, kind: Kind, n: int, lang: Language, *, explain: bool) -> list[dict[str, Any]]:
    """Return the first `n` of a ranking as they are shown."""
    scene, parts = ranking.scene, bundle.kinds[kind]
    shown = ranking.order[:n]
    rows = scene.rows[shown]
    told = verdicts(rows, parts.rows.names, parts.reasons, parts.requirements) if scene.personal else [_NOTHING] * len(shown)
    extra = _explained(ranking, bundle, parts, shown, lang) if explain else [{}] * len(shown)
    return [
        _item(ranking, bundle, int(place), rank, verdict, lang) | more
        for rank, (place, verdict, more) in enumerate(zip(shown, told, extra, strict=True), start=1)
    ]


def _item(ranking: Ranking, bundle: Bundle, place: int, rank: int, verdict: Verdict, lang: Language) -> dict[str, Any]:
    scene = ranking.scene
    row = int(scene.pairs.item[place])
    reach = ranking.reach(place)
    values = _Values(scene.items.table, row, reach.minutes, lang)
    return {
        "item_id": scene.items.ids[row],
        "title": scene.items.titles[row],
        "rank": rank,
        "fit": verdict.fit,
        "reach": {"minutes": reach.minutes, "method": reach.method, "step": reach.step},
        "reasons": [said(bundle, "reason", code, lang, values) for code in (*_tried(ranking, place), *verdict.reasons)],
        "missing": [said(bundle, "missing", code, lang, values) for code in verdict.missing],
    }


def _tried(ranking: Ranking, place: int) -> tuple[str, ...]:
    """Name what an exploration brought here: a resident is told that this is a try, before any reason."""
    return ("tried",) if ranking.tried == place else ()


def said(bundle: Bundle, family: str, code: str, lang: Language, values: Mapping[str, object]) -> dict[str, str]:
    """Return a code with its text."""
    return {"code": code, "text": say(bundle.texts, family, code, lang, values)}


def _explained(ranking: Ranking, bundle: Bundle, parts: KindParts, shown: np.ndarray, lang: Language) -> list[dict[str, Any]]:
    """Return scores, and TreeSHAP contributions with the strongest in words where a trained ranker made them."""
    scores = [{"score": float(score)} for score in ranking.scores[shown]]
    if not isinstance(ranking.by, Boosted) or not len(shown):
        return scores
    shares = ranking.by.contributions(ranking.scene.rows[shown])
    names = [*parts.rows.names, "expected"]
    return [
        one | {"contributions": dict(zip(names, row, strict=True)), "why": _why(bundle, parts, row[:-1], lang)}
        for one, row in zip(scores, shares.tolist(), strict=True)
    ]


def _why(bundle: Bundle, parts: KindParts, shares: Sequence[float], lang: Language) -> list[dict[str, Any]]:
    """Return the strongest contributions above zero, greatest first, each with its column in words and the facts it reads."""
    raising = [(share, column) for share, column in zip(shares, parts.rows.columns, strict=True) if share > 0]
    strongest = sorted(raising, key=lambda one: -one[0])[:_STRONGEST]
    return [
        said(bundle, "column", column.name, lang, {}) | {"value": share, "reads": list(column.reads)}
        for share, column in strongest
    ]


class _Values(dict[str, object]):
    """Look up what a text asks for only when it asks."""

    def __init__(self, table: Any, row: int, minutes: float | None, lang: Language) -> None:
        super().__init__(minutes="" if minutes is None else f"{max(1, round(minutes))}")
        self.table, self.row = table, row
        self.lang: Language = lang

    def __missing__(self, name: str) -> object:
        column = {"experience": "experience_min_years"}.get(name, name)
        value = self.table[column].iat[self.row]
        if isinstance(value, float):
            return f"{value:g}"
        return _JOINED[self.lang].join(_with_level(one, self.lang) for one in str(value).split("|"))


def _with_level(skill: str, lang: Language) -> str:
    """Return a skill with what its certificate's level is called; a text without a level stays as it is."""
    name, level = named_level(skill)
    return name if level is None else _CERTIFIED[lang].format(name=name, level=level_name(level, lang))
