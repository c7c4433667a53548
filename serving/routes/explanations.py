"""Why a past list was as it was: reasons and contributions from the logged rows and the bundle that made them."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from pydantic_core import to_json
from starlette.responses import Response

from serving.allowed import Decision
from serving.answer.stream import why_of
from serving.limits.buckets import units
from serving.live import Live
from serving.problems import NotFoundError, UnavailableError
from serving.routes.owed import FRESH
from serving.schemas.owed import ExplanationRequest
from serving.schemas.requests import MOST_RESULTS
from sqrec import bundle as bundles
from sqrec.access import Asker
from sqrec.base.arrays import keys_of
from sqrec.bundle import Bundle
from sqrec.contract import KINDS, Kind
from sqrec.errors import BundleError
from sqrec.store.pastlists import past_list
from sqrec.texts import Language, explanation_texts, say

_ROUTE = "/v1/explanations/{request_id}"
_UNITS = units(1, len(KINDS), MOST_RESULTS, explain=True)
"""What reading a bundle and weighing the longest lists costs."""
_NONE = "No list that you may ask about is in the log under this request_id."
_NO_STORE = "A data folder is served, which keeps no log of lists."


async def explanation(live: Live, asked: ExplanationRequest, who: Asker) -> Response:
    """Return why a past list was as it was: the shown items, what the ranker read of each, and what raised its score.

    From the log and the list's own bundle; where that is gone, it says so. Raises NotFoundError alike for a list that is not in the log
    and for one of somebody whom the asker may not name.
    """
    if live.store is None:
        raise UnavailableError(_NO_STORE)
    live.buckets.take(who, _UNITS)
    rows = await asyncio.to_thread(past_list, live.store.database, asked.request_id)
    person_id = next((row["person_id"] for row in rows if row["person_id"]), None)
    if not await _may_have(live, who, rows, person_id):
        live.audit(Decision(who, _ROUTE, "residents", 404, person_id))
        raise NotFoundError(_NONE)
    body = await asyncio.to_thread(_explained, live, asked, rows)
    live.audit(Decision(who, _ROUTE, "residents", None, person_id, ("rankings",)))
    return Response(to_json(body), media_type="application/json", headers=FRESH)


async def _may_have(live: Live, who: Asker, rows: Sequence[Any], person_id: str | None) -> bool:
    """Tell whether an asker may have a list: that of a person of theirs, and of nobody in particular who may ask about everybody.

    A list that is not there costs the same reading of a person as one that is.
    """
    found = await live.deployment.records.found(person_id or "", who.within)
    if person_id is None:
        return bool(rows) and who.person is None and who.within is None
    return found is not None and who.may_name(person_id)


def _explained(live: Live, asked: ExplanationRequest, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    bundle = _bundle(live, first["bundle"])
    streams = {
        kind: _stream(live, bundle, kind, list(of_kind), asked.lang) for kind, of_kind in groupby(rows, key=itemgetter("kind"))
    }
    told = {"at": live.city.local(first["at"]).isoformat(), "bundle": first["bundle"], "personal": first["person_id"] is not None}
    return {"request_id": asked.request_id} | told | {"streams": streams}


def _bundle(live: Live, name: str | None) -> Bundle | None:
    """Return the bundle of a name; None where it is gone or cannot be used any more."""
    if not name or live.deployment.bundle.name == name:
        return live.deployment.bundle if name else None
    try:
        return bundles.load(live.settings.bundles / name)
    except BundleError:
        return None


def _stream(live: Live, bundle: Bundle | None, kind: Kind, rows: Sequence[Mapping[str, Any]], lang: Language) -> dict[str, Any]:
    by, note, weighed = _weighed(bundle, kind, rows, lang)
    return {
        "by": by,
        "note": note and say(explanation_texts(), "explained", note, lang, {}),
        "items": [
            {
                "item_id": row["item_id"],
                "title": title,
                "rank": row["position"],
                **{name: row[name] for name in ("score", "minutes", "propensity")},
                **one,
            }
            for row, title, one in zip(rows, _titles(live, kind, rows), weighed, strict=True)
        ],
    }


def _weighed(
    bundle: Bundle | None, kind: Kind, rows: Sequence[Mapping[str, Any]], lang: Language
) -> tuple[str | None, str | None, Sequence[dict[str, Any]]]:
    """Return who ordered a list, the code of what cannot be told, and for each row what was weighed."""
    nothing = [{"why": None, "contributions": None}] * len(rows)
    if bundle is None or kind not in bundle.kinds:
        return None, "bundle", nothing
    parts = bundle.kinds[kind]
    ranker, vectors = parts.trained, [row["vector"] for row in rows]
    if rows[0]["person_id"] is None:
        return None if ranker else "words", "rows", nothing
    if not all(vectors):
        return "rules", "rules", nothing
    if ranker is None:
        return "words", "words", nothing
    values = np.array([np.frombuffer(one, "<f8") for one in vectors])
    if values.shape[1] != len(parts.rows.names):
        return "model", "rows", nothing
    shares = ranker.contributions(values)
    names = [*parts.rows.names, "expected"]
    told = [
        {"why": why_of(bundle, parts, row[:-1], lang), "contributions": dict(zip(names, row, strict=True))}
        for row in shares.tolist()
    ]
    return "model", None, told


def _titles(live: Live, kind: Kind, rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
    items = live.deployment.snapshot.items.get(kind)
    if items is None:
        return [None] * len(rows)
    found = items.find(keys_of(row["item_id"] for row in rows)).tolist()
    return [str(items.titles[place]) if place >= 0 else None for place in found]
