"""What residents see to about themselves: the switch of personal lists, their tags, their consents; and an adviser's "not suitable"."""

import asyncio
import time
from collections.abc import Callable

import numpy as np
from pydantic_core import to_json

from serving.allowed import Decision, unknown_person
from serving.intake import differing
from serving.live import Live
from serving.problems import NotFoundError, RefusedError, UnavailableError, refusal
from serving.rights import shown_consents, shown_tags, stated_of
from serving.schemas.answers import ProblemDetail
from serving.schemas.rights import (
    AboutRequest,
    ConsentRequest,
    SwitchRequest,
    TagsRequest,
    UnsuitableRequest,
    Whose,
)
from sqrec.access import Asker, Scope
from sqrec.base.arrays import key_of
from sqrec.cities.ages import age_of, is_minor
from sqrec.errors import RequestError
from sqrec.groups.record import Record
from sqrec.rank.gates import gate
from sqrec.rights import apart, deletion, notices
from sqrec.store import Rights, Row, Store

SWITCH, TAGS, CONSENTS, UNSUITABLE = (
    f"/v1/residents/{{person_id}}/{what}" for what in ("switch", "tags", "consents", "unsuitable")
)
_FOLDER = "A data folder is served, which keeps nothing that residents change. Serve a store (sqrec import FOLDER)."
_BY_LAW = "The birth month of somebody under {age} is kept by law and corrected by the office that keeps it, not here (docs/laws.md, law 7)."


async def switch(live: Live, asked: AboutRequest, who: Asker) -> bytes:
    """Say whether somebody's lists are personal."""
    return await _about(live, who, asked, SWITCH, ("personalised",), lambda store, _: _switch(live, store, asked.person_id))


async def set_switch(live: Live, asked: SwitchRequest, who: Asker) -> bytes:
    """Switch somebody's personal lists on or off: the next answer of every worker obeys, and no import takes it back."""

    def work(store: Store, record: Record) -> bytes:
        _known(Rights(store.database).switch(asked.person_id, who.name, personalised=asked.personalised))
        return _switch(live, store, asked.person_id)

    return await _about(live, who, asked, SWITCH, ("personalised",), work, writes=True)


async def tags(live: Live, asked: AboutRequest, who: Asker) -> bytes:
    """Return somebody's tags: what is known and worked out, what ranks, what was deleted and stated."""
    fields = ("people", *_apart(who))
    return await _about(live, who, asked, TAGS, fields, lambda store, record: _tags(live, store, record, asked, who))


async def change_tags(live: Live, asked: TagsRequest, who: Asker) -> bytes:
    """Delete, correct and restore somebody's tags, all or nothing: the next answer of every worker obeys, and later imports do.

    Raises RefusedError, 403, for facts that are kept apart where the asker may not have them, and for the birth month of a minor.
    """

    def work(store: Store, record: Record) -> bytes:
        deleted, stated = deletion(asked.delete), stated_of(live.deployment.recommender, asked.correct)
        restored = deletion(asked.restore)
        _may_change(live, record, who, asked, {*deleted, *stated, *restored})
        _known(Rights(store.database).change(asked.person_id, who.name, deleted=deleted, stated=stated, restored=restored))
        changed = store.record(asked.person_id)
        if changed is None:
            raise unknown_person()
        return _tags(live, store, changed, asked, who)

    return await _about(live, who, asked, TAGS, ("people", *_apart(who)), work, writes=True)


async def consents(live: Live, asked: AboutRequest, who: Asker) -> bytes:
    """Return somebody's consents by purpose, each with the notice in force."""
    return await _about(live, who, asked, CONSENTS, ("consents",), lambda store, _: _consents(live, store, asked.person_id))


async def change_consents(live: Live, asked: ConsentRequest, who: Asker) -> bytes:
    """Give or withdraw one consent; it is kept with the version of the notice and the moment.

    Raises RefusedError, 400, for a version that is not in force (a consent) or unknown (a withdrawal).
    """

    def work(store: Store, record: Record) -> bytes:
        known = [one.version for one in notices().of(asked.purpose, _day(live))]
        right = known[-1:] if asked.given else known
        if asked.notice not in right:
            told = ProblemDetail(field="notice", rule="notice", detail=f"right is {' or '.join(right)}")
            raise RefusedError(400, "1 problem(s) in the request.", (told,))
        rights = Rights(store.database)
        _known(rights.consent(asked.person_id, asked.purpose, asked.notice, who.name, given=asked.given))
        return _consents(live, store, asked.person_id)

    return await _about(live, who, asked, CONSENTS, ("consents",), work, writes=True)


