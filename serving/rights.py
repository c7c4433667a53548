"""What is said of a resident's tags and consents, and what a stated fact becomes in the store."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from serving.deployment import Deployment, values_of
from serving.problems import RefusedError
from serving.schemas.answers import ProblemDetail
from serving.schemas.requests import FactsIn
from sqrec.contract import KINDS
from sqrec.groups.answer import profile_answer
from sqrec.groups.record import Record
from sqrec.groups.worded import Words
from sqrec.profile.person import facts_of
from sqrec.rank import Recommender
from sqrec.rights import DERIVED, PURPOSES, Consent, TagChange, apart, holds, notices
from sqrec.texts import Language

_HELD = frozenset({"recognised", "likely"})


def stated_of(recommender: Recommender, facts: FactsIn) -> dict[str, dict[str, Any]]:
    """Return the columns of every fact that was stated, by tag, as the store keeps them. Raises RefusedError, 400, for null and nothing."""
    named = [name for name in FactsIn.model_fields if name in facts.model_fields_set]
    if empty := [name for name in named if getattr(facts, name) in (None, [])]:
        wrong = tuple(
            ProblemDetail(field=f"correct.{name}", rule="value", detail="right is a value; `delete` takes a fact away")
            for name in empty
        )
        raise RefusedError(400, f"{len(wrong)} problem(s) in the request.", wrong)
    values = values_of(facts, recommender)
    return {name: {fact: _kept(values[fact]) for fact in facts_of([name])} for name in named}


def shown_tags(
    deployment: Deployment, record: Record, changes: Sequence[TagChange], at: int, lang: Language, *, restricted: bool
) -> dict[str, Any]:
    """Return the tags of a person as of a moment, and those that they changed; what is kept apart where it may be told alone."""
    bundle, city = deployment.bundle, deployment.recommender.city
    told = record.restricted if restricted else record.restricted.hidden() if record.restricted else None
    words = Words(bundle.texts, lang, city)
    profile = profile_answer(record.known_at(at), told, bundle.profiler, bundle.groups, city, at, lang, bundle.texts)
    stated = [_stated(one, deployment) for one in profile["tags"] if one["tag"] not in {"lon", "lat"}]
    place = _place(record, words, deployment)
    groups = [_group(one, words) for one in profile["groups"] if one["status"] in _HELD]
    mine = [one for one in changes if restricted or not apart(one.tag) or one.tag.startswith("group:")]
    return {
        "tags": [*stated, *place, *groups],
        "deleted": [_changed(one, words) for one in mine if one.state == "deleted"],
        "stated": [_changed(one, words) for one in mine if one.state == "stated"],
    }


def shown_consents(given: Iterable[Consent], day: str, moment: Callable[[int], str]) -> list[dict[str, Any]]:
    """Return what somebody said about every purpose, as of a day (YYYY-MM-DD); the last word counts."""
    last = {one.purpose: one for one in given}
    found: list[dict[str, Any]] = []
    for purpose in PURPOSES:
        now, said = notices().of(purpose, day)[-1], last.get(purpose)
        held = holds(said, day)
        found.append(
            {
                "purpose": purpose,
                "meaning": notices().meanings[purpose],
                "holds": held,
                "notice": now.version,
                "text": now.text,
                "given_at": moment(said.at) if said and held else None,
                "accepted": said.notice if said and held else None,
                "withdrawn_at": moment(said.at) if said and not said.given else None,
            }
        )
    return found


def _stated(tag: dict[str, Any], deployment: Deployment) -> dict[str, Any]:
    told = {name: tag[name] for name in ("tag", "name", "value", "text", "source", "source_text", "correctable")}
    goes = DERIVED.get(tag["tag"]) if tag["source"] == "derived" else None
    return told | {"comes_from": tag["from"], "ranks": _ranks(goes or tag["tag"], deployment), "goes_with": goes}


def _place(record: Record, words: Words, deployment: Deployment) -> list[dict[str, Any]]:
    lon, lat = record.person.lon, record.person.lat
    if lon is None or lat is None:
        return []
    text = f"{lon:.4f}, {lat:.4f}"
    told = {"tag": "location", "name": words.name("location"), "value": {"lon": lon, "lat": lat}, "text": text}
    source = {"source": "declared", "source_text": words.say("source", "declared"), "correctable": True}
    return [told | source | {"comes_from": [], "ranks": _ranks("location", deployment), "goes_with": None}]


def _group(one: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return a group as a tag; it ranks nothing (docs/laws.md, law 6)."""
    told = {"tag": f"group:{one['group']}", "name": one["name"], "value": one["status"], "text": one["text"], "source": "derived"}
    facts = [fact["fact"] for fact in one["facts"]]
    more = {"source_text": words.say("source", "derived"), "comes_from": facts, "ranks": [], "correctable": False}
    return told | more | {"goes_with": None}


def _ranks(tag: str, deployment: Deployment) -> list[str]:
    """Return the kinds whose rankers read a tag."""
    facts, kinds = set(facts_of([tag])), deployment.bundle.kinds
    return [kind for kind in KINDS if kind in kinds and facts & kinds[kind].rows.reads]


def _changed(one: TagChange, words: Words) -> dict[str, Any]:
    group = one.tag.partition(":")[2]
    name = words.say("group", group) if group else words.name(one.tag)
    return {"tag": one.tag, "name": name, "at": words.city.local(one.at).isoformat()}


def _kept(value: Any) -> Any:
    return "|".join(value) if isinstance(value, tuple | list) else value
