"""What an event may be: well formed, possible, and about somebody and something that its sender may write about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from serving.allowed import Decision
from serving.live import Live
from serving.reading import details_of
from serving.schemas.answers import ProblemDetail
from serving.schemas.requests import EventIn, Malformed
from sqrec.access import Asker
from sqrec.contract import KINDS_OF_EVENT, Kind
from sqrec.store import Store
from sqrec.store.naming import Named, named
from sqrec.tables.clock import earliest

_ROUTE = "/v1/events"
_PERSON = "right is somebody whom this key may write about"
_ITEM = "right is an item of the catalogue, of this kind"
_EVENT = "right is an event that this key's role writes: docs/access.md"
_NEVER = "right is an event that goes with this kind: docs/tables.md"
_REQUEST = "right is the request_id of an answer that showed this person this item"
_POSITION = "right is the place at which that answer showed the item"
_AT = "right is a moment that is not too long ago"
_ANOTHER = "right is an event_id that no event has; another one is stored under this one, with another value here"
_UNKNOWN_REQUEST = "no answer in the log has this request_id (yet): the event is kept, and teaches nothing about a list"


@dataclass(frozen=True, slots=True)
class Fault:
    """Hold why one event is refused: the HTTP status that it gets when sent alone, and each thing that is wrong."""

    status: int
    problems: tuple[ProblemDetail, ...]


@dataclass(frozen=True)
class Faults:
    """Hold what is wrong with events, by place: those that are refused, and those of which a part is not believed."""

    refused: Mapping[int, Fault] = field(default_factory=dict[int, Fault])
    noted: Mapping[int, Sequence[ProblemDetail]] = field(default_factory=dict[int, Sequence[ProblemDetail]])


def differing(fields: Sequence[str], who: Asker, place: str = "") -> tuple[ProblemDetail, ...]:
    """Return where an event differs from the stored one of its id. Whoever has an area is told of a stranger's that its id is taken, no more."""
    bounded = bool(who.within or who.person or who.employs)
    told = ("event_id",) if "person_id" in fields and bounded else fields
    return tuple(ProblemDetail(field=f"{place}{name}", rule="event-id", detail=_ANOTHER) for name in told)


def seen(store: Store, events: Sequence[EventIn | Malformed], who: Asker) -> Named:
    """Read what the store knows of the people, items and answers that events name."""
    sound = [one for one in events if isinstance(one, EventIn)]
    people = sorted({one.person_id for one in sound if who.may_name(one.person_id)})
    items: list[tuple[Kind, str]] = sorted({(one.kind, one.item_id) for one in sound})
    requests = sorted({one.request_id for one in sound if one.request_id})
    return named(store.database, people, items, requests, who)


def faults(events: Sequence[EventIn | Malformed], who: Asker, known: Named, now: int, live: Live) -> Faults:
    """Return what is wrong with each event, by what the store knows at a moment (microseconds UTC); tells the audit who was written about."""
    first = earliest(now, live.city)
    refused, noted = dict[int, Fault](), dict[int, Sequence[ProblemDetail]]()
    audited: dict[str, int | None] = {}
    for place, one in enumerate(events):
        if isinstance(one, Malformed):
            refused[place] = Fault(400, tuple(_placed(place, problem) for problem in details_of(one.wrong)))
            continue
        theirs = _theirs(one, who, known)
        audited[one.person_id] = audited.get(one.person_id) or (None if theirs else 403)
        found = [*_allowed(one, who, theirs=theirs), *(_possible(one, known, first) if theirs else ())]
        if found:
            refused[place] = Fault(found[0][0], tuple(_problem(place, name, rule, right) for _, name, rule, right in found))
        elif one.request_id and one.request_id not in known.requests:
            noted[place] = (_problem(place, "request_id", "request", _UNKNOWN_REQUEST),)
    for person_id, status in sorted(audited.items()):
        live.audit(Decision(who, _ROUTE, "events", status, person_id))
    return Faults(refused, noted)


def _allowed(one: EventIn, who: Asker, *, theirs: bool) -> list[tuple[int, str, str, str]]:
    """Return whether the asker may write this event of this person: of a stranger nothing else is told."""
    found = [] if one.event in who.writes else [(403, "event", "event", _EVENT)]
    return found if theirs else [*found, (403, "person_id", "person", _PERSON)]


def _theirs(one: EventIn, who: Asker, known: Named) -> bool:
    """Tell whether the asker may write about somebody: of an employer, who turned to one of its offers."""
    if one.person_id not in known.people:
        return False
    return not who.employs or (one.person_id, one.kind, one.item_id) in known.applied


def _possible(one: EventIn, known: Named, first: int | None) -> list[tuple[int, str, str, str]]:
    found: list[tuple[int, str, str, str]] = []
    if one.kind not in KINDS_OF_EVENT.get(one.event, (one.kind,)):
        found.append((400, "event", "event", _NEVER))
    if (one.kind, one.item_id) not in known.items:
        found.append((400, "item_id", "item", _ITEM))
    if first is not None and one.at < first:
        found.append((400, "at", "instant", _AT))
    if (list_ := known.requests.get(one.request_id or "")) is not None:
        if not list_.is_of(one.person_id) or (one.kind, one.item_id) not in list_.positions:
            found.append((400, "request_id", "request", _REQUEST))
        elif one.position is not None and one.position != list_.positions[one.kind, one.item_id]:
            found.append((400, "position", "position", _POSITION))
    return found


def _problem(place: int, name: str, rule: str, detail: str) -> ProblemDetail:
    return ProblemDetail(field=f"events.{place}.{name}", rule=rule, detail=detail)


def _placed(place: int, problem: ProblemDetail) -> ProblemDetail:
    field = f"events.{place}" if problem.field == "body" else f"events.{place}.{problem.field}"
    return problem.model_copy(update={"field": field})
