"""Programmes as they are shown to the person they are for, and to nobody else."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqrec.catalogue.itemfacts import facts_to_act
from sqrec.catalogue.items import Items
from sqrec.contract import Kind
from sqrec.programmes.offers import Programme
from sqrec.texts import Language, Texts, say

_JOINED: Mapping[Language, str] = {"zh-CN": "、", "en": ", "}


def programmes_answer(
    found: Iterable[Programme], items: Mapping[Kind, Items], texts: Texts, lang: Language
) -> list[dict[str, Any]]:
    """Return programmes as JSON values: group, kind, standing, what is needed, and the items in the published order."""
    return [_said(one, items[one.kind], texts, lang) for one in found]


def _said(one: Programme, items: Items, texts: Texts, lang: Language) -> dict[str, Any]:
    needs = [{"fact": fact, "name": say(texts, "fact", fact, lang, {})} for fact in one.needs]
    told = _JOINED[lang].join(need["name"] for need in needs)
    shown = zip(one.rows.tolist(), one.reach, strict=True)
    return {
        "group": one.group,
        "name": say(texts, "group", one.group, lang, {}),
        "kind": one.kind,
        "status": one.standing,
        "text": say(texts, "programme", one.standing, lang, {"needs": told}),
        "needs": needs,
        "order": say(texts, "programme", "order", lang, {}),
        "not_checked": list(one.not_checked),
        "items": [
            {
                "item_id": items.ids[row],
                "title": items.titles[row],
                "rank": rank,
                "reach": {"minutes": reach.minutes, "method": reach.method, "step": reach.step},
                "facts": facts_to_act(items, row),
            }
            for rank, (row, reach) in enumerate(shown, start=1)
        ],
    }
