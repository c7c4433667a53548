"""What goes out: every field of an answer."""

from typing import Any, Literal

from pydantic import BaseModel

from sqrec.contract import Kind


class Said(BaseModel):
    """A code for programs and a text for people."""

    code: str
    text: str


class Weighed(Said):
    """A column of the row in words, how much it raised the score, and the facts that it looks at."""

    value: float
    reads: list[str]


class ReachOut(BaseModel):
    """How far it is: minutes on foot (null: unknown), how they were found, and the circle that holds the item."""

    minutes: float | None
    method: Literal["straight", "area", "online", "unknown"]
    step: float | None


class Recommended(BaseModel):
    """One item of a list; `fit_note` says why the fit is unknown, `more_like_this` by how many other ids the same offer is published.

    `facts` are the known columns that one needs to act: wage or fee, hours, address, telephone and validity, named as docs/tables.md
    names them; `GET /v1/items/{kind}/{id}` has all others.
    """

    item_id: str
    title: str
    rank: int
    fit: Literal["high", "medium", "low", "unknown"]
    fit_note: Said | None = None
    reach: ReachOut
    facts: dict[str, Any] = {}
    reasons: list[Said]
    missing: list[Said]
    more_like_this: int = 0
    score: float | None = None
    contributions: dict[str, float] | None = None
    why: list[Weighed] | None = None


class Need(BaseModel):
    """A fact that is missing, and its name."""

    fact: str
    name: str


class OfferedItem(BaseModel):
    """One item of a programme, in the published order; `facts` as in lists."""

    item_id: str
    title: str
    rank: int
    reach: ReachOut
    facts: dict[str, Any] = {}


class Offered(BaseModel):
    """What is offered to a group by rule: open, likely (apply for recognition first), or unknown as facts are missing."""

    group: str
    name: str
    kind: Kind
    status: Literal["open", "likely", "unknown"]
    text: str
    needs: list[Need]
    order: str
    not_checked: list[str]
    items: list[OfferedItem]


class ProfileResponse(BaseModel):
    """What is known of a person: facts with their source, what rankers see, what is missing, and groups with their evidence."""

    at: str
    tags: list[dict[str, Any]]
    encoded: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    notices: list[Said]
    not_for_display: bool | None = None


class RecommendResponse(BaseModel):
    """The lists, and everything one must know about how they were made."""

    request_id: str
    bundle: str
    rankers: dict[str, Literal["model", "fallback", "neutral"]]
    data_as_of: str | None
    counts_as_of: str
    not_for_display: bool | None = None
    streams: dict[str, list[Recommended]]
    programmes: list[Offered] = []
    notices: list[Said]
    degraded: list[Said]


class ProblemDetail(BaseModel):
    """One thing that is wrong with a request."""

    field: str
    rule: str
    detail: str


class Problem(BaseModel):
    """An error, as RFC 9457 has it; `problems` names everything that is wrong with the request."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    problems: list[ProblemDetail] = []


class BatchResult(BaseModel):
    """One person's answer, or why there is none."""

    answer: RecommendResponse | None = None
    problem: Problem | None = None


class BatchResponse(BaseModel):
    """An answer for each person, in the order asked; persons = accepted + rejected."""

    results: list[BatchResult]
    persons: int
    accepted: int
    rejected: int


class EventsResponse(BaseModel):
    """How many events were new, how many were there already, and how many name an item that nobody can be shown."""

    new: int
    known: int
    unknown_items: int


class ItemResponse(BaseModel):
    """One item: `facts` are the columns of its table that are known, as docs/tables.md names them."""

    kind: Kind
    item_id: str
    title: str
    facts: dict[str, Any]
    data_as_of: str | None
