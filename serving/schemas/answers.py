"""What goes out: every field of an answer, its meaning and unit, and what null means."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from sqrec.contract import Kind


class Said(BaseModel):
    """A code for programs and a text for people, in the language that was asked for."""

    code: str = Field(description="stable code, for programs")
    text: str = Field(description="the same in words, for residents")


class Weighed(Said):
    """A column of the row in words, and its contribution to the score."""

    value: float = Field(description="contribution (TreeSHAP) in units of the score, above 0")
    reads: list[str] = Field(description="names of the facts that the column is computed from")


class ReachOut(BaseModel):
    """How far an item is from home on foot, and how that was found."""

    minutes: float | None = Field(description="minutes on foot, one way, to 0.1; null: unknown")
    method: Literal["straight", "area", "online", "unknown"] = Field(
        description="straight: straight-line distance times the city's detour; area: no minutes, but the administrative divisions can"
        " be compared; online: bound to no place; unknown: none of these"
    )
    step: float | None = Field(
        description="the smallest circle of the city, in minutes, that holds the item; null: minutes unknown, or beyond the widest circle"
    )


class Recommended(BaseModel):
    """One item of a list.

    `facts` are the known columns that one needs to act: wage or fee, hours, address, telephone and validity, named as docs/tables.md
    names them; `GET /v1/items/{kind}/{id}` has all others.
    """

    item_id: str = Field(description="id of the item, unique within its kind")
    title: str = Field(description="the title as published")
    rank: int = Field(description="position in the list, from 1 = top")
    fit: Literal["high", "medium", "low", "unknown"] = Field(
        description="requirements that the person does not meet, of those that can be checked: high none, medium one, low more;"
        " unknown: none can be checked"
    )
    fit_note: Said | None = Field(default=None, description="why the fit is unknown; null: it is known")
    reach: ReachOut = Field(description="how far the item is")
    facts: dict[str, Any] = Field(default={}, description="known facts that one needs to act; an unknown fact is left out")
    reasons: list[Said] = Field(description="why the item stands here, at most four; each is true and raised the score")
    missing: list[Said] = Field(description="requirements that the person does not meet, and clashes; empty: none is known")
    more_like_this: int = Field(
        default=0, description="number of other ids under which the same offer is published; not in the list"
    )
    score: float | None = Field(
        default=None, description="the ranker's score, comparable within one list only; null: `explain` was not asked for"
    )
    contributions: dict[str, float] | None = Field(
        default=None,
        description="contribution (TreeSHAP) of every column to the score and the expected value `expected`; they add up to the ranker's score."
        " null: not asked for, or no trained ranker made the list",
    )
    why: list[Weighed] | None = Field(
        default=None, description="the greatest contributions above 0, at most five, greatest first; null as for `contributions`"
    )


class Need(BaseModel):
    """A fact of the person that is missing."""

    fact: str = Field(description="the fact's column in docs/tables.md")
    name: str = Field(description="the fact's name for residents")


class OfferedItem(BaseModel):
    """One item of a programme, in the published order."""

    item_id: str = Field(description="id of the item, unique within its kind")
    title: str = Field(description="the title as published")
    rank: int = Field(description="position in the published order, from 1 = top")
    reach: ReachOut = Field(description="how far the item is")
    facts: dict[str, Any] = Field(default={}, description="known facts that one needs to act, as in lists")


class Offered(BaseModel):
    """A programme: what is offered to a key group by published rule, without any score."""

    group: str = Field(description="code of the key group")
    name: str = Field(description="name of the key group for residents")
    kind: Kind = Field(description="kind of the items")
    status: Literal["open", "likely", "unknown"] = Field(
        description="open: the person is recognised, or the caller vouched; likely: the facts speak for it, apply for recognition first;"
        " unknown: the facts in `needs` would decide"
    )
    text: str = Field(description="the status in a sentence for residents")
    needs: list[Need] = Field(description="missing facts that could decide the status; empty unless the status is unknown")
    order: str = Field(description="the published order of the items, in words")
    not_checked: list[str] = Field(description="conditions of the offer that no column holds, in the words of their source")
    items: list[OfferedItem] = Field(description="at most `n` items; empty: none is on offer")


class ProfileResponse(BaseModel):
    """What is known of a person: facts with their source, what rankers see, what is missing, and groups with their evidence."""

    at: str = Field(description="the moment of the profile, ISO 8601 in the city's time")
    tags: list[dict[str, Any]] = Field(
        description="known facts: `tag`, `name`, `value`, `text`, `source` (declared, record or derived) with `source_text`, `from` (the"
        " facts it is derived from), `correctable`"
    )
    encoded: list[dict[str, Any]] = Field(
        description="what rankers read: `name`, `from` (facts), `value` (null: unknown), `text`; empty where the bundle has no profile"
    )
    missing: list[dict[str, Any]] = Field(
        description="unknown facts: `fact`, `name`, `source` (declared: the person can tell it; record: kept apart)"
    )
    groups: list[dict[str, Any]] = Field(
        description="key groups: `group`, `name`, `status` (recognised, likely, no, unknown), `text`, `needs` (facts that would decide),"
        " `recognised_on` (null: not recognised), `clauses`, `facts`, `evidence`, `not_checked`, `rules`, `ruleset`"
    )
    notices: list[Said] = Field(description="what the reader must know of the whole profile")
    not_for_display: bool | None = Field(default=None, description="true: `at` was asked for; null: made for now")


class RecommendResponse(BaseModel):
    """One person's lists, and what made them."""

    request_id: str = Field(description="id of this answer; send it with the events that follow from it")
    bundle: str = Field(description="hash of the bundle that answered")
    rankers: dict[str, Literal["model", "fallback", "neutral"]] = Field(
        description="who ordered each list: model, a trained ranker; fallback, none is trained; neutral, personal lists are off"
    )
    data_as_of: str | None = Field(description="how new the data are, ISO date or instant; null: unknown")
    counts_as_of: str = Field(
        description="the moment up to which popularity counts events, a midnight, ISO 8601 in the city's time"
    )
    not_for_display: bool | None = Field(default=None, description="true: `at` was asked for; null: made for now")
    streams: dict[str, list[Recommended]] = Field(description="a list for each kind, best first, at most `n` items each")
    programmes: list[Offered] = Field(default=[], description="what is offered to key groups by published rule; empty: nothing")
    notices: list[Said] = Field(description="what residents must know of the lists; show it before them")
    degraded: list[Said] = Field(
        description="what is worse than usual: `fallback` (no trained ranker), `no_items` (nothing of a kind), `no_circle` (home unknown)"
    )


