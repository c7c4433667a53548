"""What a person is told of the own profile: facts with their source, what is missing, and groups with their evidence."""

from collections.abc import Iterable
from typing import Any, cast

from sqrec.cities import City
from sqrec.codes.retirement import flexible, retirement
from sqrec.groups.conditions import NOT_REGISTERED, KnownFacts, months_between
from sqrec.groups.groups import Finding, KeyGroups, Membership
from sqrec.groups.restricted import RESTRICTED_FACTS, Restricted
from sqrec.groups.worded import Words
from sqrec.profile.person import FACTS, Person
from sqrec.profile.profiler import Profiler
from sqrec.texts import Language, Texts

_PLACE = ("lon", "lat")
_UNREAD = ("walk",)
"""Facts that nothing reads yet: nobody is asked for them."""


def profile_answer(
    person: Person,
    restricted: Restricted | None,
    profiler: Profiler | None,
    groups: KeyGroups,
    city: City,
    at: int,
    lang: Language,
    texts: Texts,
) -> dict[str, Any]:
    """Return a profile as JSON values: `at`, `tags`, `encoded`, `missing`, `groups`, `notices`.

    `at` is a moment in microseconds UTC; what changed after it must be unknown in `person` (`Person.known_at`). A tag is a
    fact with its source: `declared` by the person (can be corrected or removed in a request), a `record` kept apart, or
    `derived` from others. `encoded` is what rankers see of the declared facts, empty without a profiler. Nothing in the
    answer is a decision about the person, and nothing of it is for others.
    """
    words = Words(texts, lang, city)
    return {
        "at": city.local(at).isoformat(),
        "tags": [*_declared(person, words), *_recorded(restricted, words), *_derived(person, restricted, city, at, words)],
        "encoded": _encoded(person, profiler, words) if profiler else [],
        "missing": _missing(person, restricted, words),
        "groups": [membership_answer(one, words) for one in groups.of(person, restricted, city, at)],
        "notices": [{"code": "groups", "text": words.say("notice", "groups")}],
    }


def membership_answer(one: Membership, words: Words) -> dict[str, Any]:
    """Return what is said of one group as JSON values."""
    needs = words.named(one.needs)
    told = words.joined([need["name"] for need in needs])
    return {
        "group": one.group,
        "name": words.say("group", one.group),
        "status": one.status,
        "text": words.say("status", one.status, needs=told, on=one.recognised_on),
        "needs": needs,
        "recognised_on": one.recognised_on,
        "clauses": list(one.clauses),
        "facts": words.named(one.facts),
        "evidence": [_evidence(finding, words) for finding in one.evidence],
        "not_checked": list(one.not_checked),
        "rules": list(one.rules),
        "ruleset": one.ruleset,
    }


def _evidence(finding: Finding, words: Words) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "role": finding.role,
        "clause": finding.clause,
        "holds": finding.holds,
        "text": words.say("truth", str(finding.holds).lower()),
        "facts": words.named(finding.facts),
        "source": finding.source,
        "trust": finding.trust,
    }


def _tag(fact: str, value: Any, text: str, source: str, words: Words, derived_from: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "tag": fact,
        "name": words.name(fact),
        "value": list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value,
        "text": text,
        "source": source,
        "source_text": words.say("source", source),
        "from": list(derived_from),
        "correctable": source == "declared",
    }


def _declared(person: Person, words: Words) -> list[dict[str, Any]]:
    told = [(fact, getattr(person, fact)) for fact in FACTS]
    return [_tag(fact, value, words.value(fact, value), "declared", words) for fact, value in told if value not in (None, ())]


def _recorded(restricted: Restricted | None, words: Words) -> list[dict[str, Any]]:
    told = [(fact, getattr(restricted, fact)) for fact in (*RESTRICTED_FACTS, "recognised")] if restricted else []
    return [_tag(fact, value, words.value(fact, value), "record", words) for fact, value in told if value not in (None, ())]


def _derived(person: Person, restricted: Restricted | None, city: City, at: int, words: Words) -> list[dict[str, Any]]:
    """Return what follows from other facts: age, retirement, months registered, and the city's pace for the age."""
    facts = KnownFacts.of(person, restricted, city, at)
    registered = facts.values.get("registered_unemployed_on", NOT_REGISTERED)
    found: list[tuple[str, Any, str, Iterable[str]]] = []
    if facts.age is not None:
        found += [("age", facts.age, words.value("age", facts.age), ("birth_month",)), *_ends(facts, words)]
    if registered != NOT_REGISTERED and registered <= facts.day.isoformat():
        months = months_between(registered, facts.day)
        found.append(("registered_months", months, words.value("registered_months", months), ("registered_unemployed_on",)))
    if person.pace is None and "pace" not in person.deleted:
        pace = city.pace_for(facts.age)
        found.append(("pace", pace, words.value("pace", pace), () if facts.age is None else ("birth_month",)))
    return [_tag(fact, value, text, "derived", words, used) for fact, value, text, used in found]


def _ends(facts: KnownFacts, words: Words) -> Iterable[tuple[str, Any, str, Iterable[str]]]:
    """Yield the statutory retirement age and the one by choice, each with the facts used; a range where they do not decide it."""
    asked = {fact: facts.values.get(fact) for fact in ("birth_month", "sex", "post_type")}
    used = [fact for fact, value in asked.items() if value is not None]
    for fact, end in (("retirement", retirement(**asked)), ("flexible_retirement", flexible(**asked))):
        if end:
            code = "retirement_range" if fact == "retirement" and not end.exact else fact
            yield fact, {"earliest": end.earliest.month, "latest": end.latest.month}, words.retirement(code, end), used


def _encoded(person: Person, profiler: Profiler, words: Words) -> list[dict[str, Any]]:
    """Return what rankers see: every encoded fact, with the columns it comes from."""
    facts = profiler.facts([person])
    told = [(encoding, *words.encoded(encoding, facts.arrays[encoding.name][0])) for encoding in profiler.people]
    return [
        {"name": encoding.name, "from": list(encoding.columns), "value": value, "text": text} for encoding, value, text in told
    ]


def _missing(person: Person, restricted: Restricted | None, words: Words) -> list[dict[str, str]]:
    """Return the facts that are not known, a place as one; nobody is asked again for what they had deleted."""
    told = restricted or Restricted()
    unasked = {*_PLACE, *_UNREAD, *person.deleted}
    unknown = [fact for fact in FACTS if getattr(person, fact) in (None, ()) and fact not in unasked]
    place = ["location"] if (person.lon is None or person.lat is None) and "location" not in person.deleted else []
    kept = [fact for fact in RESTRICTED_FACTS if getattr(told, fact) is None and fact not in told.deleted_apart]
    return [
        {"fact": fact, "name": words.name(fact), "source": source}
        for source, facts in (("declared", [*unknown, *place]), ("record", kept))
        for fact in facts
    ]
