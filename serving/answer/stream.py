"""Items of a list as JSON values: reasons, missing requirements, fit and reach in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sqrec.bundle import Bundle
from sqrec.bundle.kinds import KindParts
from sqrec.catalogue.itemfacts import facts_to_act
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.rank import Boosted, Ranking, tell
from sqrec.rank.reasons import MOST, Verdict
from sqrec.rank.said.values import Values
from sqrec.rank.view import View
from sqrec.texts import Language, say

_STRONGEST = 5
_JOINED: Mapping[Language, str] = {"zh-CN": "、", "en": ", "}


def stream(
    ranking: Ranking, bundle: Bundle, snapshot: Snapshot, kind: Kind, n: int, lang: Language, *, explain: bool
) -> list[dict[str, Any]]:
    """Return the first `n` items of a ranking as JSON values (`Recommended` in schemas/answers.py).

    `explain` adds the score, and contributions where a trained ranker made the list.
    """
    parts, shown = bundle.kinds[kind], ranking.order[:n]
    view = View.of(snapshot, ranking.scene.profile, kind, ranking.scene.pairs.take(shown), bundle.city)
    told = tell(parts.speech, ranking, shown, view)
    extra = _explained(ranking, bundle, parts, shown, lang) if explain else [{}] * len(shown)
    return [
        _item(ranking, bundle, int(pair), verdict, Values(view, place, bundle.texts, lang)) | more
        for place, (pair, verdict, more) in enumerate(zip(shown, told, extra, strict=True))
    ]


def _item(ranking: Ranking, bundle: Bundle, pair: int, verdict: Verdict, values: Values) -> dict[str, Any]:
    items, lang, reach = ranking.scene.items, values.lang, ranking.reach(pair)
    codes = (*_tried(ranking, pair), *verdict.reasons)[:MOST]
    return {
        "item_id": items.ids[values.row],
        "title": items.titles[values.row],
        "rank": values.place + 1,
        "fit": verdict.fit,
        "fit_note": _noted(bundle, verdict, lang),
        "reach": {"minutes": reach.minutes, "method": reach.method, "step": reach.step},
        "facts": facts_to_act(items, values.row),
        "reasons": [said(bundle, "reason", code, lang, values) for code in codes],
        "missing": [said(bundle, "missing", code, lang, values) for code in verdict.missing],
        "more_like_this": ranking.more_like_this(pair),
    }


def _noted(bundle: Bundle, verdict: Verdict, lang: Language) -> dict[str, str] | None:
    """Return why the fit is unknown; None where it is known."""
    if verdict.note is None:
        return None
    facts = _JOINED[lang].join(say(bundle.texts, "fact", fact, lang, {}) for fact in verdict.unanswered)
    return said(bundle, "fit", verdict.note, lang, {"facts": facts})


def _tried(ranking: Ranking, place: int) -> tuple[str, ...]:
    """Return the code `tried` for the item that exploration put here; it is shown before all reasons."""
    return ("tried",) if ranking.tried == place else ()


def said(bundle: Bundle, family: str, code: str, lang: Language, values: Mapping[str, object]) -> dict[str, str]:
    """Return a code with its text in a language, as `code` and `text`."""
    return {"code": code, "text": say(bundle.texts, family, code, lang, values)}


def _explained(ranking: Ranking, bundle: Bundle, parts: KindParts, shown: np.ndarray, lang: Language) -> list[dict[str, Any]]:
    """Return scores, and TreeSHAP contributions with the strongest in words where a trained ranker made them."""
    scores = [{"score": float(score)} for score in ranking.scores[shown]]
    if not isinstance(ranking.by, Boosted) or not len(shown):
        return scores
    shares = ranking.by.contributions(ranking.scene.rows[shown])
    names = [*parts.rows.names, "expected"]
    return [
        one | {"contributions": dict(zip(names, row, strict=True)), "why": why_of(bundle, parts, row[:-1], lang)}
        for one, row in zip(scores, shares.tolist(), strict=True)
    ]


def why_of(bundle: Bundle, parts: KindParts, shares: Sequence[float], lang: Language) -> list[dict[str, Any]]:
    """Return the strongest contributions above zero, greatest first, each with its column in words and the facts it reads."""
    raising = [(share, column) for share, column in zip(shares, parts.rows.columns, strict=True) if share > 0]
    strongest = sorted(raising, key=lambda one: -one[0])[:_STRONGEST]
    return [
        said(bundle, "column", column.name, lang, {}) | {"value": share, "reads": list(column.reads)}
        for share, column in strongest
    ]