async def unsuitable(live: Live, asked: UnsuitableRequest, who: Asker) -> bytes:
    """Take an item from somebody's personal lists, with an adviser's reason; it is an event of whoever asks.

    Raises NotFoundError where the catalogue has no such item, RefusedError, 409, where another event has the id.
    """

    def work(store: Store, record: Record) -> bytes:
        items = live.deployment.snapshot.items.get(asked.kind)
        if items is None or items.find(np.array([key_of(asked.item_id)], np.uint64))[0] < 0:
            raise NotFoundError("The catalogue has no such item.")
        now = time.time_ns() // 1000
        row: Row = asked.model_dump() | {"event": "unsuitable", "at": now, "recorded_at": now, "writer": who.name}
        taken = store.advise(row)
        if taken.other:
            problems = differing(taken.other[0], who)
            raise RefusedError(409, f"{len(problems)} problem(s); nothing was stored.", problems)
        _known(bool(taken.new or taken.known))
        return to_json({"new": taken.new == 1})

    return await _about(live, who, asked, UNSUITABLE, ("events",), work, "advice", writes=True)


async def _about(
    live: Live,
    who: Asker,
    asked: Whose,
    route: str,
    fields: tuple[str, ...],
    work: Callable[[Store, Record], bytes],
    scope: Scope = "rights",
    *,
    writes: bool = False,
) -> bytes:
    """Do something about one stored resident in a thread, and tell the audit.

    Raises UnavailableError where a folder is served; NotFoundError alike for nobody and for somebody whom the asker may not name.
    """
    store = live.store
    if store is None:
        raise UnavailableError(_FOLDER)
    named = who.may_name(asked.person_id)
    record = await asyncio.to_thread(store.record, asked.person_id, who.within) if named else None
    try:
        if record is None:
            raise unknown_person()
        done = await (live.writers.run(work, store, record) if writes else asyncio.to_thread(work, store, record))
    except (RefusedError, NotFoundError, RequestError) as refused:
        live.audit(Decision(who, route, scope, refusal(refused)[0], asked.person_id, fields, writes))
        raise
    live.audit(Decision(who, route, scope, None, asked.person_id, fields, writes))
    return done


def _known(found: bool) -> None:  # noqa: FBT001 (what a change returns)
    """Answer as of nobody where somebody was erased meanwhile."""
    if not found:
        raise unknown_person()


def _may_change(live: Live, record: Record, who: Asker, asked: TagsRequest, changed: set[str]) -> None:
    """Refuse to change what is kept apart without its scope, and what docs/laws.md, law 7, goes by of a minor."""
    if any(apart(tag) and not tag.startswith("group:") for tag in changed) and not who.may("restricted"):
        raise RefusedError(403, "These tags are kept apart; to change them takes the scope `restricted`: docs/access.md.")
    city, now = live.deployment.recommender.city, time.time_ns() // 1000
    if "birth_month" in changed and is_minor(record.person.birth_month, now, city):
        raise RefusedError(403, _BY_LAW.format(age=city.gates.adult_from))
    gate(age_of(asked.correct.birth_month, now, city), "course", city)


def _switch(live: Live, store: Store, person_id: str) -> bytes:
    found = Rights(store.database).switched(person_id)
    if found is None:
        raise unknown_person()
    personalised, at = found
    return to_json({"personalised": personalised is not False, "set_at": None if at is None else _moment(live, at)})


def _tags(live: Live, store: Store, record: Record, asked: AboutRequest | TagsRequest, who: Asker) -> bytes:
    changes = Rights(store.database).changes(asked.person_id)
    return to_json(
        shown_tags(live.deployment, record, changes, time.time_ns() // 1000, asked.lang, restricted=who.may("restricted"))
    )


def _consents(live: Live, store: Store, person_id: str) -> bytes:
    given = Rights(store.database).consents(person_id)
    return to_json({"consents": shown_consents(given, _day(live), lambda at: _moment(live, at))})


def _apart(who: Asker) -> tuple[str, ...]:
    return ("restricted",) if who.may("restricted") else ()


def _moment(live: Live, at: int) -> str:
    return live.city.local(at).isoformat()


def _day(live: Live) -> str:
    return live.city.local(time.time_ns() // 1000).date().isoformat()