class ProblemDetail(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(description="path of the field, as person.birth_month; `body`: the request as a whole")
    rule: str = Field(description="code of the broken rule: one of docs/tables.md, or pydantic's error type")
    detail: str = Field(description="what is right; quotes no value of the request")


class Problem(BaseModel):
    """An error as RFC 9457 has it; `problems` names everything that is wrong with the request."""

    type: str = Field(default="about:blank", description="always about:blank: the status says what kind of error it is")
    title: str = Field(description="the status in words")
    status: int = Field(description="the HTTP status, 400 to 599")
    detail: str = Field(description="what is wrong and what to do, in a sentence")
    problems: list[ProblemDetail] = Field(
        default=[], description="each thing that is wrong; empty for other errors than status 400"
    )


class BatchResult(BaseModel):
    """One person's answer, or why there is none: exactly one of the two."""

    answer: RecommendResponse | None = Field(default=None, description="the lists; null: see `problem`")
    problem: Problem | None = Field(default=None, description="why there is no answer; null: see `answer`")


class BatchResponse(BaseModel):
    """A result for each person, in the order asked; persons = accepted + rejected."""

    results: list[BatchResult] = Field(description="a result for each person, in the order asked")
    persons: int = Field(description="number of people asked for")
    accepted: int = Field(description="number of people with an answer")
    rejected: int = Field(description="number of people with a problem")


class Refused(BaseModel):
    """One event of a batch that was not stored."""

    place: int = Field(description="its place among the events sent, from 0")
    status: int = Field(
        description="the HTTP status that it gets when sent alone: 400 impossible or malformed, 403 not this key's to write,"
        " 409 another event has its event_id"
    )
    problems: list[ProblemDetail] = Field(description="each thing that is wrong with it; fields as events.PLACE.NAME")


class Uncounted(BaseModel):
    """One event that is stored and counts for nothing: it feeds no popularity, price or training."""

    place: int = Field(description="its place among the events sent, from 0")
    cap: str = Field(description="the cap of the city that it lies above: person, person_item, item or writer (docs/trust.md)")
    detail: str = Field(description="the cap in words")


class Noted(BaseModel):
    """One event that is stored, of which a part is not believed."""

    place: int = Field(description="its place among the events sent, from 0")
    problems: list[ProblemDetail] = Field(description="each part that is not believed, and what follows")


class EventsResponse(BaseModel):
    """What became of the events; new + known + refused = events sent."""

    new: int = Field(description="number of events that were stored by this request")
    known: int = Field(description="number of events that were stored before with the same content; they changed nothing")
    unknown_items: int = Field(description="number of refused events whose item the catalogue does not have")
    refused: list[Refused] = Field(
        default=[], description="the events that were not stored; the others are. An event sent alone gets an error instead"
    )
    uncounted: list[Uncounted] = Field(
        default=[], description="stored events, new or known, that count for nothing as they lie above a cap; empty: all count"
    )
    noted: list[Noted] = Field(
        default=[], description="stored events, new or known, of which a part is not believed; empty: there are none"
    )


class ItemResponse(BaseModel):
    """One item: `facts` are the known columns of its table, named as docs/tables.md names them."""

    kind: Kind = Field(description="kind of the item")
    item_id: str = Field(description="id of the item, unique within its kind")
    title: str = Field(description="the title as published")
    facts: dict[str, Any] = Field(description="known columns: lists as lists, moments in UTC; an unknown column is left out")
    data_as_of: str | None = Field(description="how new the data are, ISO date or instant; null: unknown")
